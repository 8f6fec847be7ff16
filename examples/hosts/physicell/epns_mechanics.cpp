// SPDX-License-Identifier: MIT
// PhysiCell asks each cell for its velocity, in a parallel loop in which nothing moves. The first
// cell asked in a mechanics step has the kind step all of them; then each takes its own. A kind of
// PhysiCell's own law (one that takes motility) gives velocities, which PhysiCell integrates; it
// needs no past, so cells may be born and die. Of any other kind each cell goes where the kind puts
// it: of x += dt (1.5 v - 0.5 v_before), with both velocities (target - x) / dt, remains the
// target.
#include "epns_mechanics.h"

#include <iostream>
#include <mutex>
#include <unordered_map>

#include "../core/PhysiCell.h"
#include "../modules/PhysiCell_standard_modules.h"
#include "epns.hpp"

using namespace BioFVM;
using namespace PhysiCell;

namespace
{

// The cell definitions' numbers, by the names of the kind's fields.
struct Numbers {
  std::vector<double> adhesion, repulsion, reach, affinity, speed, persistence, bias, domain;
  int64_t axes = default_microenvironment_options.simulate_2D ? 2 : 3;
  std::vector<int32_t> motile, flat;
  int32_t wall = 0;
  double dt = mechanics_dt;

  Numbers()
  {
    const auto &box = microenvironment.mesh.bounding_box;
    for (const Cell_Definition *definition : cell_definitions_by_index) {
      const Mechanics &mechanics = definition->phenotype.mechanics;
      const Motility &motility = definition->phenotype.motility;
      adhesion.push_back(mechanics.cell_cell_adhesion_strength);
      repulsion.push_back(mechanics.cell_cell_repulsion_strength);
      reach.push_back(mechanics.relative_maximum_adhesion_distance);
      affinity.insert(affinity.end(), mechanics.cell_adhesion_affinities.begin(),
                      mechanics.cell_adhesion_affinities.end());
      motile.push_back(motility.is_motile);
      flat.push_back(motility.restrict_to_2D);
      speed.push_back(motility.migration_speed);
      persistence.push_back(motility.persistence_time);
      bias.push_back(motility.migration_bias);
      wall |= definition->functions.add_cell_basement_membrane_interactions != nullptr;
    }
    for (size_t axis = 0; axis < 3; axis++) domain.insert(domain.end(), {box[axis], box[axis + 3]});
  }

  epns::Lent lend()
  {
    const int64_t n = static_cast<int64_t>(adhesion.size());
    return {{"cell-cell-adhesion-strength", epns::lend(adhesion.data(), {n})},
            {"cell-cell-repulsion-strength", epns::lend(repulsion.data(), {n})},
            {"relative-maximum-adhesion-distance", epns::lend(reach.data(), {n})},
            {"cell-adhesion-affinity", epns::lend(affinity.data(), {n, n})},
            {"motility-enabled", epns::lend(motile.data(), {n})},
            {"use-2d", epns::lend(flat.data(), {n})},
            {"speed", epns::lend(speed.data(), {n})},
            {"persistence-time", epns::lend(persistence.data(), {n})},
            {"migration-bias", epns::lend(bias.data(), {n})},
            {"domain", epns::lend(domain.data(), {axes, 2})},
            {"virtual-wall", epns::lend(&wall, {})},
            {"mechanics-dt", epns::lend(&dt, {})}};
  }
};

class Surrogate
{
public:
  Surrogate(const std::string &kind, const std::string &source, uint64_t seed, bool neighbours)
      : model_(kind, source),
        seed_(seed),
        gives_velocity_(model_.has("motility")),
        neighbours_(neighbours)
  {
    start();
  }

  // The velocity of one cell; steps all of them where this is the first to ask. [any thread]
  void answer(Cell *cell)
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (failed_) return;
    if (stepped_ != PhysiCell_globals.current_time) {
      stepped_ = PhysiCell_globals.current_time;
      try {
        step();
      } catch (const std::exception &error) {
        stop(error.what());
        return;
      }
    }
    std::vector<double> &v = cell->velocity;  // may hold what contacts and custom rules have added
    for (size_t axis = 0; axis < 3; axis++) v[axis] += result_[3 * row_.at(cell) + axis];
    if (!gives_velocity_) cell->set_previous_velocity(v[0], v[1], v[2]);
  }

private:
  void start()
  {
    numbers_ = Numbers();
    run_.reset(new epns::Run(model_, model_.choose(numbers_.lend()), seed_, starts_++));
  }

  void step()
  {
    const std::vector<Cell *> before = cells_;
    const uint32_t steps =
        std::max(1u, static_cast<uint32_t>(mechanics_dt / model_.native_dt() + 0.5));

    gather();
    if (gives_velocity_ || cells_ != before) start();  // a run counts rows: others, another run
    const std::vector<double> from = position_;
    run_->step(model_.choose(lend()), steps, mechanics_dt / steps);
    result_ = gives_velocity_ ? velocity_ : position_;
    for (size_t i = 0; !gives_velocity_ && i < result_.size(); i++)
      result_[i] = (result_[i] - from[i]) / mechanics_dt;
  }

