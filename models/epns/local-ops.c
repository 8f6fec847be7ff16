/* SPDX-License-Identifier: MIT */
/* Sums over bids. A place belongs to one site, so that loops over sites share nothing. */
#include "models/epns/local-ops.h"
#include "models/nn/op.h"

#include <math.h>

#define EXP_COST 20.0 /* operations that an exponential counts for */

typedef struct {
  const EpnsCall *call;
  const EpnsLocalWindows *windows;
  float *to[2]; /* gradients of the operands; NULL where nobody wants one */
} Job;

static void
each_row (EpnsContext *ctx, Job *job, EpnsBody body)
{
  const EpnsLocalWindows *w = job->windows;
  double per_site = (double) w->start[w->height * w->width] / (double) (w->height * w->width) + 1;

  epns_context_each (ctx, w->height, EXP_COST * per_site * (double) w->width, 0, body, job);
}

static void
want_gradients (EpnsContext *ctx, Job *job)
{
  job->to[0] = epns_call_grad (ctx, job->call, 0);
  job->to[1] = epns_call_grad (ctx, job->call, 1);
}

/* --- normaliser: z = ln (e^m + sum e^l);  dm += dz e^(m - z);  dl[p] += dz e^(l[p] - z) --- */

static gboolean
normaliser_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsLocalWindows *w = call->attr.user;

  *rank = 2;
  shape[0] = (gint64) w->height;
  shape[1] = (gint64) w->width;
  return call->in[0]->count == w->height * w->width
         && (call->in[1] != NULL ? call->in[1]->count : 0) == w->n_cells * w->window * w->window;
}

static void
normaliser_row (void *arg, gsize y, void *scratch G_GNUC_UNUSED)
{
  const Job *job = arg;
  const EpnsLocalWindows *w = job->windows;
  const float *medium = job->call->in[0]->data,
              *logits = job->call->in[1] != NULL ? job->call->in[1]->data : NULL;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++) {
    float sum = expf (medium[s]);
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++)
      sum += expf (logits[w->covering[i]]);
    job->call->out->data[s] = logf (sum);
  }
}

static void
normaliser_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Job job = { .call = call, .windows = call->attr.user };

  each_row (ctx, &job, normaliser_row);
}

static void
normaliser_row_back (void *arg, gsize y, void *scratch G_GNUC_UNUSED)
{
  const Job *job = arg;
  const EpnsLocalWindows *w = job->windows;
  const float *z = job->call->out->data, *dz = job->call->out->grad->data,
              *medium = job->call->in[0]->data;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++) {
    if (job->to[0] != NULL)
      job->to[0][s] += dz[s] * expf (medium[s] - z[s]);
    for (guint32 i = w->start[s]; job->to[1] != NULL && i < w->start[s + 1]; i++) {
      guint32 p = w->covering[i];
      job->to[1][p] += dz[s] * expf (job->call->in[1]->data[p] - z[s]);
    }
  }
}

static void
normaliser_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Job job = { .call = call, .windows = call->attr.user };

  want_gradients (ctx, &job);
  each_row (ctx, &job, normaliser_row_back);
}

static const EpnsOp normaliser = { .name = "local normaliser",
                                   .shape = normaliser_shape,
                                   .forward = normaliser_forward,
                                   .backward = normaliser_backward,
                                   .optional = 1u << 1 };

EpnsTensor *
epns_local_normaliser (EpnsContext *ctx, const EpnsLocalWindows *windows, EpnsTensor *medium,
                       EpnsTensor *logits)
{
  EpnsAttr attr = { .user = (gpointer) windows };

  return EPNS_APPLY (ctx, &normaliser, &attr, medium, logits);
}

void
epns_local_pass_normalise (EpnsContext *ctx, EpnsLocalPass *pass)
{
  if (pass->log_normaliser == NULL)
    pass->log_normaliser = epns_local_normaliser (ctx, pass->windows, pass->medium, pass->logits);
}

/* --- expected volume: v[c] = count[c] + sum e^(l[p] - z[s]);  dl[p] += dv[c] e^(l[p] - z[s]),
 * dz[s] -= the same --- */

static gboolean
volume_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsLocalWindows *w = ((const EpnsLocalPass *) call->attr.user)->windows;

  *rank = 2;
  shape[0] = (gint64) w->n_cells;
  shape[1] = 1;
  return call->in[0]->count == w->n_cells * w->window * w->window
         && call->in[1]->count == w->height * w->width;
}

static void
volume_cell (void *arg, gsize cell, void *scratch G_GNUC_UNUSED)
{
  const Job *job = arg;
  const EpnsLocalPass *pass = job->call->attr.user;
  const EpnsLocalWindows *w = pass->windows;
  const float *logits = job->call->in[0]->data + cell * w->window * w->window,
              *z = job->call->in[1]->data;
  double sum = pass->count[cell];

  for (gsize row = 0; row < w->window; row++) {
    gssize y = epns_local_at (w->cells[cell].first_y + (gssize) row, w->height, w->periodic[0]);
    for (gsize column = 0; y >= 0 && column < w->window; column++) {
      gssize x = epns_local_at (w->cells[cell].first_x + (gssize) column, w->width, w->periodic[1]);
      gssize s = y * (gssize) w->width + x;
      if (x >= 0 && pass->drawn[s] == EPNS_LOCAL_UNDRAWN)
        sum += (double) expf (logits[row * w->window + column] - z[s]);
    }
  }
  job->call->out->data[cell] = (float) sum;
}

static void
volume_forward (EpnsContext *ctx, const EpnsCall *call)
{
  const EpnsLocalWindows *w = ((const EpnsLocalPass *) call->attr.user)->windows;
  Job job = { .call = call, .windows = w };

  epns_context_each (ctx, w->n_cells, EXP_COST * (double) (w->window * w->window), 0, volume_cell,
                     &job);
}

static void
volume_row_back (void *arg, gsize y, void *scratch G_GNUC_UNUSED)
{
  const Job *job = arg;
  const EpnsLocalPass *pass = job->call->attr.user;
  const EpnsLocalWindows *w = job->windows;
  const float *logits = job->call->in[0]->data, *z = job->call->in[1]->data,
              *dv = job->call->out->grad->data;
  gsize plane = w->window * w->window;

  for (gsize s = y * w->width; s < (y + 1) * w->width; s++)
    for (guint32 i = w->start[s]; pass->drawn[s] == EPNS_LOCAL_UNDRAWN && i < w->start[s + 1];
         i++) {
      guint32 p = w->covering[i];
      float share = dv[p / plane] * expf (logits[p] - z[s]);
      if (job->to[0] != NULL)
        job->to[0][p] += share;
      if (job->to[1] != NULL)
        job->to[1][s] -= share;
    }
}

static void
volume_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Job job = { .call = call, .windows = ((const EpnsLocalPass *) call->attr.user)->windows };

  want_gradients (ctx, &job);
  each_row (ctx, &job, volume_row_back);
}

static const EpnsOp expected_volume = { .name = "local expected volume",
                                        .shape = volume_shape,
                                        .forward = volume_forward,
                                        .backward = volume_backward };

EpnsTensor *
epns_local_expected_volume (EpnsContext *ctx, const EpnsLocalPass *pass, EpnsTensor *logits,
                            EpnsTensor *log_normaliser)
{
  EpnsAttr attr = { .user = (gpointer) pass };

  return EPNS_APPLY (ctx, &expected_volume, &attr, logits, log_normaliser);
}
