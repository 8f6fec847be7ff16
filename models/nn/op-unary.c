/* SPDX-License-Identifier: MIT */
/* Elementwise operators of one operand: one line each says value and gradient. */
#include "models/nn/activation.h"
#include "models/nn/op.h"

#include <math.h>

/* y = value (x), dx += slope; in both formulas x, y are the element's values, g = dy, and p, q the
 * call's two numbers. */
#define UNARY(name, cost, value, slope)                                                            \
  static void name##_range (const EpnsCall *call, float *grad G_GNUC_UNUSED, gsize lo, gsize hi)   \
  {                                                                                                \
    const float p G_GNUC_UNUSED = call->attr.f[0], q G_GNUC_UNUSED = call->attr.f[1];              \
    const float *in = call->in[0]->data + lo;                                                      \
    float *restrict out = call->out->data + lo;                                                    \
    EPNS_EACH (hi - lo, {                                                                          \
      const float x = in[i];                                                                       \
      out[i] = (value);                                                                            \
    });                                                                                            \
  }                                                                                                \
  static void name##_range_back (const EpnsCall *call, float *grad, gsize lo, gsize hi)            \
  {                                                                                                \
    const float p G_GNUC_UNUSED = call->attr.f[0], q G_GNUC_UNUSED = call->attr.f[1];              \
    const float *in = call->in[0]->data, *out = call->out->data, *dy = call->out->grad->data;      \
    float *restrict to = grad;                                                                     \
    for (gsize i = lo; i < hi; i++) {                                                              \
      const float x G_GNUC_UNUSED = in[i], y G_GNUC_UNUSED = out[i], g = dy[i];                    \
      to[i] += (slope);                                                                            \
    }                                                                                              \
  }                                                                                                \
  static void name##_range_turn (const EpnsCall *call, float *grad, gsize lo, gsize hi)            \
  {                                                                                                \
    const float p G_GNUC_UNUSED = call->attr.f[0], q G_GNUC_UNUSED = call->attr.f[1];              \
    const float *in = call->in[0]->data, *out = call->out->data;                                   \
    float *restrict to = grad;                                                                     \
    for (gsize i = lo; i < hi; i++) {                                                              \
      const float x G_GNUC_UNUSED = in[i], y G_GNUC_UNUSED = out[i], g = to[i];                    \
      to[i] = (slope);                                                                             \
    }                                                                                              \
  }                                                                                                \
  static void name##_forward (EpnsContext *ctx, const EpnsCall *call)                              \
  {                                                                                                \
    epns_call_flat (ctx, call, NULL, call->out->count, cost, name##_range);                        \
  }                                                                                                \
  static void name##_backward (EpnsContext *ctx, const EpnsCall *call)                             \
  {                                                                                                \
    float *grad = epns_call_inherit_grad (call, 0); /* dy, to be turned into dx */                 \
    if (grad != NULL)                                                                              \
      epns_call_flat (ctx, call, grad, call->out->count, cost, name##_range_turn);                 \
    else                                                                                           \
      epns_call_flat (ctx, call, epns_call_grad (ctx, call, 0), call->out->count, cost,            \
                      name##_range_back);                                                          \
  }                                                                                                \
  const EpnsOp epns_op_##name = {                                                                  \
    #name, epns_shape_same, name##_forward, name##_backward, 0, NULL                               \
  };

UNARY (relu, 1, x<0.0f ? 0.0f : x, x> 0.0f ? g : 0.0f)
UNARY (tanh, 30, tanhf (x), g *(1.0f - y * y))
UNARY (softplus, 40, x > 20.0f ? x : log1pf (expf (x)), x > 20.0f ? g : g / (1.0f + expf (-x)))
UNARY (exp, 20, expf (x), g *y)
UNARY (log, 20, logf (x), g / x)
UNARY (affine, 1, p *x + q, g *p)
UNARY (clip, 1, x<p ? p : x> q ? q : x, x<p || x> q ? 0.0f : g)

EpnsTensor *
epns_relu (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_relu, NULL, x);
}

EpnsTensor *
epns_tanh (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_tanh, NULL, x);
}

EpnsTensor *
epns_softplus (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_softplus, NULL, x);
}

EpnsTensor *
epns_exp (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_exp, NULL, x);
}

EpnsTensor *
epns_log (EpnsContext *ctx, EpnsTensor *x)
{
  return EPNS_APPLY (ctx, &epns_op_log, NULL, x);
}

EpnsTensor *
epns_affine (EpnsContext *ctx, EpnsTensor *x, float scale, float shift)
{
  EpnsAttr attr = { .f = { scale, shift } };

  return EPNS_APPLY (ctx, &epns_op_affine, &attr, x);
}

EpnsTensor *
epns_clip (EpnsContext *ctx, EpnsTensor *x, float low, float high)
{
  EpnsAttr attr = { .f = { low, high } };

  return EPNS_APPLY (ctx, &epns_op_clip, &attr, x);
}
