/* SPDX-License-Identifier: MIT */
/* Learned lattice steps behind the step interface. */
#include "models/epns/kind-lattice.h"
#include "models/epns/lattice-told.h"
#include "models/epns/lattice-train.h"
#include "models/epns/lattice-validity.h"
#include "models/epns/learned.h"
#include "models/epns/verify.h"
#include "plugin/epns_about.h"
#include "plugin/epns_validity.h"
#include "plugin/error.h"
#include "plugin/parallel.h"
#include "plugin/view.h"

#include <string.h>

/* Its own parameters; behind them come those that the model was trained at. */
enum { PARAM_PERIODIC, PARAM_FROZEN, PARAM_SITES, PARAM_PRECISION, PARAM_OUTSIDE, N_OWN_PARAMS };
enum { VIEW_IDS, VIEW_TYPES, N_VIEWS };

/* clang-format off */
#define FIELD(r, n, a, k) .name = n, .unit = "1", .axes = a, .role = r, .dtype = EPNS_I32, .rank = k
static const epns_field own_params[N_OWN_PARAMS] = {
  [PARAM_PERIODIC] = { FIELD (EPNS_PARAM, "periodic", "axis", 1), .optional = 1, .extent = { 3 } },
  [PARAM_FROZEN] = { FIELD (EPNS_PARAM, "frozen", "type", 1), .optional = 1, .extent = { -1 } },
  [PARAM_SITES] = { FIELD (EPNS_PARAM, "sites", "", 0), .optional = 1,
                    .values = "likeliest,drawn" },
  [PARAM_PRECISION] = { FIELD (EPNS_PARAM, "precision", "", 0), .optional = 1,
                        .values = "single,half" },
  [PARAM_OUTSIDE] = { FIELD (EPNS_PARAM, "outside", "", 0), .optional = 1,
                      .values = "warn,refuse" },
};
static const epns_field frame_fields[N_VIEWS] = {
  [VIEW_IDS] = { FIELD (EPNS_STATE, "cell-id", "z,y,x", 3), .extent = { 1, -1, -1 } },
  [VIEW_TYPES] = { FIELD (EPNS_INPUT, "cell-type", "cell", 1), .extent = { -1 } },
};
#undef FIELD
/* clang-format on */

struct epns_model {
  const epns_host *host;
  EpnsLatticeNetwork network;
  EpnsLatticeValidity *validity; /* guards itself */
  EpnsLatticeTold told;
  epns_field *fields;            /* [n_params + N_VIEWS] */
  gint32 n_params;
  double dt;
  char *unit;
  char *types; /* their names, separated by commas, so that hosts can hold theirs against them; NULL
                  where unknown */
  guint64 fingerprint; /* of the weights */
  char *about;         /* one line */
  GMutex lock;         /* guards what follows */
  GPtrArray *idle[2];  /* scratches: [0] of one thread, [1] with the host's */
};

struct epns_run {
  epns_model *model;
  EpnsDrawKey key; /* key.step counts the steps taken */
  gboolean periodic[2], drawn, half;
  float *told;      /* of the step that is replaced; NULL: nothing */
  gboolean refuses; /* whatever lies outside the model's validity */
  epns_error error; /* of the call under way */
};

/* --- Opening --- */

static gboolean
check_description (const EpnsLatticeNetwork *network, const EpnsModelDescription *description,
                   GError **error)
{
  if (!g_str_equal (description->kind, epns_kind_lattice.id)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: the model is of kind '%s'; open it with that kind", description->path,
                 description->kind);
    return FALSE;
  }
  if (description->types != NULL && description->n_types != network->n_types) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: <types> lists %" G_GSIZE_FORMAT
                 " types and the network knows %" G_GSIZE_FORMAT
                 "; make them agree, medium included",
                 description->path, description->n_types, network->n_types);
    return FALSE;
  }
  return epns_model_description_all_used (description, error);
}

