/* SPDX-License-Identifier: MIT */
/* Convolution: patches as columns, then one matrix product a chunk. */
#include "models/nn/activation.h"
#include "models/nn/blas.h"
#include "models/nn/op.h"
#include "models/nn/partials.h"
#include "models/nn/patches.h"

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

/* --- conv2d: y[n] = act (w columns (x[n]) + b), w as [O, I kh kw] --- */

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

static EpnsPatches
conv2d_patches (const EpnsCall *call)
{
  const gint64 *x = call->in[0]->shape, *w = call->in[1]->shape, *y = call->out->shape;
  EpnsPatches patches = {
    .channels = (gsize) x[1],
    .height = (gsize) x[2],
    .width = (gsize) x[3],
    .kh = (gsize) w[2],
    .kw = (gsize) w[3],
    .stride = (gsize) call->attr.conv.stride,
    .top = call->attr.conv.before[0],
    .left = call->attr.conv.before[1],
    .out_h = (gsize) y[2],
    .out_w = (gsize) y[3],
  };

  epns_patches_set_rows (&patches);
  return patches;
}

typedef struct {
  const EpnsCall *call;
  EpnsPatches patches;
  gsize out, depth, sites; /* O; I kh kw; H' W' */
  gboolean trivial;        /* the image is its own column matrix */
  float *dx;
  EpnsPartials partials; /* over samples: dw [O, depth], db [O] */
} Conv;

static Conv
conv_new (const EpnsCall *call)
{
  Conv conv = { .call = call,
                .patches = conv2d_patches (call),
                .out = (gsize) call->out->shape[1] };

  conv.depth = epns_patches_depth (&conv.patches);
  conv.sites = conv.patches.out_h * conv.patches.out_w;
  conv.trivial = epns_patches_trivial (&conv.patches);
  if (conv.trivial)
    conv.patches.rows = conv.patches.out_h;
  return conv;
}

/* scratch: columns */
static void
conv2d_sample (void *arg, gsize n, void *scratch)
{
  const Conv *conv = arg;
  const EpnsPatches *p = &conv->patches;
  const float *x = conv->call->in[0]->data + n * p->channels * p->height * p->width;
  const float *b = conv->call->in[2] != NULL ? conv->call->in[2]->data : NULL;
  float *y = conv->call->out->data + n * conv->out * conv->sites;

  for (gsize row = 0; row < p->out_h; row += p->rows) {
    gsize rows = MIN (p->rows, p->out_h - row), sites = rows * p->out_w;
    if (!conv->trivial)
      epns_patches_gather (p, x, row, rows, scratch);
    epns_sgemm (FALSE, FALSE, conv->out, sites, conv->depth, conv->call->in[1]->data, conv->depth,
                conv->trivial ? x : scratch, sites, 0.0f, y + row * p->out_w, conv->sites);
    for (gsize o = 0; o < conv->out; o++)
      epns_activate (conv->call->attr.conv.activation, b != NULL ? b[o] : 0.0f,
                     y + o * conv->sites + row * p->out_w, sites);
  }
}

static void
conv2d_forward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv conv = conv_new (call);
  gsize scratch =
      conv.trivial ? 0 : conv.depth * epns_patches_sites (&conv.patches) * sizeof (float);

  epns_context_each (ctx, (gsize) call->in[0]->shape[0],
                     2.0 * (double) (conv.out * conv.depth * conv.sites), scratch, conv2d_sample,
                     &conv);
}

/* v = dy act': dw = sum_n v columns^T;  db = sum v;  dx = the patches of w^T v, added back.
 * scratch: v, columns */
static void
conv2d_chunk_back (Conv *conv, gsize n, gsize row, float *dw, float *v)
{
  const EpnsPatches *p = &conv->patches;
  gsize rows = MIN (p->rows, p->out_h - row), sites = rows * p->out_w,
        image = p->channels * p->height * p->width;
  gsize at = n * conv->out * conv->sites + row * p->out_w;
  float *columns = v + conv->out * epns_patches_sites (p), *db = dw + conv->out * conv->depth;
  const float *x = conv->call->in[0]->data + n * image;

  for (gsize o = 0; o < conv->out; o++) {
    double sum = 0.0;
    epns_activate_back (conv->call->attr.conv.activation,
                        conv->call->out->data + at + o * conv->sites,
                        conv->call->out->grad->data + at + o * conv->sites, v + o * sites, sites);
    for (gsize i = 0; i < sites; i++)
      sum += v[o * sites + i];
    db[o] += (float) sum;
  }
  if (!conv->trivial)
    epns_patches_gather (p, x, row, rows, columns);
  epns_sgemm (FALSE, TRUE, conv->out, conv->depth, sites, v, sites, conv->trivial ? x : columns,
              sites, 1.0f, dw, conv->depth);
  if (conv->dx == NULL)
    return;
  float *dx = conv->dx + n * image;
  epns_sgemm (TRUE, FALSE, conv->depth, sites, conv->out, conv->call->in[1]->data, conv->depth, v,
              sites, conv->trivial ? 1.0f : 0.0f, conv->trivial ? dx : columns, sites);
  if (!conv->trivial)
    epns_patches_scatter (p, columns, row, rows, dx);
}

static void
conv2d_group_back (void *arg, gsize g, void *scratch)
{
  Conv *conv = arg;
  gsize lo, hi;

  epns_partials_range (&conv->partials, g, &lo, &hi);
  for (gsize n = lo; n < hi; n++)
    for (gsize row = 0; row < conv->patches.out_h; row += conv->patches.rows)
      conv2d_chunk_back (conv, n, row, epns_partials_of (&conv->partials, g), scratch);
}

static void
conv2d_backward (EpnsContext *ctx, const EpnsCall *call)
{
  Conv conv = conv_new (call);
  gsize samples = (gsize) call->in[0]->shape[0];
  gsize scratch = (conv.out + (conv.trivial ? 0 : conv.depth)) *
                  epns_patches_sites (&conv.patches) * sizeof (float);

  conv.dx = epns_call_grad (ctx, call, 0);
  conv.partials = epns_partials_new (ctx, samples, conv.out * conv.depth + conv.out);
  epns_context_each (ctx, conv.partials.n_groups,
                     4.0 * (double) (conv.out * conv.depth * conv.sites), scratch,
                     conv2d_group_back, &conv);
  epns_partials_add (&conv.partials, 0, conv.out * conv.depth, epns_call_grad (ctx, call, 1));
  epns_partials_add (&conv.partials, conv.out * conv.depth, conv.out,
                     epns_call_grad (ctx, call, 2));
  epns_partials_clear (&conv.partials);
}

const EpnsOp epns_op_conv2d = { "conv2d",        conv2d_shape, conv2d_forward,
                                conv2d_backward, 1u << 2,      NULL };

EpnsTensor *
epns_conv2d (EpnsContext *ctx, EpnsTensor *x, EpnsTensor *w, EpnsTensor *b, EpnsConv conv)
{
  EpnsAttr attr = { .conv = conv };

  return EPNS_APPLY (ctx, &epns_op_conv2d, &attr, x, w, b);
}
