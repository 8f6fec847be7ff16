/* SPDX-License-Identifier: MIT */
/* Correlation, adjoint and filters' gradient against their definitions, for shapes that cross every
 * border of tiles, stacks and chunks. */
#include "tests/correlation-setup.h"

static const EpnsCorrelation shapes[] = {
  { .channels = 1,
    .height = 1,
    .width = 1,
    .filters = 1,
    .kh = 1,
    .kw = 1,
    .stride = 1,
    .out_h = 1,
    .out_w = 1 },
  { .channels = 3,
    .height = 9,
    .width = 7,
    .filters = 9,
    .kh = 3,
    .kw = 5,
    .stride = 1,
    .top = 1,
    .left = 2,
    .out_h = 9,
    .out_w = 7 },
  { .channels = 2,
    .height = 60,
    .width = 53,
    .filters = 5,
    .kh = 2,
    .kw = 3,
    .stride = 1,
    .out_h = 59,
    .out_w = 51 }, /* several chunks; no zeros around */
  { .channels = 5,
    .height = 8,
    .width = 70,
    .filters = 17,
    .kh = 1,
    .kw = 1,
    .stride = 1,
    .out_h = 8,
    .out_w = 70 },
  { .channels = 2,
    .height = 11,
    .width = 10,
    .filters = 3,
    .kh = 4,
    .kw = 3,
    .stride = 2,
    .top = 1,
    .left = 1,
    .out_h = 5,
    .out_w = 5 },
  { .channels = 2,
    .height = 13,
    .width = 12,
    .filters = 4,
    .kh = 2,
    .kw = 2,
    .stride = 3,
    .top = 0,
    .left = 1,
    .out_h = 4,
    .out_w = 4 }, /* rows and columns that no site sees */
  { .channels = 1,
    .height = 5,
    .width = 4,
    .filters = 2,
    .kh = 3,
    .kw = 3,
    .stride = 1,
    .top = 4,
    .left = 3,
    .out_h = 9,
    .out_w = 8 }, /* more zeros than filter */
};
enum { N_SHAPES = G_N_ELEMENTS (shapes) };

static void
expect_close (const float *got, const double *expected, gsize n, double tolerance)
{
  for (gsize i = 0; i < n; i++)
    ck_assert_msg (fabs ((double) got[i] - expected[i]) <=
                       tolerance * fmax (1.0, fabs (expected[i])),
                   "element %d is %g, not %g", (int) i, (double) got[i], expected[i]);
}

START_TEST (correlates)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsCorrelator correlator = epns_correlator_new (s.ctx, s.shape, s.w->data);
  g_autofree double *expected = g_new0 (double, s.v_count);
  g_autofree float *out = g_memdup2 (s.v->data, s.v_count * sizeof (float));
  float *scratch = scratch_of (&s, epns_correlate_scratch (&correlator));
  const gsize sites = s.shape->out_h * s.shape->out_w;

  for_all (s.shape, meet_v, &(Sums){ NULL, s.w->data, s.image->data, expected });
  for (gsize i = 0; i < s.v_count; i++)
    expected[i] += (double) s.v->data[i];
  epns_correlate (&correlator, s.image->data, NULL, EPNS_LINEAR, TRUE, out, scratch);
  expect_close (out, expected, s.v_count, 2e-5);

  for (gsize i = 0; i < s.v_count; i++)
    expected[i] =
        fmax (0.0, expected[i] - (double) s.v->data[i] + (double) s.bias->data[i / sites]);
  epns_correlate (&correlator, s.image->data, s.bias->data, EPNS_RELU, FALSE, out, scratch);
  expect_close (out, expected, s.v_count, 2e-5);
  epns_correlator_clear (&correlator);
  setup_clear (&s);
}
END_TEST

START_TEST (adjoins)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsAdjoint adjoint = epns_adjoint_new (s.ctx, s.shape, s.w->data);
  g_autofree double *expected = g_new0 (double, s.image_count);
  g_autofree float *image = g_memdup2 (s.image->data, s.image_count * sizeof (float));

  for (gsize i = 0; i < s.image_count; i++)
    expected[i] = (double) image[i];
  for_all (s.shape, meet_image, &(Sums){ s.v->data, s.w->data, NULL, expected });
  epns_correlate_adjoint (&adjoint, s.v->data, NULL, TRUE, image,
                          scratch_of (&s, epns_correlate_adjoint_scratch (&adjoint)));
  expect_close (image, expected, s.image_count, 2e-5);
  epns_adjoint_clear (&adjoint);
  setup_clear (&s);
}
END_TEST

/* Stacks of as many samples as are taken at once, and one that is not full. */
START_TEST (gives_the_filters_gradient)
{
  Setup s = setup_new (&shapes[_i]);
  EpnsFilterGradient gradient = epns_filter_gradient_new (s.ctx, s.shape);
  g_autofree double *expected = g_new0 (double, s.w->count);
  g_autofree float *dw = g_memdup2 (s.w->data, s.w->count * sizeof (float));
  float *scratch = scratch_of (&s, epns_correlate_filters_scratch (&gradient));

  for (gsize i = 0; i < s.w->count; i++)
    expected[i] = (double) dw[i];
  for (gsize n = 0; n < SAMPLES; n++)
    for_all (
        s.shape, meet_w,
        &(Sums){ s.v->data + n * s.v_count, NULL, s.image->data + n * s.image_count, expected });
  for (gsize n = 0; n < SAMPLES; n += gradient.stack)
    epns_correlate_filters (&gradient, MIN (gradient.stack, SAMPLES - n),
                            s.image->data + n * s.image_count, s.v->data + n * s.v_count, dw,
                            scratch);
  expect_close (dw, expected, s.w->count, 1e-4);
  epns_filter_gradient_clear (&gradient);
  setup_clear (&s);
}
END_TEST

SUITE_CASES ("nn-correlate", LOOP (correlates, 0, N_SHAPES), LOOP (adjoins, 0, N_SHAPES),
             LOOP (gives_the_filters_gradient, 0, N_SHAPES))