static gboolean
open_source (epns_model *self, const char *path, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };

  if (!epns_source_open (&source, path, error)
      || !epns_lattice_network_open (&self->network, &source, error))
    return FALSE;
  self->fingerprint = epns_weights_fingerprint (source.weights);
  self->validity = epns_lattice_validity_new (source.description);
  self->about = epns_model_description_about (source.description);
  self->dt = 1;
  if (source.description == NULL) {
    self->unit = g_strdup ("step");
    return TRUE;
  }
  if (source.description->step_length > 0)
    self->dt = source.description->step_length;
  self->unit = g_strdup (source.description->step_unit ? source.description->step_unit : "step");
  if (source.description->types != NULL)
    self->types = g_strjoinv (",", source.description->types);
  return check_description (&self->network, source.description, error);
}

static void
lattice_close (epns_model *self)
{
  for (guint i = 0; i < 2; i++) {
    for (guint k = 0; k < self->idle[i]->len; k++)
      self->network.form.scratch_free (self->idle[i]->pdata[k]);
    g_ptr_array_unref (self->idle[i]);
  }
  epns_lattice_network_clear (&self->network);
  epns_lattice_validity_free (self->validity);
  g_mutex_clear (&self->lock);
  g_free (self->fields);
  g_free (self->unit);
  g_free (self->types);
  g_free (self->about);
  g_free (self);
}

static gboolean
declare (epns_model *self, const char *source, GError **error)
{
  guint n_trained;
  const epns_field *trained = epns_lattice_validity_fields (self->validity, &n_trained);

  self->n_params = N_OWN_PARAMS + (gint32) n_trained;
  self->fields = g_new0 (epns_field, (gsize) self->n_params + N_VIEWS);
  memcpy (self->fields, own_params, sizeof own_params);
  self->fields[PARAM_SITES].fallback = self->network.form.default_drawn;
  if (n_trained > 0)
    memcpy (self->fields + N_OWN_PARAMS, trained, n_trained * sizeof *trained);
  memcpy (self->fields + self->n_params, frame_fields, sizeof frame_fields);
  self->fields[self->n_params + VIEW_TYPES].values = self->types;
  return epns_lattice_told_find (&self->told, &self->network, self->fields + N_OWN_PARAMS,
                                 n_trained, source, error);
}

static epns_status
lattice_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (source == NULL || *source == '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "epns-lattice needs a model; give a model folder or a weights file");
  epns_model *self = g_new0 (epns_model, 1);
  self->host = host;
  g_mutex_init (&self->lock);
  self->idle[0] = g_ptr_array_new ();
  self->idle[1] = g_ptr_array_new ();
  if (!open_source (self, source, &failure) || !declare (self, source, &failure)) {
    lattice_close (self);
    return epns_error_take (error, EPNS_DISCARD, &failure);
  }
  *model = self;
  return EPNS_OK;
}

static const epns_field *
lattice_fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = (guint32) model->n_params + N_VIEWS;
  if (native_dt != NULL)
    *native_dt = model->dt;
  if (time_unit != NULL)
    *time_unit = model->unit;
  return model->fields;
}

/* --- Runs --- */

static epns_status
read_params (epns_run *run, const epns_view *params, epns_error *error)
{
  const EpnsLatticeForm *form = &run->model->network.form;
  g_autofree gint32 *periodic = epns_param_values (&params[PARAM_PERIODIC]);
  g_autofree gint32 *frozen = epns_param_values (&params[PARAM_FROZEN]);
  const epns_field *fields = run->model->fields;

  for (gint32 axis = 1; periodic != NULL && axis < 3; axis++) {
    run->periodic[axis - 1] = periodic[axis] != 0;
    if (periodic[axis] != 0 && !form->wraps)
      return epns_refuse (
          error, PARAM_PERIODIC, 0, 0,
          "the published network pads its borders with zeros and cannot wrap axis %s; "
          "use no-flux borders or "
          "a model with window > 0",
          axis == 1 ? "y" : "x");
  }
  for (int64_t type = 0; frozen != NULL && type < params[PARAM_FROZEN].shape[0]; type++)
    if (frozen[type] != 0)
      return epns_refuse (
          error, PARAM_FROZEN, 0, 0,
          "type %" G_GINT64_FORMAT
          " is frozen and a learned step cannot hold cells still; thaw it or use cpm",
          type);
  if (params[PARAM_SITES].data != NULL && !form->chooses)
    return epns_refuse (error, PARAM_SITES, -1, -1,
                        "this model draws its sites in passes; leave `sites` out");
  if (epns_param_choice (fields, params, PARAM_SITES, &run->drawn, error) != EPNS_OK
      || epns_param_choice (fields, params, PARAM_PRECISION, &run->half, error) != EPNS_OK)
    return EPNS_DISCARD;
  return epns_param_choice (fields, params, PARAM_OUTSIDE, &run->refuses, error);
}

