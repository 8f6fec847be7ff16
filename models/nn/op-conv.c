/* SPDX-License-Identifier: MIT */
/* Convolution and transposed convolution; convolve.h has the loops. */
#include "models/nn/activation.h"
#include "models/nn/convolve.h"
#include "models/nn/half.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"

EpnsConv
epns_conv_same (gint64 k, EpnsActivation activation)
{
  gint64 before = (k - 1) / 2, after = k - 1 - before;

  return (EpnsConv){ 1, { before, before }, { after, after }, activation };
}

EpnsConv
epns_conv_valid (EpnsActivation activation)
{
  return (EpnsConv){ .stride = 1, .activation = activation };
}

EpnsConv
epns_conv_strided (gint64 stride, gint64 pad, EpnsActivation activation)
{
  return (EpnsConv){ stride, { pad, pad }, { pad, pad }, activation };
}

/* Both operators are a correlation of an image with filters: of x to y, or the adjoint, of y's
 * shape to x's. */
typedef struct {
  const EpnsCall *call;
  EpnsCorrelation shape;
  EpnsConvolver convolver; /* forward; backward, of dx */
  EpnsConvolverGradient gradient;
  EpnsHalf half; /* instead of the convolver, forward, where the context says so */
  gsize sites, image;  /* floats of a sample: filters x sites; channels x rows x columns */
  gsize from, to;      /* of these two, what forward reads and writes */
  EpnsActivation activation;
  gsize scratch, sums; /* bytes that convolvers need, and the gradient's sums; v lies behind */
  float *dx;
  gboolean add;          /* to dx; else all of it is written */
  EpnsPartials partials; /* over samples: dw, db */
} Conv;

#define HALF_PASS 0.2 /* of a pass in single precision, about */

static Conv
conv_new (const EpnsCall *call, const EpnsTensor *image, const EpnsTensor *sites, gint64 stride,
          gint64 top, gint64 left)
{
  const gint64 *w = call->in[1]->shape;

  return (Conv){
    .call = call,
    .shape = { .channels = (gsize) image->shape[1],
               .height = (gsize) image->shape[2],
               .width = (gsize) image->shape[3],
               .filters = (gsize) w[0],
               .kh = (gsize) w[2],
               .kw = (gsize) w[3],
               .stride = (gsize) stride,
               .top = top,
               .left = left,
               .out_h = (gsize) sites->shape[2],
               .out_w = (gsize) sites->shape[3] },
    .sites = sites->count / (gsize) sites->shape[0],
    .image = image->count / (gsize) image->shape[0],
  };
}

static void
conv_clear (Conv *self)
{
  epns_convolver_clear (&self->convolver);
  epns_convolver_gradient_clear (&self->gradient);
  epns_half_clear (&self->half);
  epns_partials_clear (&self->partials);
}

static const float *
bias_of (const EpnsCall *call)
{
  return call->in[2] != NULL ? call->in[2]->data : NULL;
}

static void
conv_each (EpnsContext *ctx, Conv *self, gsize n, gsize samples, double passes, gsize scratch,
           EpnsBody body)
{
  const EpnsCorrelation *shape = &self->shape;
  double cost = 2.0 * (double) (self->sites * shape->channels * shape->kh * shape->kw);

  epns_context_each (ctx, n, passes * cost * (double) samples / (double) n, scratch, body, self);
}

static gsize
whole_lines (gsize bytes)
{
  return (bytes + EPNS_TENSOR_ALIGN - 1) / EPNS_TENSOR_ALIGN * EPNS_TENSOR_ALIGN;
}

/* Forward: a stack of samples, or one in half precision. */
static void
conv_stack (void *arg, gsize i, void *scratch)
{
  const Conv *self = arg;
  const EpnsCall *call = self->call;
  const gsize stack = self->convolver.stack, first = i * stack;

  epns_convolve (&self->convolver, MIN (stack, (gsize) call->in[0]->shape[0] - first),
                 call->in[0]->data + first * self->from, bias_of (call), self->activation, FALSE,
                 call->out->data + first * self->to, scratch);
}

