/* SPDX-License-Identifier: MIT */
/* The graph network behind the step interface. */
#include "models/epns/kind-graph.h"
#include "models/epns/graph-step.h"
#include "models/epns/graph-train.h"
#include "models/epns/learned.h"
#include "models/epns/source.h"
#include "models/epns/verify-graph.h"
#include "plugin/epns_about.h"
#include "plugin/error.h"
#include "plugin/parallel.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

enum { PARAM_DOMAIN, PARAM_PERIODIC, PARAM_PREDICTION, PARAM_PRECISION, PARAM_OUTSIDE, N_PARAMS };
enum { VIEW_POSITION, VIEW_VELOCITY, VIEW_MASS, VIEW_TYPE, VIEW_RADIUS, N_VIEWS };

/* clang-format off */
#define FIELD(r, n, t, a, k) .name = n, .unit = "1", .axes = a, .role = r, .dtype = t, .rank = k
static const epns_field all_fields[N_PARAMS + N_VIEWS] = {
  [PARAM_DOMAIN] = { FIELD (EPNS_PARAM, "domain", EPNS_F64, "axis,bound", 2), .optional = 1,
                     .extent = { -1, 2 } },
  [PARAM_PERIODIC] = { FIELD (EPNS_PARAM, "periodic", EPNS_I32, "axis", 1), .optional = 1,
                       .extent = { -1 } },
  [PARAM_PREDICTION] = { FIELD (EPNS_PARAM, "prediction", EPNS_I32, "", 0), .optional = 1,
                         .values = "mean,drawn" },
  [PARAM_PRECISION] = { FIELD (EPNS_PARAM, "precision", EPNS_I32, "", 0), .optional = 1,
                        .values = "single,double" },
  [PARAM_OUTSIDE] = { FIELD (EPNS_PARAM, "outside", EPNS_I32, "", 0), .optional = 1,
                      .values = "warn,refuse" },
  [N_PARAMS + VIEW_POSITION] = { FIELD (EPNS_STATE, "position", EPNS_F64, "body,axis", 2),
                                 .extent = { -1, -1 } },
  [N_PARAMS + VIEW_VELOCITY] = { FIELD (EPNS_STATE, "velocity", EPNS_F64, "body,axis", 2),
                                 .extent = { -1, -1 } },
  [N_PARAMS + VIEW_MASS] = { FIELD (EPNS_INPUT, "mass", EPNS_F64, "body", 1), .optional = 1,
                             .extent = { -1 } },
  [N_PARAMS + VIEW_TYPE] = { FIELD (EPNS_INPUT, "cell-type", EPNS_I32, "body", 1), .optional = 1,
                             .extent = { -1 } },
  [N_PARAMS + VIEW_RADIUS] = { FIELD (EPNS_INPUT, "radius", EPNS_F64, "body", 1), .optional = 1,
                               .extent = { -1 } },
};
#undef FIELD
/* clang-format on */

struct epns_model {
  const epns_host *host;
  EpnsGraph *net;
  epns_field fields[N_PARAMS + N_VIEWS];
  double dt;
  char *unit, *types; /* types: names, separated by commas, or NULL */
  char *about;        /* one line */
  EpnsValidRange bodies;
  guint64 fingerprint; /* of the weights */
  GMutex lock;         /* guards what follows */
  GPtrArray *idle[2];  /* contexts: [0] of one thread, [1] with the host's */
};

struct epns_run {
  epns_model *model;
  EpnsDrawKey key; /* key.step counts the steps taken */
  EpnsBox box;
  EpnsGraphManner manner;
  gboolean refuses; /* numbers of bodies that the model was not trained on */
  epns_error error; /* of the call under way */
};

/* --- Opening --- */

static gboolean
read_description (epns_model *self, EpnsModelDescription *description, GError **error)
{
  const guint species = epns_graph_config (self->net)->species;

  if (!g_str_equal (description->kind, epns_kind_graph.id)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: the model is of kind '%s'; open it with that kind", description->path,
                 description->kind);
    return FALSE;
  }
  if (description->types != NULL && species > 1 && description->n_types != species) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: <types> lists %" G_GSIZE_FORMAT " types and the network knows %u; make them "
                 "agree",
                 description->path, description->n_types, species);
    return FALSE;
  }
  if (description->step_length > 0)
    self->dt = description->step_length;
  if (description->step_unit != NULL) {
    g_free (self->unit);
    self->unit = g_strdup (description->step_unit);
  }
  if (description->types != NULL)
    self->types = g_strjoinv (",", description->types);
  self->bodies = description->validity.cells;
  return epns_model_description_all_used (description, error);
}

