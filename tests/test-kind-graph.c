/* SPDX-License-Identifier: MIT */
/* The graph network as a kind: fields, steps, refusals; alone, in company, on threads. */
#include "models/epns/graph.h"
#include "models/epns/kind-graph.h"
#include "models/epns/systems.h"
#include "plugin/archive.h"
#include "plugin/view.h"
#include "tests/suite.h"

#include <glib/gstdio.h>
#include <math.h>

#define KIND (&epns_kind_graph)
enum { PARAM_DOMAIN, PARAM_PERIODIC, PARAM_PREDICTION, PARAM_PRECISION, PARAM_OUTSIDE, N_PARAMS };
enum { VIEW_POSITION, VIEW_VELOCITY, VIEW_MASS, VIEW_TYPE, VIEW_RADIUS, N_VIEWS };

typedef struct {
  epns_host host;
  epns_model *model;
} Opened;

static void
log_nothing (void *ctx, int32_t level, const char *text)
{
  g_string_append_printf (ctx, "%d %s\n", level, text);
}

static void
open_source (Opened *self, const char *source, guint threads, GString *log)
{
  epns_error error = { .text = "" };

  self->host = (epns_host){
    .size = sizeof (epns_host), .threads = threads, .ctx = log, .log = log ? log_nothing : NULL
  };
  ck_assert_msg (KIND->open (&self->host, source, &self->model, &error) == EPNS_OK, "%s",
                 error.text);
}

static void
open_published (Opened *self, guint threads)
{
  g_autofree char *weights = suite_source ("tests/golden/fagnn_b3.weights.safetensors");

  open_source (self, weights, threads, NULL);
}

/* --- Members --- */

typedef struct {
  gint64 n, d;
  double *numbers[2]; /* position, velocity */
  double *mass;
  epns_view views[N_VIEWS];
} Member;

static void
member_init (Member *self, gint64 n, gint64 d, guint64 seed)
{
  const EpnsDrawKey key = { seed, 0, 0 };

  *self = (Member){ .n = n, .d = d, .mass = g_new (double, (gsize) n) };
  for (guint v = 0; v < 2; v++) {
    self->numbers[v] = g_new (double, n *d);
    for (gsize i = 0; i < (gsize) (n * d); i++)
      self->numbers[v][i] = (v ? 1 : 4) * epns_random_normal (&key, v, i);
    self->views[v] = epns_view_contiguous (self->numbers[v], EPNS_F64, 2,
                                           (const int64_t[]){ n, d });
  }
  for (gsize i = 0; i < (gsize) n; i++)
    self->mass[i] = 0.5 + epns_random_uniform (&key, 2, i);
  self->views[VIEW_MASS] = epns_view_contiguous (self->mass, EPNS_F64, 1, (const int64_t[]){ n });
  self->views[VIEW_TYPE] = (epns_view){ .dtype = EPNS_I32 };
  self->views[VIEW_RADIUS] = (epns_view){ .dtype = EPNS_F64 };
}

static void
member_clear (Member *self)
{
  g_free (self->numbers[0]);
  g_free (self->numbers[1]);
  g_free (self->mass);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Member, member_clear)

static gboolean
same (const Member *a, const Member *b)
{
  const gsize bytes = (gsize) (a->n * a->d) * sizeof (double);

  return memcmp (a->numbers[0], b->numbers[0], bytes) == 0
         && memcmp (a->numbers[1], b->numbers[1], bytes) == 0;
}

static void
no_params (epns_view views[N_PARAMS])
{
  for (guint p = 0; p < N_PARAMS; p++)
    views[p] = (epns_view){ .dtype = p == PARAM_DOMAIN ? EPNS_F64 : EPNS_I32 };
}

static epns_run *
start (const Opened *opened, const epns_view *params, guint64 stream)
{
  epns_view none[N_PARAMS];
  epns_error error = { .text = "" };
  epns_run *run = NULL;

  no_params (none);
  ck_assert_msg (
      KIND->start (opened->model, params ? params : none, N_PARAMS, 3, stream, &run, &error)
          == EPNS_OK,
      "%s", error.text);
  return run;
}

