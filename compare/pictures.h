/* SPDX-License-Identifier: MIT */
/* The two pictures every comparison has, with their titles and captions. */
#pragma once
#include "compare/canvas.h"
#include "compare/ensemble.h"

/* Names of the series that are shown where not all are; NULL-terminated. */
const char *const *epns_pictured_series (const EpnsComparison *of);

/* What a step model is called in a figure: its file's name, or its kind's title up to the first
 * comma, and id. Free with g_free. */
char *epns_model_name (const EpnsTrajectory *of);

/* Member 0 of both at up to four times; the pictured series over time. */
EpnsCanvas *epns_draw_comparison_snapshots (const EpnsComparison *of);
EpnsCanvas *epns_draw_comparison_curves (const EpnsComparison *of);