/* What is known before there is a tissue. */
static epns_status
check_validity (const epns_run *run, const epns_view *params, epns_error *error)
{
  const epns_model *model = run->model;
  gint32 which;
  g_autofree char *why = epns_lattice_validity_params (model->validity, model->host, run->refuses,
                                                       params + N_OWN_PARAMS, &which);

  if (why != NULL)
    return epns_refuse (error, N_OWN_PARAMS + which, -1, -1, "%s", why);
  g_autofree char *borders = epns_lattice_validity_boundary (model->validity, model->host,
                                                             run->refuses, run->periodic);
  return borders ? epns_refuse (error, PARAM_PERIODIC, -1, -1, "%s", borders) : EPNS_OK;
}

/* What the network is told, from the same parameters. */
static epns_status
read_told (epns_run *run, const epns_view *params, epns_error *error)
{
  const epns_model *model = run->model;
  g_autoptr (GError) failure = NULL;
  gint32 which;

  run->told = epns_lattice_told_read (&model->told, &model->network, params + N_OWN_PARAMS, &which,
                                      &failure);
  return failure != NULL
             ? epns_refuse (error, N_OWN_PARAMS + which, -1, -1, "%s", failure->message)
             : EPNS_OK;
}

static void
lattice_stop (epns_run *run)
{
  g_free (run->told);
  g_free (run);
}

static epns_status
lattice_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
               uint64_t stream, epns_run **run, epns_error *error)
{
  if (n_params != (guint32) model->n_params)
    return epns_refuse (error, -1, -1, model->n_params,
                        "this model has %d parameters and %u views were lent; lend one for each",
                        model->n_params, n_params);
  for (gint32 p = 0; p < model->n_params; p++)
    if (epns_view_check (&params[p], &model->fields[p], p, error) != EPNS_OK)
      return EPNS_DISCARD;

  epns_run *self = g_new0 (epns_run, 1);
  self->model = (epns_model *) model; /* for the idle scratches, under the lock */
  self->key = (EpnsDrawKey){ .seed = seed, .stream = stream };
  if (read_params (self, params, error) != EPNS_OK
      || check_validity (self, params, error) != EPNS_OK
      || read_told (self, params, error) != EPNS_OK) {
    lattice_stop (self);
    return EPNS_DISCARD;
  }
  *run = self;
  return EPNS_OK;
}

/* --- Stepping --- */

/* Memory for one step: what is idle, else new. Few exist: as many as have ever run at once. */
static gpointer
borrow_scratch (epns_model *model, gboolean with_host)
{
  gpointer scratch = NULL;

  g_mutex_lock (&model->lock);
  if (model->idle[with_host]->len > 0)
    scratch = g_ptr_array_steal_index_fast (model->idle[with_host],
                                            model->idle[with_host]->len - 1);
  g_mutex_unlock (&model->lock);
  return scratch
             ? scratch
             : model->network.form.scratch_new (model->network.net, with_host ? model->host : NULL);
}

static void
return_scratch (epns_model *model, gboolean with_host, gpointer scratch)
{
  g_mutex_lock (&model->lock);
  g_ptr_array_add (model->idle[with_host], scratch);
  g_mutex_unlock (&model->lock);
}

