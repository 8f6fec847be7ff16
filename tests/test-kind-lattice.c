/* SPDX-License-Identifier: MIT */
/* The kind epns-lattice: what it takes, what it refuses and why; what conformance cannot know. */
#include "models/epns/kind-lattice.h"
#include "plugin/archive.h"
#include "plugin/epns_verify.h"
#include "plugin/view.h"
#include "tests/suite.h"

#include <glib/gstdio.h>
#include <math.h>

#define SIDE 24
#define N_PARAMS 5
#define ROWS 64

enum { PERIODIC, FROZEN, SITES, PRECISION, OUTSIDE };

/* The golden weights, a run on them, and a lattice of 4 x 4 squares, every second one a cell. */
typedef struct {
  epns_model *model;
  epns_run *run;
  gint32 id[SIDE * SIDE], type[ROWS];
  epns_view views[2];
  epns_frame frame;
} Fixture;

static char *
golden_weights (void)
{
  return suite_source ("tests/golden/lattice-unet.weights.safetensors");
}

static epns_view
view3 (gint32 *data, int64_t z, int64_t y, int64_t x)
{
  return epns_view_contiguous (data, EPNS_I32, 3, (int64_t[]){ z, y, x });
}

static void
fixture_init (Fixture *self, const epns_view *params, guint64 stream)
{
  static const epns_view absent[N_PARAMS];
  g_autofree char *weights = golden_weights ();
  epns_error error;

  memset (self, 0, sizeof *self);
  ck_assert_msg (epns_kind_lattice.open (NULL, weights, &self->model, &error) == EPNS_OK, "%s",
                 error.text);
  ck_assert_msg (epns_kind_lattice.start (self->model, params ? params : absent, N_PARAMS, 7,
                                          stream, &self->run, &error)
                     == EPNS_OK,
                 "%s", error.text);
  for (gint32 i = 0; i < SIDE * SIDE; i++) {
    gint32 block = i / SIDE / 4 * 6 + i % SIDE / 4;
    self->id[i] = block % 2 ? block : 0;
  }
  for (gint32 c = 1; c < ROWS; c++)
    self->type[c] = 1 + c / 2 % 3;
  self->views[0] = view3 (self->id, 1, SIDE, SIDE);
  self->views[1] = epns_view_contiguous (self->type, EPNS_I32, 1, (int64_t[]){ ROWS });
  self->frame = (epns_frame){ .views = self->views, .n_views = 2 };
}

static void
fixture_clear (Fixture *self)
{
  epns_kind_lattice.stop (self->run);
  epns_kind_lattice.close (self->model);
}

static epns_status
step (Fixture *self, guint n, epns_error *error)
{
  return epns_kind_lattice.step (&self->run, &self->frame, 1, n, 1.0, error);
}

START_TEST (declares_its_fields)
{
  Fixture f;
  guint n;
  double dt;
  const char *unit;

  fixture_init (&f, NULL, 0);
  const epns_field *fields = epns_kind_lattice.fields (f.model, &n, &dt, &unit);
  ck_assert_uint_eq (n, N_PARAMS + 2);
  ck_assert (dt == 1);
  ck_assert_str_eq (unit, "step");
  ck_assert_str_eq (fields[N_PARAMS].name, "cell-id");
  ck_assert_str_eq (fields[N_PARAMS + 1].name, "cell-type");
  fixture_clear (&f);
}
END_TEST

/* 18 cells where 8 were in training: fine; no id appears that was not there. */
START_TEST (the_dead_stay_dead)
{
  Fixture f;
  gboolean alive[ROWS] = { FALSE };

  fixture_init (&f, NULL, 0);
  for (guint i = 0; i < SIDE * SIDE; i++)
    alive[f.id[i]] = TRUE;
  for (guint s = 0; s < 4; s++) {
    gboolean now[ROWS] = { FALSE };

    ck_assert_int_eq (step (&f, 1, NULL), EPNS_OK);
    ck_assert_int_eq (f.frame.step, s + 1);
    for (guint i = 0; i < SIDE * SIDE; i++) {
      ck_assert_int_lt (f.id[i], ROWS);
      ck_assert_msg (f.id[i] == 0 || alive[f.id[i]], "cell %d came back", f.id[i]);
      now[f.id[i]] = TRUE;
    }
    memcpy (alive, now, sizeof now);
  }
  fixture_clear (&f);
}
END_TEST

