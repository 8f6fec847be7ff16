// SPDX-License-Identifier: MIT
// epns_rules.h - what a CompuCell3D project says of its Potts model, as a kind's parameters: from
// the parsed XML, and from what the simulator has made of it.
#ifndef EPNS_RULES_H
#define EPNS_RULES_H
#include <CompuCell3D/Automaton/Automaton.h>
#include <CompuCell3D/Potts3D/Potts3D.h>
#include <CompuCell3D/Simulator.h>
#include <XMLUtils/CC3DXMLElement.h>

#include <cmath>
#include <set>
#include <sstream>

#include "epns.hpp"

namespace epns
{

using namespace CompuCell3D;

typedef CC3DXMLElement Xml;
typedef std::set<std::string> Words;

[[noreturn]] inline void refuse(const std::string &why)
{
  throw CC3DException("EpnsStep: " + why);
}

// Numbers of a kind's parameter: one, by type, or by pairs of types.
struct Numbers {
  std::vector<double> values;
  std::vector<int32_t> whole;
  std::vector<int64_t> shape;

  epns_view lend(const epns_field &field)
  {
    whole.clear();
    for (double value : values) whole.push_back(static_cast<int32_t>(std::lround(value)));
    return field.dtype == EPNS_I32 ? shaped(whole) : shaped(values);
  }

  template <typename T>
  epns_view shaped(std::vector<T> &numbers) const
  {
    if (shape.size() == 2) return epns::lend(numbers.data(), {shape[0], shape[1]});
    return shape.size() == 1 ? epns::lend(numbers.data(), {shape[0]})
                             : epns::lend(numbers.data(), {});
  }
};

// The Potts model's numbers, by the names of the kinds' fields.
class Rules
{
public:
  Rules(Simulator &simulator, bool copies, double attempts)
      : simulator_(simulator),
        potts_(*simulator.getPotts()),
        xml_(*simulator.getCC3DModuleData("Potts")),
        types_(potts_.getAutomaton()->getMaxTypeId() + 1u)
  {
    check(copies);
    read_potts(attempts);
    read_constraint("Volume", {"VolumeEnergyParameters", "TargetVolume", "LambdaVolume"},
                    {"target-volume", "volume-strength"}, copies);
    if (Xml *surface = plugin("Surface")) {
      read_constraint("Surface", {"SurfaceEnergyParameters", "TargetSurface", "LambdaSurface"},
                      {"target-surface", "surface-strength"}, copies);
      put("surface-neighbor-order", number(surface, "NeighborOrder", 1));
      put("surface-scale", number(surface, "ScaleSurface", 1));
    }
    read_contact(plugin("Contact"));
  }

  // <Parameter Name="...">: a word of the field's, a number, numbers by type, rows of them by ';'.
  void replace(Xml &parameter, const Model &model)
  {
    const std::string name = parameter.getAttribute("Name"), text = parameter.getText();
    const std::vector<epns_field> fields = model.fields();
    const int32_t at =
        epns_find_field(fields.data(), static_cast<uint32_t>(fields.size()), name.c_str());
    if (at < 0 || fields[at].role != EPNS_PARAM)
      refuse(std::string(model.kind().id) + " has no parameter '" + name + "'");
    const std::vector<std::string> rows = split(text, ';');
    Numbers numbers;
    for (const std::string &row : rows) {
      std::istringstream words(row);
      for (std::string word; words >> word;) numbers.values.push_back(value(fields[at], word));
    }
    const int64_t n = static_cast<int64_t>(numbers.values.size());
    const int64_t n_rows = static_cast<int64_t>(rows.size());
    if (fields[at].rank == 1) numbers.shape = {n};
    if (fields[at].rank == 2) numbers.shape = {n_rows, n / n_rows};
    numbers_[name] = numbers;
  }

  Lent lend(const Model &model)
  {
    Lent lent;
    for (const epns_field &field : model.fields())
      if (field.role == EPNS_PARAM && numbers_.count(field.name))
        lent[field.name] = numbers_[field.name].lend(field);
    return lent;
  }

private:
  void check(bool copies)
  {
    static const std::vector<std::string> harmless = split(
        "Volume Surface Contact BoundaryMonitor BoundaryPixelTracker CellType CellTypeMonitor "
        "CenterOfMass ClusterSurfaceTracker GlobalBoundaryPixelTracker MomentOfInertia "
        "NeighborTracker PDESolverCaller PixelTracker Secretion SurfaceTracker VolumeTracker",
        ' ');
    const PottsParseData &settings = *simulator_.ppdCC3DPtr;

    if (settings.latticeType != "square")
      refuse("kinds step square lattices; LatticeType is " + settings.latticeType);
    if (!copies) return;  // a learned kind stands for whatever it was trained on
    for (Xml *each : simulator_.ps.pluginCC3DXMLElementVector)
      if (std::find(harmless.begin(), harmless.end(), each->getAttribute("Name")) == harmless.end())
        refuse("<Plugin Name=\"" + each->getAttribute("Name") +
               "\"> has no counterpart in epns; take it away, or use a model trained with it");
    none_of(&xml_, {"CustomAcceptanceFunction", "FlipNeighborMaxDistance", "Shape"});
    none_of(plugin("Volume"), {"VolumeEnergyExpression"});
    none_of(plugin("Surface"), {"SurfaceEnergyExpression"});
    none_of(plugin("Contact"), {"Depth"});
    only(&xml_, "MetropolisAlgorithm", {"fast", "Fast"});
    only(&xml_, "AcceptanceFunctionName", {"Default"});
    only(&xml_, "DimensionType", {"3D", "3d"});
  }

