/* SPDX-License-Identifier: MIT */
/* A plugin with the right symbol and a kind whose functions are missing. */
#include "plugin/epns_step.h"

static const epns_kind hollow = { .size = sizeof (epns_kind), .id = "hollow", .version = "1", .title = "none" };
static const epns_kind *const kinds[] = { &hollow };

extern const epns_plugin epns_step_v1;
__attribute__ ((visibility ("default"))) const epns_plugin epns_step_v1 = {
  .size = sizeof (epns_plugin), .vendor = "test", .version = "1", .licence = "MIT", .kinds = kinds, .n_kinds = 1
};
