/* SPDX-License-Identifier: MIT */
/* Parameters of the Cellular Potts kind: declared once, with their limits, and read by name. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

/* A PARAM field and the closed interval its elements must lie in; all must be finite. */
typedef struct {
  epns_field field;
  double low, high;
} EpnsCpmField;

/* Declaring fields: a number, an integer, a choice among names, one number for each type. All
 * optional; `fallback` is what absence means. The limits, low and high, come last. */
#define EPNS_CPM_NUMBER(name_, fallback_, ...)                                       \
  { { .name = name_, .unit = "1", .axes = "", .role = EPNS_PARAM, .dtype = EPNS_F64, \
      .optional = 1, .fallback = fallback_ },                                        \
    __VA_ARGS__ }
#define EPNS_CPM_INTEGER(name_, fallback_, ...)                                      \
  { { .name = name_, .unit = "1", .axes = "", .role = EPNS_PARAM, .dtype = EPNS_I32, \
      .optional = 1, .fallback = fallback_ },                                        \
    __VA_ARGS__ }
#define EPNS_CPM_CHOICE(name_, values_, n_)                                          \
  { { .name = name_, .unit = "1", .axes = "", .values = values_, .role = EPNS_PARAM, \
      .dtype = EPNS_I32, .optional = 1 },                                            \
    0, (n_) - 1 }
#define EPNS_CPM_BY_TYPE(name_, dtype_, ...)                                           \
  { { .name = name_, .unit = "1", .axes = "type", .role = EPNS_PARAM, .dtype = dtype_, \
      .rank = 1, .optional = 1, .extent = { -1 } },                                    \
    __VA_ARGS__ }
#define EPNS_CPM_ANY -G_MAXDOUBLE, G_MAXDOUBLE

#define EPNS_CPM_MAX_TYPES 1024

/* Cells are looked up by slot: what may own a site, as far as rules can tell. */
enum { EPNS_CPM_SLOT_NOBODY = 0, EPNS_CPM_SLOT_MEDIUM = 1, EPNS_CPM_SLOT_TYPE = 2 /* + type id */ };

typedef struct {
  const EpnsCpmField *fields; /* [n] */
  const epns_view *views;     /* [n] lent */
  guint n;
  guint n_types; /* the extent of every "type" axis, medium included */
} EpnsCpmParams;

/* Check every view against its field and its limits, and find n_types. EPNS_OK, or EPNS_DISCARD
 * with the culprit in *error. The readers below may be used after EPNS_OK only. [any] */
epns_status epns_cpm_params_check (EpnsCpmParams *self, epns_error *error);

/* Readers; name must be declared. Of an array, element i, or i, j where it has rank 2. [any] */
gboolean epns_cpm_params_given (const EpnsCpmParams *self, const char *name);
double epns_cpm_params_number (const EpnsCpmParams *self, const char *name);
double epns_cpm_params_at (const EpnsCpmParams *self, const char *name, gint64 i, gint64 j);

/* Number of slots, and the type whose parameters a slot takes: a type's own; medium is type 0. */
guint epns_cpm_params_slots (const EpnsCpmParams *self);
static inline gint64
epns_cpm_slot_type (guint slot)
{
  return slot < EPNS_CPM_SLOT_TYPE ? 0 : slot - EPNS_CPM_SLOT_TYPE;
}

/* Refuse a parameter for a reason that its limits cannot express. [any] */
epns_status epns_cpm_params_refuse (const EpnsCpmParams *self, const char *name, epns_error *error,
                                    const char *format, ...) G_GNUC_PRINTF (4, 5);
