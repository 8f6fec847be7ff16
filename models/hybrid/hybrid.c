/* SPDX-License-Identifier: MIT */
/* A learned step and then native ones, behind the step interface on both sides. */
#include "models/hybrid/hybrid.h"

#include "models/hybrid/hybrid-parts.h"
#include "plugin/archive.h"
#include "plugin/epns_about.h"
#include "plugin/epns_validity.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

struct epns_model {
  EpnsHybridParts parts;
  guint32 steps[EPNS_HYBRID_N_PARTS]; /* of each part in one step of the hybrid */
  gboolean relaxation;                /* native steps take no host time */
  double dt;
  char *about;
};

struct epns_run {
  const epns_model *model;
  epns_run *part[EPNS_HYBRID_N_PARTS];
  GByteArray *kept[EPNS_HYBRID_N_PARTS]; /* where the parts stood before the call under way */
  guint64 step;                          /* steps taken */
  epns_view *work;                       /* [n_views]: STATE and OUTPUT of our own, INPUT lent */
  gpointer *own;                         /* [n_views]: what those of our own point to */
  epns_view *lent[EPNS_HYBRID_N_PARTS];  /* [the part's views]: work in the part's order */
};

static guint32
n_views (const epns_model *model)
{
  return model->parts.n_fields - model->parts.n_params;
}

/* --- Opening --- */

static void
hybrid_close (epns_model *model)
{
  epns_hybrid_parts_clear (&model->parts);
  g_free (model->about);
  g_free (model);
}

/* A step's length, and in words what it is made of. */
static void
settle (epns_model *self, const EpnsModelDescription *description)
{
  const EpnsHybridPart *learned = &self->parts.part[EPNS_HYBRID_LEARNED],
                       *native = &self->parts.part[EPNS_HYBRID_NATIVE];
  double polish = description->hybrid.steps * native->dt;
  g_autofree char *name = g_path_get_basename (description->hybrid.learned);

  self->steps[EPNS_HYBRID_LEARNED] = 1;
  self->steps[EPNS_HYBRID_NATIVE] = description->hybrid.steps;
  self->relaxation = description->hybrid.relaxation;
  self->dt = learned->dt + (self->relaxation ? 0 : polish);
  self->about = g_strdup_printf (
      "a step of %.10g %s is one of %s (%s, %.10g %s), then %u of kind %s (%.10g %s), which %s",
      self->dt, learned->unit, name, learned->kind->id, learned->dt, learned->unit,
      description->hybrid.steps, native->kind->id, polish, native->unit,
      self->relaxation ? "are a relaxation and not counted as time" : "are counted as time");
}

static gboolean
open_folder (epns_model *self, const epns_host *host, const char *source, GError **error)
{
  g_autoptr (EpnsModelDescription) description = epns_model_description_load (source, error);

  if (description == NULL)
    return FALSE;
  if (!g_str_equal (description->kind, epns_kind_hybrid.id)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: the model is of kind '%s'; open it with that kind", description->path,
                 description->kind);
    return FALSE;
  }
  if (!epns_hybrid_parts_open (&self->parts, description, host, error))
    return FALSE;
  settle (self, description);
  return TRUE;
}

static epns_status
hybrid_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (source == NULL || *source == '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "hybrid needs a model; give a model folder whose model.xml has "
                           "<hybrid>");
  epns_model *self = g_new0 (epns_model, 1);
  if (!open_folder (self, host, source, &failure)) {
    hybrid_close (self);
    return epns_error_take (error, EPNS_DISCARD, &failure);
  }
  *model = self;
  return EPNS_OK;
}

static const epns_field *
hybrid_fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = model->parts.n_fields;
  if (native_dt != NULL)
    *native_dt = model->dt;
  if (time_unit != NULL)
    *time_unit = model->parts.part[EPNS_HYBRID_LEARNED].unit;
  return model->parts.fields;
}

/* --- Runs --- */

static void
hybrid_stop (epns_run *run)
{
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++) {
    if (run->part[p] != NULL)
      run->model->parts.part[p].kind->stop (run->part[p]);
    g_byte_array_unref (run->kept[p]);
    g_free (run->lent[p]);
  }
  for (guint32 v = 0; v < n_views (run->model); v++)
    g_free (run->own[v]);
  g_free (run->own);
  g_free (run->work);
  g_free (run);
}