/* Ids with gaps, in the same order: the same tissue under other names. */
START_TEST (ids_may_have_gaps)
{
  Fixture dense, sparse;
  gint32 types[ROWS * 40] = { 0 };

  fixture_init (&dense, NULL, 0);
  fixture_init (&sparse, NULL, 0);
  for (guint i = 0; i < SIDE * SIDE; i++)
    sparse.id[i] = dense.id[i] ? 40 * dense.id[i] - 5 : 0;
  for (gint32 c = 1; c < ROWS; c++)
    types[40 * c - 5] = dense.type[c];
  sparse.views[1] = epns_view_contiguous (types, EPNS_I32, 1, (int64_t[]){ G_N_ELEMENTS (types) });
  ck_assert_int_eq (step (&dense, 2, NULL), EPNS_OK);
  ck_assert_int_eq (step (&sparse, 2, NULL), EPNS_OK);
  for (guint i = 0; i < SIDE * SIDE; i++)
    ck_assert_int_eq (sparse.id[i], dense.id[i] ? 40 * dense.id[i] - 5 : 0);
  fixture_clear (&dense);
  fixture_clear (&sparse);
}
END_TEST

START_TEST (sites_can_be_drawn)
{
  gint32 drawn = 1;
  epns_view params[N_PARAMS] = { [SITES] = epns_view_contiguous (&drawn, EPNS_I32, 0, NULL) };
  Fixture likeliest, a, b;

  fixture_init (&likeliest, NULL, 0);
  fixture_init (&a, params, 0);
  fixture_init (&b, params, 0);
  ck_assert_int_eq (step (&likeliest, 1, NULL), EPNS_OK);
  ck_assert_int_eq (step (&a, 1, NULL), EPNS_OK);
  ck_assert_int_eq (step (&b, 1, NULL), EPNS_OK);
  ck_assert_mem_eq (a.id, b.id, sizeof a.id);
  ck_assert_mem_ne (a.id, likeliest.id, sizeof a.id);
  fixture_clear (&likeliest);
  fixture_clear (&a);
  fixture_clear (&b);
}
END_TEST

/* A step that is refused, with what would be accepted. */
static void
refused (Fixture *f, const char *says, int32_t field, int32_t axis, int64_t need)
{
  g_autofree gint32 *before = g_memdup2 (f->id, sizeof f->id);
  epns_error error;

  ck_assert_int_eq (step (f, 1, &error), EPNS_DISCARD);
  ck_assert_int_eq (f->frame.status, EPNS_DISCARD);
  ck_assert_int_eq (f->frame.step, 0);
  ck_assert_msg (strstr (error.text, says) != NULL, "%s", error.text);
  ck_assert_int_eq (error.member, 0);
  ck_assert_int_eq (error.field, field);
  ck_assert_int_eq (error.axis, axis);
  ck_assert_int_eq (error.need, need);
  ck_assert_mem_eq (before, f->id, sizeof f->id);
}

START_TEST (refuses_states_it_cannot_step)
{
  Fixture f;

  fixture_init (&f, NULL, 0);
  f.views[0] = view3 (f.id, 1, 10, SIDE);
  refused (&f, "the lattice has height 10", N_PARAMS, 1, 12);
  f.views[0] = view3 (f.id, 1, SIDE, 15);
  refused (&f, "the lattice has width 15", N_PARAMS, 2, 16);
  f.views[0] = view3 (f.id, 2, 12, 12);
  refused (&f, "cell-id", N_PARAMS, 0, 1);
  f.views[0] = view3 (f.id, 1, SIDE, SIDE);
  f.type[3] = 4;
  refused (&f, "cell 3 has type 4, which the model has not seen; it knows 1 to 3", N_PARAMS + 1, 0,
           -1);
  f.type[3] = 1;
  f.id[5] = -2;
  refused (&f, "cell-id is -2 at y 0, x 5", N_PARAMS, -1, 0);
  f.id[5] = ROWS;
  refused (&f, "no row", N_PARAMS + 1, 0, ROWS + 1);
  fixture_clear (&f);
}
END_TEST

