/* SPDX-License-Identifier: MIT */
/* Parameters of the mechanistic kinds: declared once, with their limits, and read by name. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

/* A PARAM field and the closed interval its elements must lie in; all must be finite. */
typedef struct {
  epns_field field;
  double low, high;
} EpnsParamField;

/* Declaring fields. All are optional; `fallback` is what absence means. Axes called "type" have one
 * element for each type, the same number in all of a kind's parameters; other axes have any. The
 * limits, low and high, come last. */
#define EPNS_PARAM_ARRAY(name_, unit_, axes_, rank_, dtype_, fallback_, ...)                \
  { { .name = name_, .unit = unit_, .axes = axes_, .role = EPNS_PARAM, .dtype = dtype_,     \
      .rank = rank_, .optional = 1, .extent = { -1, -1 }, .fallback = fallback_ },          \
    __VA_ARGS__ }
#define EPNS_PARAM_NUMBER(name_, fallback_, ...)                                     \
  { { .name = name_, .unit = "1", .axes = "", .role = EPNS_PARAM, .dtype = EPNS_F64, \
      .optional = 1, .fallback = fallback_ },                                        \
    __VA_ARGS__ }
#define EPNS_PARAM_INTEGER(name_, fallback_, ...)                                    \
  { { .name = name_, .unit = "1", .axes = "", .role = EPNS_PARAM, .dtype = EPNS_I32, \
      .optional = 1, .fallback = fallback_ },                                        \
    __VA_ARGS__ }
#define EPNS_PARAM_CHOICE(name_, values_, n_)                                        \
  { { .name = name_, .unit = "1", .axes = "", .values = values_, .role = EPNS_PARAM, \
      .dtype = EPNS_I32, .optional = 1 },                                            \
    0, (n_) - 1 }
#define EPNS_PARAM_BY_TYPE(name_, dtype_, ...) \
  EPNS_PARAM_ARRAY (name_, "1", "type", 1, dtype_, 0, __VA_ARGS__)
#define EPNS_PARAM_BY_AXIS(name_, dtype_, ...) \
  EPNS_PARAM_ARRAY (name_, "1", "axis", 1, dtype_, 0, __VA_ARGS__)
#define EPNS_PARAM_ANY -G_MAXDOUBLE, G_MAXDOUBLE

#define EPNS_PARAMS_MAX_TYPES 1024

typedef struct {
  const EpnsParamField *fields; /* [n] */
  const epns_view *views;       /* [n] lent */
  guint n;
  guint n_types; /* the extent of every "type" axis; 0: no parameter by type is given */
} EpnsParams;

/* Check every view against its field and its limits, and find n_types. EPNS_OK, or EPNS_DISCARD
 * with the culprit in *error. The readers below may be used after EPNS_OK only. [any] */
epns_status epns_params_check (EpnsParams *self, epns_error *error);

/* Readers; name must be declared. Of an array, element i, or i, j where it has rank 2. [any] */
gboolean epns_params_given (const EpnsParams *self, const char *name);
double epns_params_number (const EpnsParams *self, const char *name);
double epns_params_at (const EpnsParams *self, const char *name, gint64 i, gint64 j);

/* Elements along an axis of a parameter that is given. [any] */
gint64 epns_params_extent (const EpnsParams *self, const char *name, int axis);

/* Is any element of an array of rank 0 or 1 above 0? [any] */
gboolean epns_params_any (const EpnsParams *self, const char *name);

/* Refuse a parameter for a reason that its limits cannot express. [any] */
epns_status epns_params_refuse (const EpnsParams *self, const char *name, epns_error *error,
                                const char *format, ...) G_GNUC_PRINTF (4, 5);
