/* SPDX-License-Identifier: MIT */
/* Windows of a lattice and back; each is the other's gradient. */
#include "models/nn/op.h"

#include <string.h>

/* n = { size, wrap along H, wrap along W } and for scatter { samples, H, W }; in[1] = places, {b,
 * y, x} a window. */

typedef struct {
  const gint32 *places;
  gsize n, channels;
  gint64 size, height, width, wrap[2];
  float *map, *windows;
} Windows;

static Windows
windows_new (const EpnsCall *call, const EpnsTensor *map, float *map_data, float *windows_data)
{
  return (Windows){
    .places = epns_tensor_ints (call->in[1]),
    .n = call->in[1]->count / 3,
    .channels = (gsize) map->shape[1],
    .size = call->attr.n[0],
    .height = map->shape[2],
    .width = map->shape[3],
    .wrap = { call->attr.n[1], call->attr.n[2] },
    .map = map_data,
    .windows = windows_data,
  };
}

/* The lattice coordinate at `at`, or -1 beyond a border that is not periodic. */
static gint64
lattice_at (gint64 at, gint64 extent, gint64 wrap)
{
  if (at >= 0 && at < extent)
    return at;
  return wrap ? ((at % extent) + extent) % extent : -1;
}

/* Window i's channel c: calls for each of its rows with the map's row, or NULL where that is beyond
 * the border. */
typedef void (*RowMove) (const Windows *self, float *window_row, float *map_row, gint64 x);

static void
move_window (const Windows *self, gsize i, gsize c, RowMove move)
{
  const gint32 *place = self->places + 3 * i;
  float *plane =
      self->map + ((gint64) ((gsize) place[0] * self->channels + c)) * self->height * self->width;
  float *window = self->windows + (gint64) (i * self->channels + c) * self->size * self->size;

  for (gint64 r = 0; r < self->size; r++) {
    gint64 y = lattice_at (place[1] + r, self->height, self->wrap[0]);
    move (self, window + r * self->size, y >= 0 ? plane + y * self->width : NULL, place[2]);
  }
}

static void
gather_row (const Windows *self, float *window_row, float *map_row, gint64 x)
{
  if (map_row != NULL && x >= 0 && x + self->size <= self->width) {
    memcpy (window_row, map_row + x, (gsize) self->size * sizeof *window_row);
    return;
  }
  for (gint64 s = 0; s < self->size; s++) {
    gint64 at = map_row != NULL ? lattice_at (x + s, self->width, self->wrap[1]) : -1;
    window_row[s] = at >= 0 ? map_row[at] : 0.0f;
  }
}

static void
gather_add_row (const Windows *self, float *window_row, float *map_row, gint64 x)
{
  for (gint64 s = 0; s < self->size && map_row != NULL; s++) {
    gint64 at = lattice_at (x + s, self->width, self->wrap[1]);
    if (at >= 0)
      window_row[s] += map_row[at];
  }
}

static void
scatter_row (const Windows *self, float *window_row, float *map_row, gint64 x)
{
  for (gint64 s = 0; s < self->size && map_row != NULL; s++) {
    gint64 at = lattice_at (x + s, self->width, self->wrap[1]);
    if (at >= 0)
      map_row[at] += window_row[s];
  }
}

static void
gather_window (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Windows *self = arg;

  for (gsize c = 0; c < self->channels; c++)
    move_window (self, i, c, gather_row);
}

static void
gather_add_window (void *arg, gsize i, void *scratch G_GNUC_UNUSED)
{
  const Windows *self = arg;

  for (gsize c = 0; c < self->channels; c++)
    move_window (self, i, c, gather_add_row);
}

/* Windows overlap, so a task is a channel; windows come in order. */
static void
scatter_channel (void *arg, gsize c, void *scratch G_GNUC_UNUSED)
{
  const Windows *self = arg;

  for (gsize i = 0; i < self->n; i++)
    move_window (self, i, c, scatter_row);
}