static void
conv_half_sample (void *arg, gsize n, void *scratch)
{
  const Conv *self = arg;
  const EpnsCall *call = self->call;

  epns_half_apply (&self->half, call->in[0]->data + n * self->from, bias_of (call),
                   self->activation, call->out->data + n * self->to, scratch);
}

typedef EpnsHalf (*MakeHalf) (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w);
typedef EpnsConvolver (*MakeConvolver) (EpnsContext *ctx, const EpnsCorrelation *shape,
                                        const float *w);

/* In half precision where the context says so and it pays. */
static void
conv_forward (EpnsContext *ctx, Conv *self, MakeHalf half, MakeConvolver convolver)
{
  const gsize samples = (gsize) self->call->in[0]->shape[0];
  const float *w = self->call->in[1]->data;

  if (epns_context_half (ctx) != NULL && epns_half_pays (&self->shape)) {
    self->half = half (ctx, &self->shape, w);
    conv_each (ctx, self, samples, samples, HALF_PASS, epns_half_scratch (&self->half),
               conv_half_sample);
  } else {
    self->convolver = convolver (ctx, &self->shape, w);
    const gsize stack = self->convolver.stack;
    conv_each (ctx, self, (samples + stack - 1) / stack, samples, 1.0,
               epns_convolve_scratch (&self->convolver), conv_stack);
  }
  conv_clear (self);
}

/* Backward: groups of samples, each with its own sums of dw [count of w] and db [n_bias]; v: bytes
 * behind the other scratch. */
static void
conv_back (EpnsContext *ctx, Conv *self, gsize n_bias, gsize v, EpnsBody group_body)
{
  const EpnsCall *call = self->call;
  const gsize samples = (gsize) call->in[0]->shape[0], n_weights = call->in[1]->count;

  self->scratch = epns_convolver_gradient_scratch (&self->gradient);
  if (self->dx != NULL)
    self->scratch = MAX (self->scratch, epns_convolve_scratch (&self->convolver));
  self->scratch = whole_lines (self->scratch);
  self->sums = whole_lines (epns_convolver_gradient_sums (&self->gradient));
  self->partials = epns_partials_new (ctx, samples, n_weights + n_bias);
  conv_each (ctx, self, self->partials.n_groups, samples, 2.0, self->scratch + self->sums + v,
             group_body);
  epns_partials_add (&self->partials, 0, n_weights, epns_call_grad (ctx, call, 1));
  epns_partials_add (&self->partials, n_weights, n_bias, epns_call_grad (ctx, call, 2));
}

/* dx of samples first .. first + n - 1, whose sites or image `from` holds. */
static void
conv_dx (const Conv *self, gsize first, gsize n, const float *from, gsize from_size, gsize dx_size,
         void *scratch)
{
  const gsize stack = self->convolver.stack;

  for (gsize i = 0; self->dx != NULL && i < n; i += stack)
    epns_convolve (&self->convolver, MIN (stack, n - i), from + i * from_size, NULL, EPNS_LINEAR,
                   self->add, self->dx + (first + i) * dx_size, scratch);
}

/* db[c] += sum of channel c */
static void
add_sums (const float *v, gsize channels, gsize n, float *db)
{
  for (gsize c = 0; c < channels; c++)
    db[c] += (float) epns_sum_of (v + c * n, n);
}

/* --- conv2d: y = act (w * x + b), x the image, y the sites;
 * with v = dy act': dx = adjoint (v), dw = sum over sites of v x, db = sum over sites of v --- */

