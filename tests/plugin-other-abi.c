/* SPDX-License-Identifier: MIT */
/* What a plugin of a later major version looks like to this one: the symbol it looks for is not there. */
extern const int epns_step_v2;
__attribute__ ((visibility ("default"))) const int epns_step_v2 = 2;
