/* SPDX-License-Identifier: MIT */
/* Feature-wise modulation. */
#include "models/nn/op.h"

/* y[n, c, s] = x[n, c, s] gain[n, c] + bias[n, c], s = sites;
 * dx = dy gain;  dgain = sum_s dy x;  dbias = sum_s dy. */

static gboolean
film_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *gain = call->in[1];

  *rank = 4;
  for (guint i = 0; i < 4; i++)
    shape[i] = x->shape[i];
  return x->rank == 4 && gain->rank == 2 && gain->shape[0] == x->shape[0] &&
         gain->shape[1] == x->shape[1] && epns_tensor_same_shape (gain, call->in[2]);
}

typedef struct {
  const EpnsCall *call;
  float *dx, *dgain, *dbias;
  gsize sites;
} Film;

static void
film_map (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Film *film = arg;
  const float *x = film->call->in[0]->data + map * film->sites;
  const float gain = film->call->in[1]->data[map], bias = film->call->in[2]->data[map];
  float *restrict y = film->call->out->data + map * film->sites;

  for (gsize s = 0; s < film->sites; s++)
    y[s] = x[s] * gain + bias;
}

static void
film_map_back (void *arg, gsize map, void *scratch G_GNUC_UNUSED)
{
  const Film *film = arg;
  const float *x = film->call->in[0]->data + map * film->sites;
  const float *dy = film->call->out->grad->data + map * film->sites;
  double dgain = 0.0, dbias = 0.0;

  for (gsize s = 0; s < film->sites; s++) {
    dgain += (double) dy[s] * (double) x[s];
    dbias += (double) dy[s];
  }
  if (film->dgain != NULL)
    film->dgain[map] += (float) dgain;
  if (film->dbias != NULL)
    film->dbias[map] += (float) dbias;
  for (gsize s = 0; film->dx != NULL && s < film->sites; s++)
    film->dx[map * film->sites + s] += dy[s] * film->call->in[1]->data[map];
}

static void
film_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Film film = { .call = call, .sites = call->out->count / call->in[1]->count };

  epns_context_each (ctx, call->in[1]->count, 2.0 * (double) film.sites, 0, film_map, &film);
}

static void
film_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Film film = { call, epns_call_grad (ctx, call, 0), epns_call_grad (ctx, call, 1),
                epns_call_grad (ctx, call, 2), call->out->count / call->in[1]->count };

  epns_context_each (ctx, call->in[1]->count, 6.0 * (double) film.sites, 0, film_map_back, &film);
}

const EpnsOp epns_op_film = { "film", film_shape, film_forward, film_backward, 0, NULL };

EpnsTensor *
epns_film (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *gain, EpnsTensor *bias)
{
  return EPNS_APPLY (ctx, &epns_op_film, NULL, x, gain, bias);
}
