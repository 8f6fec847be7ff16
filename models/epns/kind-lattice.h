/* SPDX-License-Identifier: MIT */
/* The kind "epns-lattice": a learned step of a lattice of cells, published form or local form, as
 * the weights say.
 *
 * source: a model folder (model.xml and weights) or a bare weights file of the published network
 * with its configuration in __metadata__. dt: what model.xml states, in its unit; 1 "step" for a
 * bare file. No hidden history: a step depends on the lattice, the type table, and (seed, stream,
 * step).
 *
 * Parameters, all optional: `periodic` and `frozen` as those of `cpm`; `sites` likeliest or drawn (of
 * the published form); `precision` single, or half: convolutions may then round to bfloat16
 * (models/nn/half.h), which is close to single, not equal, the same bits everywhere, and fast where
 * the processor has tiles; `outside` warn or refuse.
 *
 * Parameters that model.xml says it was trained at are PARAM fields, too, by the names of `cpm`.
 * They change nothing (but where <network inputs="energies">: then those that the network is told
 * of are needed), and a value that differs is warned of through the host's log, once in the life of
 * the model, as are borders, cells and lattices outside <validity>; where `outside` is 1 (refuse)
 * the same words refuse it. */
#pragma once
#include "plugin/epns_step.h"

extern const epns_kind epns_kind_lattice;