static gboolean
open_source (epns_model *self, const char *path, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };

  if (!epns_source_open (&source, path, error))
    return FALSE;
  self->net = epns_graph_new (source.weights, source.description, FALSE, error);
  if (self->net == NULL)
    return FALSE;
  self->fingerprint = epns_weights_fingerprint (source.weights);
  self->about = epns_model_description_about (source.description);
  self->dt = 1;
  self->unit = g_strdup ("step");
  self->bodies = (EpnsValidRange){ 0, INFINITY };
  return source.description == NULL || read_description (self, source.description, error);
}

static void
graph_close (epns_model *self)
{
  for (guint i = 0; i < 2; i++)
    g_ptr_array_unref (self->idle[i]);
  epns_graph_free (self->net);
  g_mutex_clear (&self->lock);
  g_free (self->unit);
  g_free (self->types);
  g_free (self->about);
  g_free (self);
}

static void
declare (epns_model *self)
{
  const EpnsGraphConfig *config = epns_graph_config (self->net);
  const gint32 d = (gint32) config->dimensions;

  memcpy (self->fields, all_fields, sizeof all_fields);
  self->fields[PARAM_DOMAIN].extent[0] = self->fields[PARAM_PERIODIC].extent[0] = d;
  self->fields[PARAM_PREDICTION].fallback = config->sample_from_pred;
  self->fields[N_PARAMS + VIEW_POSITION].extent[1] = d;
  self->fields[N_PARAMS + VIEW_VELOCITY].extent[1] = d;
  self->fields[N_PARAMS + VIEW_TYPE].values = self->types;
  self->fields[N_PARAMS + VIEW_RADIUS].optional = !config->radius;
}

static epns_status
graph_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (source == NULL || *source == '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "epns-graph needs a model; give a model folder or a weights file");
  epns_model *self = g_new0 (epns_model, 1);
  self->host = host;
  g_mutex_init (&self->lock);
  for (guint i = 0; i < 2; i++)
    self->idle[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_context_free);
  if (!open_source (self, source, &failure)) {
    graph_close (self);
    return epns_error_take (error, EPNS_DISCARD, &failure);
  }
  declare (self);
  *model = self;
  return EPNS_OK;
}

static const epns_field *
graph_fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = N_PARAMS + N_VIEWS;
  if (native_dt != NULL)
    *native_dt = model->dt;
  if (time_unit != NULL)
    *time_unit = model->unit;
  return model->fields;
}

/* --- Runs --- */

static void
note (const epns_model *model, const char *text)
{
  if (model->host != NULL && model->host->log != NULL)
    model->host->log (model->host->ctx, 1, text);
}

static epns_status
read_box (epns_run *run, const epns_view *params, epns_error *error)
{
  const EpnsGraphConfig *config = epns_graph_config (run->model->net);
  g_autofree double *domain = epns_param_values (&params[PARAM_DOMAIN]);
  g_autofree gint32 *periodic = epns_param_values (&params[PARAM_PERIODIC]);
  gboolean walled = FALSE;

  for (guint a = 0; a < config->dimensions; a++) {
    const gboolean wraps = periodic != NULL && periodic[a] != 0;

    if (wraps && (domain == NULL || config->frames != EPNS_FRAMES_BOX))
      return epns_refuse (error, domain == NULL ? PARAM_DOMAIN : PARAM_PERIODIC, -1, -1,
                          domain == NULL
                              ? "axis %u is periodic and there is no domain; give one"
                              : "axis %u is periodic, and principal axes mean nothing in "
                                "a periodic box; use a model with frames=\"box\"",
                          a);
    if (domain == NULL)
      continue;
    run->box.low[a] = domain[2 * a];
    run->box.high[a] = domain[2 * a + 1];
    run->box.wraps[a] = wraps;
    run->box.walled[a] = !wraps && config->walls;
    walled |= !wraps && !config->walls;
    if (!(isfinite (domain[2 * a]) && isfinite (domain[2 * a + 1])
          && domain[2 * a] < domain[2 * a + 1]))
      return epns_refuse (error, PARAM_DOMAIN, 0, -1,
                          "the domain reaches from %g to %g along axis %u; give a lower and a "
                          "higher bound",
                          domain[2 * a], domain[2 * a + 1], a);
  }
  if (config->walls && domain == NULL)
    return epns_refuse (error, PARAM_DOMAIN, -1, -1,
                        "this model feels walls and there is no domain; give one");
  if (walled && run->key.stream == 0) /* once an ensemble */
    note (run->model, "this model knows no walls: bodies move as if the domain went on");
  return EPNS_OK;
}

