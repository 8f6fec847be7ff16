/* SPDX-License-Identifier: MIT */
/* What epns_step.h promises, checked for every example in tests/conformance/. Every kind in the plugin's table has at least
 * one; a new kind needs its example and nothing here. */
#include "plugin/archive.h"
#include "plugin/view.h"
#include "tests/conformance/subject.h"

#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <signal.h>

#define MEMBERS 5
#define STEPS 3
#define SEED 42

static Example *examples;
static guint n_examples;

/* Step members in the order given, `batch` a call, each on a run of its own stream. */
static void
step_all (const Subject *subject, Member members[MEMBERS], const guint order[MEMBERS], guint batch, guint steps_a_call)
{
  epns_run *runs[MEMBERS];
  epns_frame frames[MEMBERS];
  epns_error error;

  for (guint i = 0; i < MEMBERS; i++)
    runs[i] = subject_start (subject, SEED, order[i]);
  for (guint done = 0; done < STEPS; done += steps_a_call)
    for (guint first = 0; first < MEMBERS; first += batch) {
      guint n = MIN (batch, MEMBERS - first);
      for (guint i = 0; i < n; i++)
        frames[i] = member_frame (&members[order[first + i]], subject);
      epns_status status = subject->kind->step (runs + first, frames, n, steps_a_call, subject->dt, &error);
      ck_assert_msg (status == EPNS_OK, "%s: %s", subject->example->name, error.text);
      for (guint i = 0; i < n; i++) {
        ck_assert_int_eq (frames[i].status, EPNS_OK);
        ck_assert_int_gt (frames[i].step, 0);
      }
    }
  for (guint i = 0; i < MEMBERS; i++)
    subject->kind->stop (runs[i]);
}

static void
members_init (Member members[MEMBERS], const Subject *subject)
{
  for (guint i = 0; i < MEMBERS; i++)
    member_init (&members[i], subject);
}

static void
members_clear (Member members[MEMBERS])
{
  for (guint i = 0; i < MEMBERS; i++)
    member_clear (&members[i]);
}

static const guint forward[MEMBERS] = { 0, 1, 2, 3, 4 }, shuffled[MEMBERS] = { 3, 0, 4, 2, 1 };

START_TEST (same_bits_however_it_is_split)
{
  static const struct {
    guint threads, batch, steps_a_call;
    const guint *order;
  } ways[] = { { 2, 5, 3, forward }, { 3, 5, 1, shuffled }, { 4, 2, 3, forward }, { 1, 1, 1, shuffled } };

  for (guint k = 0; k < n_examples; k++) {
    Member expected[MEMBERS], members[MEMBERS];
    Subject *subject = subject_open (&examples[k], 1);
    members_init (expected, subject);
    step_all (subject, expected, forward, MEMBERS, STEPS);
    if (examples[k].kind->caps & EPNS_STOCHASTIC)
      ck_assert_msg (!member_equal (&expected[0], &expected[1]), "%s: two streams, one trajectory", examples[k].name);
    for (gsize w = 0; w < suite_trials (G_N_ELEMENTS (ways), 1); w++) {
      Subject *other = subject_open (&examples[k], ways[w].threads);
      members_init (members, other);
      step_all (other, members, ways[w].order, ways[w].batch, ways[w].steps_a_call);
      for (guint i = 0; i < MEMBERS; i++)
        ck_assert_msg (member_equal (&members[i], &expected[i]), "%s: way %zu, member %u differs", examples[k].name, w, i);
      members_clear (members);
      subject_close (other);
    }
    members_clear (expected);
    subject_close (subject);
  }
}
END_TEST

/* Step one member once. */
static epns_status
step_one (const Subject *subject, epns_run *run, Member *member, double dt, epns_error *error)
{
  epns_frame frame = member_frame (member, subject);

  return subject->kind->step (&run, &frame, 1, 1, dt, error);
}

/* Lend an array backwards: a copy of it from end to start, and the view that reads it as it was. */
static void *
lend_backwards (epns_view *view)
{
  gint64 n = epns_view_count (view);
  gsize size = epns_dtype_size (view->dtype);
  char *backwards = g_malloc ((gsize) n * size);

  for (gint64 i = 0; i < n; i++)
    memcpy (backwards + (gsize) (n - 1 - i) * size, (char *) view->data + (gsize) i * size, size);
  view->data = backwards + (gsize) (n - 1) * size;
  for (int a = 0; a < view->rank; a++)
    view->stride[a] *= -1;
  return backwards;
}

