/* SPDX-License-Identifier: MIT */
/* The table of kinds: the only file that knows them all, and the only symbol the plugin exports. */
#include "models/epns/kind-graph.h"
#include "models/epns/kind-lattice.h"
#include "models/hybrid/hybrid.h"
#include "models/reference/cpm.h"
#include "models/reference/nbody.h"
#include "models/reference/physicell.h"
#include "plugin/epns_step.h"
#include "plugin/kinds.h"

#include <config.h>

const epns_kind *const epns_kinds[] = {
  &epns_kind_cpm,
  &epns_kind_lattice,
  &epns_kind_graph,
  &epns_kind_hybrid,
  &epns_kind_nbody,
  &epns_kind_physicell_mechanics,
};
const uint32_t epns_n_kinds = sizeof epns_kinds / sizeof epns_kinds[0];

extern const epns_plugin epns_step_v1;
__attribute__ ((visibility ("default"))) const epns_plugin epns_step_v1 = {
  .size = sizeof (epns_plugin),
  .minor = 0,
  .vendor = "epns",
  .version = PACKAGE_VERSION,
  .licence = "MIT",
  .kinds = epns_kinds,
  .n_kinds = sizeof epns_kinds / sizeof epns_kinds[0],
};
