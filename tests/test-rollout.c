/* SPDX-License-Identifier: MIT */
/* Learned trajectories beside held-out ones, in numbers that can be counted by hand. */
#include "compare/rollout.h"
#include "tests/tissue.h"

#include <math.h>

static const gint32 walls[3] = { 0, 0, 0 };

/* Cells A and b of two sites each keep theirs, or each gives way. */
static const char *const calm[2] = { "AAbb|....", "AAbb|...." };
static const char *const grown[2] = { "AAbb|....", "AAbb|AAbb" };

START_TEST (alike_is_no_way_apart)
{
  g_autoptr (EpnsTrajectory) a = tissue_record (1, 2, calm, walls),
                             b = tissue_record (1, 2, calm, walls);
  EpnsRollout rollout;

  epns_rollout_measure (a, b, &rollout);
  ck_assert_str_eq (epns_rollout_series[0], "volume");
  ck_assert_double_eq (rollout.of[0].learned, 2);
  ck_assert_double_eq (rollout.of[0].held_out, 2);
  ck_assert_double_eq (rollout.of[0].ks, 0);
  ck_assert_double_eq (rollout.apart, 0);
}
END_TEST

START_TEST (what_grows_is_apart)
{
  g_autoptr (EpnsTrajectory) a = tissue_record (1, 2, calm, walls),
                             b = tissue_record (1, 2, grown, walls);
  EpnsRollout rollout;

  epns_rollout_measure (a, b, &rollout);
  ck_assert_double_eq (rollout.of[0].learned, 4); /* twice the volume */
  ck_assert_double_eq (rollout.of[0].held_out, 2);
  ck_assert_double_eq (rollout.of[0].ks, 1);
  ck_assert_double_eq (rollout.of[2].learned / rollout.of[2].held_out, 2); /* and the boundary */
  ck_assert_double_eq (rollout.of[3].ks, 0); /* as many clusters */
  /* volume and boundary are 1 apart, clusters 0; spread and path length are 0 in what is held out,
   * which nothing can be set against */
  ck_assert_double_eq_tol (rollout.apart, 2.0 / 3, 1e-12);
}
END_TEST

SUITE ("rollout", alike_is_no_way_apart, what_grows_is_apart)
