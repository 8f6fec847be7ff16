/* SPDX-License-Identifier: MIT */
/* Winograd's correlation, its adjoint and its filters' gradient against their definitions, for
 * shapes that cross every border of tiles, groups, blocks and stacks. */
#include "models/nn/winograd.h"
#include "tests/correlation-setup.h"

/* Shape of a correlation that keeps `before` zeros before and `after` behind on both axes. */
#define SHAPE(channels_, h, w, filters_, kh_, kw_, before, after)                                  \
  {                                                                                                \
    .channels = channels_, .height = h, .width = w, .filters = filters_, .kh = kh_, .kw = kw_,     \
    .stride = 1, .top = before, .left = before, .out_h = h + before + after + 1 - kh_,             \
    .out_w = w + before + after + 1 - kw_                                                          \
  }

static const EpnsCorrelation shapes[] = {
  SHAPE (1, 1, 1, 1, 3, 3, 1, 1), /* smaller than a tile */
  SHAPE (1, 2, 3, 2, 5, 5, 2, 2),
  SHAPE (3, 9, 7, 9, 5, 5, 2, 2),
  SHAPE (17, 16, 16, 35, 3, 3, 1, 1), /* whole tiles; more channels than lanes */
  SHAPE (33, 13, 30, 70, 5, 5, 2, 2), /* two blocks of filters */
  SHAPE (2, 37, 41, 3, 5, 5, 2, 2),   /* several blocks of tiles */
  SHAPE (5, 11, 10, 6, 4, 4, 1, 2),   /* not as much before as behind */
  SHAPE (4, 12, 12, 5, 5, 3, 0, 0),   /* no zeros; two heights of a filter's sides */
  SHAPE (2, 5, 4, 2, 3, 3, 4, 4),     /* more zeros than filter */
  SHAPE (3, 14, 11, 4, 9, 9, 4, 4),   /* filters in groups */
  SHAPE (2, 30, 29, 3, 11, 11, 5, 5),
  SHAPE (2, 20, 13, 3, 7, 5, 0, 0),
  SHAPE (2, 17, 16, 18, 2, 6, 1, 1),
};
enum { N_SHAPES = G_N_ELEMENTS (shapes) };

/* Rounding goes by the largest values near, not by each one's own. */
static void
expect_near (const float *got, const double *expected, gsize n)
{
  double largest = 0.0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (expected[i]));
  for (gsize i = 0; i < n; i++)
    ck_assert_msg (fabs ((double) got[i] - expected[i]) <= 2e-5 * largest,
                   "element %d is %g, not %g", (int) i, (double) got[i], expected[i]);
}

START_TEST (correlates)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsWinograd winograd = epns_winograd_new (s.ctx, s.shape, s.w->data);
  const gsize n = MIN (winograd.grid.stack, SAMPLES), count = n * s.v_count;
  g_autofree double *expected = g_new0 (double, count);
  g_autofree float *out = g_memdup2 (s.v->data, count * sizeof (float));
  float *scratch = scratch_of (&s, epns_winograd_scratch (&winograd));
  const gsize sites = s.shape->out_h * s.shape->out_w;

  for (gsize i = 0; i < n; i++)
    for_all (s.shape, meet_v, &(Sums){ NULL, s.w->data, s.image->data + i * s.image_count,
                                       expected + i * s.v_count });
  for (gsize i = 0; i < count; i++)
    expected[i] += (double) s.v->data[i];
  epns_winograd_correlate (&winograd, n, s.image->data, NULL, EPNS_LINEAR, TRUE, out, scratch);
  expect_near (out, expected, count);

  for (gsize i = 0; i < count; i++)
    expected[i] = fmax (0.0, expected[i] - (double) s.v->data[i] +
                                 (double) s.bias->data[i / sites % s.shape->filters]);
  epns_winograd_correlate (&winograd, n, s.image->data, s.bias->data, EPNS_RELU, FALSE, out,
                           scratch);
  expect_near (out, expected, count);
  epns_winograd_clear (&winograd);
  setup_clear (&s);
}
END_TEST

START_TEST (adjoins)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsWinograd winograd = epns_winograd_new_adjoint (s.ctx, s.shape, s.w->data);
  g_autofree double *expected = g_new0 (double, s.image_count);
  g_autofree float *image = g_memdup2 (s.image->data, s.image_count * sizeof (float));

  for (gsize i = 0; i < s.image_count; i++)
    expected[i] = (double) image[i];
  for_all (s.shape, meet_image, &(Sums){ s.v->data, s.w->data, NULL, expected });
  epns_winograd_correlate (&winograd, 1, s.v->data, NULL, EPNS_LINEAR, TRUE, image,
                           scratch_of (&s, epns_winograd_scratch (&winograd)));
  expect_near (image, expected, s.image_count);
  epns_winograd_clear (&winograd);
  setup_clear (&s);
}
END_TEST

START_TEST (gives_the_filters_gradient)
{
  Setup s = setup_new (&shapes[_i]);
  const EpnsWinogradGradient gradient = epns_winograd_gradient_new (s.shape);
  g_autofree double *expected = g_new0 (double, s.w->count);
  g_autofree float *dw = g_memdup2 (s.w->data, s.w->count * sizeof (float));
  g_autofree float *sums = g_new (float, epns_winograd_gradient_count (&gradient));
  float *scratch = scratch_of (&s, epns_winograd_gradient_scratch (&gradient));

  for (gsize i = 0; i < s.w->count; i++)
    expected[i] = (double) dw[i];
  for (gsize n = 0; n < SAMPLES; n++)
    for_all (
        s.shape, meet_w,
        &(Sums){ s.v->data + n * s.v_count, NULL, s.image->data + n * s.image_count, expected });
  for (gsize n = 0; n < SAMPLES; n += gradient.grid.stack)
    epns_winograd_gradient_add (&gradient, MIN (gradient.grid.stack, SAMPLES - n),
                                s.image->data + n * s.image_count, s.v->data + n * s.v_count,
                                n > 0, sums, scratch);
  epns_winograd_gradient_end (&gradient, sums, dw);
  expect_near (dw, expected, s.w->count);
  setup_clear (&s);
}
END_TEST

/* A sample's sites have the same bits alone, in a stack, and in whatever place of it. */
START_TEST (does_not_depend_on_the_stack)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsWinograd winograd = epns_winograd_new (s.ctx, s.shape, s.w->data);
  const gsize n = MIN (winograd.grid.stack, SAMPLES);
  g_autofree float *together = g_new (float, n * s.v_count), *alone = g_new (float, s.v_count);
  float *scratch = scratch_of (&s, epns_winograd_scratch (&winograd));

  epns_winograd_correlate (&winograd, n, s.image->data, s.bias->data, EPNS_TANH, FALSE, together,
                           scratch);
  for (gsize i = 0; i < n; i++) {
    epns_winograd_correlate (&winograd, 1, s.image->data + i * s.image_count, s.bias->data,
                             EPNS_TANH, FALSE, alone, scratch);
    ck_assert_mem_eq (alone, together + i * s.v_count, s.v_count * sizeof (float));
  }
  epns_winograd_clear (&winograd);
  setup_clear (&s);
}
END_TEST

SUITE_CASES ("nn-winograd", LOOP (correlates, 0, N_SHAPES), LOOP (adjoins, 0, N_SHAPES),
             LOOP (gives_the_filters_gradient, 0, N_SHAPES),
             LOOP (does_not_depend_on_the_stack, 0, N_SHAPES))
