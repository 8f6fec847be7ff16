/* SPDX-License-Identifier: MIT */
/* A hybrid is its two parts in turn, bit for bit; what one of them refuses leaves both as they
 * were. */
#include "models/hybrid/hybrid.h"

#include "plugin/archive.h"
#include "plugin/epns_about.h"
#include "plugin/view.h"
#include "tests/conformance/subject.h"
#include "tests/reading.h"

#define SEED 5
#define NATIVE 3 /* native steps of tests/conformance/hybrid */

static Example *examples;
static guint n_examples;

static const char form[] = "<?xml version=\"1.0\"?>\n<model xmlns=\"https://epns.org/ns/model/1\" "
                           "version=\"1\" name=\"Made\"><hybrid learned=\"%s\" native=\"%s\" "
                           "steps=\"%s\" time=\"%s\"/></model>";

/* Another kind and source in the place of the example's own, on the same tissue and parameters. */
static Subject *
open_as (const char *kind, const char *source, const char *folder)
{
  g_autofree char *text = reading_load ("tests/conformance/hybrid.epns.xml");
  g_autofree char *from = source ? g_strdup_printf (" source=\"%s\"", source) : g_strdup ("");
  g_autofree char *model = g_strdup_printf ("kind=\"%s\"%s", kind, from);
  g_autofree char *changed = reading_replace (text, "kind=\"hybrid\" source=\"hybrid\"", model);
  g_autofree char *path = reading_write (folder, "as.epns.xml", changed, -1);
  epns_error error;
  const Example example = { .path = path, .kind = epns_load_kind (NULL, kind, &error) };
  Subject *subject;

  ck_assert_msg (example.kind != NULL, "%s", error.text);
  subject = subject_open (&example, 1);
  subject->example = NULL;
  return subject;
}

static Subject *
open_learned (const char *folder)
{
  g_autofree char *source = suite_source ("tests/golden");

  return open_as ("epns-lattice", source, folder);
}

static epns_status
take (const Subject *subject, epns_run *run, Member *member, guint32 n_steps, epns_error *error)
{
  epns_frame frame = member_frame (member, subject);
  epns_error ours;
  epns_status status
      = subject->kind->step (&run, &frame, 1, n_steps, subject->dt, error ? error : &ours);

  ck_assert_msg (error != NULL || status == EPNS_OK, "%s", ours.text);
  return status;
}

START_TEST (both_in_turn)
{
  g_autofree char *folder = reading_folder ();
  Subject *hybrid = subject_open (example_find (examples, n_examples, "hybrid.epns.xml"), 1),
          *learned = open_learned (folder), *native = open_as ("cpm", NULL, folder);
  Member together, apart;
  double energies[2] = { 0 };
  epns_run *run = subject_start (hybrid, SEED, 2),
           *first = subject_start (learned, EPNS_HYBRID_LEARNED_SEED (SEED), 2),
           *second = subject_start (native, SEED, 2);

  ck_assert_double_eq (hybrid->dt, learned->dt + NATIVE * native->dt);
  member_init (&together, hybrid);
  member_init (&apart, native);
  together.views[2] = epns_view_contiguous (&energies[0], EPNS_F64, 0, NULL); /* hamiltonian */
  apart.views[2] = epns_view_contiguous (&energies[1], EPNS_F64, 0, NULL);
  ck_assert_int_eq (take (hybrid, run, &together, 2, NULL), EPNS_OK);
  for (guint s = 0; s < 2; s++) {
    ck_assert_int_eq (take (learned, first, &apart, 1, NULL), EPNS_OK);
    ck_assert_int_eq (take (native, second, &apart, NATIVE, NULL), EPNS_OK);
  }
  ck_assert (member_equal (&together, &apart));
  ck_assert_double_eq (energies[0], energies[1]);
  ck_assert_double_ne (energies[0], 0);

  hybrid->kind->stop (run);
  learned->kind->stop (first);
  native->kind->stop (second);
  member_clear (&together);
  member_clear (&apart);
  subject_close (hybrid);
  subject_close (learned);
  subject_close (native);
  reading_remove (folder);
}
END_TEST

/* A folder's model.xml. */
static void
write_model (const char *folder, const char *learned, const char *native, const char *steps,
             const char *time)
{
  g_autofree char *text = g_strdup_printf (form, learned, native, steps, time);

  g_free (reading_write (folder, "model.xml", text, -1));
}

