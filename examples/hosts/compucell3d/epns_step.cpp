// SPDX-License-Identifier: MIT
// A steppable of CompuCell3D that lets a kind of epns take the steps of its Potts model:
//
//   <Steppable Type="EpnsStep">
//     <EpnsStep Frequency="50" Kind="epns-lattice" Model="/path" Seed="1" Refused="native">
//       <Parameter Name="rng">positional</Parameter>
//     </EpnsStep>
//   </Steppable>
//
// Every Frequency MCS the kind moves the cells by as many; between, the Potts model attempts no
// copies. All of it may be steered while the simulation runs. What is refused is a CC3DException in
// the plugin's words; the lattice is as it was.
#include <CompuCell3D/Steppable.h>

#include <iostream>
#include <unordered_map>

#include "epns_rules.h"

using namespace CompuCell3D;
using epns::refuse;
using epns::Xml;

namespace
{

void remark(void *, int32_t, const char *text)
{
  std::cerr << "epns: " << text << std::endl;
}

// The sites that change, so ordered that a cell that stays always has one: CompuCell3D forgets a
// cell with its last site. A cell that leaves all of them gets one of its new ones first.
std::vector<size_t> writing_order(const std::vector<int32_t> &from, const std::vector<int32_t> &to)
{
  std::vector<size_t> changed, order;
  std::set<int32_t> leaping, kept;
  std::map<int32_t, size_t> left;
  std::set<size_t> done;

  for (size_t site = 0; site < to.size(); site++) {
    if (from[site] == to[site])
      kept.insert(to[site]);
    else
      changed.push_back(site);
  }
  for (size_t site : changed)
    if (to[site] != 0 && !kept.count(to[site])) leaping.insert(to[site]);
  for (size_t site = 0; !leaping.empty() && site < to.size(); site++)
    if (leaping.count(from[site])) left[from[site]]++;
  for (int32_t cell : leaping) {
    const auto found = std::find_if(changed.begin(), changed.end(), [&](size_t site) {
      return to[site] == cell && (!left.count(from[site]) || left[from[site]] > 1);
    });
    if (found == changed.end())
      throw std::runtime_error("cell " + std::to_string(cell) +
                               " changes places with another, of which no site would be left on "
                               "the way");
    if (left.count(from[*found])) left[from[*found]]--;
    left.erase(cell);
    order.push_back(*found);
    done.insert(*found);
  }
  for (size_t site : changed)
    if (!done.count(site)) order.push_back(site);
  return order;
}

struct Taken {  // what steps in place of the Potts model
  epns::Model model;
  epns::Run run;
};

class EpnsStep : public Steppable
{
public:
  void init(Simulator *host, Xml *xml) override
  {
    Steppable::init(host, xml);
    find(xml);
    host->registerSteerableObject(this);
  }

  void start() override
  {
    read();
    waiting_ = open();
    change();
  }

  // Steering: whoever is named from now on steps from the end of these MCS on.
  void update(Xml *xml, bool) override
  {
    find(xml);
    read();
    waiting_ = open();
    changes_ = true;
    if (at_ == static_cast<unsigned int>(simulator->getStep())) change();
  }

  void step(const unsigned int mcs) override
  {
    if (taken_ && mcs > at_) advance(mcs - at_);
    at_ = mcs;
    if (changes_) change();
  }

  void finish() override
  {
    waiting_.reset();
    change();
  }

  std::string toString() override { return "EpnsStep"; }
  std::string steerableName() override { return toString(); }

private:
  void find(Xml *steppable)
  {
    xml_ = steppable->getFirstElement("EpnsStep");
    if (!xml_) refuse("<Steppable Type=\"EpnsStep\"> has no <EpnsStep>; add it");
  }

  std::string setting(const std::string &name, const std::string &otherwise) const
  {
    return xml_->findAttribute(name) ? xml_->getAttribute(name) : otherwise;
  }

  uint64_t count(const std::string &name, uint64_t otherwise) const
  {
    const std::string text = setting(name, std::to_string(otherwise));
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos)
      refuse(name + " is '" + text + "'; say a whole number");
    return std::stoull(text);
  }

  void read()
  {
    static const epns::Words known = {"Frequency", "Kind",    "Model", "Seed",
                                      "Refused",   "Threads", "id"};
    for (const auto &attribute : xml_->getAttributes())
      if (!known.count(attribute.first)) refuse("no attribute is called " + attribute.first);
    const std::string refused = setting("Refused", "stop");
    if (refused != "stop" && refused != "native")
      refuse("Refused is '" + refused + "'; say stop or native");
    falls_back_ = refused == "native";
    frequency = std::max(1, static_cast<int>(count("Frequency", 1)));
  }

