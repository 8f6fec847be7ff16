/* SPDX-License-Identifier: MIT */
/* States by their layout's table of arrays. */
#include "adapters/state.h"

#include "plugin/view.h"

#include <string.h>

/* Where a state keeps the pointer to an array. */
static void **
slot (const EpnsState *self, guint array)
{
  return (void **) (void *) ((char *) self + self->layout->arrays[array].offset);
}

void *
epns_state_data (const EpnsState *self, guint array)
{
  return *slot (self, array);
}

epns_view
epns_state_view (EpnsState *self, guint array)
{
  const EpnsStateArray *about = &self->layout->arrays[array];
  int64_t shape[EPNS_MAX_RANK] = { 0 };
  void *data = epns_state_data (self, array);

  if (data == NULL)
    return (epns_view) { .dtype = about->dtype, .rank = about->rank };
  self->layout->shape (self, array, shape);
  return epns_view_contiguous (data, about->dtype, about->rank, shape);
}

gsize
epns_state_bytes (const EpnsState *self, guint array)
{
  const EpnsStateArray *about = &self->layout->arrays[array];
  int64_t shape[EPNS_MAX_RANK] = { 0 };
  gsize bytes = epns_dtype_size (about->dtype);

  if (epns_state_data (self, array) == NULL)
    return 0;
  self->layout->shape (self, array, shape);
  for (int32_t axis = 0; axis < about->rank; axis++)
    bytes *= (gsize) shape[axis];
  return bytes;
}

EpnsState *
epns_state_copy (const EpnsState *self)
{
  EpnsState *copy = g_memdup2 (self, self->layout->size);

  for (guint i = 0; i < self->layout->n_arrays; i++)
    *slot (copy, i) = g_memdup2 (epns_state_data (self, i), epns_state_bytes (self, i));
  return copy;
}

void
epns_state_free (EpnsState *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->layout->n_arrays; i++)
    g_free (epns_state_data (self, i));
  g_free (self);
}

gint
epns_layout_find (const EpnsLayout *self, const char *name)
{
  for (guint i = 0; i < self->n_arrays; i++)
    if (strcmp (self->arrays[i].name, name) == 0)
      return (gint) i;
  return -1;
}

gboolean
epns_state_equal (const EpnsState *a, const EpnsState *b)
{
  if (a->layout != b->layout)
    return FALSE;
  for (guint i = 0; i < a->layout->n_arrays && a->layout->arrays[i].moves; i++) {
    gsize bytes = epns_state_bytes (a, i);
    if (bytes != epns_state_bytes (b, i)
        || memcmp (epns_state_data (a, i), epns_state_data (b, i), bytes) != 0)
      return FALSE;
  }
  return TRUE;
}