  epns::Lent lend()
  {
    const int64_t n = static_cast<int64_t>(cells_.size());
    return {{"position", vectors(position_)},
            {"velocity", vectors(velocity_)},
            {"radius", epns::lend(radius_.data(), {n})},
            {"cell-type", epns::lend(type_.data(), {n})},
            {"motility", vectors(motility_)}};
  }

  // x, y and z are held; x and y alone are lent in a plane.
  epns_view vectors(std::vector<double> &values) const
  {
    return epns::lend(values.data(), {int64_t(cells_.size()), numbers_.axes},
                      {3 * sizeof(double), sizeof(double)});
  }

  void gather()
  {
    cells_.clear(), row_.clear(), position_.clear(), velocity_.clear(), motility_.clear();
    radius_.clear(), type_.clear();
    for (Cell *cell : *all_cells) {
      if (cell->is_out_of_domain) continue;
      check(*cell);
      row_[cell] = cells_.size();
      cells_.push_back(cell);
      prepare(cell);
      const auto &motility = cell->phenotype.motility.motility_vector;
      const auto &past = cell->get_previous_velocity();
      position_.insert(position_.end(), cell->position.begin(), cell->position.end());
      velocity_.insert(velocity_.end(), past.begin(), past.end());
      motility_.insert(motility_.end(), motility.begin(), motility.end());
      radius_.push_back(cell->phenotype.geometry.radius);
      type_.push_back(cell_definition_indices_by_type[cell->type]);
    }
  }

  // What else the host's own function does: neighbours and pressure, for rules and interactions,
  // and where a motile cell wants to go.
  void prepare(Cell *cell) const
  {
    if (neighbours_) {
      const std::vector<double> added = cell->velocity;
      standard_update_cell_velocity(cell, cell->phenotype, mechanics_dt);
      cell->velocity = added;
    } else {
      cell->state.neighbors.clear();
      cell->state.simple_pressure = 0;
      cell->update_motility_vector(mechanics_dt);
    }
  }

  // The kinds take mechanics by type. A rule that changes one cell's own is not theirs to follow.
  static void check(Cell &cell)
  {
    const Mechanics &own = cell.phenotype.mechanics;
    const Mechanics &type = find_cell_definition(cell.type)->phenotype.mechanics;
    if (own.cell_cell_adhesion_strength != type.cell_cell_adhesion_strength ||
        own.cell_cell_repulsion_strength != type.cell_cell_repulsion_strength ||
        own.relative_maximum_adhesion_distance != type.relative_maximum_adhesion_distance ||
        own.cell_adhesion_affinities != type.cell_adhesion_affinities)
      throw std::runtime_error("cell " + std::to_string(cell.ID) +
                               " has mechanics other than its "
                               "cell definition's; take the rule that changes it away, or set "
                               "epns_step to native");
  }

  // No exception may leave a parallel loop: the main loop ends and saves, nobody moves.
  void stop(const std::string &why)
  {
    failed_ = true;
    for (Cell *cell : *all_cells) {
      cell->velocity.assign(3, 0.0);
      cell->set_previous_velocity(0, 0, 0);
    }
    PhysiCell_settings.max_time = PhysiCell_globals.current_time;
    std::cerr << "epns: " << why << "; the run ends at " << PhysiCell_globals.current_time << " min"
              << std::endl;
  }

  epns::Model model_;
  Numbers numbers_;
  std::unique_ptr<epns::Run> run_;
  uint64_t seed_, starts_ = 0;
  bool gives_velocity_, neighbours_, failed_ = false;
  double stepped_ = -1;
  std::mutex mutex_;
  std::vector<Cell *> cells_;
  std::unordered_map<Cell *, size_t> row_;
  std::vector<double> position_, velocity_, motility_, radius_, result_;
  std::vector<int32_t> type_;
};

std::unique_ptr<Surrogate> surrogate;

void update_velocity(Cell *cell, Phenotype &, double)
{
  surrogate->answer(cell);
}

template <typename T>
T user(PhysiCell::Parameters<T> &all, const std::string &name, T otherwise)
{
  return all.find_index(name) < 0 ? otherwise : all(name);
}

}  // namespace

void epns_take_over()
{
  const std::string kind = user<std::string>(parameters.strings, "epns_step", "native");
  if (kind == "native") return;
  try {
    surrogate.reset(new Surrogate(kind, user<std::string>(parameters.strings, "epns_model", ""),
                                  static_cast<uint64_t>(user<int>(parameters.ints, "epns_seed", 1)),
                                  user<bool>(parameters.bools, "epns_neighbors", true)));
  } catch (const std::exception &error) {
    std::cerr << "epns: " << error.what() << std::endl;
    std::exit(EXIT_FAILURE);
  }
  for (Cell_Definition *definition : cell_definitions_by_index)
    definition->functions.update_velocity = update_velocity;
  for (Cell *cell : *all_cells) cell->functions.update_velocity = update_velocity;
  std::cout << "Cells are moved by " << kind << std::endl;
}