static gboolean
conv2d_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1], *b = call->in[2];
  const EpnsConv *conv = &call->attr.conv;

  if (x->rank != 4 || w->rank != 4 || x->shape[1] != w->shape[1] || conv->stride < 1 ||
      (b != NULL && (b->rank != 1 || b->shape[0] != w->shape[0])))
    return FALSE;
  *rank = 4;
  shape[0] = x->shape[0];
  shape[1] = w->shape[0];
  for (guint i = 0; i < 2; i++) {
    gint64 room = x->shape[2 + i] + conv->before[i] + conv->after[i] - w->shape[2 + i];
    if (room < 0 || conv->before[i] < 0 || conv->after[i] < 0)
      return FALSE;
    shape[2 + i] = room / conv->stride + 1;
  }
  return TRUE;
}

static Conv
conv2d_new (const EpnsCall *call)
{
  const EpnsConv *conv = &call->attr.conv;

  return conv_new (call, call->in[0], call->out, conv->stride, conv->before[0], conv->before[1]);
}

static void
conv2d_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv self = conv2d_new (call);

  self.from = self.image;
  self.to = self.sites;
  self.activation = call->attr.conv.activation;
  conv_forward (ctx, &self, epns_half_correlation, epns_convolver_new);
}

static void
conv2d_group_back (void *arg, gsize g, void *scratch)
{
  Conv *self = arg;
  const EpnsCall *call = self->call;
  float *dw = epns_partials_of (&self->partials, g), *db = dw + call->in[1]->count;
  float *sums = (float *) scratch + self->scratch / sizeof (float),
        *v = sums + self->sums / sizeof (float);
  gsize lo, hi, n;

  epns_partials_range (&self->partials, g, &lo, &hi);
  for (gsize first = lo; first < hi; first += n) {
    n = MIN (self->gradient.stack, hi - first);
    epns_activate_back (call->attr.conv.activation, call->out->data + first * self->sites,
                        call->out->grad->data + first * self->sites, v, n * self->sites);
    epns_convolver_gradient_add (&self->gradient, n, call->in[0]->data + first * self->image, v,
                                 first == lo, sums, dw, scratch);
    for (gsize i = 0; i < n; i++)
      add_sums (v + i * self->sites, self->shape.filters, self->shape.out_h * self->shape.out_w,
                db);
    conv_dx (self, first, n, v, self->sites, self->image, scratch);
  }
  epns_convolver_gradient_end (&self->gradient, sums, dw);
}

/* Is every row and column of the image in some site's reach? */
static gboolean
reaches_all (const EpnsCorrelation *shape)
{
  const gint64 s = (gint64) shape->stride;

  return shape->kh >= shape->stride && shape->kw >= shape->stride &&
         (gint64) (shape->out_h - 1) * s - shape->top + (gint64) shape->kh >=
             (gint64) shape->height &&
         (gint64) (shape->out_w - 1) * s - shape->left + (gint64) shape->kw >=
             (gint64) shape->width;
}

/* in[0]'s gradient; *add says whether there is something in it already. */
static float *
grad_to_write (EpnsContext *ctx, const EpnsCall *call, gboolean *add)
{
  gboolean is_new;
  float *grad = epns_call_new_grad (ctx, call, 0, &is_new);

  *add = !is_new;
  return grad;
}

static void
conv2d_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv self = conv2d_new (call);

  self.gradient = epns_convolver_gradient_new (ctx, &self.shape);
  self.add = !reaches_all (&self.shape);
  if (self.add)
    self.dx = epns_call_grad (ctx, call, 0);
  else
    self.dx = grad_to_write (ctx, call, &self.add);
  if (self.dx != NULL)
    self.convolver = epns_convolver_new_adjoint (ctx, &self.shape, call->in[1]->data);
  conv_back (ctx, &self, self.shape.filters, self.gradient.stack * self.sites * sizeof (float),
             conv2d_group_back);
  conv_clear (&self);
}

const EpnsOp epns_op_conv2d = { "conv2d",        conv2d_shape, conv2d_forward,
                                conv2d_backward, 1u << 2,      NULL };

