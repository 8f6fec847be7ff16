/* SPDX-License-Identifier: MIT */
/* What a step takes and gives, whatever it is made of: arrays by the names that step models declare
 * their fields by. A lattice of cells (adapters/lattice-state.h) and a system of particles
 * (adapters/particle-state.h) are two layouts of it; whoever copies, lends, records or compares a
 * state need not know which. All functions [any], as long as one state is used by one thread at a
 * time. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

#define EPNS_STATE_ARRAYS 8 /* the most a layout has */

typedef struct _EpnsState EpnsState;

typedef struct { /* one array of a layout */
  const char *name;     /* "cell-id" */
  int32_t dtype, rank;
  gboolean moves; /* a step changes it (a STATE field); otherwise it is lent to be read (INPUT) */
  gsize offset;   /* of the array's pointer in the state */
} EpnsStateArray;

typedef struct {
  const char *what, *model; /* in messages: "a lattice of cells", "a lattice model" */
  gsize size;               /* bytes of the state's struct */
  const EpnsStateArray *arrays; /* what moves comes first */
  guint n_arrays;
  void (*shape) (const EpnsState *self, guint array, int64_t *shape); /* elements by axis */
} EpnsLayout;

struct _EpnsState { /* the first member of every layout's struct */
  const EpnsLayout *layout;
};

/* An independent copy, and the end of either layout. */
EpnsState *epns_state_copy (const EpnsState *self);
void       epns_state_free (EpnsState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsState, epns_state_free)

/* The index of the layout's array of this name, or -1. */
gint epns_layout_find (const EpnsLayout *self, const char *name);

/* A contiguous view of an array, lent by the state; data is NULL where this state has none. */
epns_view epns_state_view (EpnsState *self, guint array);

/* Bytes of an array; 0 where this state has none. */
gsize epns_state_bytes (const EpnsState *self, guint array);

/* The array itself, or NULL. */
void *epns_state_data (const EpnsState *self, guint array);

/* Does everything a step changes have the same bits, and the same shape? */
gboolean epns_state_equal (const EpnsState *a, const EpnsState *b);