/* Members with streams first, first + 1, ...: n_steps in one call. */
static void
step_members (const Opened *opened, Member *members, guint n, guint64 first, guint n_steps)
{
  g_autofree epns_run **runs = g_new (epns_run *, n);
  g_autofree epns_frame *frames = g_new0 (epns_frame, n);
  epns_error error = { .text = "" };

  for (guint i = 0; i < n; i++) {
    runs[i] = start (opened, NULL, first + i);
    frames[i] = (epns_frame){ .views = members[i].views, .n_views = N_VIEWS };
  }
  ck_assert_msg (KIND->step (runs, frames, n, n_steps, 1, &error) == EPNS_OK, "%s", error.text);
  for (guint i = 0; i < n; i++) {
    ck_assert_int_eq (frames[i].step, n_steps);
    KIND->stop (runs[i]);
  }
}

/* --- Steps --- */

#define MEMBERS 37

/* Some of other sizes between them, so that groups break up. */
static gint64
size_of (guint i)
{
  return i % 7 == 6 ? 3 : 5;
}

START_TEST (company_and_threads_change_no_bit)
{
  for (guint threads = 1; threads <= 3; threads += 2) {
    Opened opened;
    Member together[MEMBERS];

    open_published (&opened, threads);
    for (guint i = 0; i < MEMBERS; i++)
      member_init (&together[i], size_of (i), 3, i);
    step_members (&opened, together, MEMBERS, 0, 3);
    for (guint i = 0; i < MEMBERS; i++) {
      g_auto (Member) alone;
      member_init (&alone, size_of (i), 3, i);
      for (guint s = 0; i % 4 == 0 && s < 1; s++)
        step_members (&opened, &alone, 1, i, 3);
      ck_assert (i % 4 != 0 || same (&alone, &together[i]));
    }
    for (guint i = 0; i < MEMBERS; i++)
      member_clear (&together[i]);
    KIND->close (opened.model);
  }
}
END_TEST

START_TEST (streams_differ_and_archives_go_on)
{
  Opened opened;
  g_auto (Member) one, other, resumed;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  epns_error error = { .text = "" };

  open_published (&opened, 1);
  member_init (&one, 5, 3, 1);
  member_init (&other, 5, 3, 1);
  member_init (&resumed, 5, 3, 1);
  step_members (&opened, &one, 1, 0, 4);
  step_members (&opened, &other, 1, 1, 4);
  ck_assert (!same (&one, &other));

  epns_run *run = start (&opened, NULL, 0), *later = start (&opened, NULL, 99);
  epns_frame frame = { .views = resumed.views, .n_views = N_VIEWS };
  epns_archive writer = epns_archive_writer (bytes);
  ck_assert_int_eq (KIND->step (&run, &frame, 1, 1, 1, &error), EPNS_OK);
  ck_assert_int_eq (KIND->archive (run, &writer, &error), EPNS_OK);
  EpnsArchiveSource from = { bytes->data, bytes->len, 0 };
  epns_archive reader = epns_archive_reader (&from);
  ck_assert_int_eq (KIND->archive (later, &reader, &error), EPNS_OK);
  ck_assert_int_eq (KIND->step (&later, &frame, 1, 3, 1, &error), EPNS_OK);
  ck_assert (same (&one, &resumed));
  KIND->stop (run);
  KIND->stop (later);
  KIND->close (opened.model);
}
END_TEST

/* Double and single differ by rounding; drawn states and means by more. */
START_TEST (manners_differ_as_they_should)
{
  Opened opened;
  double off[2] = { 0 };

  open_published (&opened, 1);
  for (guint way = 0; way < 2; way++) {
    g_auto (Member) plain, other;
    epns_view params[N_PARAMS];
    epns_error error = { .text = "" };
    gint32 one = 1;

    no_params (params);
    params[way ? PARAM_PREDICTION : PARAM_PRECISION] = epns_view_contiguous (&one, EPNS_I32, 0,
                                                                             NULL);
    member_init (&plain, 5, 3, 1);
    member_init (&other, 5, 3, 1);
    step_members (&opened, &plain, 1, 0, 1);
    epns_run *run = start (&opened, params, 0);
    epns_frame frame = { .views = other.views, .n_views = N_VIEWS };
    ck_assert_int_eq (KIND->step (&run, &frame, 1, 1, 1, &error), EPNS_OK);
    for (gsize i = 0; i < 15; i++)
      off[way] = fmax (off[way], fabs (plain.numbers[0][i] - other.numbers[0][i]));
    KIND->stop (run);
  }
  ck_assert (off[0] > 0 && off[0] < 1e-4);
  ck_assert (off[1] > 1e-3);
  KIND->close (opened.model);
}
END_TEST