/* The parameters in the part's order. */
static epns_status
start_part (epns_run *run, guint p, const epns_view *params, guint64 seed, guint64 stream,
            epns_error *error)
{
  const EpnsHybridPart *part = &run->model->parts.part[p];
  g_autofree epns_view *views = g_new (epns_view, part->n_params + 1);

  for (guint32 i = 0; i < part->n_params; i++)
    views[i] = params[part->place[i]];
  if (part->kind->start (part->model, views, part->n_params, seed, stream, &run->part[p], error)
      == EPNS_OK)
    return EPNS_OK;
  run->part[p] = NULL;
  if (error != NULL)
    epns_hybrid_parts_translate (&run->model->parts, p, error);
  return EPNS_DISCARD;
}

static epns_status
hybrid_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
              uint64_t stream, epns_run **run, epns_error *error)
{
  const guint64 seeds[EPNS_HYBRID_N_PARTS] = { EPNS_HYBRID_LEARNED_SEED (seed), seed };

  if (n_params != model->parts.n_params)
    return epns_error_set (error, EPNS_DISCARD,
                           "this hybrid has %u parameters and %u views were lent; lend one for "
                           "each, without data where it is left to the default",
                           model->parts.n_params, n_params);
  epns_run *self = g_new0 (epns_run, 1);
  self->model = model;
  self->work = g_new0 (epns_view, n_views (model));
  self->own = g_new0 (gpointer, n_views (model));
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++) {
    const EpnsHybridPart *part = &model->parts.part[p];
    self->kept[p] = g_byte_array_new ();
    self->lent[p] = g_new0 (epns_view, part->n_fields - part->n_params + 1);
  }
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++)
    if (start_part (self, p, params, seeds[p], stream, error) != EPNS_OK) {
      hybrid_stop (self);
      return EPNS_DISCARD;
    }
  *run = self;
  return EPNS_OK;
}

/* --- Going back --- */

static epns_status
keep (epns_run *run, epns_error *error)
{
  epns_status status = EPNS_OK;

  for (guint p = 0; p < EPNS_HYBRID_N_PARTS && status == EPNS_OK; p++) {
    g_byte_array_set_size (run->kept[p], 0);
    epns_archive archive = epns_archive_writer (run->kept[p]);
    status = run->model->parts.part[p].kind->archive (run->part[p], &archive, error);
  }
  return status;
}

/* The parts as they were kept: what one of them refuses must not have moved the other. */
static epns_status
go_back (epns_run *run, epns_error *error)
{
  epns_status status = EPNS_OK;

  for (guint p = 0; p < EPNS_HYBRID_N_PARTS && status == EPNS_OK; p++) {
    EpnsArchiveSource from = { .data = run->kept[p]->data, .size = run->kept[p]->len };
    epns_archive archive = epns_archive_reader (&from);
    status = run->model->parts.part[p].kind->archive (run->part[p], &archive, error);
  }
  return status == EPNS_OK ? EPNS_OK : EPNS_ERROR;
}

/* --- Stepping --- */

static epns_status
check_frame (const epns_run *run, const epns_frame *frame, epns_error *error)
{
  const EpnsHybridParts *parts = &run->model->parts;

  if (frame->n_views != n_views (run->model)) {
    epns_error_set (error, EPNS_DISCARD, "%u views were lent; lend %u, one for each field",
                    frame->n_views, n_views (run->model));
    error->need = n_views (run->model);
    return EPNS_DISCARD;
  }
  for (guint32 v = 0; v < frame->n_views; v++)
    if (epns_view_check (&frame->views[v], &parts->fields[parts->n_params + v],
                         (gint32) (parts->n_params + v), error)
        != EPNS_OK)
      return EPNS_DISCARD;
  return EPNS_OK;
}

/* Work on copies of what changes, so that a later refusal finds the host's own untouched. */
static void
lend (epns_run *run, const epns_frame *frame)
{
  const EpnsHybridParts *parts = &run->model->parts;

  for (guint32 v = 0; v < frame->n_views; v++) {
    const epns_view *host = &frame->views[v];
    gint32 role = parts->fields[parts->n_params + v].role;

    run->work[v] = *host;
    if (role == EPNS_INPUT || host->data == NULL)
      continue;
    run->own[v] = g_realloc_n (run->own[v], MAX ((gsize) epns_view_count (host), 1),
                               epns_dtype_size (host->dtype));
    run->work[v] = epns_view_contiguous (run->own[v], host->dtype, host->rank, host->shape);
    epns_view_gather (host, run->own[v]);
  }
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++) {
    const EpnsHybridPart *part = &parts->part[p];
    for (guint32 i = part->n_params; i < part->n_fields; i++)
      run->lent[p][i - part->n_params] = run->work[part->place[i] - parts->n_params];
  }
}

