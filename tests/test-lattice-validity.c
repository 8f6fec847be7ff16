/* SPDX-License-Identifier: MIT */
/* What lies outside a learned model's validity is said once, or refused. */
#include "models/epns/kind-lattice.h"
#include "plugin/view.h"
#include "tests/reading.h"

enum { SIDE = 64, EDGE = 5, ROW = 5, CELLS = 16, TYPES = 3, MEMBERS = 12, MANY = 32 };

static const char step_stated[] = "<step length=\"50\" unit=\"MCS\"/>";
static const char validity_stated[] =
#define TYPED(name, value)                                                                         \
  "<parameter name=\"" name "\" type=\"Condensing\" value=\"" value "\"/>"                         \
  "<parameter name=\"" name "\" type=\"NonCondensing\" value=\"" value "\"/>"
#define CONTACT(a, b, value)                                                                       \
  "<parameter name=\"contact-energy\" type=\"" a "\" with=\"" b "\" value=\"" value "\"/>"
    "<step length=\"50\" unit=\"MCS\"/>"
    "<validity boundary=\"noflux\"><cells min=\"16\" max=\"107\"/>"
    "<lattice min=\"64\" max=\"64\"/><volume min=\"16\" max=\"30\"/>"
    "<parameter name=\"temperature\" value=\"10\"/>"
    "<parameter name=\"neighbor-order\" value=\"2\"/>" TYPED ("target-volume", "25")
        TYPED ("volume-strength", "2") CONTACT ("Medium", "Condensing", "16") CONTACT (
            "Medium", "NonCondensing", "16") CONTACT ("Condensing", "Condensing", "2")
            CONTACT ("Condensing", "NonCondensing", "11") CONTACT (
                "NonCondensing", "NonCondensing",
                "14") "<parameter name=\"contact-weight-by-distance\" value=\"false\"/></validity>";

typedef struct {
  gint said; /* from any thread */
  char last[240];
} Ear;

static void
hear (void *ctx, int32_t level, const char *text)
{
  Ear *ear = ctx;

  ck_assert_int_eq (level, 1);
  ck_assert_ptr_null (strchr (text, '\n'));
  g_strlcpy (ear->last, text, sizeof ear->last);
  g_atomic_int_inc (&ear->said);
}

typedef struct {
  Ear ear;
  epns_host host;
  char *folder;
  epns_model *model;
  const epns_field *fields;
  guint n_params;
  epns_view params[MANY];
  gint32 outside;
} Fixture;

static void
fixture_init (Fixture *self)
{
  epns_error error;
  guint n;

  memset (self, 0, sizeof *self);
  self->folder = reading_local_model (step_stated, validity_stated);
  self->host = (epns_host){
    .size = sizeof self->host, .threads = 2, .ctx = &self->ear, .log = hear
  };
  ck_assert_msg (epns_kind_lattice.open (&self->host, self->folder, &self->model, &error)
                     == EPNS_OK,
                 "%s", error.text);
  self->fields = epns_kind_lattice.fields (self->model, &n, NULL, NULL);
  while (self->fields[self->n_params].role == EPNS_PARAM)
    self->n_params++;
  ck_assert_uint_lt (self->n_params, MANY);
}

static void
fixture_clear (Fixture *self)
{
  epns_kind_lattice.close (self->model);
  reading_remove (self->folder);
  g_free (self->folder);
}

static gint32
lend (Fixture *self, const char *name, void *data, const int64_t *shape)
{
  gint32 i = 0;

  while (!g_str_equal (self->fields[i].name, name))
    ck_assert_int_lt (++i, (gint32) self->n_params);
  self->params[i] = epns_view_contiguous (data, self->fields[i].dtype, self->fields[i].rank, shape);
  return i;
}

static void
refuse_outside (Fixture *self)
{
  self->outside = 1;
  lend (self, "outside", &self->outside, NULL);
}

static epns_status
start (Fixture *self, epns_run **run, epns_error *error)
{
  return epns_kind_lattice.start (self->model, self->params, self->n_params, 1, 0, run, error);
}

