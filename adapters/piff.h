/* SPDX-License-Identifier: MIT */
/* PIFF, CompuCell3D's text of boxes: `cell type xLow xHigh yLow yHigh zLow zHigh`, both ends
 * included, counted from 0. [any] */
#pragma once
#include "adapters/scenario.h"

/* Read the file's boxes into region->boxes, with the types and the size of the scenario; notes go
 * to the scenario. EPNS_FAILURE_FORMAT "path:line: ..." with the line quoted,
 * EPNS_FAILURE_UNSUPPORTED for compartments and cells of medium, EPNS_FAILURE_IO. */
gboolean epns_piff_read (const char *path, EpnsScenario *scenario, EpnsRegion *region,
                         GError **error);

/* The same for text in memory; text[size] is '\0', path names it in messages. */
gboolean epns_piff_parse (const char *path, const char *text, gsize size, EpnsScenario *scenario,
                          EpnsRegion *region, GError **error);
