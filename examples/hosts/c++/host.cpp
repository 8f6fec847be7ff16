// SPDX-License-Identifier: MIT
// The host of examples/hosts/c in C++: the same legs, the same tissue, the same numbers.
//   host cpm:100 epns-lattice:100:/path/to/cellsort cpm:20
#include <cinttypes>
#include <cstdio>
#include <sstream>

#include "epns.hpp"

struct Site {
  int32_t cell;
  float nutrient;  // not the plugin's business; it steps over it
};

struct Tissue {
  static constexpr int side = 64, room = 128;
  std::vector<Site> sites = std::vector<Site>(side * side);
  std::vector<int32_t> types = std::vector<int32_t>(room);

  Tissue()  // 7 x 7 cells of 25 sites, the two types in turn
  {
    for (int y = 0; y < 35; y++)
      for (int x = 0; x < 35; x++)
        sites[static_cast<size_t>((14 + y) * side + 14 + x)].cell = 1 + y / 5 * 7 + x / 5;
    for (size_t cell = 1; cell < types.size(); cell++)
      types[cell] = 1 + static_cast<int32_t>(cell % 2);
  }

  epns::Lent lend()
  {
    return {{"cell-id", epns::lend(&sites[0].cell, {1, side, side},
                                   {0, side * int64_t(sizeof(Site)), sizeof(Site)})},
            {"cell-type", epns::lend(types.data(), {room})}};
  }

  void report(const std::string &leg) const
  {
    uint64_t sum = 14695981039346656037u;  // FNV-1a
    int n = 0;
    for (const Site &site : sites) {
      sum = (sum ^ static_cast<uint64_t>(site.cell)) * 1099511628211u;
      n += site.cell > 0;
    }
    std::printf("%s: %d sites of cells, sum %016" PRIx64 "\n", leg.c_str(), n, sum);
  }
};

static void advance(Tissue &tissue, const std::string &leg, uint64_t number)
{
  static double temperature = 10, target[] = {0, 25, 25}, strength[] = {0, 2, 2};
  static double contact[] = {0, 16, 16, 16, 2, 11, 16, 11, 14};
  static int32_t order = 2;
  static const epns::Lent parameters = {{"temperature", epns::lend(&temperature, {})},
                                        {"target-volume", epns::lend(target, {3})},
                                        {"volume-strength", epns::lend(strength, {3})},
                                        {"contact-energy", epns::lend(contact, {3, 3})},
                                        {"neighbor-order", epns::lend(&order, {})},
                                        {"contact-neighbor-order", epns::lend(&order, {})}};
  std::istringstream words(leg);
  std::string kind, mcs = "1", source;

  std::getline(std::getline(std::getline(words, kind, ':'), mcs, ':'), source);
  const double time = std::stod(mcs);
  const epns::Model model(kind, source);
  epns::Run run(model, model.choose(parameters), 1, number);
  const uint32_t steps = std::max(1u, static_cast<uint32_t>(time / model.native_dt()));
  run.step(model.choose(tissue.lend()), steps, time / steps);
}

int main(int argc, char **argv)
{
  Tissue tissue;
  bool failed = false;

  tissue.report("start");
  for (int leg = 1; leg < argc; leg++) {
    try {
      advance(tissue, argv[leg], static_cast<uint64_t>(leg));
    } catch (const std::exception &error) {
      failed = true;
      std::printf("refused: %s\n", error.what());
    }
    tissue.report(argv[leg]);
  }
  return failed;
}