  std::unique_ptr<Taken> open()
  {
    const std::string kind = setting("Kind", "native");
    std::string path = setting("Model", "");

    if (kind == "native") return nullptr;
    if (!path.empty() && path[0] != '/') path = simulator->getBasePath() + "/" + path;
    host_.threads = static_cast<uint32_t>(count("Threads", 1));
    try {
      epns::Model model(kind, path, "", &host_);
      epns::Rules rules(*simulator, model.has("attempts-per-site"),
                        taken_ ? ratio_ : simulator->ppdCC3DPtr->flip2DimRatio);
      for (Xml *parameter : xml_->getElements("Parameter")) rules.replace(*parameter, model);
      const uint64_t seed = count("Seed", std::max(1u, simulator->getRandomSeed()));
      epns::Run run(model, rules.lend(model), seed, starts_++);
      return std::unique_ptr<Taken>(new Taken{model, std::move(run)});
    } catch (const epns::Error &error) {
      refuse(error.what());
    }
  }

  void change()
  {
    double &ratio = simulator->ppdCC3DPtr->flip2DimRatio;
    if (waiting_ && !taken_) ratio_ = ratio, ratio = 0;
    if (!waiting_ && taken_) ratio = ratio_;
    taken_ = std::move(waiting_);
    changes_ = false;
  }

  void advance(unsigned int mcs)
  {
    std::vector<size_t> order;

    read_lattice();
    const std::vector<int32_t> before = ids_;
    try {
      call(mcs);
      order = writing_order(before, ids_);
    } catch (const std::runtime_error &error) {
      const auto *told = dynamic_cast<const epns::Error *>(&error);
      if (!falls_back_ || (told && told->details.status != EPNS_DISCARD)) refuse(error.what());
      const std::string until = std::to_string(at_ + mcs);
      remark(nullptr, 1, (error.what() + ("; CompuCell3D itself steps to " + until)).c_str());
      sweep(mcs);
      return;
    }
    write(order);
  }

  void read_lattice()
  {
    Potts3D &potts = *simulator->getPotts();
    Field3D<CellG *> &field = *potts.getCellFieldG();

    dim_ = field.getDim();
    cells_.clear();
    types_.assign(1, 0);
    for (const auto &entry : potts.getCellInventory().getContainer()) {
      CellG *cell = entry.second;
      if (cell->clusterId != cell->id)
        refuse("cell " + std::to_string(cell->id) + " is a compartment of cluster " +
               std::to_string(cell->clusterId) + "; kinds know whole cells only");
      if (static_cast<size_t>(cell->id) >= types_.size()) types_.resize(cell->id + 1);
      types_[cell->id] = cell->type;
      cells_[cell->id] = cell;
    }
    ids_.clear();
    for (Point3D pt; pt.z < dim_.z; pt.z++)
      for (pt.y = 0; pt.y < dim_.y; pt.y++)
        for (pt.x = 0; pt.x < dim_.x; pt.x++) {
          const CellG *cell = field.get(pt);
          ids_.push_back(cell ? static_cast<int32_t>(cell->id) : 0);
        }
  }

  void call(unsigned int mcs)
  {
    const double native = taken_->model.native_dt();
    const uint32_t steps = std::max(1u, static_cast<uint32_t>(mcs / native + 0.5));
    taken_->run.step(
        {{"cell-id", epns::lend(ids_.data(), {dim_.z, dim_.y, dim_.x})},
         {"cell-type", epns::lend(types_.data(), {static_cast<int64_t>(types_.size())})}},
        steps, double(mcs) / steps);
  }

  void write(const std::vector<size_t> &order)
  {
    Potts3D &potts = *simulator->getPotts();
    const size_t nx = static_cast<size_t>(dim_.x), ny = static_cast<size_t>(dim_.y);

    for (size_t site : order) {
      const Point3D pt(static_cast<short>(site % nx), static_cast<short>(site / nx % ny),
                       static_cast<short>(site / (nx * ny)));
      potts.getCellFieldG()->set(pt, ids_[site] ? cells_.at(ids_[site]) : nullptr);
      potts.runSteppers();  // deletes a cell that has no site left
    }
  }

  void sweep(unsigned int mcs)
  {
    PottsParseData &settings = *simulator->ppdCC3DPtr;
    settings.flip2DimRatio = ratio_;  // Potts3D counts its attempts by it
    const auto attempts = static_cast<unsigned int>(dim_.x * dim_.y * dim_.z * ratio_);
    while (mcs-- > 0) simulator->getPotts()->metropolis(attempts, settings.temperature);
    settings.flip2DimRatio = 0;
  }

  Xml *xml_ = nullptr;
  epns_host host_ = {sizeof(epns_host), 1, nullptr, remark, nullptr};  // outlives the models
  std::unique_ptr<Taken> taken_, waiting_;
  bool changes_ = false, falls_back_ = false;
  double ratio_ = 1;  // attempts a site of the Potts model, while it makes none
  unsigned int at_ = 0;
  uint64_t starts_ = 0;
  Dim3D dim_;
  std::vector<int32_t> ids_, types_;
  std::unordered_map<int32_t, CellG *> cells_;
};

auto proxy = registerPlugin<Steppable, EpnsStep>(
    "EpnsStep", "Lets a kind of epns take the steps of the Potts model",
    &Simulator::steppableManager);

}  // namespace
