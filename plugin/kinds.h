/* SPDX-License-Identifier: MIT */
/* The plugin's table of kinds, for a kind that is made of others: it steps them through this
 * interface alone, as a host would, and includes none of their headers. Defined by plugin/entry.c,
 * so that only the plugin itself can link what uses it. */
#pragma once
#include "plugin/epns_step.h"

extern const epns_kind *const epns_kinds[];
extern const uint32_t epns_n_kinds;
