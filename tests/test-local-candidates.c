/* SPDX-License-Identifier: MIT */
/* Who bids for which site. */
#include "models/epns/local-candidates.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>
#include <string.h>

enum { SIDE = 16, WINDOW = 8, PLANE = WINDOW * WINDOW, CELLS = 3 };

typedef struct {
  gint32 id[SIDE * SIDE];
  float medium[SIDE * SIDE], logits[CELLS * PLANE];
  EpnsLocalWindows *windows;
  EpnsContext *ctx;
  EpnsLocalCandidates candidates;
} Setup;

static float
number (guint64 i)
{
  return (float) (12 * epns_random_uniform (&(EpnsDrawKey){ .seed = 1 }, 1, i) - 9);
}

/* Three cells of a site, side by side, and logits of all sorts. */
static void
setup (Setup *self, float least)
{
  static const gint32 type[CELLS + 1] = { 0, 1, 1, 1 };
  const EpnsLocalState state = {
    .id = self->id, .height = SIDE, .width = SIDE, .type = type, .n_ids = CELLS + 1
  };

  memset (self, 0, sizeof *self);
  for (gint32 c = 1; c <= CELLS; c++)
    self->id[SIDE * 7 + 5 + c] = c;
  for (guint s = 0; s < SIDE * SIDE; s++)
    self->medium[s] = number (s);
  for (guint p = 0; p < CELLS * PLANE; p++)
    self->logits[p] = number (1000 + p);
  self->ctx = epns_context_new (NULL);
  self->windows = epns_local_windows_new (WINDOW);
  ck_assert (epns_local_windows_find (self->windows, &state, 2, NULL));
  epns_local_windows_centre (self->windows, WINDOW, NULL);
  epns_local_candidates_find (&self->candidates, self->ctx, self->windows, self->medium,
                              self->logits, 2, least);
}

static void
teardown (Setup *self)
{
  epns_local_candidates_clear (&self->candidates);
  epns_local_windows_free (self->windows);
  epns_context_free (self->ctx);
}

/* What the logit of a place becomes. */
static double
start_of (const Setup *self, gsize site, guint32 place)
{
  const gboolean stays = self->windows->owner[site] == (gint32) (place / PLANE);

  return 14 * tanh (((double) self->logits[place] + 2 * stays) / 14);
}

/* With all sites, in double: who of them has at least so much keeps a place in the list. */
static void
expect (const Setup *self, double least)
{
  const EpnsLocalWindows *w = self->windows;
  gsize kept = 0, left = 0;

  for (gsize s = 0; s < SIDE * SIDE; s++) {
    const EpnsLocalContest *site = &self->candidates.sites[s];
    double sum = exp ((double) self->medium[s]);
    guint32 n = 0;
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++)
      sum += exp (start_of (self, s, w->covering[i]));
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++) {
      const guint32 place = w->covering[i];
      const double chance = exp (start_of (self, s, place)) / sum;
      left += chance < least;
      if (chance < least)
        continue;
      const EpnsLocalCandidate *c = &site->cells[n++];
      ck_assert_uint_eq (c->place, place);
      ck_assert_int_eq (c->cell, (gint32) (place / PLANE));
      ck_assert_uint_eq (c->row, place % PLANE / WINDOW);
      ck_assert_uint_eq (c->column, place % WINDOW);
      ck_assert_double_eq_tol ((double) c->start, start_of (self, s, place), 1e-5);
      ck_assert_double_eq_tol ((double) c->chance, chance, 1e-6);
    }
    ck_assert_uint_eq (site->n, n);
    ck_assert_int_eq (site->medium, exp ((double) self->medium[s]) / sum >= least);
    ck_assert_uint_le (n, self->candidates.slots);
    kept += n;
  }
  ck_assert_uint_gt (kept, 50);
  ck_assert (least > 0 ? left > 50 : left == 0);
}

START_TEST (all_bid_where_no_chance_is_too_little)
{
  Setup self;

  setup (&self, 0);
  expect (&self, 0);
  teardown (&self);
}
END_TEST

START_TEST (who_has_little_chance_stays_away)
{
  Setup self;

  setup (&self, 0.01f);
  expect (&self, 0.01);
  teardown (&self);
}
END_TEST

START_TEST (somebody_bids_for_every_site)
{
  Setup self;

  setup (&self, 2); /* nobody has that much */
  expect (&self, 0);
  teardown (&self);
}
END_TEST

SUITE ("local-candidates", all_bid_where_no_chance_is_too_little, who_has_little_chance_stays_away,
       somebody_bids_for_every_site)