/* What start() says, with nothing said before. */
static gint
said_at_start (Fixture *self)
{
  epns_run *run;
  epns_error error;
  gint before = self->ear.said;

  ck_assert_msg (start (self, &run, &error) == EPNS_OK, "%s", error.text);
  epns_kind_lattice.stop (run);
  return self->ear.said - before;
}

START_TEST (trained_values_are_silent)
{
  double temperature = 10 * (1 + 1e-12), volume[TYPES] = { 0, 25, 25 };
  double energy[TYPES * TYPES] = { 7, 16, 16, 16, 2, 11, 16, 11, 14 }; /* [0]: not stated */
  gint32 order = 2;
  Fixture f;

  fixture_init (&f);
  ck_assert_int_eq (said_at_start (&f), 0);
  lend (&f, "temperature", &temperature, NULL);
  lend (&f, "neighbor-order", &order, NULL);
  lend (&f, "target-volume", volume, (int64_t[]){ TYPES });
  lend (&f, "contact-energy", energy, (int64_t[]){ TYPES, TYPES });
  ck_assert_int_eq (said_at_start (&f), 0);
  fixture_clear (&f);
}
END_TEST

START_TEST (each_difference_is_said_once)
{
  double temperature = 20, volume[5] = { 9, 25, 30, 1, 1 }; /* two types that the model lacks */
  double energy[TYPES * TYPES] = { 0, 12, 16, 12, 2, 11, 16, 11, 14 };
  gint32 weighted = 1, periodic[3] = { 0, 0, 1 };
  Fixture f;

  fixture_init (&f);
  lend (&f, "temperature", &temperature, NULL);
  ck_assert_int_eq (said_at_start (&f), 1);
  ck_assert_str_eq (f.ear.last, "temperature is 20, and the model was trained at 10: results are "
                                "an extrapolation; use cpm or a model trained for it");
  lend (&f, "contact-energy", energy, (int64_t[]){ TYPES, TYPES });
  ck_assert_int_eq (said_at_start (&f), 1);
  ck_assert_ptr_nonnull (strstr (f.ear.last, "contact-energy of Medium with Condensing is 12,"));
  lend (&f, "target-volume", volume, (int64_t[]){ 5 });
  ck_assert_int_eq (said_at_start (&f), 1);
  ck_assert_ptr_nonnull (strstr (f.ear.last, "target-volume of NonCondensing is 30, and"));
  lend (&f, "contact-weight-by-distance", &weighted, NULL);
  ck_assert_int_eq (said_at_start (&f), 1);
  ck_assert_ptr_nonnull (strstr (f.ear.last, "is true, and the model was trained at false"));
  lend (&f, "periodic", periodic, (int64_t[]){ 3 });
  ck_assert_int_eq (said_at_start (&f), 1);
  ck_assert_ptr_nonnull (strstr (f.ear.last, "borders along x are periodic"));
  ck_assert_int_eq (said_at_start (&f), 0);
  fixture_clear (&f);
}
END_TEST