  static void none_of(Xml *parent, const Words &names)
  {
    for (const std::string &name : names)
      if (parent && parent->findElement(name)) refuse("<" + name + "> has no counterpart in epns");
  }

  static void only(Xml *parent, const std::string &name, const Words &accepted)
  {
    Xml *node = parent->getFirstElement(name);
    if (node && !accepted.count(node->getText()))
      refuse("<" + name + ">" + node->getText() + "</" + name + "> has no counterpart in epns");
  }

  void read_potts(double attempts)
  {
    static const std::vector<std::string> combinations = {"Min", "Max", "ArithmeticAverage"};
    const PottsParseData &settings = *simulator_.ppdCC3DPtr;
    std::vector<double> frozen(types_), amplitude(types_), periodic;

    for (const std::string &boundary :
         {potts_.getBoundaryZName(), potts_.getBoundaryYName(), potts_.getBoundaryXName()})
      periodic.push_back(boundary == "Periodic");
    for (unsigned char type : potts_.getFrozenTypeVector()) frozen[type] = 1;
    for (size_t type = 0; type < types_; type++)
      amplitude[type] = potts_.hasCellTypeMotility()
                            ? potts_.getCellTypeMotility(static_cast<unsigned char>(type))
                            : settings.temperature;
    put("temperature", settings.temperature);
    put("neighbor-order", settings.neighborOrder);
    put("attempts-per-site", attempts);
    put("acceptance-offset", number(&xml_, "Offset", 0));
    put("boltzmann-constant", number(&xml_, "KBoltzman", 1));
    put("fluctuation-combine",
        static_cast<double>(std::find(combinations.begin(), combinations.end(),
                                      settings.fluctuationAmplitudeFunctionName) -
                            combinations.begin()));
    put("frozen", frozen);
    put("periodic", periodic);
    if (potts_.hasCellTypeMotility()) put("fluctuation-amplitude", amplitude);
  }

  // Target and strength by type, or of all; of kinds that make no copies, what the XML says.
  void read_constraint(const std::string &name, const std::vector<std::string> &elements,
                       const std::vector<std::string> &fields, bool copies)
  {
    Xml *node = plugin(name);
    for (size_t i = 0; i < 2; i++) {
      std::vector<double> values(types_);
      if (node && node->findElement(elements[0])) {
        for (Xml *row : node->getElements(elements[0]))
          values[type(*row, "CellType")] = row->getAttributeAsDouble(elements[i + 1]);
      } else if (node && node->findElement(elements[1])) {
        values.assign(types_, number(node, elements[i + 1], 0));
      } else if (node) {
        if (!copies) return;
        refuse("<Plugin Name=\"" + name + "\"> leaves " + elements[1] +
               " to each cell; state it by type in <" + elements[0] + ">");
      }
      values[0] = 0;  // the medium is no cell
      put(fields[i], values);
    }
  }

  void read_contact(Xml *contact)
  {
    Numbers energy = {std::vector<double>(types_ * types_), {}, {int64_t(types_), int64_t(types_)}};
    if (contact)
      for (Xml *row : contact->getElements("Energy")) {
        const size_t a = type(*row, "Type1"), b = type(*row, "Type2");
        energy.values[a * types_ + b] = energy.values[b * types_ + a] = row->getDouble();
      }
    numbers_["contact-energy"] = energy;
    put("contact-neighbor-order", number(contact, "NeighborOrder", 1));
    put("contact-weight-by-distance", contact && contact->findElement("WeightEnergyByDistance"));
  }

  size_t type(Xml &row, const std::string &attribute) const
  {
    return potts_.getAutomaton()->getTypeId(row.getAttribute(attribute));
  }

  Xml *plugin(const std::string &name) const
  {
    return simulator_.getCC3DModuleData("Plugin", name);
  }

  static double number(Xml *parent, const std::string &name, double otherwise)
  {
    Xml *node = parent ? parent->getFirstElement(name) : nullptr;
    return node ? node->getDouble() : otherwise;
  }

  static std::vector<std::string> split(const std::string &text, char at)
  {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
    return parts;
  }

  static double value(const epns_field &field, const std::string &word)
  {
    const std::vector<std::string> words = split(field.values ? field.values : "", ',');
    const auto found = std::find(words.begin(), words.end(), word);
    size_t read = 0;
    double number = 0;
    if (found != words.end()) return static_cast<double>(found - words.begin());
    try {
      number = std::stod(word, &read);
    } catch (const std::logic_error &) {
    }
    if (read != word.size()) refuse(std::string(field.name) + ": '" + word + "' is no number");
    return number;
  }

  void put(const std::string &name, double value) { numbers_[name] = {{value}, {}, {}}; }
  void put(const std::string &name, const std::vector<double> &values)
  {
    numbers_[name] = {values, {}, {static_cast<int64_t>(values.size())}};
  }

  Simulator &simulator_;
  Potts3D &potts_;
  Xml &xml_;
  size_t types_;
  std::map<std::string, Numbers> numbers_;
};

}  // namespace epns
#endif
