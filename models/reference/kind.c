/* SPDX-License-Identifier: MIT */
/* The mechanistic kinds' common half of the step interface. */
#include "models/reference/kind.h"
#include "plugin/error.h"
#include "plugin/parallel.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

epns_status
epns_reference_open (const EpnsReferenceKind *about, const epns_host *host, const char *source,
                     GArray *params, epns_model **model, epns_error *error)
{
  guint n = params->len;
  g_autofree EpnsParamField *fields = (gpointer) g_array_free (params, FALSE);

  if (source != NULL && *source != '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "the kind %s has no model files, so '%s' means nothing to it; open it "
                           "without a source",
                           about->kind->id, source);
  epns_model *self = g_new0 (epns_model, 1);
  self->about = about;
  self->host = host;
  self->params = g_steal_pointer (&fields);
  self->n_params = n;
  self->fields = g_new0 (epns_field, n + about->n_frames);
  for (guint p = 0; p < n; p++)
    self->fields[p] = self->params[p].field;
  memcpy (self->fields + n, about->frames, about->n_frames * sizeof *about->frames);
  *model = self;
  return EPNS_OK;
}

void
epns_reference_close (epns_model *model)
{
  g_free (model->params);
  g_free (model->fields);
  g_free (model);
}

const epns_field *
epns_reference_fields (const epns_model *model, uint32_t *n, double *native_dt,
                       const char **time_unit)
{
  *n = model->n_params + model->about->n_frames;
  if (native_dt != NULL)
    *native_dt = model->about->native_dt;
  if (time_unit != NULL)
    *time_unit = model->about->kind->time_unit;
  return model->fields;
}

const void *
epns_reference_extension (const char *id)
{
  (void) id;
  return NULL;
}

epns_status
epns_reference_params (const epns_model *model, const epns_view *params, uint32_t n_params,
                       EpnsParams *read, epns_error *error)
{
  *read = (EpnsParams){ .fields = model->params, .views = params, .n = n_params };
  if (n_params == model->n_params)
    return epns_params_check (read, error);
  return epns_error_set (error, EPNS_DISCARD,
                         "%s has %u parameters and %u views were lent; lend one for each, without "
                         "data where it is left to the default",
                         model->about->kind->id, model->n_params, n_params);
}

void
epns_run_head_init (EpnsRunHead *self, const epns_model *model, uint64_t seed, uint64_t stream)
{
  self->model = model;
  self->key = (EpnsDrawKey){ .seed = seed, .stream = stream };
}

void
epns_run_head_archive (EpnsArchiver *archiver, EpnsDrawKey *key)
{
  epns_archiver_u64 (archiver, &key->seed);
  epns_archiver_u64 (archiver, &key->stream);
  epns_archiver_u64 (archiver, &key->step);
}

/* Stepping */

/* One line that names every field of a frame. */
static epns_status
refuse_views (const EpnsReferenceKind *about, guint32 n_views, epns_error *error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint f = 0; f < about->n_frames; f++)
    g_string_append_printf (names, "%s%s%s", f > 0 ? ", " : "", about->frames[f].name,
                            about->frames[f].optional ? " (or no data)" : "");
  epns_error_set (error, EPNS_DISCARD, "%u views were lent; lend %s", n_views, names->str);
  error->need = about->n_frames;
  return EPNS_DISCARD;
}

static epns_status
check_frame (const epns_model *model, const epns_frame *frame, epns_error *error)
{
  const EpnsReferenceKind *about = model->about;

  if (frame->n_views != about->n_frames)
    return refuse_views (about, frame->n_views, error);
  for (guint v = 0; v < about->n_frames; v++)
    if (epns_view_check (&frame->views[v], &about->frames[v], (gint32) (model->n_params + v), error)
        != EPNS_OK)
      return EPNS_DISCARD;
  return EPNS_OK;
}

typedef struct {
  epns_run *const *runs;
  epns_frame *frames;
  guint64 n_native;
} Batch;

static EpnsRunHead *
head_of (epns_run *run)
{
  return (EpnsRunHead *) run;
}

static void
step_task (void *arg, guint32 i)
{
  const Batch *batch = arg;
  epns_run *run = batch->runs[i];
  EpnsRunHead *head = head_of (run);
  epns_frame *frame = &batch->frames[i];

  frame->status = check_frame (head->model, frame, &head->error);
  if (frame->status == EPNS_OK)
    frame->status = head->model->about->member (run, frame, batch->n_native, &head->error);
  frame->step = (gint64) head->key.step;
}

/* How many native steps make dt; 0: none do. */
static guint64
native_steps (const EpnsReferenceKind *about, double dt)
{
  double ratio = dt / about->native_dt, whole = round (ratio);

  if (!(whole >= 1 && whole <= G_MAXUINT32) || fabs (ratio - whole) > 1e-9 * whole)
    return 0;
  return (about->kind->caps & EPNS_ANY_DT) != 0 || whole <= 1 ? (guint64) whole : 0;
}

static epns_status
refuse_dt (const EpnsReferenceKind *about, epns_run *const *runs, epns_frame *frames, guint32 n,
           double dt, epns_error *error)
{
  gboolean any = (about->kind->caps & EPNS_ANY_DT) != 0;

  for (guint32 i = 0; i < n; i++) {
    frames[i].status = EPNS_DISCARD;
    frames[i].step = (gint64) head_of (runs[i])->key.step;
  }
  epns_error_set (error, EPNS_DISCARD, "dt is %g%s%s; %s, so give %s%g", dt,
                  g_str_equal (about->kind->time_unit, "1") ? "" : " ",
                  g_str_equal (about->kind->time_unit, "1") ? "" : about->kind->time_unit,
                  about->step_is, any ? "a whole multiple of " : "", about->native_dt);
  if (error != NULL && about->native_dt >= 1)
    error->need = (gint64) about->native_dt;
  return EPNS_DISCARD;
}

epns_status
epns_reference_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps,
                     double dt, epns_error *error)
{
  if (n == 0)
    return EPNS_OK;
  const epns_model *model = head_of (runs[0])->model;
  guint64 steps = native_steps (model->about, dt);
  Batch batch = { .runs = runs, .frames = frames, .n_native = steps * n_steps };

  if (steps == 0)
    return refuse_dt (model->about, runs, frames, n, dt, error);
  epns_parallel_for (model->host, n, step_task, &batch);
  for (guint32 i = 0; i < n; i++)
    if (frames[i].status != EPNS_OK) { /* a member can be refused, and nothing worse */
      if (error != NULL) {
        *error = head_of (runs[i])->error;
        error->member = (gint32) i;
      }
      return EPNS_DISCARD;
    }
  return EPNS_OK;
}