START_TEST (negative_strides)
{
  for (guint k = 0; k < n_examples; k++) {
    Subject *subject = subject_open (&examples[k], 1);
    guint n_views = subject->n_fields - subject->n_params;
    Member plain, mirrored;
    void *backwards[SUBJECT_VIEWS] = { NULL };
    member_init (&plain, subject);
    member_init (&mirrored, subject);
    for (guint v = 0; v < n_views; v++)
      if (mirrored.views[v].data != NULL)
        backwards[v] = lend_backwards (&mirrored.views[v]);

    epns_run *a = subject_start (subject, SEED, 0), *b = subject_start (subject, SEED, 0);
    ck_assert_int_eq (step_one (subject, a, &plain, subject->dt, NULL), EPNS_OK);
    ck_assert_int_eq (step_one (subject, b, &mirrored, subject->dt, NULL), EPNS_OK);
    for (guint v = 0; v < n_views; v++) {
      const epns_view *view = &plain.views[v];
      gsize bytes = (gsize) epns_view_count (view) * epns_dtype_size (view->dtype);
      if (backwards[v] == NULL)
        continue;
      g_autofree void *found = g_malloc (bytes);
      epns_view_gather (&mirrored.views[v], found);
      ck_assert_msg (memcmp (found, view->data, bytes) == 0, "%s: %s", examples[k].name,
                     subject->fields[subject->n_params + v].name);
      g_free (backwards[v]);
    }
    examples[k].kind->stop (a);
    examples[k].kind->stop (b);
    member_clear (&plain);
    member_clear (&mirrored);
    subject_close (subject);
  }
}
END_TEST

/* What no step may take, by the layout of the state. */
static void
negative_id (EpnsState *state)
{
  ((EpnsLatticeState *) state)->id[0] = -7;
}

static void
id_beyond_the_table (EpnsState *state)
{
  ((EpnsLatticeState *) state)->id[0] = (gint32) ((EpnsLatticeState *) state)->n_rows;
}

static void
unknown_type (EpnsState *state)
{
  ((EpnsLatticeState *) state)->type[1] = 200;
}

static void
nowhere (EpnsState *state)
{
  ((EpnsParticleState *) state)->position[1] = NAN;
}

static void
infinitely_fast (EpnsState *state)
{
  ((EpnsParticleState *) state)->velocity[0] = INFINITY;
}

static const struct {
  const EpnsLayout *layout;
  void (*spoil) (EpnsState *state);
} spoils[] = { { &epns_layout_lattice, negative_id },
               { &epns_layout_lattice, id_beyond_the_table },
               { &epns_layout_lattice, unknown_type },
               { &epns_layout_particles, nowhere },
               { &epns_layout_particles, infinitely_fast } };

static void
copy_into (EpnsState *state, const EpnsState *from)
{
  for (guint i = 0; i < state->layout->n_arrays; i++)
    if (epns_state_data (state, i) != NULL)
      memcpy (epns_state_data (state, i), epns_state_data (from, i), epns_state_bytes (from, i));
}