START_TEST (differences_can_be_refused)
{
  double temperature = 20;
  gint32 periodic[3] = { 0, 1, 0 }, nonsense = 2;
  epns_run *run = NULL;
  epns_error error;
  Fixture f;

  fixture_init (&f);
  refuse_outside (&f);
  gint32 which = lend (&f, "temperature", &temperature, NULL);
  ck_assert_int_eq (start (&f, &run, &error), EPNS_DISCARD);
  ck_assert_ptr_null (run);
  ck_assert_int_eq (error.field, which);
  ck_assert (g_str_has_prefix (error.text, "temperature is 20, and the model was trained at 10: "));
  temperature = 10;
  which = lend (&f, "periodic", periodic, (int64_t[]){ 3 });
  ck_assert_int_eq (start (&f, &run, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.field, which);
  ck_assert (g_str_has_prefix (error.text, "borders along y are periodic"));
  which = lend (&f, "outside", &nonsense, NULL);
  ck_assert_int_eq (start (&f, &run, &error), EPNS_DISCARD);
  ck_assert_int_eq (error.field, which);
  ck_assert_int_eq (f.ear.said, 0);
  fixture_clear (&f);
}
END_TEST

/* --- Tissues --- */

typedef struct {
  gint32 id[SIDE * SIDE], type[CELLS + 1];
  epns_view views[2];
} Tissue;

static void
tissue_init (Tissue *self, gsize side, gint32 cells)
{
  memset (self, 0, sizeof *self);
  for (gint32 c = 0; c < cells; c++) {
    self->type[c + 1] = 1 + c % 2;
    for (gint32 s = 0; s < EDGE * EDGE; s++)
      self->id[(gsize) (c / ROW * EDGE + s / EDGE) * side
               + (gsize) (c % ROW * EDGE + s % EDGE)] = c + 1;
  }
  self->views[0] = epns_view_contiguous (self->id, EPNS_I32, 3,
                                         (int64_t[]){ 1, (int64_t) side, (int64_t) side });
  self->views[1] = epns_view_contiguous (self->type, EPNS_I32, 1, (int64_t[]){ CELLS + 1 });
}

/* Steps so many members of one tissue together, `steps` times. */
static epns_status
step (Fixture *f, gsize side, gint32 cells, guint members, guint steps, epns_error *error)
{
  g_autofree Tissue *tissues = g_new (Tissue, members);
  g_autofree epns_frame *frames = g_new0 (epns_frame, members);
  g_autofree epns_run **runs = g_new0 (epns_run *, members);
  epns_status status = EPNS_OK;
  Tissue before;

  f->host.threads = members > 1 ? 2 : 1; /* more within one step are another test's matter */
  tissue_init (&before, side, cells);
  for (guint i = 0; i < members; i++) {
    tissue_init (&tissues[i], side, cells);
    frames[i] = (epns_frame){ .views = tissues[i].views, .n_views = 2 };
    ck_assert_int_eq (start (f, &runs[i], NULL), EPNS_OK);
  }
  for (guint s = 0; s < steps && status == EPNS_OK; s++)
    status = epns_kind_lattice.step (runs, frames, members, 1, 50.0, error);
  for (guint i = 0; i < members; i++) {
    if (status == EPNS_DISCARD)
      ck_assert_mem_eq (tissues[i].id, before.id, sizeof before.id);
    epns_kind_lattice.stop (runs[i]);
  }
  return status;
}

START_TEST (members_and_steps_say_it_once)
{
  double temperature = 20;
  epns_error error;
  Fixture f;

  fixture_init (&f);
  ck_assert_int_eq (step (&f, SIDE, CELLS, 1, 1, &error), EPNS_OK);
  ck_assert_int_eq (f.ear.said, 0);
  lend (&f, "temperature", &temperature, NULL);
  ck_assert_int_eq (step (&f, SIDE, 1, suite_trials (MEMBERS, 2), 2, &error), EPNS_OK);
  ck_assert_int_eq (f.ear.said, 2);
  ck_assert_str_eq (f.ear.last,
                    "the number of cells at the start is 1, and the model was trained on 16 to "
                    "107: results are an extrapolation; use cpm or a model trained for it");
  ck_assert_int_eq (step (&f, 40, CELLS, 1, 1, &error), EPNS_OK);
  ck_assert_int_eq (f.ear.said, 3);
  ck_assert_ptr_nonnull (strstr (f.ear.last, "longest side in sites is 40, and the model was "
                                             "trained on 64 to 64"));
  fixture_clear (&f);
}
END_TEST

START_TEST (tissues_can_be_refused)
{
  epns_error error;
  Fixture f;

  fixture_init (&f);
  refuse_outside (&f);
  ck_assert_int_eq (step (&f, SIDE, CELLS, 1, 1, &error), EPNS_OK);
  ck_assert_int_eq (step (&f, SIDE, 1, 2, 1, &error), EPNS_DISCARD);
  ck_assert (g_str_has_prefix (error.text, "the number of cells at the start is 1"));
  ck_assert_int_eq (step (&f, 40, CELLS, 1, 1, &error), EPNS_DISCARD);
  ck_assert (g_str_has_prefix (error.text, "the lattice's longest side"));
  ck_assert_int_eq (f.ear.said, 0);
  fixture_clear (&f);
}
END_TEST

SUITE ("lattice-validity", trained_values_are_silent, each_difference_is_said_once,
       differences_can_be_refused, members_and_steps_say_it_once, tissues_can_be_refused)