START_TEST (time_is_counted_or_not)
{
  static const struct {
    const char *time, *says;
    double dt;
  } cases[] = { { "counted", "a step of 70 MCS is one of golden", 70 },
                { "relaxation", "20 of kind cpm (20 MCS), which are a relaxation and not", 50 } };
  g_autofree char *folder = reading_folder ();
  g_autofree char *learned = suite_source ("tests/golden");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_model (folder, learned, "cpm", "20", cases[i].time);
    Subject *subject = open_as ("hybrid", folder, folder);
    const epns_about *about = subject->kind->extension (EPNS_ABOUT_EXTENSION);
    const char *text = about->text (subject->model);
    ck_assert_double_eq (subject->dt, cases[i].dt);
    ck_assert_msg (strstr (text, cases[i].says) != NULL, "%s", text);
    subject_close (subject);
  }
  reading_remove (folder);
}
END_TEST

/* What is refused before either part is asked must not undo the call before. */
START_TEST (a_bad_frame_midway)
{
  Subject *hybrid = subject_open (example_find (examples, n_examples, "hybrid.epns.xml"), 1);
  epns_run *run = subject_start (hybrid, SEED, 0), *straight = subject_start (hybrid, SEED, 0);
  Member member, expected;
  epns_frame frame;
  epns_error error;

  member_init (&member, hybrid);
  member_init (&expected, hybrid);
  ck_assert_int_eq (take (hybrid, run, &member, 1, NULL), EPNS_OK);
  frame = member_frame (&member, hybrid);
  frame.n_views--;
  ck_assert_int_eq (hybrid->kind->step (&run, &frame, 1, 1, hybrid->dt, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.need, frame.n_views + 1);
  ck_assert_int_eq (frame.step, 1);
  ck_assert_int_eq (take (hybrid, run, &member, 1, NULL), EPNS_OK);
  ck_assert_int_eq (take (hybrid, straight, &expected, 2, NULL), EPNS_OK);
  ck_assert (member_equal (&member, &expected));

  hybrid->kind->stop (run);
  hybrid->kind->stop (straight);
  member_clear (&member);
  member_clear (&expected);
  subject_close (hybrid);
}
END_TEST

/* A run that knows the target of one type only; the learned part has no surfaces to ask for. */
static epns_run *
start_with_one_type (const Subject *subject)
{
  g_autofree epns_view *params = g_new0 (epns_view, subject->n_params);
  double surface[2] = { 0, 20 }, temperature = 10;
  const struct {
    const char *name;
    epns_view view;
  } given[] = {
    { "temperature", epns_view_contiguous (&temperature, EPNS_F64, 0, NULL) },
    { "target-surface", epns_view_contiguous (surface, EPNS_F64, 1, (int64_t[]) { 2 }) },
    { "surface-strength", epns_view_contiguous (surface, EPNS_F64, 1, (int64_t[]) { 2 }) },
  };
  epns_run *run = NULL;
  epns_error error;

  for (guint i = 0; i < subject->n_params; i++)
    params[i] = (epns_view) { .dtype = subject->fields[i].dtype, .rank = subject->fields[i].rank };
  for (gsize i = 0; i < G_N_ELEMENTS (given); i++)
    params[epns_find_field (subject->fields, subject->n_params, given[i].name)] = given[i].view;
  ck_assert_msg (subject->kind->start (subject->model, params, subject->n_params, SEED, 0, &run,
                                       &error) == EPNS_OK, "%s", error.text);
  return run;
}

/* The native part refuses what the learned one took, and the learned one's step is undone. */
START_TEST (a_late_refusal_moves_nothing)
{
  Subject *hybrid = subject_open (example_find (examples, n_examples, "hybrid.epns.xml"), 1);
  epns_run *run = start_with_one_type (hybrid), *fresh = start_with_one_type (hybrid);
  Member member, before;
  epns_error error;

  member_init (&member, hybrid);
  member_init (&before, hybrid);
  ck_assert_int_eq (take (hybrid, run, &member, 1, &error), EPNS_DISCARD);
  ck_assert_msg (strstr (error.text, "type") != NULL, "%s", error.text);
  ck_assert_str_eq (hybrid->fields[error.field].name, "cell-type");
  ck_assert (member_equal (&member, &before));

  for (int64_t cell = 1; cell < member.views[1].shape[0]; cell++) /* cell-type */
    ((gint32 *) member.views[1].data)[cell] = ((gint32 *) before.views[1].data)[cell] = 1;
  ck_assert_int_eq (take (hybrid, run, &member, 1, NULL), EPNS_OK);
  ck_assert (!member_equal (&member, &before));
  ck_assert_int_eq (take (hybrid, fresh, &before, 1, NULL), EPNS_OK);
  ck_assert (member_equal (&member, &before));

  hybrid->kind->stop (run);
  hybrid->kind->stop (fresh);
  member_clear (&member);
  member_clear (&before);
  subject_close (hybrid);
}
END_TEST

START_TEST (an_archive_of_another_hybrid)
{
  g_autofree char *folder = reading_folder ();
  g_autofree char *learned = suite_source ("tests/golden");
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  epns_archive writer = epns_archive_writer (bytes);
  Subject *three = subject_open (example_find (examples, n_examples, "hybrid.epns.xml"), 1);
  Member member, expected;
  epns_error error;

  write_model (folder, learned, "cpm", "4", "counted");
  Subject *four = open_as ("hybrid", folder, folder);
  epns_run *source = subject_start (three, SEED, 0), *run = subject_start (four, SEED + 1, 0),
           *fresh = subject_start (four, SEED + 1, 0);
  ck_assert_int_eq (three->kind->archive (source, &writer, NULL), EPNS_OK);
  EpnsArchiveSource from = { .data = bytes->data, .size = bytes->len };
  epns_archive reader = epns_archive_reader (&from);
  ck_assert_int_eq (four->kind->archive (run, &reader, &error), EPNS_DISCARD);
  ck_assert_msg (strstr (error.text, "3 native steps a step, counted") != NULL, "%s", error.text);

  member_init (&member, four);
  member_init (&expected, four);
  ck_assert_int_eq (take (four, run, &member, 1, NULL), EPNS_OK);
  ck_assert_int_eq (take (four, fresh, &expected, 1, NULL), EPNS_OK);
  ck_assert (member_equal (&member, &expected));

  three->kind->stop (source);
  four->kind->stop (run);
  four->kind->stop (fresh);
  member_clear (&member);
  member_clear (&expected);
  subject_close (three);
  subject_close (four);
  reading_remove (folder);
}
END_TEST

START_TEST (folders_that_cannot_be)
{
  g_autofree char *folder = reading_folder (), *hourly = reading_local_model ("unit=\"MCS\"", "unit=\"h\"");
  g_autofree char *learned = suite_source ("tests/golden"),
                  *hybrid = suite_source ("tests/conformance/hybrid");
  const struct {
    const char *learned, *native, *steps, *time, *says;
  } cases[] = {
    { "nowhere", "cpm", "3", "counted", "nowhere/model.xml" },
    { learned, "potts", "3", "counted", "there is no kind 'potts'; there are cpm, " },
    { learned, "epns-lattice", "3", "counted", "epns-lattice needs a model" },
    { hybrid, "cpm", "3", "counted", "is a hybrid itself" },
    { hourly, "cpm", "3", "counted", "is in h and a native one in MCS" },
    { learned, "cpm", "0", "counted", "steps" },
    { learned, "cpm", "3", "free", "time" },
  };
  epns_error error;
  const epns_kind *kind = epns_load_kind (NULL, "hybrid", &error);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    epns_model *model = NULL;
    write_model (folder, cases[i].learned, cases[i].native, cases[i].steps, cases[i].time);
    ck_assert_int_eq (kind->open (NULL, folder, &model, &error), EPNS_DISCARD);
    ck_assert_ptr_null (model);
    ck_assert_msg (strstr (error.text, cases[i].says) != NULL, "%s", error.text);
  }
  reading_remove (folder);
  reading_remove (hourly);
}
END_TEST

/* Each kind says whose a folder is, rather than to look for weights that a hybrid has not. */
START_TEST (folders_of_other_kinds)
{
  g_autofree char *learned = suite_source ("tests/golden"),
                  *hybrid = suite_source ("tests/conformance/hybrid");
  const struct {
    const char *kind, *source, *says;
  } cases[] = { { "hybrid", learned, "of kind 'epns-lattice'; open it with that kind" },
                { "hybrid", NULL, "hybrid needs a model" },
                { "epns-lattice", hybrid, "of kind 'hybrid'" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    epns_model *model = NULL;
    epns_error error;
    const epns_kind *kind = epns_load_kind (NULL, cases[i].kind, &error);
    ck_assert_int_eq (kind->open (NULL, cases[i].source, &model, &error), EPNS_DISCARD);
    ck_assert_msg (strstr (error.text, cases[i].says) != NULL, "%s", error.text);
  }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { both_in_turn, time_is_counted_or_not, a_bad_frame_midway,
                                 a_late_refusal_moves_nothing, an_archive_of_another_hybrid,
                                 folders_that_cannot_be, folders_of_other_kinds };

  examples = examples_load (&n_examples);
  return suite_run ("hybrid", tests, G_N_ELEMENTS (tests));
}
