/* SPDX-License-Identifier: MIT */
/* Steps of the graph kind: what the host lent is looked through, and members of one size are
 * evaluated together. */
#include "models/epns/kind-graph-private.h"
#include "plugin/error.h"
#include "plugin/parallel.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

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
check_numbers (const epns_run *run, const double *numbers, gsize n, gsize each, double above,
               gint32 view, epns_error *error)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (numbers[i]) || numbers[i] < above)
      return epns_refuse (error, N_PARAMS + view, -1, -1,
                          "the %s of body %" G_GSIZE_FORMAT " is %g; give a finite number%s",
                          run->model->fields[N_PARAMS + view].name, i / each, numbers[i],
                          above > -INFINITY ? " that is not negative" : "");
  return EPNS_OK;
}

static epns_status
check_bodies (const epns_run *run, const EpnsSystems *bodies, epns_error *error)
{
  const gsize d = bodies->dimensions;
  const gint32 species = (gint32) epns_graph_config (run->model->net)->species;

  if (check_numbers (run, bodies->position, bodies->n * d, d, -INFINITY, VIEW_POSITION, error) != EPNS_OK
      || check_numbers (run, bodies->velocity, bodies->n * d, d, -INFINITY, VIEW_VELOCITY, error)
             != EPNS_OK
      || check_numbers (run, bodies->mass, bodies->n, 1, 0, VIEW_MASS, error) != EPNS_OK
      || check_numbers (run, bodies->radius, bodies->n, 1, 0, VIEW_RADIUS, error) != EPNS_OK)
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
  epns_graph_note (run->model, text);
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

epns_status
epns_graph_kind_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps,
                      double dt, epns_error *error)
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