/* --- Refusals --- */

static void
refused (const Opened *opened, Member *member, const char *says)
{
  epns_run *run = start (opened, NULL, 0);
  epns_frame frame = { .views = member->views, .n_views = N_VIEWS };
  epns_error error = { .text = "" };
  g_autofree double *before = g_memdup2 (member->numbers[0],
                                         (gsize) (member->n * member->d) * sizeof (double));

  ck_assert_int_eq (KIND->step (&run, &frame, 1, 1, 1, &error), EPNS_DISCARD);
  ck_assert_int_eq (frame.status, EPNS_DISCARD);
  ck_assert_int_eq (frame.step, 0);
  ck_assert_msg (strstr (error.text, says) != NULL, "%s", error.text);
  ck_assert_mem_eq (before, member->numbers[0], (gsize) (member->n * member->d) * sizeof (double));
  KIND->stop (run);
}

START_TEST (refusals_change_nothing)
{
  Opened opened;
  g_auto (Member) member;
  gint32 types[5] = { 0, 0, 0, 1, 0 };

  open_published (&opened, 1);
  member_init (&member, 5, 3, 1);
  member.views[VIEW_MASS].shape[0] = 4;
  refused (&opened, &member, "mass has 4 bodies and position 5");
  member.views[VIEW_MASS].shape[0] = 5;
  member.mass[2] = -1;
  refused (&opened, &member, "the mass of body 2 is -1");
  member.mass[2] = 1;
  member.numbers[1][4] = NAN;
  refused (&opened, &member, "the velocity of body 1 is nan");
  member.numbers[1][4] = 0;
  member.views[VIEW_TYPE] = epns_view_contiguous (types, EPNS_I32, 1, (const int64_t[]){ 5 });
  refused (&opened, &member, "body 3 has type 1");
  member.views[VIEW_TYPE].data = NULL;
  member.views[VIEW_POSITION].shape[1] = 2;
  refused (&opened, &member, "axis");
  KIND->close (opened.model);
}
END_TEST

START_TEST (a_box_is_for_models_that_know_one)
{
  Opened opened;
  epns_view params[N_PARAMS];
  epns_error error = { .text = "" };
  epns_run *run = NULL;
  double domain[6] = { 0, 10, 0, 10, 0, 10 };
  gint32 periodic[3] = { 0, 1, 0 };
  g_autofree char *weights = suite_source ("tests/golden/fagnn_b3.weights.safetensors");
  g_autoptr (GString) log = g_string_new (NULL);

  open_source (&opened, weights, 1, log);
  no_params (params);
  params[PARAM_PERIODIC] = epns_view_contiguous (periodic, EPNS_I32, 1, (const int64_t[]){ 3 });
  ck_assert_int_eq (KIND->start (opened.model, params, N_PARAMS, 1, 0, &run, &error), EPNS_DISCARD);
  ck_assert_ptr_nonnull (strstr (error.text, "there is no domain"));
  params[PARAM_DOMAIN] = epns_view_contiguous (domain, EPNS_F64, 2, (const int64_t[]){ 3, 2 });
  ck_assert_int_eq (KIND->start (opened.model, params, N_PARAMS, 1, 0, &run, &error), EPNS_DISCARD);
  ck_assert_ptr_nonnull (strstr (error.text, "frames=\"box\""));
  periodic[1] = 0;
  ck_assert_uint_eq (log->len, 0);
  ck_assert_int_eq (KIND->start (opened.model, params, N_PARAMS, 1, 0, &run, &error), EPNS_OK);
  ck_assert_ptr_nonnull (strstr (log->str, "knows no walls"));
  KIND->stop (run);
  KIND->close (opened.model);
}
END_TEST