EpnsTensor *
epns_conv2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b, EpnsConv conv)
{
  EpnsAttr attr = { .conv = conv };

  return EPNS_APPLY (ctx, &epns_op_conv2d, &attr, x, w, b);
}

/* --- conv_transpose2d: y = adjoint (x) + b, y the image, x the sites; n = { stride, pad };
 * dx = w * dy, dw = sum over sites of x dy, db = sum over y's rows and columns of dy --- */

static gboolean
conv_transpose2d_shape (const EpnsCall *call, guint *rank, gint64 *shape)
{
  const EpnsTensor *x = call->in[0], *w = call->in[1], *b = call->in[2];
  const gint64 stride = call->attr.n[0], pad = call->attr.n[1];

  if (x->rank != 4 || w->rank != 4 || x->shape[1] != w->shape[0] || stride < 1 || pad < 0 ||
      (b != NULL && (b->rank != 1 || b->shape[0] != w->shape[1])))
    return FALSE;
  *rank = 4;
  shape[0] = x->shape[0];
  shape[1] = w->shape[1];
  for (guint i = 0; i < 2; i++)
    shape[2 + i] = (x->shape[2 + i] - 1) * stride + w->shape[2 + i] - 2 * pad;
  return shape[2] > 0 && shape[3] > 0;
}

static Conv
conv_transpose2d_new (const EpnsCall *call)
{
  return conv_new (call, call->out, call->in[0], call->attr.n[0], call->attr.n[1], call->attr.n[1]);
}

static void
conv_transpose2d_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv self = conv_transpose2d_new (call);

  self.from = self.sites;
  self.to = self.image;
  self.activation = EPNS_LINEAR;
  conv_forward (ctx, &self, epns_half_adjoint, epns_convolver_new_adjoint);
}

static void
conv_transpose2d_group_back (void *arg, gsize g, void *scratch)
{
  Conv *self = arg;
  const EpnsCall *call = self->call;
  const float *dy = call->out->grad->data;
  float *dw = epns_partials_of (&self->partials, g), *db = dw + call->in[1]->count;
  float *sums = (float *) scratch + self->scratch / sizeof (float);
  gsize lo, hi, n;

  epns_partials_range (&self->partials, g, &lo, &hi);
  for (gsize first = lo; first < hi; first += n) {
    n = MIN (self->gradient.stack, hi - first);
    epns_convolver_gradient_add (&self->gradient, n, dy + first * self->image,
                                 call->in[0]->data + first * self->sites, first == lo, sums, dw,
                                 scratch);
  }
  epns_convolver_gradient_end (&self->gradient, sums, dw);
  for (gsize i = lo; i < hi; i++)
    add_sums (dy + i * self->image, self->shape.channels, self->shape.height * self->shape.width,
              db);
  conv_dx (self, lo, hi - lo, dy + lo * self->image, self->image, self->sites, scratch);
}

static void
conv_transpose2d_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv self = conv_transpose2d_new (call);

  self.dx = epns_call_grad (ctx, call, 0);
  self.add = TRUE;
  self.gradient = epns_convolver_gradient_new (ctx, &self.shape);
  if (self.dx != NULL)
    self.convolver = epns_convolver_new (ctx, &self.shape, call->in[1]->data);
  conv_back (ctx, &self, self.shape.channels, 0, conv_transpose2d_group_back);
  conv_clear (&self);
}

const EpnsOp epns_op_conv_transpose2d = { "conv_transpose2d",
                                          conv_transpose2d_shape,
                                          conv_transpose2d_forward,
                                          conv_transpose2d_backward,
                                          1u << 2,
                                          NULL };

EpnsTensor *
epns_conv_transpose2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b, gint64 stride,
                       gint64 pad)
{
  EpnsAttr attr = { .n = { stride, pad } };

  return EPNS_APPLY (ctx, &epns_op_conv_transpose2d, &attr, x, w, b);
}
