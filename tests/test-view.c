/* SPDX-License-Identifier: MIT */
/* Strided views: gathering, scattering, and being refused with the culprit named. */
#include "plugin/view.h"
#include "tests/suite.h"

static const epns_field field = { .name = "cell-id", .axes = "y,x", .role = EPNS_STATE, .dtype = EPNS_I32, .rank = 2,
                                  .extent = { -1, 3 } };

START_TEST (round_trip_with_negative_strides)
{
  gint32 host[2][6] = { { 1, 2, 3, 4, 5, 6 }, { 7, 8, 9, 10, 11, 12 } }, flat[6];
  epns_view view = { .data = &host[1][4], .dtype = EPNS_I32, .rank = 2, .shape = { 2, 3 }, .stride = { -24, -8 } };
  const gint32 expected[6] = { 11, 9, 7, 5, 3, 1 };

  ck_assert_int_eq (epns_view_check (&view, &field, 0, NULL), EPNS_OK);
  epns_view_gather (&view, flat);
  ck_assert_mem_eq (flat, expected, sizeof flat);

  for (int i = 0; i < 6; i++)
    flat[i] = 100 + i;
  epns_view_scatter (&view, flat);
  ck_assert_int_eq (host[1][4], 100);
  ck_assert_int_eq (host[0][0], 105);
  ck_assert_int_eq (host[0][1], 2); /* between the strides: untouched */
}
END_TEST

START_TEST (repeated_rows)
{
  gint32 row[3] = { 1, 2, 3 }, flat[6];
  epns_view view = { .data = row, .dtype = EPNS_I32, .rank = 2, .shape = { 2, 3 }, .stride = { 0, 4 } };
  const gint32 expected[6] = { 1, 2, 3, 1, 2, 3 };

  epns_view_gather (&view, flat);
  ck_assert_mem_eq (flat, expected, sizeof flat);
  ck_assert_int_eq (epns_view_check (&view, &field, 0, NULL), EPNS_DISCARD); /* a STATE is written */
}
END_TEST

static void
refused (epns_view view, int32_t axis, int64_t need)
{
  epns_error error;

  ck_assert_int_eq (epns_view_check (&view, &field, 4, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.field, 4);
  ck_assert_int_eq (error.axis, axis);
  ck_assert_int_eq (error.need, need);
  ck_assert_ptr_nonnull (strstr (error.text, "cell-id"));
}

START_TEST (refusals_name_the_culprit)
{
  gint32 data[6] = { 0 };
  epns_view good = epns_view_contiguous (data, EPNS_I32, 2, (int64_t[]) { 2, 3 }), bad;

  ck_assert_int_eq (epns_view_check (&good, &field, 4, NULL), EPNS_OK);
  bad = good, bad.dtype = EPNS_F64;
  refused (bad, -1, EPNS_I32);
  bad = good, bad.rank = 1;
  refused (bad, -1, 2);
  bad = good, bad.shape[1] = 4;
  refused (bad, 1, 3);
  bad = good, bad.data = NULL;
  refused (bad, -1, -1);
}
END_TEST

SUITE ("view", round_trip_with_negative_strides, repeated_rows, refusals_name_the_culprit)