/* 0 or 1, or the fallback. */
static epns_status
read_choice (const epns_run *run, const epns_view *params, gint32 which, gboolean *value,
             epns_error *error)
{
  const epns_field *field = &run->model->fields[which];
  g_autofree gint32 *given = epns_param_values (&params[which]);

  *value = given != NULL ? given[0] : field->fallback > 0;
  if (*value == 0 || *value == 1)
    return EPNS_OK;
  return epns_refuse (error, which, -1, 0, "%s is %d; give 0 or 1 (%s)", field->name, *value,
                      field->values);
}

static epns_status
graph_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
             uint64_t stream, epns_run **run, epns_error *error)
{
  if (n_params != N_PARAMS)
    return epns_refuse (error, -1, -1, N_PARAMS,
                        "this model has %d parameters and %u views were lent; lend one for each",
                        N_PARAMS, n_params);
  for (gint32 p = 0; p < N_PARAMS; p++)
    if (epns_view_check (&params[p], &model->fields[p], p, error) != EPNS_OK)
      return EPNS_DISCARD;

  g_autofree epns_run *self = g_new0 (epns_run, 1);
  self->model = (epns_model *) model; /* for the idle contexts, under the lock */
  self->key = (EpnsDrawKey){ .seed = seed, .stream = stream };
  if (read_choice (self, params, PARAM_PREDICTION, &self->manner.drawn, error) != EPNS_OK
      || read_choice (self, params, PARAM_PRECISION, &self->manner.exact, error) != EPNS_OK
      || read_choice (self, params, PARAM_OUTSIDE, &self->refuses, error) != EPNS_OK
      || read_box (self, params, error) != EPNS_OK)
    return EPNS_DISCARD;
  *run = g_steal_pointer (&self);
  return EPNS_OK;
}

static void
graph_stop (epns_run *run)
{
  g_free (run);
}

/* --- What a frame must be --- */

static epns_status
check_views (const epns_run *run, const epns_frame *frame, epns_error *error)
{
  if (frame->n_views != N_VIEWS)
    return epns_refuse (error, -1, -1, N_VIEWS,
                        "%u views were lent; lend position, velocity, mass, cell-type and radius",
                        frame->n_views);
  for (gint32 v = 0; v < N_VIEWS; v++) {
    const epns_field *field = &run->model->fields[N_PARAMS + v];
    const gint64 n = frame->views[VIEW_POSITION].shape[0];

    if (epns_view_check (&frame->views[v], field, N_PARAMS + v, error) != EPNS_OK)
      return EPNS_DISCARD;
    if (frame->views[v].data != NULL && frame->views[v].shape[0] != n)
      return epns_refuse (error, N_PARAMS + v, 0, n,
                          "%s has %" G_GINT64_FORMAT " bodies and position %" G_GINT64_FORMAT
                          "; lend as many",
                          field->name, frame->views[v].shape[0], n);
  }
  if (frame->views[VIEW_POSITION].shape[0] < 1)
    return epns_refuse (error, N_PARAMS + VIEW_POSITION, 0, 1,
                        "there is no body; lend one or more");
  return EPNS_OK;
}

static epns_status
check_numbers (const double *numbers, gsize n, gsize each, double above, gint32 view,
               epns_error *error)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (numbers[i]) || numbers[i] < above)
      return epns_refuse (error, N_PARAMS + view, -1, -1,
                          "the %s of body %" G_GSIZE_FORMAT " is %g; give a finite number%s",
                          all_fields[N_PARAMS + view].name, i / each, numbers[i],
                          above > -INFINITY ? " that is not negative" : "");
  return EPNS_OK;
}

static epns_status
check_bodies (const epns_run *run, const EpnsSystems *bodies, epns_error *error)
{
  const gsize d = bodies->dimensions;
  const gint32 species = (gint32) epns_graph_config (run->model->net)->species;

  if (check_numbers (bodies->position, bodies->n * d, d, -INFINITY, VIEW_POSITION, error) != EPNS_OK
      || check_numbers (bodies->velocity, bodies->n * d, d, -INFINITY, VIEW_VELOCITY, error)
             != EPNS_OK
      || check_numbers (bodies->mass, bodies->n, 1, 0, VIEW_MASS, error) != EPNS_OK
      || check_numbers (bodies->radius, bodies->n, 1, 0, VIEW_RADIUS, error) != EPNS_OK)
    return EPNS_DISCARD;
  for (gsize i = 0; i < bodies->n; i++)
    if (bodies->type[i] < 0 || bodies->type[i] >= species)
      return epns_refuse (error, N_PARAMS + VIEW_TYPE, 0, -1,
                          "body %" G_GSIZE_FORMAT " has type %d, which the model has not seen; it "
                          "knows 0 to %d, so use a model trained on this scenario",
                          i, bodies->type[i], species - 1);
  return EPNS_OK;
}

