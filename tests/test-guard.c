/* SPDX-License-Identifier: MIT */
/* The guard on a step that goes wrong in ways known beforehand: a kind of our own that spoils the
 * lattice of one member in one step. */
#include "plugin/epns_validity.h"
#include "tests/suite.h"
#include "tools/guard.h"

#include <math.h>

static const EpnsMembers alike = { .n = 5, .seed = 1, .n_starts = 1 };
enum { MEMBERS = 5, BAD_MEMBER = 1, BAD_STEP = 2, PAUSE = 2 };

typedef enum { FINE, LOSE, BREAK, GROW, FRAY } Spoil; /* what the bad step does */
static Spoil spoil;
static double low = 0, high = INFINITY; /* the model's validity */
static gboolean learned = TRUE;         /* does it say that it is a learned model? */

struct epns_run {
  guint64 stream, step;
};

static epns_status
spoiler_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
               uint64_t stream, epns_run **run, epns_error *error)
{
  (void) model, (void) params, (void) n_params, (void) seed, (void) error;
  *run = g_new0 (epns_run, 1);
  (*run)->stream = stream;
  return EPNS_OK;
}

static void
spoiler_stop (epns_run *run)
{
  g_free (run);
}

/* Cells lie in squares of 5 sites: cell 1 goes, or each keeps every other column, or cell 1 takes
 * all, or they become combs. */
static void
spoil_lattice (const epns_view *ids)
{
  gint32 *id = ids->data;
  int64_t width = ids->shape[2];

  for (int64_t i = 0; i < ids->shape[1] * width; i++)
    if (spoil == LOSE)
      id[i] = id[i] == 1 ? 0 : id[i];
    else if (spoil == BREAK)
      id[i] = i % width % 2 == 1 ? 0 : id[i];
    else if (spoil == GROW)
      id[i] = id[i] > 1 && i % 5 > 2 ? 0 : id[i];
    else if (spoil == FRAY)
      id[i] = i % width % 2 == 1 && i / width % 5 != 1 ? 0 : id[i];
}

static epns_status
spoiler_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
              epns_error *error)
{
  (void) dt, (void) error;
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t s = 0; s < n_steps; s++)
      if (runs[i]->step++ == BAD_STEP && runs[i]->stream == BAD_MEMBER)
        spoil_lattice (&frames[i].views[0]);
  return EPNS_OK;
}

static void
cell_volume (const epns_model *model, double *minimum, double *maximum)
{
  (void) model;
  *minimum = low;
  *maximum = high;
}

static const void *
spoiler_extension (const char *id)
{
  static const epns_validity validity = { .size = sizeof validity, .cell_volume = cell_volume };

  return learned && g_str_equal (id, EPNS_VALIDITY_EXTENSION) ? &validity : NULL;
}

static const epns_kind spoiler = { .size = sizeof (epns_kind),
                                   .id = "spoiler",
                                   .start = spoiler_start,
                                   .stop = spoiler_stop,
                                   .step = spoiler_step,
                                   .extension = spoiler_extension };

static const epns_field fields[] = {
  { .name = "cell-id", .axes = "z,y,x", .role = EPNS_STATE, .dtype = EPNS_I32, .rank = 3 },
  { .name = "cell-type", .axes = "cell", .role = EPNS_INPUT, .dtype = EPNS_I32, .rank = 1 },
};

typedef struct {
  EpnsScenario *scenario;
  EpnsStepModel model;
  EpnsSettings settings;
  EpnsStepper *stepper;
} Watched;

static void
watched_init (Watched *self, double dt)
{
  g_autofree char *path = suite_source ("tests/conformance/cpm.epns.xml");
  g_autoptr (GError) error = NULL;

  *self = (Watched){ .scenario = epns_scenario_read (path, &error) };
  ck_assert_msg (self->scenario != NULL, "%s", error ? error->message : "");
  self->model = (EpnsStepModel){ .kind = &spoiler,
                                 .host = { .threads = 1 },
                                 .fields = fields,
                                 .n_fields = G_N_ELEMENTS (fields),
                                 .native_dt = dt,
                                 .time_unit = "MCS" };
  self->settings.model = &self->model;
  self->stepper = epns_stepper_new (&self->settings, self->scenario, &alike, &error);
  ck_assert_msg (self->stepper != NULL, "%s", error ? error->message : "");
}

static void
watched_clear (Watched *self)
{
  epns_stepper_free (self->stepper);
  epns_scenario_free (self->scenario);
}

static EpnsGuard *
guard_of (Watched *self, EpnsGuardMode mode, GError **error)
{
  return epns_guard_new (mode, PAUSE, &alike, self->stepper, &self->settings, NULL,
                         self->scenario, error);
}

static guint32
sites_of (Watched *self, guint32 member, gint32 cell)
{
  const EpnsLatticeState *state = (EpnsLatticeState *) epns_stepper_state (self->stepper, member);
  guint32 n = 0;

  for (gsize i = 0; i < epns_lattice_state_sites (state); i++)
    n += state->id[i] == cell;
  return n;
}