START_TEST (refuses_parameters_it_cannot_honour)
{
  gint32 periodic[3] = { 0, 1, 0 }, frozen[2] = { 0, 1 }, sites = 2, precision = -1;
  const struct {
    guint which;
    epns_view view;
    const char *says;
  } cases[] = {
    { PERIODIC, epns_view_contiguous (periodic, EPNS_I32, 1, (int64_t[]){ 3 }),
      "cannot wrap axis y" },
    { FROZEN, epns_view_contiguous (frozen, EPNS_I32, 1, (int64_t[]){ 2 }), "type 1 is frozen" },
    { SITES, epns_view_contiguous (&sites, EPNS_I32, 0, NULL), "sites is 2" },
    { PRECISION, epns_view_contiguous (&precision, EPNS_I32, 0, NULL), "precision is -1" },
  };
  Fixture f;

  fixture_init (&f, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    epns_view params[N_PARAMS] = { { .data = NULL } };
    epns_run *run = NULL;
    epns_error error;

    params[cases[i].which] = cases[i].view;
    ck_assert_int_eq (epns_kind_lattice.start (f.model, params, N_PARAMS, 1, 0, &run, &error),
                      EPNS_DISCARD);
    ck_assert_ptr_null (run);
    ck_assert_int_eq (error.field, (gint32) cases[i].which);
    ck_assert_msg (strstr (error.text, cases[i].says) != NULL, "%s", error.text);
  }
  fixture_clear (&f);
}
END_TEST

static void
tally (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  guint *n = ctx;

  ck_assert_msg (holds, "%s: %g > %g", name, error, tolerance);
  ++*n;
}

/* --- Sources --- */

static char *
write_file (const char *folder, const char *name, const char *bytes, gssize size)
{
  char *path = g_build_filename (folder, name, NULL);

  ck_assert (g_file_set_contents (path, bytes, size, NULL));
  return path;
}

/* The golden weights with `change` done to their bytes. */
static char *
weights_in (const char *folder, void (*change) (char *bytes, gsize size))
{
  g_autofree char *from = golden_weights ();
  g_autofree char *bytes = NULL;
  gsize size;

  ck_assert (g_file_get_contents (from, &bytes, &size, NULL));
  if (change != NULL)
    change (bytes, size);
  return write_file (folder, "weights.safetensors", bytes, (gssize) size);
}

static void
break_final_bias (char *bytes, gsize size)
{
  /* final_layer.bias is one of the last tensors by name: 1 float before the 8 of final_layer.weight
   */
  const float nan = NAN;

  memcpy (bytes + size - 9 * sizeof nan, &nan, sizeof nan);
}

static void
nudge (char *bytes, gsize size)
{
  bytes[size - 1] ^= 1;
}

START_TEST (broken_weights_are_an_error)
{
  g_autofree char *folder = g_dir_make_tmp ("epns-kind-XXXXXX", NULL);
  g_autofree char *path = weights_in (folder, break_final_bias);
  epns_error error;
  Fixture f;

  fixture_init (&f, NULL, 0);
  fixture_clear (&f);
  ck_assert_int_eq (epns_kind_lattice.open (NULL, path, &f.model, &error), EPNS_OK);
  ck_assert_int_eq (epns_kind_lattice.start (f.model, (epns_view[N_PARAMS]){ { .data = NULL } },
                                             N_PARAMS, 1, 0, &f.run, &error),
                    EPNS_OK);
  ck_assert_int_eq (step (&f, 1, &error), EPNS_ERROR);
  ck_assert_int_eq (f.frame.status, EPNS_ERROR);
  ck_assert_int_eq (error.member, 0);
  ck_assert_ptr_nonnull (strstr (error.text, "logits are not finite"));
  fixture_clear (&f);
  g_unlink (path);
  g_rmdir (folder);
}
END_TEST