static void
give_back (epns_run *run, const epns_frame *frame)
{
  const EpnsHybridParts *parts = &run->model->parts;

  for (guint32 v = 0; v < frame->n_views; v++)
    if (parts->fields[parts->n_params + v].role != EPNS_INPUT && frame->views[v].data != NULL)
      epns_view_scatter (&frame->views[v], run->own[v]);
}

/* A call of step(): members that still go well are packed together for the parts. */
typedef struct {
  const epns_model *model;
  epns_run *const *runs;
  epns_frame *frames;
  guint32 n;
  epns_run **part_runs;    /* [n] */
  epns_frame *part_frames; /* [n] */
  guint32 *member;         /* [n]: of each packed one */
  epns_status worst;
  epns_error *error; /* the worst member's; may be NULL */
} Call;

static void
note_failure (Call *self, guint32 member, epns_status status, const epns_error *failure)
{
  self->frames[member].status = status;
  if (status <= self->worst)
    return;
  self->worst = status;
  if (self->error != NULL) {
    *self->error = *failure;
    self->error->status = status;
    self->error->member = (gint32) member;
  }
}

static void
begin_member (Call *self, guint32 i)
{
  epns_error failure = { .member = -1, .field = -1, .axis = -1, .need = -1 };

  self->frames[i].status = EPNS_OK;
  if (check_frame (self->runs[i], &self->frames[i], &failure) != EPNS_OK
      || keep (self->runs[i], &failure) != EPNS_OK)
    note_failure (self, i, EPNS_DISCARD, &failure);
  else
    lend (self->runs[i], &self->frames[i]);
}

/* One of those that were packed has failed; where it can go on, neither part has moved. */
static void
undo (Call *self, guint32 i, epns_status status, const epns_error *failure)
{
  epns_error lost;

  if (status == EPNS_DISCARD && go_back (self->runs[i], &lost) != EPNS_OK)
    note_failure (self, i, EPNS_ERROR, &lost);
  else
    note_failure (self, i, status, failure);
}

static void
step_part (Call *self, guint p)
{
  const EpnsHybridPart *part = &self->model->parts.part[p];
  epns_error failure = { .member = -1, .field = -1, .axis = -1, .need = -1 };
  guint32 packed = 0;

  for (guint32 i = 0; i < self->n; i++)
    if (self->frames[i].status == EPNS_OK) {
      self->part_runs[packed] = self->runs[i]->part[p];
      self->part_frames[packed] = (epns_frame){ .views = self->runs[i]->lent[p],
                                                .n_views = part->n_fields - part->n_params };
      self->member[packed++] = i;
    }
  if (packed == 0
      || part->kind->step (self->part_runs, self->part_frames, packed, self->model->steps[p],
                           part->dt, &failure)
             == EPNS_OK)
    return;
  epns_hybrid_parts_translate (&self->model->parts, p, &failure);
  for (guint32 k = 0; k < packed; k++)
    if (self->part_frames[k].status != EPNS_OK)
      undo (self, self->member[k], self->part_frames[k].status, &failure);
}

static void
end_member (Call *self, guint32 i, guint32 n_steps)
{
  epns_run *run = self->runs[i];

  if (self->frames[i].status == EPNS_OK) {
    give_back (run, &self->frames[i]);
    run->step += n_steps;
  }
  self->frames[i].step = (gint64) run->step;
}

static epns_status
refuse_dt (epns_run *const *runs, epns_frame *frames, guint32 n, double dt, epns_error *error)
{
  const epns_model *model = runs[0]->model;

  for (guint32 i = 0; i < n; i++) {
    frames[i].status = EPNS_DISCARD;
    frames[i].step = (gint64) runs[i]->step;
  }
  epns_error_set (error, EPNS_DISCARD, "dt is %g; one step of this hybrid is %g %s, so give that",
                  dt, model->dt, model->parts.part[EPNS_HYBRID_LEARNED].unit);
  if (error != NULL)
    error->need = (gint64) model->dt;
  return EPNS_DISCARD;
}

