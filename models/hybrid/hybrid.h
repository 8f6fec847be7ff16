/* SPDX-License-Identifier: MIT */
/* Kind "hybrid": one learned step, then a few native ones, as one step.
 *
 * A learned step that replaces hundreds of native ones keeps where cells go and loses some of their
 * shape; a few native steps bring the shape back at a small part of the cost. The source is a model
 * folder whose model.xml has <hybrid>: the learned model's folder, the native kind, how many native
 * steps, and whether these take host time (`counted`) or are a polish within the learned step's
 * time (`relaxation`).
 *
 * Fields are those of both: what both declare must agree, and is one field. Both step the same
 * STATE. A parameter that is left out takes each kind's own default. */
#pragma once
#include "plugin/epns_step.h"

extern const epns_kind epns_kind_hybrid;

/* The native steps of a run with this seed and stream draw by them; the learned ones draw by the
 * same stream of another seed, as purposes of draws are told apart within one kind only. */
#define EPNS_HYBRID_LEARNED_SEED(seed) ((seed) ^ UINT64_C (0x9e3779b97f4a7c15))