/* A refused step leaves state and run as they were: the next accepted one gives what it would have given. */
static void
refused_then_fine (const Subject *subject, double dt, void (*spoil) (EpnsState *))
{
  Member expected, member;
  epns_error error;
  epns_run *a = subject_start (subject, SEED, 0), *b = subject_start (subject, SEED, 0);

  member_init (&expected, subject);
  member_init (&member, subject);
  ck_assert_int_eq (step_one (subject, a, &expected, subject->dt, NULL), EPNS_OK);

  if (spoil)
    spoil (member.state);
  g_autoptr (EpnsState) before = epns_state_copy (member.state);
  ck_assert_int_eq (step_one (subject, b, &member, dt, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.status, EPNS_DISCARD);
  ck_assert_uint_gt (strlen (error.text), 10);
  ck_assert_ptr_null (strchr (error.text, '\n'));
  ck_assert (epns_state_equal (before, member.state));
  copy_into (member.state, subject->start);
  ck_assert_int_eq (step_one (subject, b, &member, subject->dt, &error), EPNS_OK);
  ck_assert_msg (member_equal (&expected, &member), "%s: a refusal left traces", subject->example->name);
  subject->kind->stop (a);
  subject->kind->stop (b);
  member_clear (&expected);
  member_clear (&member);
}

START_TEST (refusals_change_nothing)
{
  for (guint k = 0; k < n_examples; k++) {
    Subject *subject = subject_open (&examples[k], 1);
    if (!(examples[k].kind->caps & EPNS_ANY_DT)) {
      refused_then_fine (subject, subject->dt * 0.75, NULL);
      refused_then_fine (subject, NAN, NULL);
    }
    for (guint s = 0; s < G_N_ELEMENTS (spoils); s++)
      if (spoils[s].layout == subject->start->layout)
        refused_then_fine (subject, subject->dt, spoils[s].spoil);
    subject_close (subject);
  }
}
END_TEST

static void
spoil_somehow (EpnsState *state)
{
  guint s = 0;

  while (spoils[s].layout != state->layout)
    s++;
  spoils[s].spoil (state);
}

START_TEST (members_fail_one_by_one)
{
  for (guint k = 0; k < n_examples; k++) {
    Subject *subject = subject_open (&examples[k], 2);
    Member alone, pair[2];
    epns_frame frames[2];
    epns_error error;
    epns_run *runs[2] = { subject_start (subject, SEED, 0), subject_start (subject, SEED, 1) };
    epns_run *single = subject_start (subject, SEED, 1);

    member_init (&alone, subject);
    for (guint i = 0; i < 2; i++) {
      member_init (&pair[i], subject);
      frames[i] = member_frame (&pair[i], subject);
    }
    spoil_somehow (pair[0].state);
    ck_assert_int_eq (step_one (subject, single, &alone, subject->dt, NULL), EPNS_OK);
    ck_assert_int_eq (examples[k].kind->step (runs, frames, 2, 1, subject->dt, &error), EPNS_DISCARD);
    ck_assert_int_eq (error.member, 0);
    ck_assert_int_eq (frames[0].status, EPNS_DISCARD);
    ck_assert_int_eq (frames[1].status, EPNS_OK);
    ck_assert_msg (member_equal (&alone, &pair[1]), "%s: a neighbour's refusal changed a member", examples[k].name);
    for (guint i = 0; i < 2; i++) {
      examples[k].kind->stop (runs[i]);
      member_clear (&pair[i]);
    }
    examples[k].kind->stop (single);
    member_clear (&alone);
    subject_close (subject);
  }
}
END_TEST

static void
save_state (const EpnsState *state, const char *path)
{
  g_autoptr (GByteArray) bytes = state_bytes (state);

  ck_assert (g_file_set_contents (path, (char *) bytes->data, bytes->len, NULL));
}

/* What the other process of resumes_elsewhere() was told: example, archive file, state file (read, stepped, written). */
static char **resumed;

START_TEST (resume_here)
{
  g_autofree char *bytes = NULL, *state = NULL;
  gsize size, n;
  epns_error error;
  Member member;
  Subject *subject = subject_open (example_find (examples, n_examples, resumed[0]), 1);

  ck_assert (g_file_get_contents (resumed[1], &bytes, &size, NULL));
  ck_assert (g_file_get_contents (resumed[2], &state, &n, NULL));
  EpnsArchiveSource source = { .data = (guint8 *) bytes, .size = size };
  epns_archive reader = epns_archive_reader (&source);
  epns_run *run = subject_start (subject, SEED + 1, 9); /* the archive must replace both */
  member_init (&member, subject);
  state_set_bytes (member.state, state, n);
  ck_assert_msg (subject->kind->archive (run, &reader, &error) == EPNS_OK, "%s", error.text);
  ck_assert_int_eq (step_one (subject, run, &member, subject->dt, NULL), EPNS_OK);
  save_state (member.state, resumed[2]);
  subject->kind->stop (run);
  member_clear (&member);
  subject_close (subject);
}
END_TEST

static void
resumes_elsewhere (const Subject *subject, const char *folder)
{
  Member member;
  epns_error error;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  epns_archive writer = epns_archive_writer (bytes);
  epns_run *run = subject_start (subject, SEED, 3);
  g_autofree char *archive_path = g_build_filename (folder, "archive", NULL);
  g_autofree char *state_path = g_build_filename (folder, "state", NULL), *found = NULL;

  member_init (&member, subject);
  ck_assert_int_eq (step_one (subject, run, &member, subject->dt, NULL), EPNS_OK);
  ck_assert_msg (subject->kind->archive (run, &writer, &error) == EPNS_OK, "%s", error.text);
  ck_assert (g_file_set_contents (archive_path, (char *) bytes->data, bytes->len, NULL));
  save_state (member.state, state_path);
  ck_assert_int_eq (step_one (subject, run, &member, subject->dt, NULL), EPNS_OK);

  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *argv[] = { self, "--resume", subject->example->name, archive_path, state_path, NULL };
  int status = -1;
  gsize n;
  ck_assert (g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL));
  ck_assert_int_eq (status, 0);
  ck_assert (g_file_get_contents (state_path, &found, &n, NULL));
  g_autoptr (GByteArray) stepped = state_bytes (member.state);
  ck_assert_uint_eq (n, stepped->len);
  ck_assert_msg (memcmp (found, stepped->data, n) == 0, "%s: resumed elsewhere, other bits", subject->example->name);

  /* a cut and a damaged archive are refused, and the run goes on as if nothing had been tried */
  Member expected, again;
  epns_run *other = subject_start (subject, SEED, 3);
  member_init (&expected, subject);
  member_init (&again, subject);
  bytes->data[bytes->len / 2] ^= 1;
  EpnsArchiveSource damaged = { .data = bytes->data, .size = bytes->len }, cut = { .data = bytes->data, .size = 20 };
  epns_archive readers[] = { epns_archive_reader (&damaged), epns_archive_reader (&cut) };
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    ck_assert_int_eq (subject->kind->archive (other, &readers[i], NULL), EPNS_DISCARD);
  epns_run *fresh = subject_start (subject, SEED, 3);
  step_one (subject, fresh, &expected, subject->dt, NULL);
  step_one (subject, other, &again, subject->dt, NULL);
  ck_assert (member_equal (&expected, &again));

  subject->kind->stop (run);
  subject->kind->stop (other);
  subject->kind->stop (fresh);
  member_clear (&member);
  member_clear (&expected);
  member_clear (&again);
}