START_TEST (archives_know_their_weights)
{
  g_autofree char *folder = g_dir_make_tmp ("epns-kind-XXXXXX", NULL);
  g_autofree char *path = weights_in (folder, nudge);
  g_autoptr (GByteArray) kept = g_byte_array_new ();
  epns_archive writer = epns_archive_writer (kept);
  epns_model *other;
  epns_run *run;
  epns_error error;
  Fixture f, g;

  fixture_init (&f, NULL, 3);
  ck_assert_int_eq (step (&f, 2, NULL), EPNS_OK);
  ck_assert_int_eq (epns_kind_lattice.archive (f.run, &writer, &error), EPNS_OK);

  fixture_init (&g, NULL, 0); /* goes on where f stands */
  memcpy (g.id, f.id, sizeof g.id);
  epns_archive reader = epns_archive_reader (&(EpnsArchiveSource){ kept->data, kept->len, 0 });
  ck_assert_int_eq (epns_kind_lattice.archive (g.run, &reader, &error), EPNS_OK);
  ck_assert_int_eq (step (&f, 1, NULL), EPNS_OK);
  ck_assert_int_eq (step (&g, 1, NULL), EPNS_OK);
  ck_assert_int_eq (g.frame.step, 3);
  ck_assert_mem_eq (f.id, g.id, sizeof f.id);

  ck_assert_int_eq (epns_kind_lattice.open (NULL, path, &other, &error), EPNS_OK);
  ck_assert_int_eq (epns_kind_lattice.start (other, (epns_view[N_PARAMS]){ { .data = NULL } },
                                             N_PARAMS, 1, 0, &run, &error),
                    EPNS_OK);
  reader = epns_archive_reader (&(EpnsArchiveSource){ kept->data, kept->len, 0 });
  ck_assert_int_eq (epns_kind_lattice.archive (run, &reader, &error), EPNS_DISCARD);
  ck_assert_ptr_nonnull (strstr (error.text, "other weights"));
  epns_kind_lattice.stop (run);
  epns_kind_lattice.close (other);
  fixture_clear (&f);
  fixture_clear (&g);
  g_unlink (path);
  g_rmdir (folder);
}
END_TEST

static const char model_xml[] =
    "<model xmlns='https://epns.org/ns/model/1' version='1' name='test'>"
    "<network kind='%s' %s/><weights file='weights.safetensors'/>"
    "<types><type id='0' name='Medium'/><type id='1' name='A'/><type id='2' name='B'/>%s</types>"
    "<step length='50' unit='MCS'/></model>";

#define THIRD_TYPE "<type id='3' name='C'/>"

START_TEST (model_folders_are_read_strictly)
{
  static const struct {
    const char *kind, *attributes, *types, *says; /* says NULL: opens */
  } cases[] = {
    { "epns-lattice", "window='0'", THIRD_TYPE, NULL },
    { "epns-lattice", "window='0' output='independent' latent='cell' emb-dim='8'", THIRD_TYPE,
      NULL },
    { "epns-lattice", "window='0' latent='aggregated'", THIRD_TYPE, "missing" },
    { "epns-lattice", "window='0' latent='cell' prior-and-encoder-arch='griddeepset'", THIRD_TYPE,
      "always aggregates" },
    { "epns-lattice", "window='0' output='passes'", THIRD_TYPE, "output" },
    { "epns-lattice", "window='0' emb-dim='9'", THIRD_TYPE, "shape" },
    { "epns-lattice", "window='0' emb-dimm='8'", THIRD_TYPE, "emb-dimm" },
    { "epns-lattice", "window='0'", "", "<types> lists 3 types and the network knows 4" },
    { "cpm", "window='0'", THIRD_TYPE, "kind 'cpm'" },
    { "epns-lattice", "window='16' output='passes'", THIRD_TYPE, "tensor" },
  };
  g_autofree char *folder = g_dir_make_tmp ("epns-kind-XXXXXX", NULL);
  g_autofree char *weights = weights_in (folder, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf (model_xml, cases[i].kind, cases[i].attributes,
                                             cases[i].types);
    g_autofree char *xml = write_file (folder, "model.xml", text, -1);
    epns_model *model = NULL;
    epns_error error = { .text = "" };
    epns_status status = epns_kind_lattice.open (NULL, folder, &model, &error);

    ck_assert_msg ((status == EPNS_OK) == (cases[i].says == NULL), "%u: %s", i, error.text);
    if (status == EPNS_OK) {
      guint n;
      double dt;
      const char *unit;

      epns_kind_lattice.fields (model, &n, &dt, &unit);
      ck_assert (dt == 50);
      ck_assert_str_eq (unit, "MCS");
      epns_kind_lattice.close (model);
    } else
      ck_assert_msg (strstr (error.text, cases[i].says) != NULL, "%u: %s", i, error.text);
    g_unlink (xml);
  }
  g_unlink (weights);
  g_rmdir (folder);
}
END_TEST

