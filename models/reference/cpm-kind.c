/* SPDX-License-Identifier: MIT */
/* The Cellular Potts solver behind the step interface. */
#include "models/reference/cpm.h"
#include "models/reference/kind.h"
#include "plugin/error.h"
#include "plugin/view.h"

enum { DRAWS_POSITIONAL, DRAWS_COMPUCELL3D, DRAWS_BORDER }; /* the first two as rng says */
enum { VIEW_IDS, VIEW_TYPES, VIEW_HAMILTONIAN, N_VIEWS };

static const EpnsParamField rng_field = EPNS_PARAM_CHOICE ("rng", "positional,compucell3d", 2);

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

struct epns_run {
  EpnsRunHead head; /* head.key.step counts the MCS taken */
  EpnsCpmRules *rules;
  EpnsCpmState *state; /* scratch: filled from the host's memory in each call */
  gint32 draws;
  EpnsMersenne mersenne; /* DRAWS_COMPUCELL3D only */
};

static const EpnsReferenceKind about;

static epns_status
cpm_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  GArray *params = g_array_new (FALSE, FALSE, sizeof (EpnsParamField));

  g_array_append_vals (params, epns_cpm_fields, epns_cpm_n_fields);
  for (guint e = 0; e < EPNS_CPM_N_ENERGIES; e++)
    g_array_append_vals (params, epns_cpm_energies[e]->fields, epns_cpm_energies[e]->n_fields);
  g_array_append_val (params, rng_field);
  return epns_reference_open (&about, host, source, params, model, error);
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
  guint64 seed = run->head.key.seed + run->head.key.stream;

  if (run->head.key.seed > G_MAXUINT32 || run->head.key.stream > G_MAXUINT32 || seed > G_MAXUINT32)
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
  EpnsParams read;

  if (epns_reference_params (model, params, n_params, &read, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (read.n_types == 0)
    return epns_error_set (error, EPNS_DISCARD,
                           "no parameter is given by type, so the types are unknown; give "
                           "contact-energy or target-volume and volume-strength");
  EpnsCpmRules *rules = epns_cpm_rules_new (&read, error);
  if (rules == NULL)
    return EPNS_DISCARD;
  const gint32 rng = (gint32) epns_params_number (&read, "rng");
  if (rng == DRAWS_COMPUCELL3D && rules->keeps_bonds) {
    epns_cpm_rules_free (rules);
    return epns_params_refuse (&read, "sampling", error,
                               "sampling=border draws less than CompuCell3D does; set "
                               "rng=positional, or sampling=attempts");
  }

  epns_run *self = g_new0 (epns_run, 1);
  epns_run_head_init (&self->head, model, seed, stream);
  self->rules = rules;
  self->state = epns_cpm_state_new (rules);
  self->draws = rules->keeps_bonds ? DRAWS_BORDER : rng;
  if (self->draws == DRAWS_COMPUCELL3D && seed_mersenne (self, error) != EPNS_OK) {
    cpm_stop (self);
    return EPNS_DISCARD;
  }
  *run = self;
  return EPNS_OK;
}

static void
sweep (epns_run *run)
{
  switch (run->draws) {
  case DRAWS_COMPUCELL3D:
    epns_cpm_sweep_compucell3d (run->state, run->rules, &run->mersenne);
    break;
  case DRAWS_BORDER:
    epns_cpm_sweep_border (run->state, run->rules, &run->head.key);
    break;
  default:
    epns_cpm_sweep (run->state, run->rules, &run->head.key);
  }
}

/* Until the last line the host's lattice is only read. */
static epns_status
step_member (epns_run *run, const epns_frame *frame, guint64 n, epns_error *error)
{
  if (epns_cpm_state_load (run->state, run->rules, &frame->views[VIEW_IDS],
                           &frame->views[VIEW_TYPES], error) != EPNS_OK) {
    error->field += (gint32) run->head.model->n_params;
    return EPNS_DISCARD;
  }
  for (guint64 s = 0; s < n; s++, run->head.key.step++)
    sweep (run);
  if (frame->views[VIEW_HAMILTONIAN].data != NULL) {
    double energy = epns_cpm_hamiltonian (run->state);
    epns_view_scatter (&frame->views[VIEW_HAMILTONIAN], &energy);
  }
  epns_cpm_lattice_store (&run->state->lattice, &frame->views[VIEW_IDS]);
  return EPNS_OK;
}

static epns_status
cpm_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, epns_kind_cpm.id, 1);
  guint32 draws = (guint32) run->draws;
  EpnsDrawKey key = run->head.key;
  g_autofree EpnsMersenne *mersenne = g_memdup2 (&run->mersenne, sizeof run->mersenne);

  epns_run_head_archive (archiver, &key);
  epns_archiver_u32s (archiver, &draws, 1);
  if (run->draws == DRAWS_COMPUCELL3D) {
    epns_archiver_u32s (archiver, mersenne->state, G_N_ELEMENTS (mersenne->state));
    epns_archiver_u32s (archiver, &mersenne->next, 1);
  }
  if (epns_archiver_end (archiver, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (draws != (guint32) run->draws)
    return epns_error_set (error, EPNS_DISCARD,
                           "the archive was written with another rng or sampling; start the run "
                           "with those");
  run->head.key = key;
  run->mersenne = *mersenne;
  return EPNS_OK;
}

static const EpnsReferenceKind about = {
  .kind = &epns_kind_cpm,
  .native_dt = 1,
  .step_is = "a Cellular Potts step is 1 MCS",
  .frames = frame_fields,
  .n_frames = N_VIEWS,
  .member = step_member,
};

const epns_kind epns_kind_cpm = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "cpm",
  .version = "1",
  .title = "Cellular Potts model, Metropolis dynamics",
  .time_unit = "MCS",
  .open = cpm_open,
  .close = epns_reference_close,
  .fields = epns_reference_fields,
  .start = cpm_start,
  .stop = cpm_stop,
  .step = epns_reference_step,
  .archive = cpm_archive,
  .extension = epns_reference_extension,
};
