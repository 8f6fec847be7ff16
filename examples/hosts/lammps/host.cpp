// SPDX-License-Identifier: MIT
// Bodies that LAMMPS holds, writes and measures, moved by LAMMPS or by a kind of epns:
//   host native|KIND[:MODEL] SCRIPT STEPS [NAME=VALUE...]
// The script is an input of LAMMPS up to `run`; NAME=VALUE are numbers, parameters of the kind.
#include <lammps/library.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "../c++/epns.hpp"

// What `fix external` calls once a timestep. LAMMPS sorts its atoms as it likes, a run counts rows:
// bodies are lent in the order of their ids. Forces of the script's pair style move nothing then;
// LAMMPS measures energies by them.
class Mover
{
public:
  Mover(void *lammps, const epns::Model &model, const epns::Lent &parameters, uint64_t seed)
      : lammps_(lammps), model_(model), run_(model, parameters, seed)
  {
    dt_ = *static_cast<double *>(lammps_extract_global(lammps_, "dt"));
    steps_ = static_cast<uint32_t>(std::lround(dt_ / model.native_dt()));
    lammps_set_fix_external_callback(lammps_, "move", called, this);
  }

  const std::string &refusal() const { return refusal_; }

private:
  template <typename T>
  T *atoms(const char *name) const
  {
    return static_cast<T *>(lammps_extract_atom(lammps_, name));
  }

  static void called(void *self, int64_t step, int n, int *ids, double **x, double **)
  {
    static_cast<Mover *>(self)->move(step, static_cast<size_t>(n), ids, x);
  }

  // LAMMPS asks for forces once before the first step of a `run`, too: nothing moves then.
  void move(int64_t step, size_t n, const int *ids, double **x)
  {
    if (step == last_ || !refusal_.empty()) return;
    try {
      gather(n, ids, x);
      run_.step(model_.choose({{"position", epns::lend(position_.data(), {int64_t(n), 3})},
                               {"velocity", epns::lend(velocity_.data(), {int64_t(n), 3})},
                               {"mass", epns::lend(mass_.data(), {int64_t(n)})},
                               {"cell-type", epns::lend(type_.data(), {int64_t(n)})}}),
                std::max(1u, steps_), steps_ > 0 ? dt_ / steps_ : dt_);
      scatter(n, ids, x);
      last_ = step;
    } catch (const std::exception &error) {  // may not cross LAMMPS: it stops at the next step
      refusal_ = error.what();
      lammps_force_timeout(lammps_);
    }
  }

  void gather(size_t n, const int *ids, double **x)
  {
    double **v = atoms<double *>("v"), *mass = atoms<double>("mass");
    const int *type = atoms<int>("type");

    if (n != static_cast<size_t>(lammps_get_natoms(lammps_)))
      throw std::runtime_error("atoms are spread over several processes; run in one");
    position_.resize(3 * n), velocity_.resize(3 * n), mass_.resize(n), type_.resize(n);
    for (size_t i = 0; i < n; i++) {
      const size_t row = static_cast<size_t>(ids[i]) - 1;
      if (row >= n) throw std::runtime_error("atom ids must be 1 to n; use reset_atom_ids");
      std::copy(x[i], x[i] + 3, &position_[3 * row]);
      std::copy(v[i], v[i] + 3, &velocity_[3 * row]);
      mass_[row] = mass[type[i]];
      type_[row] = type[i] - 1;
    }
  }

  void scatter(size_t n, const int *ids, double **x)
  {
    double **v = atoms<double *>("v");

    for (size_t i = 0; i < n; i++) {
      const size_t row = static_cast<size_t>(ids[i]) - 1;
      std::copy(&position_[3 * row], &position_[3 * row] + 3, x[i]);
      std::copy(&velocity_[3 * row], &velocity_[3 * row] + 3, v[i]);
    }
  }

  void *lammps_;
  epns::Model model_;
  epns::Run run_;
  double dt_;
  uint32_t steps_;
  int64_t last_ = 0;
  std::string refusal_;
  std::vector<double> position_, velocity_, mass_;
  std::vector<int32_t> type_;
};

static int report(void *lammps)
{
  char text[512];

  if (lammps_has_error(lammps) == 0) return 0;
  lammps_get_last_error_message(lammps, text, sizeof text);
  std::fprintf(stderr, "%s\n", text);
  return 1;
}

static int simulate(void *lammps, const std::string &step, const std::string &steps,
                    std::map<std::string, double> &numbers)
{
  std::unique_ptr<Mover> mover;

  if (step == "native") {
    lammps_command(lammps, "fix move all nve");
  } else {
    const size_t colon = step.find(':');
    const epns::Model model(step.substr(0, colon),
                            colon == std::string::npos ? "" : step.substr(colon + 1));
    epns::Lent parameters;
    for (auto &number : numbers) parameters[number.first] = epns::lend(&number.second, {});
    lammps_command(lammps, "fix move all external pf/callback 1 1");
    mover.reset(new Mover(lammps, model, parameters, 1));
  }
  lammps_command(lammps, ("run " + steps).c_str());
  if (mover && !mover->refusal().empty()) throw std::runtime_error(mover->refusal());
  return report(lammps);
}

int main(int argc, char **argv)
{
  if (argc < 4)
    return std::fprintf(stderr, "host native|KIND[:MODEL] SCRIPT STEPS [NAME=VALUE...]\n"), 2;
  const char *quiet[] = {"host", "-screen", "none", "-log", "none"};
  std::map<std::string, double> numbers;
  int failed;

  for (int i = 4; i < argc; i++) {
    const std::string word = argv[i];
    numbers[word.substr(0, word.find('='))] = std::atof(word.c_str() + word.find('=') + 1);
  }
  void *lammps = lammps_open_no_mpi(5, const_cast<char **>(quiet), nullptr);
  lammps_file(lammps, argv[2]);
  try {
    failed = report(lammps) || simulate(lammps, argv[1], argv[3], numbers);
  } catch (const std::exception &error) {
    failed = std::fprintf(stderr, "%s\n", error.what()) > 0;
  }
  lammps_command(lammps,
                 "write_dump all custom last.dump id x y z vx vy vz modify sort id format "
                 "float %.12g");
  lammps_close(lammps);
  lammps_mpi_finalize();
  return failed;
}
