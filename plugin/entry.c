/* SPDX-License-Identifier: MIT */
/* The table of kinds: the only file that knows them all, and the only symbol the plugin exports. */
#include "models/epns/kind-lattice.h"
#include "models/reference/cpm.h"
#include "plugin/epns_step.h"

#include <config.h>

static const epns_kind *const kinds[] = {
  &epns_kind_cpm,
  &epns_kind_lattice,
};

extern const epns_plugin epns_step_v1;
__attribute__ ((visibility ("default"))) const epns_plugin epns_step_v1 = {
  .size = sizeof (epns_plugin),
  .minor = 0,
  .vendor = "epns",
  .version = PACKAGE_VERSION,
  .licence = "MIT",
  .kinds = kinds,
  .n_kinds = sizeof kinds / sizeof kinds[0],
};
