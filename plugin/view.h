/* SPDX-License-Identifier: MIT */
/* Borrowed strided arrays: check them against what a kind declares, gather from them, scatter into them. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

/* Bytes of one element of a dtype, 0 for an unknown one. [any] */
gsize epns_dtype_size (int32_t dtype);

/* A C-contiguous view on `data`. shape has `rank` entries. [any] */
epns_view epns_view_contiguous (void *data, int32_t dtype, int32_t rank, const int64_t *shape);

/* Number of elements; 1 for rank 0. [any] */
int64_t epns_view_count (const epns_view *view);

/* Numbers of a parameter of rank 0, 1 or 2: one, one a type, one a pair of types. [any] */
gsize epns_parameter_count (int32_t rank, gsize n_types);

/* Does the view fit the field (dtype, rank, extents, presence, no zero stride where it is written)? On failure *error names
 * field and axis. Axes of one name across fields are checked by the kind. [any] */
epns_status epns_view_check (const epns_view *view, const epns_field *field, int32_t field_index, epns_error *error);

/* Element i, j (as far as the rank goes) of a view of EPNS_F64 or EPNS_I32. [any] */
double epns_view_element (const epns_view *view, int64_t i, int64_t j);

/* Copy all elements in row-major order to or from a contiguous array of the view's dtype. [any] */
void epns_view_gather (const epns_view *view, void *contiguous);
void epns_view_scatter (const epns_view *view, const void *contiguous);