static epns_status
hybrid_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
             epns_error *error)
{
  if (n == 0)
    return EPNS_OK;
  if (!(dt >= runs[0]->model->dt && dt <= runs[0]->model->dt))
    return refuse_dt (runs, frames, n, dt, error);

  g_autofree epns_run **part_runs = g_new (epns_run *, n);
  g_autofree epns_frame *part_frames = g_new (epns_frame, n);
  g_autofree guint32 *member = g_new (guint32, n);
  Call call = { .model = runs[0]->model,
                .runs = runs,
                .frames = frames,
                .n = n,
                .part_runs = part_runs,
                .part_frames = part_frames,
                .member = member,
                .error = error };

  for (guint32 i = 0; i < n; i++)
    begin_member (&call, i);
  for (guint32 s = 0; s < n_steps; s++)
    for (guint p = 0; p < EPNS_HYBRID_N_PARTS; p++)
      step_part (&call, p);
  for (guint32 i = 0; i < n; i++)
    end_member (&call, i, n_steps);
  return call.worst;
}

/* --- Archives --- */

static epns_status
archive_own (epns_run *run, const epns_archive *archive, guint64 *step, epns_error *error)
{
  const epns_model *model = run->model;
  EpnsArchiver *archiver = epns_archiver_begin (archive, epns_kind_hybrid.id, 1);
  guint32 form[2] = { model->steps[EPNS_HYBRID_NATIVE], (guint32) model->relaxation };

  epns_archiver_u64 (archiver, step);
  epns_archiver_u32s (archiver, form, 2);
  if (epns_archiver_end (archiver, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (form[0] != model->steps[EPNS_HYBRID_NATIVE] || form[1] != (guint32) model->relaxation)
    return epns_error_set (error, EPNS_DISCARD,
                           "the archive was written with %u native steps a step, %s; open the "
                           "hybrid it ran with",
                           form[0], form[1] ? "as a relaxation" : "counted");
  return EPNS_OK;
}

/* Its own place, then each part's archive as that kind writes it. */
static epns_status
hybrid_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  guint64 step = run->step;
  epns_status status = keep (run, error);

  if (status != EPNS_OK)
    return status;
  status = archive_own (run, archive, &step, error);
  for (guint p = 0; p < EPNS_HYBRID_N_PARTS && status == EPNS_OK; p++)
    status = run->model->parts.part[p].kind->archive (run->part[p], archive, error);
  if (status == EPNS_OK) {
    run->step = step;
    return EPNS_OK;
  }
  epns_status back = go_back (run, NULL);
  return back == EPNS_OK ? status : back;
}

static const char *
about_text (const epns_model *model)
{
  return model->about;
}

static const epns_about hybrid_about = { .size = sizeof (epns_about), .text = about_text };

/* The learned part's, which the native steps can only mend. */
static void
cell_volume (const epns_model *model, double *minimum, double *maximum)
{
  const EpnsHybridPart *learned = &model->parts.part[EPNS_HYBRID_LEARNED];
  const epns_validity *validity = learned->kind->extension (EPNS_VALIDITY_EXTENSION);

  *minimum = 0;
  *maximum = INFINITY;
  if (validity != NULL)
    validity->cell_volume (learned->model, minimum, maximum);
}

static double
parameter (const epns_model *model, const char *name, uint32_t row, uint32_t column)
{
  const EpnsHybridPart *learned = &model->parts.part[EPNS_HYBRID_LEARNED];
  const epns_validity *validity = learned->kind->extension (EPNS_VALIDITY_EXTENSION);

  return validity != NULL ? validity->parameter (learned->model, name, row, column) : NAN;
}

static const epns_validity hybrid_validity = { .size = sizeof (epns_validity),
                                               .cell_volume = cell_volume,
                                               .parameter = parameter };

static const void *
hybrid_extension (const char *id)
{
  if (g_str_equal (id, EPNS_VALIDITY_EXTENSION))
    return &hybrid_validity;
  return g_str_equal (id, EPNS_ABOUT_EXTENSION) ? &hybrid_about : NULL;
}

const epns_kind epns_kind_hybrid = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "hybrid",
  .version = "1",
  .title = "A learned step, then native ones that mend its shape",
  .time_unit = NULL,
  .open = hybrid_open,
  .close = hybrid_close,
  .fields = hybrid_fields,
  .start = hybrid_start,
  .stop = hybrid_stop,
  .step = hybrid_step,
  .archive = hybrid_archive,
  .extension = hybrid_extension,
};
