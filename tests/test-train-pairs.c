/* SPDX-License-Identifier: MIT */
/* What samples are of, and when: places in trajectories, turned lattices, bodies, schedules; and
 * data that cannot be learned from. */
#include "models/train/data.h"
#include "models/train/pair.h"
#include "models/train/schedule.h"
#include "plugin/error.h"
#include "tests/training-data.h"

enum { BODIES = 3, AXES = 2, FRAMES = 7, NUMBERS = BODIES * AXES };

typedef struct {
  double position[2][FRAMES][BODIES][AXES], velocity[2][FRAMES][BODIES][AXES], mass[2][BODIES];
  gint32 type[2][BODIES];
  epns_train_bodies set;
} Dance;

static void
dance (Dance *self)
{
  double *position = &self->position[0][0][0][0], *velocity = &self->velocity[0][0][0][0];

  for (gsize i = 0; i < 2 * FRAMES * NUMBERS; i++) {
    position[i] = (double) i;
    velocity[i] = -(double) i;
  }
  for (gsize i = 0; i < 2 * BODIES; i++) {
    self->mass[i / BODIES][i % BODIES] = 1 + (double) i;
    self->type[i / BODIES][i % BODIES] = (gint32) i % 2;
  }
  self->set = (epns_train_bodies){ .position = position,
                                   .velocity = velocity,
                                   .mass = &self->mass[0][0],
                                   .type = &self->type[0][0],
                                   .members = 2,
                                   .frames = FRAMES,
                                   .bodies = BODIES,
                                   .axes = AXES };
}

START_TEST (lattices_come_before_bodies)
{
  Movie movie = movie_new (2, 5, 3);
  Dance moved;

  dance (&moved);
  const EpnsPairs pairs = { &movie.set, 1, &moved.set, 1, 2 };
  ck_assert_uint_eq (epns_pairs_count (&pairs, 1), 2 * 3 + 2 * 5);
  ck_assert_uint_eq (epns_pairs_count (&pairs, 2), 2 * 1 + 2 * 3);
  ck_assert_uint_eq (epns_pairs_count (&pairs, 3), 2);
  ck_assert_uint_eq (epns_pairs_longest (&pairs), 3);

  EpnsPair lattice = epns_pairs_nth (&pairs, 2, 1);
  ck_assert_uint_eq (lattice.member, 1);
  ck_assert_ptr_eq (lattice.now, movie.id + 5 * MOVIE_SIDE * MOVIE_SIDE);
  ck_assert_uint_eq (lattice.apart, 2 * MOVIE_SIDE * MOVIE_SIDE);
  ck_assert_ptr_null (lattice.position);

  EpnsPair body = epns_pairs_nth (&pairs, 2, 2 + 3 + 1); /* member 1 of the bodies, frame 1 */
  ck_assert (body.set == 1 && body.member == 1 && body.frame == 1 && body.steps == 2);
  ck_assert_ptr_null (body.now);
  ck_assert_double_eq (body.position[0], moved.position[1][1][0][0]);
  ck_assert_double_eq (body.velocity[2 * body.apart + 3], moved.velocity[1][5][1][1]);
  ck_assert_double_eq (body.mass[2], 6);
  ck_assert_int_eq (body.body_type[0], 1);
  ck_assert_uint_eq (epns_pairs_nth (&pairs, 3, 0).set, 1); /* the lattices are too short */
  movie_free (&movie);
}
END_TEST