START_TEST (resumes_in_another_process)
{
  g_autofree char *folder = g_dir_make_tmp ("epns-conformance-XXXXXX", NULL);

  for (guint k = 0; k < n_examples; k++) {
    ck_assert (examples[k].kind->caps & EPNS_ARCHIVES);
    Subject *subject = subject_open (&examples[k], 1);
    resumes_elsewhere (subject, folder);
    subject_close (subject);
  }
  g_autofree char *archive_path = g_build_filename (folder, "archive", NULL);
  g_autofree char *state_path = g_build_filename (folder, "state", NULL);
  remove (archive_path);
  remove (state_path);
  remove (folder);
}
END_TEST

static gint pool_calls;

static void
pool (void *ctx, uint32_t n, void (*task) (void *arg, uint32_t i), void *arg)
{
  (void) ctx;
  g_atomic_int_inc (&pool_calls);
  for (uint32_t i = n; i-- > 0;) /* backwards: order must not matter */
    task (arg, i);
}

START_TEST (the_hosts_pool_is_used)
{
  for (guint k = 0; k < n_examples; k++) {
    Member expected[MEMBERS], members[MEMBERS];
    Subject *plain = subject_open (&examples[k], 1), *pooled = subject_open (&examples[k], 4);

    pooled->host.parallel = pool;
    members_init (expected, plain);
    members_init (members, pooled);
    g_atomic_int_set (&pool_calls, 0);
    step_all (plain, expected, forward, MEMBERS, STEPS);
    ck_assert_int_eq (pool_calls, 0);
    step_all (pooled, members, forward, MEMBERS, STEPS);
    ck_assert_msg (g_atomic_int_get (&pool_calls) > 0, "%s: the pool stayed idle", examples[k].name);
    for (guint i = 0; i < MEMBERS; i++)
      ck_assert (member_equal (&members[i], &expected[i]));
    members_clear (expected);
    members_clear (members);
    subject_close (plain);
    subject_close (pooled);
  }
}
END_TEST