/* As many bodies as in training, or a word about it; of a run's first step alone. */
static epns_status
check_validity (const epns_run *run, const EpnsSystems *bodies, epns_error *error)
{
  const EpnsValidRange *range = &run->model->bodies;

  if (run->key.step > 0
      || ((double) bodies->n >= range->minimum && (double) bodies->n <= range->maximum))
    return EPNS_OK;
  g_autofree char *text = g_strdup_printf (
      "there are %" G_GSIZE_FORMAT " bodies and the model was trained on %g to %g; use a model "
      "trained on this scenario",
      bodies->n, range->minimum, range->maximum);
  if (run->refuses)
    return epns_refuse (error, N_PARAMS + VIEW_POSITION, 0, (gint64) range->minimum, "%s", text);
  note (run->model, text);
  return EPNS_OK;
}

static EpnsSystems *
read_bodies (const epns_run *run, const epns_frame *frame, epns_error *error)
{
  if (check_views (run, frame, error) != EPNS_OK)
    return NULL;
  const epns_view *views = frame->views;
  g_autoptr (EpnsSystems) bodies = epns_systems_new (
      1, (gsize) views[VIEW_POSITION].shape[0], epns_graph_config (run->model->net)->dimensions);
  const gpointer to[] = { bodies->position, bodies->velocity, bodies->mass, bodies->type,
                          bodies->radius };

  for (guint v = 0; v < N_VIEWS; v++)
    if (views[v].data != NULL)
      epns_view_gather (&views[v], to[v]);
  bodies->box = run->box;
  if (check_bodies (run, bodies, error) != EPNS_OK
      || check_validity (run, bodies, error) != EPNS_OK)
    return NULL;
  return g_steal_pointer (&bodies);
}

/* --- Stepping --- */

#define COMPANY 32 /* systems at most that are evaluated together */

typedef struct {
  epns_run *const *runs;
  epns_frame *frames;
  guint32 n, n_steps, each; /* members; steps; members of a task */
} Batch;

/* Memory for evaluations: what is idle, else new. Few exist: as many as have ever run at once. */
static EpnsContext *
borrow_context (epns_model *model, gboolean with_host)
{
  EpnsContext *ctx = NULL;

  g_mutex_lock (&model->lock);
  if (model->idle[with_host]->len > 0)
    ctx = g_ptr_array_steal_index_fast (model->idle[with_host], model->idle[with_host]->len - 1);
  g_mutex_unlock (&model->lock);
  return ctx ? ctx : epns_context_new (with_host ? model->host : NULL);
}

static void
return_context (epns_model *model, gboolean with_host, EpnsContext *ctx)
{
  g_mutex_lock (&model->lock);
  g_ptr_array_add (model->idle[with_host], ctx);
  g_mutex_unlock (&model->lock);
}

/* Members first .. first + n - 1, of equally many bodies and stepped alike, together. Each that
 * succeeds has its bodies moved; FALSE: none has. */
static gboolean
step_together (const Batch *batch, EpnsContext *ctx, EpnsSystems **bodies, guint32 first, guint32 n,
               gint *axis, GError **error)
{
  epns_run *const *runs = batch->runs + first;
  g_autoptr (EpnsSystems) all = epns_systems_join (bodies + first, n);
  EpnsDrawKey keys[COMPANY];

  for (guint32 i = 0; i < n; i++)
    keys[i] = runs[i]->key;
  if (!epns_graph_step (runs[0]->model->net, ctx, runs[0]->manner, all, keys, batch->n_steps, axis,
                        error))
    return FALSE;
  for (guint32 i = 0; i < n; i++) {
    epns_systems_free (bodies[first + i]);
    bodies[first + i] = epns_systems_part (all, i, 1);
    runs[i]->key = keys[i];
  }
  return TRUE;
}

/* The same, or, where that fails, one by one, so that each failure finds its member. */
static void
step_group (const Batch *batch, EpnsContext *ctx, EpnsSystems **bodies, guint32 first, guint32 n)
{
  gint axis;

  if (n > 1 && step_together (batch, ctx, bodies, first, n, &axis, NULL))
    return;
  for (guint32 i = first; i < first + n; i++) {
    epns_run *run = batch->runs[i];
    g_autoptr (GError) failure = NULL;

    if (step_together (batch, ctx, bodies, i, 1, &axis, &failure))
      continue;
    batch->frames[i].status = g_error_matches (failure, EPNS_FAILURE, EPNS_FAILURE_MISMATCH)
                                  ? epns_refuse (&run->error, axis >= 0 ? PARAM_DOMAIN : -1,
                                                 axis >= 0 ? 0 : -1, -1, "%s", failure->message)
                                  : epns_error_take (&run->error, EPNS_ERROR, &failure);
  }
}