/* A model folder of a sparse network in a periodic plane, many bodies in one call. */
START_TEST (model_folders_open)
{
  g_autofree char *folder = g_dir_make_tmp ("epns-graph-XXXXXX", NULL);
  g_autofree char *xml = g_build_filename (folder, "model.xml", NULL),
                  *file = g_build_filename (folder, "weights.safetensors", NULL);
  const EpnsGraphConfig config = { .num_layers = 1,
                                   .emb_dim = 8,
                                   .num_latent_dim = 2,
                                   .EPS = 1e-5,
                                   .dimensions = 2,
                                   .species = 2,
                                   .cutoff = 3,
                                   .edge_direction = TRUE,
                                   .frames = EPNS_FRAMES_BOX,
                                   .scale = 10,
                                   .velocity_scale = 10 };
  g_autoptr (EpnsGraph) net = epns_graph_draw (&config, 1);
  g_autoptr (GArray) tensors = g_array_new (FALSE, TRUE, sizeof (EpnsStored));
  const EpnsWeights *weights = epns_graph_weights (net);
  double domain[4] = { 0, 60, 0, 60 };
  gint32 periodic[2] = { 1, 1 };
  epns_view params[N_PARAMS];
  epns_error error = { .text = "" };
  Opened opened;
  g_auto (Member) member;

  for (guint i = 0; i < epns_weights_n (weights); i++) {
    const EpnsTensor *tensor = epns_weights_tensor (weights, i);
    EpnsStored stored = { .name = epns_weights_name (weights, i),
                          .type = EPNS_STORED_F32,
                          .rank = tensor->rank,
                          .count = tensor->count,
                          .bytes = 4 * tensor->count,
                          .data = tensor->data };
    for (guint a = 0; a < tensor->rank; a++)
      stored.shape[a] = (gsize) tensor->shape[a];
    g_array_append_val (tensors, stored);
  }
  ck_assert (epns_safetensors_write (file, (const EpnsStored *) (gpointer) tensors->data,
                                     tensors->len, NULL, NULL));
  ck_assert (g_file_set_contents (
      xml,
      "<model xmlns=\"https://epns.org/ns/model/1\" version=\"1\" name=\"sparse\">"
      "<network kind=\"epns-graph\" num-layers=\"1\" emb-dim=\"8\" num-latent-dim=\"2\" "
      "do-node-aggregation=\"false\" dimensions=\"2\" species=\"2\" cutoff=\"3\" "
      "edge-direction=\"true\" node-position=\"false\" frames=\"box\"/>"
      "<weights file=\"weights.safetensors\"/><step length=\"10\" unit=\"min\"/></model>",
      -1, NULL));
  open_source (&opened, folder, 1, NULL);
  const char *unit;
  double dt;
  guint32 n_fields;
  KIND->fields (opened.model, &n_fields, &dt, &unit);
  ck_assert_double_eq (dt, 10);
  ck_assert_str_eq (unit, "min");
  no_params (params);
  params[PARAM_PERIODIC] = epns_view_contiguous (periodic, EPNS_I32, 1, (const int64_t[]){ 2 });
  params[PARAM_DOMAIN] = epns_view_contiguous (domain, EPNS_F64, 2, (const int64_t[]){ 2, 2 });
  member_init (&member, 400, 2, 5);
  epns_run *run = start (&opened, params, 0);
  epns_frame frame = { .views = member.views, .n_views = N_VIEWS };
  ck_assert_msg (KIND->step (&run, &frame, 1, 2, 10, &error) == EPNS_OK, "%s", error.text);
  for (gsize i = 0; i < 800; i++)
    ck_assert (member.numbers[0][i] >= 0 && member.numbers[0][i] < 60);
  KIND->stop (run);
  KIND->close (opened.model);
  g_unlink (xml);
  g_unlink (file);
  g_rmdir (folder);
}
END_TEST

SUITE ("kind-graph", company_and_threads_change_no_bit, streams_differ_and_archives_go_on,
       manners_differ_as_they_should, refusals_change_nothing, a_box_is_for_models_that_know_one,
       model_folders_open)