START_TEST (declarations)
{
  for (guint k = 0; k < n_examples; k++) {
    Subject *subject = subject_open (&examples[k], 1);
    ck_assert_uint_gt (strlen (examples[k].kind->title), 5);
    ck_assert (subject->dt > 0 || (examples[k].kind->caps & EPNS_ANY_DT));
    for (guint i = 0; i < subject->n_fields; i++) {
      const epns_field *field = &subject->fields[i];
      ck_assert_uint_gt (strlen (field->name), 0);
      ck_assert_uint_gt (strlen (field->unit), 0);
      ck_assert_ptr_nonnull (field->axes);
      ck_assert_int_eq (field->role == EPNS_PARAM, i < subject->n_params);
      ck_assert_int_ge (field->rank, 0);
      ck_assert_int_le (field->rank, EPNS_MAX_RANK);
      ck_assert_int_eq (epns_find_field (subject->fields, subject->n_fields, field->name), i); /* unique */
    }
    ck_assert_ptr_null (examples[k].kind->extension ("no.such.extension/1"));
    subject_close (subject);
  }
}
END_TEST

START_TEST (sources_that_are_not_there)
{
  for (guint k = 0; k < n_examples; k++) {
    epns_model *model = NULL;
    epns_error error;

    if (examples[k].kind->open (NULL, "/nonexistent/model", &model, &error) == EPNS_OK) {
      ck_abort_msg ("%s opened a source that does not exist", examples[k].name);
      examples[k].kind->close (model);
    }
    ck_assert_ptr_null (model);
    ck_assert_ptr_null (strchr (error.text, '\n'));
    ck_assert_uint_gt (strlen (error.text), 10);
  }
}
END_TEST

START_TEST (nothing_process_wide_changes)
{
  char *cwd = g_get_current_dir (), *locale = g_strdup (setlocale (LC_ALL, NULL));
  int rounding = fegetround ();
  struct sigaction before[32], after[32];

  for (int s = 1; s < 32; s++)
    sigaction (s, NULL, &before[s]);
  for (guint k = 0; k < n_examples; k++) {
    Member members[MEMBERS];
    Subject *subject = subject_open (&examples[k], 2);
    members_init (members, subject);
    step_all (subject, members, forward, MEMBERS, STEPS);
    members_clear (members);
    subject_close (subject);
  }
  for (int s = 1; s < 32; s++) {
    sigaction (s, NULL, &after[s]);
    ck_assert_msg (before[s].sa_handler == after[s].sa_handler, "signal %d", s);
  }
  g_autofree char *cwd_after = g_get_current_dir ();
  ck_assert_str_eq (cwd, cwd_after);
  ck_assert_str_eq (locale, setlocale (LC_ALL, NULL));
  ck_assert_int_eq (rounding, fegetround ());
  g_free (cwd);
  g_free (locale);
}
END_TEST

START_TEST (every_kind_has_an_example)
{
  guint n = 0;

  for (const epns_kind *const *kind = examples_kinds (&n); n > 0; n--, kind++) {
    gboolean found = FALSE;
    for (guint k = 0; k < n_examples; k++)
      found |= examples[k].kind == *kind;
    ck_assert_msg (found, "%s: no file in tests/conformance names it as its first model", (*kind)->id);
  }
}
END_TEST

int
main (int argc, char **argv)
{
  examples = examples_load (&n_examples);
  if (argc == 5 && g_str_equal (argv[1], "--resume")) {
    resumed = argv + 2;
    return suite_run ("resume", (const TTest *const[]) { resume_here }, 1);
  }
  const TTest *const tests[]
    = { every_kind_has_an_example, same_bits_however_it_is_split, negative_strides, refusals_change_nothing,
        members_fail_one_by_one, resumes_in_another_process, the_hosts_pool_is_used, declarations,
        sources_that_are_not_there, nothing_process_wide_changes };
  return suite_run ("conformance", tests, G_N_ELEMENTS (tests));
}