static epns_status
check_frame (const epns_run *run, const epns_frame *frame, epns_error *error)
{
  if (frame->n_views != N_VIEWS)
    return epns_refuse (error, -1, -1, N_VIEWS, "%u views were lent; lend cell-id and cell-type",
                        frame->n_views);
  for (gint32 v = 0; v < N_VIEWS; v++)
    if (epns_view_check (&frame->views[v], &run->model->fields[run->model->n_params + v],
                         run->model->n_params + v, error)
        != EPNS_OK)
      return EPNS_DISCARD;
  return EPNS_OK;
}

/* Every id has a row, every living cell a type that the model knows. */
static epns_status
check_cells (const epns_run *run, const EpnsSites *sites, epns_error *error)
{
  gint32 n_types = (gint32) run->model->network.n_types;

  for (gsize i = 0; i < sites->height * sites->width; i++) {
    gint32 id = sites->id[i];

    if (id < 0)
      return epns_refuse (error, run->model->n_params + VIEW_IDS, -1, 0,
                          "cell-id is %d at y %" G_GSIZE_FORMAT ", x %" G_GSIZE_FORMAT
                          "; ids are 0 (medium) or larger",
                          id, i / sites->width, i % sites->width);
    if ((gsize) id >= sites->n_ids)
      return epns_refuse (error, run->model->n_params + VIEW_TYPES, 0, (gint64) id + 1,
                          "cell %d has no row in cell-type; lend at least %" G_GINT64_FORMAT
                          " rows",
                          id, (gint64) id + 1);
    if (id > 0 && (sites->type[id] < 1 || sites->type[id] >= n_types))
      return epns_refuse (
          error, run->model->n_params + VIEW_TYPES, 0, -1,
          "cell %d has type %d, which the model has not seen; it knows 1 to %d, so use a model "
          "trained on this "
          "scenario",
          id, sites->type[id], n_types - 1);
  }
  return EPNS_OK;
}

/* A tissue as a run begins with it; a resumed one has begun. */
static epns_status
check_tissue (const epns_run *run, const EpnsSites *sites, epns_error *error)
{
  g_autofree guint8 *seen = g_malloc0 (sites->n_ids);
  gsize cells = 0;

  for (gsize i = 0; i < sites->height * sites->width; i++) {
    gint32 id = sites->id[i];
    cells += id > 0 && !seen[id];
    seen[id] = 1;
  }
  g_autofree char *why = epns_lattice_validity_tissue (run->model->validity, run->model->host,
                                                       run->refuses,
                                                       MAX (sites->height, sites->width), cells);
  return why ? epns_refuse (error, run->model->n_params + VIEW_IDS, -1, -1, "%s", why) : EPNS_OK;
}

static epns_status
step_sites (epns_run *run, EpnsSites *sites, guint32 n_steps, gpointer scratch)
{
  const EpnsLatticeNetwork *network = &run->model->network;
  EpnsDrawKey key = run->key;

  for (guint32 s = 0; s < n_steps; s++, key.step++) {
    EpnsObstacle obstacle = { -1, -1 };
    g_autoptr (GError) failure = NULL;

    if (!network->form.takes (network->net, sites, &obstacle, &failure))
      return epns_refuse (&run->error, run->model->n_params + VIEW_IDS,
                          obstacle.axis >= 0 ? obstacle.axis + 1 : -1, obstacle.need, "%s",
                          failure->message);
    if (!network->form.step (network->net, scratch, sites, run->drawn, &key, &failure))
      return epns_error_take (&run->error,
                              g_error_matches (failure, EPNS_FAILURE, EPNS_FAILURE_MISMATCH)
                                  ? EPNS_DISCARD
                                  : EPNS_ERROR,
                              &failure);
  }
  run->key = key;
  return EPNS_OK;
}

