/* SPDX-License-Identifier: MIT */
/* The Cellular Potts solver behind the step interface. */
#include "models/reference/cpm.h"
#include "plugin/archive.h"
#include "plugin/error.h"
#include "plugin/parallel.h"
#include "plugin/view.h"

#include <string.h>

enum { RNG_POSITIONAL, RNG_COMPUCELL3D };
enum { VIEW_IDS, VIEW_TYPES, VIEW_HAMILTONIAN, N_VIEWS };

static const EpnsCpmField rng_field = EPNS_CPM_CHOICE ("rng", "positional,compucell3d", 2);

static const epns_field frame_fields[N_VIEWS] = {
  { .name = "cell-id",
    .unit = "1",
    .axes = "z,y,x",
    .role = EPNS_STATE,
    .dtype = EPNS_I32,
    .rank = 3,
    .extent = { -1, -1, -1 } },
  { .name = "cell-type",
    .unit = "1",
    .axes = "cell",
    .role = EPNS_INPUT,
    .dtype = EPNS_I32,
    .rank = 1,
    .extent = { -1 } },
  { .name = "hamiltonian",
    .unit = "1",
    .axes = "",
    .role = EPNS_OUTPUT,
    .dtype = EPNS_F64,
    .optional = 1 },
};

struct epns_model {
  const epns_host *host;
  EpnsCpmField *params; /* [n_params] the solver's, the random mode, each energy's */
  guint n_params;
  epns_field *fields; /* [n_params + N_VIEWS] */
};

struct epns_run {
  const epns_model *model;
  EpnsCpmRules *rules;
  EpnsCpmState *state; /* scratch: filled from the host's memory in each call */
  gint32 rng;
  EpnsDrawKey key;       /* key.step counts the MCS taken */
  EpnsMersenne mersenne; /* RNG_COMPUCELL3D only */
  epns_error error;      /* of the call under way */
};

static void
declare (GArray *params, const EpnsCpmField *fields, guint n)
{
  g_array_append_vals (params, fields, n);
}

static epns_status
cpm_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  if (source != NULL && *source != '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "the kind cpm has no model files, so '%s' means nothing to it; open it "
                           "without a source",
                           source);
  GArray *params = g_array_new (FALSE, FALSE, sizeof (EpnsCpmField));
  declare (params, epns_cpm_fields, epns_cpm_n_fields);
  for (guint e = 0; e < EPNS_CPM_N_ENERGIES; e++)
    declare (params, epns_cpm_energies[e]->fields, epns_cpm_energies[e]->n_fields);
  declare (params, &rng_field, 1);

  epns_model *self = g_new0 (epns_model, 1);
  self->host = host;
  self->n_params = params->len;
  self->params = (EpnsCpmField *) (gpointer) g_array_free (params, FALSE);
  self->fields = g_new0 (epns_field, self->n_params + N_VIEWS);
  for (guint p = 0; p < self->n_params; p++)
    self->fields[p] = self->params[p].field;
  memcpy (self->fields + self->n_params, frame_fields, sizeof frame_fields);
  *model = self;
  return EPNS_OK;
}

static void
cpm_close (epns_model *model)
{
  g_free (model->params);
  g_free (model->fields);
  g_free (model);
}

static const epns_field *
cpm_fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = model->n_params + N_VIEWS;
  if (native_dt != NULL)
    *native_dt = 1;
  if (time_unit != NULL)
    *time_unit = epns_kind_cpm.time_unit;
  return model->fields;
}

static void
cpm_stop (epns_run *run)
{
  epns_cpm_state_free (run->state);
  epns_cpm_rules_free (run->rules);
  g_free (run);
}

/* Stream k of a CompuCell3D run is the run whose RandomSeed, which has 32 bits, is k higher. */
static epns_status
seed_mersenne (epns_run *run, epns_error *error)
{
  guint64 seed = run->key.seed + run->key.stream;

  if (run->key.seed > G_MAXUINT32 || run->key.stream > G_MAXUINT32 || seed > G_MAXUINT32)
    return epns_error_set (error, EPNS_DISCARD,
                           "with rng=compucell3d the seed plus the stream is CompuCell3D's "
                           "RandomSeed; keep the sum below 2^32");
  epns_mersenne_seed (&run->mersenne, (guint32) seed);
  return EPNS_OK;
}

static epns_status
cpm_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
           uint64_t stream, epns_run **run, epns_error *error)
{
  EpnsCpmParams read = { .fields = model->params, .views = params, .n = n_params };

  if (n_params != model->n_params)
    return epns_error_set (error, EPNS_DISCARD,
                           "cpm has %u parameters and %u views were lent; lend one for each, "
                           "without data where it is left to the default",
                           model->n_params, n_params);
  if (epns_cpm_params_check (&read, error) != EPNS_OK)
    return EPNS_DISCARD;
  EpnsCpmRules *rules = epns_cpm_rules_new (&read, error);
  if (rules == NULL)
    return EPNS_DISCARD;

  epns_run *self = g_new0 (epns_run, 1);
  self->model = model;
  self->rules = rules;
  self->state = epns_cpm_state_new (rules);
  self->rng = (gint32) epns_cpm_params_number (&read, "rng");
  self->key = (EpnsDrawKey){ .seed = seed, .stream = stream };
  if (self->rng == RNG_COMPUCELL3D && seed_mersenne (self, error) != EPNS_OK) {
    cpm_stop (self);
    return EPNS_DISCARD;
  }
  *run = self;
  return EPNS_OK;
}

