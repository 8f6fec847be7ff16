/* SPDX-License-Identifier: MIT */
/* Gaussian latent variables: drawing them so that gradients pass, and what the posterior costs. */
#include "models/nn/op.h"

#include <math.h>

/* --- reparameterise: z = mu + sigma eps; dmu = dz, dsigma = dz eps, deps = dz sigma --- */

static void
reparameterise_range (const EpnsCall *call, float *grad G_GNUC_UNUSED, gsize lo, gsize hi)
{
  const float *mu = call->in[0]->data, *sigma = call->in[1]->data, *eps = call->in[2]->data;

  for (gsize i = lo; i < hi; i++)
    call->out->data[i] = mu[i] + sigma[i] * eps[i];
}

static void
reparameterise_forward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, NULL, call->out->count, 2.0, reparameterise_range);
}

static void
reparameterise_backward (EpnsContext *ctx, const EpnsCall *call)
{
  const float *sigma = call->in[1]->data, *eps = call->in[2]->data, *dz = call->out->grad->data;
  float *dmu = epns_call_grad (ctx, call, 0), *dsigma = epns_call_grad (ctx, call, 1);
  float *deps = epns_call_grad (ctx, call, 2);

  for (gsize i = 0; i < call->out->count; i++) {
    if (dmu != NULL)
      dmu[i] += dz[i];
    if (dsigma != NULL)
      dsigma[i] += dz[i] * eps[i];
    if (deps != NULL)
      deps[i] += dz[i] * sigma[i];
  }
}

const EpnsOp epns_op_reparameterise = {
  "reparameterise", epns_shape_same, reparameterise_forward, reparameterise_backward, 0, NULL
};

EpnsTensor *
epns_reparameterise (EpnsContext *ctx, EpnsTensor *mu, EpnsTensor *sigma, EpnsTensor *eps)
{
  return EPNS_APPLY (ctx, &epns_op_reparameterise, NULL, mu, sigma, eps);
}

/* --- gaussian_kl: k = (r + d^2 - 1 - ln r) / 2, r = (sigma_q / sigma_p)^2, d = (mu_q - mu_p) /
 * sigma_p; dmu_q = d / sigma_p = -dmu_p;  dsigma_q = (r - 1) / sigma_q;  dsigma_p = (1 - r - d^2) /
 * sigma_p --- */

static void
gaussian_kl_range (const EpnsCall *call, float *grad G_GNUC_UNUSED, gsize lo, gsize hi)
{
  const float *mu_q = call->in[0]->data, *sigma_q = call->in[1]->data;
  const float *mu_p = call->in[2]->data, *sigma_p = call->in[3]->data;

  for (gsize i = lo; i < hi; i++) {
    double ratio = (double) sigma_q[i] / (double) sigma_p[i], r = ratio * ratio;
    double d = ((double) mu_q[i] - (double) mu_p[i]) / (double) sigma_p[i];
    call->out->data[i] = (float) (0.5 * (r + d * d - 1.0 - log (r)));
  }
}

static void
gaussian_kl_forward (EpnsContext *ctx, const EpnsCall *call)
{
  epns_call_flat (ctx, call, NULL, call->out->count, 40.0, gaussian_kl_range);
}

static void
gaussian_kl_backward (EpnsContext *ctx, const EpnsCall *call)
{
  float *grad[4];

  for (guint i = 0; i < 4; i++)
    grad[i] = epns_call_grad (ctx, call, i);
  for (gsize i = 0; i < call->out->count; i++) {
    double sigma_q = (double) call->in[1]->data[i], sigma_p = (double) call->in[3]->data[i];
    double r = sigma_q * sigma_q / (sigma_p * sigma_p);
    double d = ((double) call->in[0]->data[i] - (double) call->in[2]->data[i]) / sigma_p;
    const double slope[4] = { d / sigma_p, (r - 1.0) / sigma_q, -d / sigma_p,
                              (1.0 - r - d * d) / sigma_p };
    for (guint k = 0; k < 4; k++)
      if (grad[k] != NULL)
        grad[k][i] += (float) ((double) call->out->grad->data[i] * slope[k]);
  }
}

const EpnsOp epns_op_gaussian_kl = {
  "gaussian_kl", epns_shape_same, gaussian_kl_forward, gaussian_kl_backward, 0, NULL
};

EpnsTensor *
epns_gaussian_kl (EpnsContext *ctx, EpnsTensor *mu_q, EpnsTensor *sigma_q, EpnsTensor *mu_p,
                  EpnsTensor *sigma_p)
{
  return EPNS_APPLY (ctx, &epns_op_gaussian_kl, NULL, mu_q, sigma_q, mu_p, sigma_p);
}