static gboolean
go_together (const Batch *batch, EpnsSystems *const *bodies, guint32 i, guint32 k)
{
  const epns_run *a = batch->runs[i], *b = batch->runs[k];

  return bodies[k] != NULL && bodies[i]->n == bodies[k]->n && a->manner.drawn == b->manner.drawn
         && a->manner.exact == b->manner.exact && memcmp (&a->box, &b->box, sizeof a->box) == 0;
}

/* Members of one task: read, stepped in groups, written back where all has gone well. */
static void
step_task (void *arg, guint32 t)
{
  const Batch *batch = arg;
  const guint32 lo = t * batch->each, hi = MIN (lo + batch->each, batch->n);
  const gboolean with_host = batch->n == 1;
  epns_model *model = batch->runs[lo]->model;
  g_autofree EpnsSystems **bodies = g_new0 (EpnsSystems *, batch->n);
  EpnsContext *ctx = borrow_context (model, with_host);

  for (guint32 i = lo; i < hi; i++) {
    bodies[i] = read_bodies (batch->runs[i], &batch->frames[i], &batch->runs[i]->error);
    batch->frames[i].status = bodies[i] != NULL ? EPNS_OK : EPNS_DISCARD;
  }
  for (guint32 i = lo, n; i < hi; i += n) {
    n = 1;
    if (bodies[i] == NULL)
      continue;
    while (i + n < hi && n < COMPANY && go_together (batch, bodies, i, i + n))
      n++;
    step_group (batch, ctx, bodies, i, n);
  }
  return_context (model, with_host, ctx);
  for (guint32 i = lo; i < hi; i++) {
    epns_frame *frame = &batch->frames[i];

    frame->step = (gint64) batch->runs[i]->key.step;
    if (frame->status == EPNS_OK) {
      epns_view_scatter (&frame->views[VIEW_POSITION], bodies[i]->position);
      epns_view_scatter (&frame->views[VIEW_VELOCITY], bodies[i]->velocity);
    }
    epns_systems_free (bodies[i]);
  }
}

static epns_status
graph_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
            epns_error *error)
{
  if (n == 0)
    return EPNS_OK;
  const epns_model *model = runs[0]->model;
  for (guint32 i = 0; i < n; i++)
    frames[i].step = (gint64) runs[i]->key.step;
  if (!(dt >= model->dt && dt <= model->dt))
    return epns_refuse_dt (frames, n, dt, model->dt, model->unit, error);

  const guint32 threads = model->host != NULL ? MAX (model->host->threads, 1) : 1;
  Batch batch = { .runs = runs, .frames = frames, .n = n, .n_steps = n_steps };

  batch.each = CLAMP ((n + threads - 1) / threads, 1, COMPANY);
  if (n == 1)
    step_task (&batch, 0); /* with the host's threads inside */
  else
    epns_parallel_for (model->host, (n + batch.each - 1) / batch.each, step_task, &batch);
  const guint32 worst = epns_gravest_member (frames, n);
  if (frames[worst].status != EPNS_OK && error != NULL) {
    *error = runs[worst]->error;
    error->member = (gint32) worst;
  }
  return frames[worst].status;
}

static epns_status
graph_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  return epns_learned_archive (epns_kind_graph.id, run->model->fingerprint, &run->key, archive,
                               error);
}

static const char *
about_text (const epns_model *model)
{
  return model->about;
}

static const epns_about graph_about = { .size = sizeof (epns_about),
                                        .text = about_text,
                                        .kernel = epns_learned_kernel };

static const void *
graph_extension (const char *id)
{
  if (g_str_equal (id, EPNS_ABOUT_EXTENSION))
    return &graph_about;
  if (g_str_equal (id, EPNS_VERIFY_EXTENSION))
    return &epns_graph_verify;
  return g_str_equal (id, EPNS_TRAIN_EXTENSION) ? &epns_graph_train : NULL;
}

const epns_kind epns_kind_graph = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "epns-graph",
  .version = "1",
  .title = "EPNS-graph, a learned stochastic step of bodies in space",
  .time_unit = NULL,
  .open = graph_open,
  .close = graph_close,
  .fields = graph_fields,
  .start = graph_start,
  .stop = graph_stop,
  .step = graph_step,
  .archive = graph_archive,
  .extension = graph_extension,
};