START_TEST (warns_by_reason)
{
  static const struct {
    Spoil spoil;
    double low;
    gint reason;
  } cases[] = { { FINE, 25, -1 },
                { LOSE, 0, EPNS_GUARD_LOST },
                { BREAK, 0, EPNS_GUARD_BROKEN },
                { GROW, 20, EPNS_GUARD_VOLUME },
                { FRAY, 0, EPNS_GUARD_APART } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Watched watched;
    g_autoptr (GError) error = NULL;
    spoil = cases[i].spoil;
    low = cases[i].low;
    watched_init (&watched, 50);
    g_autoptr (EpnsGuard) guard = guard_of (&watched, EPNS_GUARD_WARN, &error);
    ck_assert_msg (guard != NULL, "%s", error ? error->message : "");
    ck_assert (epns_guard_advance (guard, BAD_STEP + 1, &error));
    const EpnsGuardCounts counts = epns_guard_total (guard);
    ck_assert_uint_eq (counts.checked, MEMBERS * (BAD_STEP + 1));
    for (gint r = 0; r < EPNS_GUARD_N_REASONS; r++)
      ck_assert_msg (counts.found[r] == (r == cases[i].reason ? 1 : 0), "case %zu: %s %d", i,
                     epns_guard_reasons[r], (int) counts.found[r]);
    ck_assert_uint_eq (counts.native, 0);
    g_clear_pointer (&guard, epns_guard_free);
    watched_clear (&watched);
  }
  low = 0;
}
END_TEST

START_TEST (stops_with_the_place)
{
  Watched watched;
  g_autoptr (GError) error = NULL;

  spoil = LOSE;
  watched_init (&watched, 50);
  g_autoptr (EpnsGuard) guard = guard_of (&watched, EPNS_GUARD_STOP, &error);
  epns_guard_resume (guard, 10);
  ck_assert (!epns_guard_advance (guard, 5, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "step 13 (650 MCS), member 1: cell 1 has lost"));
  ck_assert_ptr_nonnull (strstr (error->message, "--guard native"));
  g_clear_pointer (&guard, epns_guard_free);
  watched_clear (&watched);
}
END_TEST

START_TEST (goes_on_natively)
{
  Watched watched;
  g_autoptr (GError) error = NULL;

  spoil = LOSE;
  watched_init (&watched, 50);
  g_autoptr (EpnsGuard) guard = guard_of (&watched, EPNS_GUARD_NATIVE, &error);
  ck_assert_msg (guard != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsState) start = epns_state_copy (epns_stepper_state (watched.stepper, BAD_MEMBER));
  ck_assert (epns_guard_advance (guard, 6, &error));
  const EpnsGuardCounts counts = epns_guard_total (guard);
  ck_assert_uint_eq (counts.found[EPNS_GUARD_LOST], 1);
  ck_assert_uint_eq (counts.native, PAUSE); /* the undone step's time and the one after */
  ck_assert_uint_eq (counts.checked, MEMBERS * 6 - (PAUSE - 1));
  ck_assert_uint_gt (sites_of (&watched, BAD_MEMBER, 1), 0);
  ck_assert (!epns_state_equal (start, epns_stepper_state (watched.stepper, BAD_MEMBER)));
  ck_assert (epns_state_equal (start, epns_stepper_state (watched.stepper, 0)));
  g_clear_pointer (&guard, epns_guard_free);
  watched_clear (&watched);
}
END_TEST

START_TEST (refuses_what_it_cannot_watch)
{
  Watched watched;
  g_autoptr (GError) error = NULL;

  watched_init (&watched, 0.5);
  ck_assert_ptr_null (guard_of (&watched, EPNS_GUARD_NATIVE, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "no whole number of cpm's steps"));
  g_clear_error (&error);
  learned = FALSE;
  ck_assert_ptr_null (guard_of (&watched, EPNS_GUARD_WARN, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "spoiler is no learned model"));
  learned = TRUE;
  watched_clear (&watched);
}
END_TEST

START_TEST (knows_whom_it_counts)
{
  Watched watched;
  g_autoptr (GError) error = NULL;

  spoil = LOSE;
  watched_init (&watched, 50);
  g_autoptr (EpnsGuard) guard = guard_of (&watched, EPNS_GUARD_NATIVE, &error);
  ck_assert (epns_guard_advance (guard, BAD_STEP + 1, &error));
  for (guint32 m = 0; m < MEMBERS; m++) {
    EpnsGuardCounts counts = epns_guard_counts (guard, m);
    ck_assert_uint_eq (counts.found[EPNS_GUARD_LOST], m == BAD_MEMBER);
    ck_assert_uint_eq (counts.native, m == BAD_MEMBER);
  }
  g_clear_pointer (&guard, epns_guard_free);
  watched_clear (&watched);
}
END_TEST