/* The local form: opened from a folder, it wraps, steps alike on any threads, and has its
 * symmetries. */
START_TEST (local_models_open_and_step)
{
  g_autofree char *folder = g_dir_make_tmp ("epns-kind-XXXXXX", NULL);
  g_autofree char *golden = suite_source ("tests/golden/local_passes.weights.safetensors");
  g_autofree char *text = g_strdup_printf (
      model_xml, "epns-lattice", "window='12' output='passes' latent='none' redraw-sweeps='1'", "");
  g_autofree char *xml = write_file (folder, "model.xml", text, -1), *bytes = NULL;
  gint32 periodic[3] = { 0, 1, 1 }, first[SIDE * SIDE];
  epns_view params[N_PARAMS] = { [PERIODIC] = epns_view_contiguous (periodic, EPNS_I32, 1,
                                                                    (int64_t[]){ 3 }) };
  gsize size;

  ck_assert (g_file_get_contents (golden, &bytes, &size, NULL));
  g_autofree char *weights = write_file (folder, "weights.safetensors", bytes, (gssize) size);
  for (guint threads = 1; threads < 4; threads += 2) {
    epns_host host = { .size = sizeof host, .threads = threads };
    epns_error error;
    Fixture f;

    fixture_init (&f, NULL, 0); /* for its tissue */
    fixture_clear (&f);
    for (gint32 c = 1; c < ROWS; c++)
      f.type[c] = 1 + c / 2 % 2;
    ck_assert_msg (epns_kind_lattice.open (&host, folder, &f.model, &error) == EPNS_OK, "%s",
                   error.text);
    ck_assert_int_eq (epns_kind_lattice.start (f.model, params, N_PARAMS, 1, 0, &f.run, &error),
                      EPNS_OK);
    ck_assert_msg (epns_kind_lattice.step (&f.run, &f.frame, 1, 2, 50.0, &error) == EPNS_OK, "%s",
                   error.text);
    if (threads == 1)
      memcpy (first, f.id, sizeof first);
    ck_assert_mem_eq (first, f.id, sizeof first);
    ck_assert_int_eq (f.frame.step, 2);
    fixture_clear (&f);
  }

  const epns_verify *verify = epns_kind_lattice.extension (EPNS_VERIFY_EXTENSION);
  guint n = 0;
  epns_error error;

  ck_assert_msg (verify->equivariance (folder, 1, tally, &n, &error) == EPNS_OK, "%s", error.text);
  ck_assert_uint_eq (n, 2);
  ck_assert_int_eq (verify->reference (folder, golden, 0, tally, &n, &error), EPNS_DISCARD);
  ck_assert_ptr_nonnull (strstr (error.text, "only the published network"));
  g_unlink (weights);
  g_unlink (xml);
  g_rmdir (folder);
}
END_TEST

START_TEST (sources_that_are_none)
{
  static const char *sources[] = { NULL, "", "/nonexistent", "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    epns_model *model = NULL;
    epns_error error;

    ck_assert_int_eq (epns_kind_lattice.open (NULL, sources[i], &model, &error), EPNS_DISCARD);
    ck_assert_ptr_null (model);
    ck_assert_uint_gt (strlen (error.text), 10);
  }
}
END_TEST

START_TEST (symmetries_hold)
{
  const epns_verify *verify = epns_kind_lattice.extension (EPNS_VERIFY_EXTENSION);
  g_autofree char *weights = golden_weights ();
  guint n = 0;
  epns_error error;

  ck_assert_ptr_null (epns_kind_lattice.extension ("epns.unknown/1"));
  ck_assert_int_eq (verify->equivariance (weights, 1, tally, &n, &error), EPNS_OK);
  ck_assert_uint_eq (n, 5);
  ck_assert_int_eq (verify->equivariance ("/nonexistent", 1, tally, &n, &error), EPNS_DISCARD);
}
END_TEST

SUITE ("kind-lattice", declares_its_fields, the_dead_stay_dead, ids_may_have_gaps,
       sites_can_be_drawn, refuses_states_it_cannot_step, refuses_parameters_it_cannot_honour,
       broken_weights_are_an_error, archives_know_their_weights, model_folders_are_read_strictly,
       local_models_open_and_step, sources_that_are_none, symmetries_hold)
