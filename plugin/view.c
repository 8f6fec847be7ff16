/* SPDX-License-Identifier: MIT */
/* Borrowed strided arrays. */
#include "plugin/view.h"
#include "plugin/error.h"

#include <string.h>

gsize
epns_dtype_size (int32_t dtype)
{
  static const gsize sizes[] = { [EPNS_I32] = 4, [EPNS_I64] = 8, [EPNS_F32] = 4, [EPNS_F64] = 8 };

  return dtype >= 0 && dtype < (int32_t) G_N_ELEMENTS (sizes) ? sizes[dtype] : 0;
}

epns_view
epns_view_contiguous (void *data, int32_t dtype, int32_t rank, const int64_t *shape)
{
  epns_view view = { .data = data, .dtype = dtype, .rank = rank };
  int64_t stride = (int64_t) epns_dtype_size (dtype);

  for (int32_t a = rank - 1; a >= 0; a--) {
    view.shape[a] = shape[a];
    view.stride[a] = stride;
    stride *= shape[a];
  }
  view.room = rank > 0 ? shape[0] : 1;
  return view;
}

int64_t
epns_view_count (const epns_view *view)
{
  int64_t count = 1;

  for (int32_t a = 0; a < view->rank; a++)
    count *= view->shape[a];
  return count;
}

gsize
epns_parameter_count (int32_t rank, gsize n_types)
{
  return rank == 0 ? 1 : rank == 1 ? n_types : n_types * n_types;
}

static epns_status
refuse (epns_error *error, int32_t field, int32_t axis, int64_t need, const char *text)
{
  epns_status status = epns_error_set (error, EPNS_DISCARD, "%s", text);

  if (error != NULL) {
    error->field = field;
    error->axis = axis;
    error->need = need;
  }
  return status;
}

epns_status
epns_view_check (const epns_view *view, const epns_field *field, int32_t index, epns_error *error)
{
  static const char *names[] = { "int32", "int64", "float32", "float64" };
  g_autofree char *text = NULL;

  if (view->data == NULL) {
    if (field->optional)
      return EPNS_OK;
    text = g_strdup_printf ("field '%s' is absent; lend a view of it", field->name);
    return refuse (error, index, -1, -1, text);
  }
  if (view->dtype != field->dtype) {
    text = g_strdup_printf ("field '%s' must be %s; convert it", field->name, names[field->dtype]);
    return refuse (error, index, -1, field->dtype, text);
  }
  if (view->rank != field->rank) {
    text = g_strdup_printf ("field '%s' has rank %d; it must be %d (%s)", field->name, view->rank, field->rank,
                            field->axes);
    return refuse (error, index, -1, field->rank, text);
  }
  for (int32_t a = 0; a < view->rank; a++) {
    int64_t want = field->extent[a];
    gboolean written = field->role == EPNS_STATE || field->role == EPNS_OUTPUT;

    if (view->shape[a] < 1 || (want >= 0 && view->shape[a] != want)) {
      text = g_strdup_printf ("field '%s' (%s) has extent %" G_GINT64_FORMAT " on axis %d; it must be %s%" G_GINT64_FORMAT,
                              field->name, field->axes, view->shape[a], a, want < 0 ? "at least " : "", MAX (want, 1));
      return refuse (error, index, a, MAX (want, 1), text);
    }
    if (written && view->stride[a] == 0 && view->shape[a] > 1) {
      text = g_strdup_printf ("field '%s' is written and cannot repeat axis %d with stride 0; lend real memory",
                              field->name, a);
      return refuse (error, index, a, (int64_t) epns_dtype_size (field->dtype), text);
    }
  }
  return EPNS_OK;
}

/* Walk the view row by row; `flat` advances through the contiguous side. */
static void
walk (const epns_view *view, int32_t axis, char *strided, char **flat, gboolean gather)
{
  gsize size = epns_dtype_size (view->dtype);

  if (axis == view->rank) {
    memcpy (gather ? *flat : strided, gather ? strided : *flat, size);
    *flat += size;
    return;
  }
  gboolean dense = axis == view->rank - 1 && view->stride[axis] == (int64_t) size;
  if (dense) {
    gsize bytes = size * (gsize) view->shape[axis];
    memcpy (gather ? *flat : strided, gather ? strided : *flat, bytes);
    *flat += bytes;
    return;
  }
  for (int64_t i = 0; i < view->shape[axis]; i++)
    walk (view, axis + 1, strided + i * view->stride[axis], flat, gather);
}

double
epns_view_element (const epns_view *view, int64_t i, int64_t j)
{
  const char *at = (const char *) view->data + (view->rank > 0 ? i * view->stride[0] : 0)
                   + (view->rank > 1 ? j * view->stride[1] : 0);

  return view->dtype == EPNS_I32 ? *(const gint32 *) (gconstpointer) at
                                 : *(const double *) (gconstpointer) at;
}

void
epns_view_gather (const epns_view *view, void *contiguous)
{
  char *flat = contiguous;

  walk (view, 0, view->data, &flat, TRUE);
}

void
epns_view_scatter (const epns_view *view, const void *contiguous)
{
  char *flat = (char *) contiguous; /* only read: walk() copies towards the view */

  walk (view, 0, view->data, &flat, FALSE);
}