static epns_status
check_frame (const epns_run *run, const epns_frame *frame, epns_error *error)
{
  gint32 first = (gint32) run->model->n_params;

  if (frame->n_views != N_VIEWS) {
    epns_error_set (error, EPNS_DISCARD,
                    "%u views were lent; lend cell-id, cell-type and hamiltonian (which may be "
                    "without data)",
                    frame->n_views);
    error->need = N_VIEWS;
    return EPNS_DISCARD;
  }
  for (gint32 v = 0; v < N_VIEWS; v++)
    if (epns_view_check (&frame->views[v], &frame_fields[v], first + v, error) != EPNS_OK)
      return EPNS_DISCARD;
  return EPNS_OK;
}

/* One member. Until the last line the host's lattice is only read. */
static epns_status
step_member (epns_run *run, const epns_frame *frame, guint32 n_steps)
{
  epns_error *error = &run->error;

  if (check_frame (run, frame, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (epns_cpm_state_load (run->state, run->rules, &frame->views[VIEW_IDS],
                           &frame->views[VIEW_TYPES], error) != EPNS_OK) {
    error->field += (gint32) run->model->n_params;
    return EPNS_DISCARD;
  }
  for (guint32 s = 0; s < n_steps; s++, run->key.step++)
    if (run->rng == RNG_COMPUCELL3D)
      epns_cpm_sweep_compucell3d (run->state, run->rules, &run->mersenne);
    else
      epns_cpm_sweep (run->state, run->rules, &run->key);
  if (frame->views[VIEW_HAMILTONIAN].data != NULL) {
    double energy = epns_cpm_hamiltonian (run->state);
    epns_view_scatter (&frame->views[VIEW_HAMILTONIAN], &energy);
  }
  epns_cpm_lattice_store (&run->state->lattice, &frame->views[VIEW_IDS]);
  return EPNS_OK;
}

typedef struct {
  epns_run *const *runs;
  epns_frame *frames;
  guint32 n_steps;
} Batch;

static void
step_task (void *arg, guint32 i)
{
  const Batch *batch = arg;

  batch->frames[i].status = step_member (batch->runs[i], &batch->frames[i], batch->n_steps);
  batch->frames[i].step = (gint64) batch->runs[i]->key.step;
}

static epns_status
refuse_dt (epns_run *const *runs, epns_frame *frames, guint32 n, double dt, epns_error *error)
{
  for (guint32 i = 0; i < n; i++) {
    frames[i].status = EPNS_DISCARD;
    frames[i].step = (gint64) runs[i]->key.step;
  }
  epns_error_set (error, EPNS_DISCARD, "dt is %g MCS; a Cellular Potts step is 1 MCS, so give 1",
                  dt);
  if (error != NULL)
    error->need = 1;
  return EPNS_DISCARD;
}

static epns_status
cpm_step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
          epns_error *error)
{
  Batch batch = { .runs = runs, .frames = frames, .n_steps = n_steps };

  if (!(dt >= 1 && dt <= 1))
    return refuse_dt (runs, frames, n, dt, error);
  if (n > 0)
    epns_parallel_for (runs[0]->model->host, n, step_task, &batch);
  for (guint32 i = 0; i < n; i++)
    if (frames[i].status != EPNS_OK) { /* a member can be refused, and nothing worse */
      if (error != NULL) {
        *error = runs[i]->error;
        error->member = (gint32) i;
      }
      return EPNS_DISCARD;
    }
  return EPNS_OK;
}

static epns_status
cpm_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, epns_kind_cpm.id, 1);
  guint32 rng = (guint32) run->rng;
  EpnsDrawKey key = run->key;
  g_autofree EpnsMersenne *mersenne = g_memdup2 (&run->mersenne, sizeof run->mersenne);

  epns_archiver_u64 (archiver, &key.seed);
  epns_archiver_u64 (archiver, &key.stream);
  epns_archiver_u64 (archiver, &key.step);
  epns_archiver_u32s (archiver, &rng, 1);
  if (run->rng == RNG_COMPUCELL3D) {
    epns_archiver_u32s (archiver, mersenne->state, G_N_ELEMENTS (mersenne->state));
    epns_archiver_u32s (archiver, &mersenne->next, 1);
  }
  if (epns_archiver_end (archiver, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (rng != (guint32) run->rng)
    return epns_error_set (error, EPNS_DISCARD,
                           "the archive was written with another rng; start the run with that one");
  run->key = key;
  run->mersenne = *mersenne;
  return EPNS_OK;
}

static const void *
cpm_extension (const char *id)
{
  (void) id;
  return NULL;
}

const epns_kind epns_kind_cpm = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "cpm",
  .version = "1",
  .title = "Cellular Potts model, Metropolis dynamics",
  .time_unit = "MCS",
  .open = cpm_open,
  .close = cpm_close,
  .fields = cpm_fields,
  .start = cpm_start,
  .stop = cpm_stop,
  .step = cpm_step,
  .archive = cpm_archive,
  .extension = cpm_extension,
};