/* Eight different turns of three states, each undone by another. */
START_TEST (turned_pairs_are_pairs)
{
  enum { SITES = MOVIE_SIDE * MOVIE_SIDE };
  Movie movie = movie_new (1, 3, 3);
  const EpnsPairs pairs = { .sets = &movie.set, .n_sets = 1, .stride = 1 };
  const EpnsPair pair = epns_pairs_nth (&pairs, 2, 0);
  gint32 room[3 * SITES], back[3 * SITES];

  for (guint turn = 0; turn < 8; turn++) {
    EpnsPair turned = epns_pair_turn (&pair, turn, room);
    /* A transposition swaps the mirrors on the way back. */
    guint inverse = turn & 1 ? 1 | (turn & 2) << 1 | (turn & 4) >> 1 : turn;
    EpnsPair again = epns_pair_turn (&turned, inverse, back);
    ck_assert_mem_eq (again.now, pair.now, SITES * sizeof (gint32));
    ck_assert_mem_eq (again.next, pair.next, SITES * sizeof (gint32));
    ck_assert_mem_eq (again.now + 2 * again.apart, pair.now + 2 * pair.apart,
                      SITES * sizeof (gint32));
    for (guint other = 0; other < turn; other++) {
      EpnsPair different = epns_pair_turn (&pair, other, back);
      ck_assert_mem_ne (different.next, turned.next, SITES * sizeof (gint32));
    }
  }
  movie_free (&movie);
}
END_TEST

/* What the published code's loops gave for 180 epochs of 3 steps each. */
START_TEST (the_published_schedule)
{
  const EpnsObjectiveSchedule cells = { .epoch = 3,
                                        .epochs = 180,
                                        .beta = 64,
                                        .ramp = 0.125,
                                        .cycles = 1,
                                        .single = 50,
                                        .every = 10,
                                        .most = 14 };
  EpnsObjectiveSchedule again = cells;

  ck_assert_double_eq_tol (epns_beta_at (&cells, 0), 2.8444, 1e-4);
  ck_assert_double_eq (epns_beta_at (&cells, 2), epns_beta_at (&cells, 0));
  ck_assert_double_eq_tol (epns_beta_at (&cells, 3 * 21), 62.5778, 1e-4);
  ck_assert_double_eq (epns_beta_at (&cells, 3 * 22), 64);
  again.cycles = 2;
  ck_assert_double_eq_tol (epns_beta_at (&again, 3 * 90), 64 * (1 / 90.0) / 0.125, 1e-9);
  again.cycles = 0;
  ck_assert_double_eq (epns_beta_at (&again, 0), 64);

  ck_assert_uint_eq (epns_steps_in_a_row_at (&cells, 3 * 50 + 2), 1);
  ck_assert_uint_eq (epns_steps_in_a_row_at (&cells, 3 * 51), 2);
  ck_assert_uint_eq (epns_steps_in_a_row_at (&cells, 3 * 59), 2);
  ck_assert_uint_eq (epns_steps_in_a_row_at (&cells, 3 * 60), 3);
  ck_assert_uint_eq (epns_steps_in_a_row_at (&cells, 3 * 179), 14);
}
END_TEST

static void
refused (const epns_train_bodies *set, guint32 stride, const char *says)
{
  const epns_train_data data = { .size = sizeof data, .bodies = set, .n_bodies = 1 };
  g_autoptr (GError) error = NULL;
  guint64 hash = 0;

  ck_assert (!epns_train_data_check (&data, 2, stride, "training", &hash, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
  ck_assert_msg (strstr (error->message, says) != NULL, "%s", error->message);
}

START_TEST (bodies_are_looked_through)
{
  Dance moved;
  guint64 first = 0, second = 0;

  dance (&moved);
  const epns_train_data data = { .size = sizeof data, .bodies = &moved.set, .n_bodies = 1 };
  ck_assert (epns_train_data_check (&data, 2, 1, "training", &first, NULL));
  moved.velocity[1][6][2][1] += 1e-9;
  ck_assert (epns_train_data_check (&data, 2, 1, "training", &second, NULL));
  ck_assert_uint_ne (first, second);

  refused (&moved.set, FRAMES, "a learned step spans 7 frames");
  moved.position[1][4][2][0] = NAN;
  refused (&moved.set, 1, "member 1, frame 4: the position of body 2");
  moved.position[1][4][2][0] = 0;
  moved.type[0][1] = 2;
  refused (&moved.set, 1, "member 0, body 1: its type");
  moved.type[0][1] = 1;
  moved.mass[1][0] = 0;
  refused (&moved.set, 1, "member 1, body 0: its mass");
}
END_TEST

SUITE ("train-pairs", lattices_come_before_bodies, turned_pairs_are_pairs, the_published_schedule,
       bodies_are_looked_through)
