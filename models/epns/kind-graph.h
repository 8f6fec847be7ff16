/* SPDX-License-Identifier: MIT */
/* Kind `epns-graph`: a learned step of bodies in space.
 *
 * Source: a model folder (model.xml and weights) or a published weights file. Fields:
 *   domain      PARAM f64 [axis, 2], periodic PARAM i32 [axis]: the box, x, y[, z]; without one,
 *               space is free
 *   prediction  PARAM i32: mean (the published way) or drawn from the predicted distribution
 *   precision   PARAM i32: single, or double where equivariance to rounding in double is wanted
 *   outside     PARAM i32: what to do with as many bodies as the model was not trained on, warn
 *               or refuse
 *   position, velocity  STATE f64 "body,axis"
 *   mass f64 (1), cell-type i32 (0), radius f64  INPUT "body", all optional
 * Time: the model's own step. */
#pragma once
#include "plugin/epns_step.h"

extern const epns_kind epns_kind_graph;