/* One member, on copies; the host's lattice is written when all steps have gone well. */
static epns_status
step_member (epns_run *run, const epns_frame *frame, guint32 n_steps, gboolean with_host)
{
  if (check_frame (run, frame, &run->error) != EPNS_OK)
    return EPNS_DISCARD;

  const epns_view *ids = &frame->views[VIEW_IDS], *types = &frame->views[VIEW_TYPES];
  g_autofree gint32 *id = g_new (gint32, epns_view_count (ids));
  g_autofree gint32 *type = g_new (gint32, epns_view_count (types));
  EpnsSites sites = { .id = id,
                      .height = (gsize) ids->shape[1],
                      .width = (gsize) ids->shape[2],
                      .type = type,
                      .periodic = { run->periodic[0], run->periodic[1] },
                      .n_ids = (gsize) types->shape[0],
                      .told = run->told,
                      .half = run->half };

  epns_view_gather (ids, id);
  epns_view_gather (types, type);
  if (check_cells (run, &sites, &run->error) != EPNS_OK
      || (run->key.step == 0 && check_tissue (run, &sites, &run->error) != EPNS_OK))
    return EPNS_DISCARD;
  gpointer scratch = borrow_scratch (run->model, with_host);
  epns_status status = step_sites (run, &sites, n_steps, scratch);
  return_scratch (run->model, with_host, scratch);
  if (status == EPNS_OK)
    epns_view_scatter (ids, id);
  return status;
}

typedef struct {
  epns_run *const *runs;
  epns_frame *frames;
  guint32 n, n_steps;
} Batch;

/* Members share out the host's threads; one alone has them all. */
static void
step_task (void *arg, guint32 i)
{
  const Batch *batch = arg;

  batch->frames[i].status = step_member (batch->runs[i], &batch->frames[i], batch->n_steps,
                                         batch->n == 1);
  batch->frames[i].step = (gint64) batch->runs[i]->key.step;
}

static epns_status
lattice_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
              epns_error *error)
{
  Batch batch = { .runs = runs, .frames = frames, .n = n, .n_steps = n_steps };

  if (n == 0)
    return EPNS_OK;
  for (guint32 i = 0; i < n; i++)
    frames[i].step = (gint64) runs[i]->key.step;
  if (!(dt >= runs[0]->model->dt && dt <= runs[0]->model->dt))
    return epns_refuse_dt (frames, n, dt, runs[0]->model->dt, runs[0]->model->unit, error);
  if (n == 1)
    step_task (&batch, 0);
  else
    epns_parallel_for (runs[0]->model->host, n, step_task, &batch);
  const guint32 worst = epns_gravest_member (frames, n);
  if (frames[worst].status != EPNS_OK && error != NULL) {
    *error = runs[worst]->error;
    error->member = (gint32) worst;
  }
  return frames[worst].status;
}

static epns_status
lattice_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  return epns_learned_archive (epns_kind_lattice.id, run->model->fingerprint, &run->key, archive,
                               error);
}

static const char *
about_text (const epns_model *model)
{
  return model->about;
}

static const epns_about lattice_about = { .size = sizeof (epns_about),
                                          .text = about_text,
                                          .kernel = epns_learned_kernel };

static void
cell_volume (const epns_model *model, double *minimum, double *maximum)
{
  EpnsValidRange range = epns_lattice_validity_volume (model->validity);

  *minimum = range.minimum;
  *maximum = range.maximum;
}

static double
parameter (const epns_model *model, const char *name, uint32_t row, uint32_t column)
{
  return epns_lattice_validity_middle (model->validity, name, row, column);
}

static const epns_validity lattice_validity = { .size = sizeof (epns_validity),
                                                .cell_volume = cell_volume,
                                                .parameter = parameter };

static const void *
lattice_extension (const char *id)
{
  if (g_str_equal (id, EPNS_ABOUT_EXTENSION))
    return &lattice_about;
  if (g_str_equal (id, EPNS_VERIFY_EXTENSION))
    return &epns_lattice_verify;
  if (g_str_equal (id, EPNS_VALIDITY_EXTENSION))
    return &lattice_validity;
  return g_str_equal (id, EPNS_TRAIN_EXTENSION) ? &epns_lattice_train : NULL;
}

const epns_kind epns_kind_lattice = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "epns-lattice",
  .version = "1",
  .title = "EPNS-lattice, a learned stochastic step of a lattice of cells",
  .time_unit = NULL,
  .open = lattice_open,
  .close = lattice_close,
  .fields = lattice_fields,
  .start = lattice_start,
  .stop = lattice_stop,
  .step = lattice_step,
  .archive = lattice_archive,
  .extension = lattice_extension,
};