START_TEST (siblings_by_hand)
{
  /* median 101, deviation 3 */
  EpnsGuardMark marks[] = { { "it", 100, 10 }, { "it", 104, 10 }, { "it", 96, 10 },
                            { "it", 102, 10 }, { "it", 98, 10 },  { "it", 170, 20 } };

  ck_assert_double_eq_tol (epns_guard_apart (marks, 6, 5), 69 / 10.0, 1e-12);
  ck_assert_double_eq_tol (epns_guard_apart (marks, 6, 0), 1 / 10.0, 1e-12);
  ck_assert_double_eq (epns_guard_apart (marks, 3, 0), 0);
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    marks[i].grain = 0;
  ck_assert_double_eq_tol (epns_guard_apart (marks, 6, 5), 69 / (1.4826 * 3), 1e-12);
  marks[0].value = marks[1].value = NAN;
  ck_assert_double_eq (epns_guard_apart (marks, 6, 0), 0);
  ck_assert_double_gt (epns_guard_apart (marks, 6, 5), 0);
  marks[2].value = INFINITY;
  ck_assert_double_eq (epns_guard_apart (marks, 6, 5), 0); /* three are too few */
}
END_TEST

/* Masses 1 and 2 at (0, 0) and (3, 4), the second as fast as 2. */
START_TEST (marks_by_hand)
{
  for (gint radii = 0; radii < 2; radii++)
    for (gint periodic = 0; periodic < 2; periodic++) {
      g_autoptr (EpnsScenario) scenario = epns_scenario_new ("bodies.xml", "epns");
      const EpnsSpace space = { 2, TRUE, periodic ? EPNS_BOUNDARY_PERIODIC : EPNS_BOUNDARY_WALLS,
                                { -50, -50 }, { 50, 50 } };
      const EpnsGuardLimits limits = { scenario, 0, INFINITY };
      const double potential = -2 / sqrt (25.01);
      g_autoptr (EpnsParticleState) state = epns_particle_state_new (2, 2, radii);
      epns_scenario_set_space (scenario, &space);
      state->position[2] = 3;
      state->position[3] = 4;
      state->velocity[2] = 2;
      state->mass[1] = 2;
      EpnsGuardMark mark = epns_guard_mark (&limits, &state->base);
      if (!radii) {
        ck_assert_double_eq_tol (mark.value, 4 + potential, 1e-12);
        ck_assert_double_eq_tol (mark.grain, 0.05 * (4 - potential), 1e-12);
      } else if (periodic) {
        ck_assert_double_nan (mark.value);
      } else {
        ck_assert_double_eq_tol (mark.value, 2.5, 1e-12);
        ck_assert_double_eq_tol (mark.grain, 0.125, 1e-12);
      }
    }
}
END_TEST

/* Two bodies of mass 1 at (0, 0) and (1, 0); what is wrong once one number is another. */
START_TEST (bodies_by_hand)
{
  static const struct {
    double radius, x, speed;
    gint reason;
    const char *what;
  } cases[] = {
    { 0, 1, 0, -1, NULL },
    { 0, 1, 1, -1, NULL },                                 /* 1/2, of 0.995 there was */
    { 0, 1, 1.5, EPNS_GUARD_JUMP, "changed by 1.125" },    /* 9/8 */
    { 0, NAN, 0, EPNS_GUARD_LOST, "body 1 has no place" },
    { 0.5, 5.9, 0, -1, NULL },
    { 0.5, 6.1, 0, EPNS_GUARD_JUMP, "body 1 has gone 5.1 in one step" },
    { 0.5, INFINITY, 0, EPNS_GUARD_LOST, "body 1 has no place" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EpnsScenario) scenario = epns_scenario_new ("bodies.xml", "epns");
    const EpnsSpace space = { .axes = 2 };
    epns_scenario_set_space (scenario, &space);
    const EpnsGuardLimits limits = { scenario, 0, INFINITY };
    g_autoptr (EpnsParticleState) before = epns_particle_state_new (2, 2, cases[i].radius > 0);
    EpnsGuardReason reason;
    before->position[2] = 1;
    before->id[1] = 1;
    for (gsize k = 0; k < 2 && before->radius != NULL; k++)
      before->radius[k] = cases[i].radius;
    g_autoptr (EpnsParticleState) now = epns_particle_state_copy (before);
    now->position[2] = cases[i].x;
    now->velocity[3] = cases[i].speed;
    g_autofree char *fault = epns_guard_find_fault (&limits, &before->base, &now->base, &reason);
    ck_assert_msg ((fault != NULL) == (cases[i].reason >= 0), "case %zu: %s", i, fault);
    if (fault != NULL) {
      ck_assert_int_eq (reason, (EpnsGuardReason) cases[i].reason);
      ck_assert_msg (strstr (fault, cases[i].what) != NULL, "case %zu: %s", i, fault);
    }
  }
}
END_TEST

SUITE ("guard", warns_by_reason, stops_with_the_place, goes_on_natively,
       refuses_what_it_cannot_watch, knows_whom_it_counts, siblings_by_hand, marks_by_hand,
       bodies_by_hand)