static void
each_window (EpnsContext *ctx, Windows *self, EpnsBody body)
{
  epns_context_each (ctx, self->n,
                     3.0 * (double) self->channels * (double) (self->size * self->size), 0, body,
                     self);
}

static void
each_channel (EpnsContext *ctx, Windows *self)
{
  epns_context_each (ctx, self->channels,
                     3.0 * (double) self->n * (double) (self->size * self->size), 0,
                     scatter_channel, self);
}

static gboolean
places_fit (const EpnsCall *call, gint64 samples)
{
  const gint32 *places = epns_tensor_ints (call->in[1]);

  for (gsize i = 0; i < call->in[1]->count; i += 3)
    if (places[i] < 0 || places[i] >= samples)
      return FALSE;
  return call->attr.n[0] > 0;
}

/* --- gather_windows: y[i, c, r, s] = x[b_i, c, y_i + r, x_i + s] --- */

static gboolean
gather_windows_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  *rank = 4;
  shape[0] = (gint64) call->in[1]->count / 3;
  shape[1] = call->in[0]->shape[1];
  shape[2] = shape[3] = call->attr.n[0];
  return call->in[0]->rank == 4 && places_fit (call, call->in[0]->shape[0]);
}

static void
gather_windows_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Windows windows = windows_new (call, call->in[0], call->in[0]->data, call->out->data);

  each_window (ctx, &windows, gather_window);
}

static void
gather_windows_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Windows windows =
      windows_new (call, call->in[0], epns_call_grad (ctx, call, 0), call->out->grad->data);

  each_channel (ctx, &windows);
}

const EpnsOp epns_op_gather_windows = {
  "gather_windows", gather_windows_shape, gather_windows_forward, gather_windows_backward, 0, NULL
};

static EpnsTensor *
places_new (EpnsContext *ctx, const EpnsWindows *windows)
{
  g_return_val_if_fail (windows->n > 0, NULL);
  return epns_tensor_of_ints (ctx, 3 * windows->n, windows->places);
}

EpnsTensor *
epns_gather_windows (EpnsContext *ctx, EpnsTensor *x, const EpnsWindows *windows)
{
  EpnsAttr attr = { .n = { windows->size, windows->wrap[0], windows->wrap[1] } };
  g_autoptr (EpnsTensor) places = places_new (ctx, windows);

  return EPNS_APPLY (ctx, &epns_op_gather_windows, &attr, x, places);
}

/* --- scatter_windows: y[b_i, c, y_i + r, x_i + s] += x[i, c, r, s] --- */

static gboolean
scatter_windows_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0];

  *rank = 4;
  shape[0] = call->attr.n[3];
  shape[1] = x->shape[1];
  shape[2] = call->attr.n[4];
  shape[3] = call->attr.n[5];
  return x->rank == 4 && x->shape[2] == call->attr.n[0] && x->shape[3] == call->attr.n[0] &&
         call->in[1]->count == 3 * (gsize) x->shape[0] && places_fit (call, shape[0]);
}

static void
scatter_windows_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Windows windows = windows_new (call, call->out, call->out->data, call->in[0]->data);

  memset (call->out->data, 0, call->out->count * sizeof (float));
  each_channel (ctx, &windows);
}

static void
scatter_windows_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Windows windows =
      windows_new (call, call->out, call->out->grad->data, epns_call_grad (ctx, call, 0));

  each_window (ctx, &windows, gather_add_window);
}

const EpnsOp epns_op_scatter_windows = { "scatter_windows",
                                         scatter_windows_shape,
                                         scatter_windows_forward,
                                         scatter_windows_backward,
                                         0,
                                         NULL };

EpnsTensor *
epns_scatter_windows (EpnsContext *ctx, EpnsTensor *x, const EpnsWindows *windows, gint64 samples,
                      gint64 height, gint64 width)
{
  EpnsAttr attr = { .n = { windows->size, windows->wrap[0], windows->wrap[1], samples, height,
                           width } };
  g_autoptr (EpnsTensor) places = places_new (ctx, windows);

  return EPNS_APPLY (ctx, &epns_op_scatter_windows, &attr, x, places);
}
