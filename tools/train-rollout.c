/* SPDX-License-Identifier: MIT */
/* Rollouts of the model that is being trained, opened as any host would. */
#include "tools/train-rollout.h"

#include "compare/figure-lattice.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <string.h>

struct _EpnsTrainRollout {
  const EpnsTrainingPlan *plan; /* lent */
  const epns_kind *kind;
  epns_host host;            /* silent: what is beyond validity is no news here */
  EpnsTrajectory *held_out;  /* frames a learned step apart */
  const epns_train_parameter *parameters; /* that it was made with; lent by the data */
  guint32 n_parameters;
  EpnsTrajectory *learned;   /* of the latest run */
};

/* A model with its runs. */
typedef struct {
  epns_model *model;
  const epns_field *fields; /* PARAMs first */
  guint32 n_fields, n_params, n_views, n;
  double dt;
  epns_run **runs;            /* [n] */
  EpnsState **states;         /* [n] */
  epns_frame *frames;         /* [n] */
  epns_view *views;           /* [n][n_views] */
} Ensemble;

void
epns_train_rollout_free (EpnsTrainRollout *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->held_out, epns_trajectory_free);
  g_clear_pointer (&self->learned, epns_trajectory_free);
  g_free (self);
}

/* --- What is held out --- */

typedef struct { /* the first validation set, of either sort */
  const epns_train_set *lattice;   /* NULL: */
  const epns_train_bodies *bodies; /* else NULL */
  const epns_train_parameter *parameters;
  guint32 members, frames, n_parameters;
} HeldOut;

static HeldOut
first_of (const EpnsTrainingData *data)
{
  HeldOut of = { .lattice = NULL };

  if (data->sets[1]->len > 0) {
    of.lattice = &g_array_index (data->sets[1], epns_train_set, 0);
    of.members = of.lattice->members;
    of.frames = of.lattice->frames;
    of.parameters = of.lattice->parameters;
    of.n_parameters = of.lattice->n_parameters;
  } else if (data->bodies[1]->len > 0) {
    of.bodies = &g_array_index (data->bodies[1], epns_train_bodies, 0);
    of.members = of.bodies->members;
    of.frames = of.bodies->frames;
    of.parameters = of.bodies->parameters;
    of.n_parameters = of.bodies->n_parameters;
  }
  return of;
}

static EpnsTrajectoryMeta *
meta_of (const EpnsTrainingPlan *plan, const HeldOut *of, guint32 members, guint32 frames)
{
  g_autofree double *time = g_new (double, frames);
  const char *const *types = (const char *const *) plan->types;

  for (guint32 f = 0; f < frames; f++)
    time[f] = f * plan->step_length;
  if (of->lattice != NULL) {
    const gint32 size[3] = { 1, (gint32) of->lattice->height, (gint32) of->lattice->width },
                 periodic[3] = { 0, of->lattice->periodic[0], of->lattice->periodic[1] };
    return epns_trajectory_meta_new (members, frames, size, periodic, time, plan->step_unit, types,
                                     plan->train.seed);
  }
  const EpnsSpace space = { .axes = (gint32) of->bodies->axes };
  return epns_trajectory_meta_new_particles (members, frames, &space, of->bodies->bodies, FALSE,
                                             "1", time, plan->step_unit, types, plan->train.seed);
}

static EpnsState *
lattice_of (const epns_train_set *set, guint32 member, guint32 frame)
{
  const gint32 size[3] = { 1, (gint32) set->height, (gint32) set->width };
  EpnsLatticeState *state = epns_lattice_state_new (size, set->n_ids);
  gsize sites = epns_lattice_state_sites (state);

  memcpy (state->id, set->id + ((gsize) member * set->frames + frame) * sites,
          sites * sizeof *state->id);
  memcpy (state->type, set->type + (gsize) member * set->n_ids, set->n_ids * sizeof *state->type);
  return &state->base;
}

static EpnsState *
bodies_of (const epns_train_bodies *set, guint32 member, guint32 frame)
{
  EpnsParticleState *state = epns_particle_state_new (set->bodies, (gint32) set->axes, FALSE);
  const gsize numbers = (gsize) set->bodies * set->axes, row = (gsize) member * set->bodies,
              at = ((gsize) member * set->frames + frame) * numbers;

  memcpy (state->position, set->position + at, numbers * sizeof *state->position);
  memcpy (state->velocity, set->velocity + at, numbers * sizeof *state->velocity);
  memcpy (state->mass, set->mass + row, set->bodies * sizeof *state->mass);
  memcpy (state->type, set->type + row, set->bodies * sizeof *state->type);
  return &state->base;
}

EpnsTrainRollout *
epns_train_rollout_new (const EpnsTrainingPlan *plan, const EpnsTrainingData *data, guint32 threads,
                        GError **error)
{
  const HeldOut of = first_of (data);

  if (plan->rollouts == 0 || of.members == 0)
    return NULL;
  guint32 stride = plan->train.stride, members = MIN (plan->rollouts, of.members),
          steps = MIN (plan->rollout_steps, (of.frames - 1) / stride);
  g_autoptr (EpnsTrainRollout) self = g_new0 (EpnsTrainRollout, 1);
  g_autoptr (EpnsTrajectoryMeta) meta = meta_of (plan, &of, members, steps + 1);

  self->plan = plan;
  self->parameters = of.parameters;
  self->n_parameters = of.n_parameters;
  self->host = (epns_host){ .size = sizeof self->host, .threads = threads };
  self->held_out = epns_trajectory_new (meta, error);
  for (guint32 m = 0; self->held_out != NULL && m < members; m++)
    for (guint32 f = 0; f <= steps; f++) {
      g_autoptr (EpnsState) state = of.lattice != NULL ? lattice_of (of.lattice, m, f * stride)
                                                       : bodies_of (of.bodies, m, f * stride);
      if (!epns_trajectory_record (self->held_out, m, state, error))
        return NULL;
    }
  return self->held_out != NULL ? g_steal_pointer (&self) : NULL;
}

/* --- Stepping --- */

static void
ensemble_clear (Ensemble *self, const epns_kind *kind)
{
  for (guint32 m = 0; m < self->n; m++) {
    if (self->runs[m] != NULL)
      kind->stop (self->runs[m]);
    g_clear_pointer (&self->states[m], epns_state_free);
  }
  g_free (self->runs);
  g_free (self->states);
  g_free (self->frames);
  g_free (self->views);
  if (self->model != NULL)
    kind->close (self->model);
}

static gboolean
is_called (const epns_field *field, int32_t role, const char *name)
{
  return field->role == role && g_str_equal (field->name, name);
}

/* What the state has of a field; else nothing. */
static void
lend_views (Ensemble *self, guint32 member)
{
  epns_view *views = self->views + (gsize) member * self->n_views;
  EpnsState *state = self->states[member];

  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->fields[self->n_params + i];
    const gint array = epns_layout_find (state->layout, field->name);
    const gboolean lent = array >= 0 && field->role != EPNS_OUTPUT;

    views[i] = lent ? epns_state_view (state, (guint) array)
                    : (epns_view){ .dtype = field->dtype, .rank = field->rank };
  }
  self->frames[member] = (epns_frame){ .views = views, .n_views = self->n_views };
}

/* What a field must be told, of what the data were made with. */
static void
lend_parameter (const EpnsTrainRollout *of, const epns_field *field, epns_view *view)
{
  const gint64 n_types = of->plan->train.n_types, shape[2] = { n_types, n_types };

  for (guint32 i = 0; i < of->n_parameters && !field->optional; i++)
    if (is_called (field, EPNS_PARAM, of->parameters[i].name))
      *view = epns_view_contiguous ((gpointer) of->parameters[i].value, EPNS_F64, field->rank,
                                    shape);
}

/* The borders are stated, of lattices, and what the model has to be told. */
static epns_view *
params_of (const Ensemble *self, const EpnsTrainRollout *of, gint32 periodic[3])
{
  epns_view *params = g_new0 (epns_view, self->n_params + 1);

  for (guint32 i = 0; i < self->n_params; i++) {
    params[i] = (epns_view){ .dtype = self->fields[i].dtype, .rank = self->fields[i].rank };
    lend_parameter (of, &self->fields[i], &params[i]);
    if (periodic == NULL || !is_called (&self->fields[i], EPNS_PARAM, "periodic"))
      continue;
    params[i].data = periodic;
    params[i].shape[0] = 3;
    params[i].stride[0] = sizeof *periodic;
  }
  return params;
}

static epns_status
ensemble_open (Ensemble *self, const EpnsTrainRollout *of, const char *folder, epns_error *failure)
{
  const EpnsTrajectoryMeta *meta = of->held_out->meta;
  gint32 periodic[3] = { meta->periodic[0], meta->periodic[1], meta->periodic[2] };
  epns_status status = of->kind->open (&of->host, folder, &self->model, failure);

  if (status != EPNS_OK)
    return status;
  self->fields = of->kind->fields (self->model, &self->n_fields, &self->dt, NULL);
  while (self->n_params < self->n_fields && self->fields[self->n_params].role == EPNS_PARAM)
    self->n_params++;
  self->n_views = self->n_fields - self->n_params;
  self->n = meta->members;
  self->runs = g_new0 (epns_run *, self->n);
  self->states = g_new0 (EpnsState *, self->n);
  self->frames = g_new0 (epns_frame, self->n);
  self->views = g_new0 (epns_view, (gsize) self->n * self->n_views);
  const gboolean lattice = meta->layout == &epns_layout_lattice;
  g_autofree epns_view *params = params_of (self, of, lattice ? periodic : NULL);
  for (guint32 m = 0; m < self->n && status == EPNS_OK; m++) {
    self->states[m] = epns_trajectory_state (of->held_out, m, 0);
    lend_views (self, m);
    status = of->kind->start (self->model, params, self->n_params, of->plan->train.seed, m,
                              &self->runs[m], failure);
  }
  return status;
}

static gboolean
record (Ensemble *ensemble, EpnsTrajectory *into, GError **error)
{
  for (guint32 m = 0; m < ensemble->n; m++)
    if (!epns_trajectory_record (into, m, ensemble->states[m], error))
      return FALSE;
  return TRUE;
}

static gboolean
roll (const EpnsTrainRollout *self, Ensemble *ensemble, const char *folder, EpnsTrajectory *into,
      GError **error)
{
  epns_error failure = { .status = EPNS_OK };
  epns_status status = ensemble_open (ensemble, self, folder, &failure);

  if (status == EPNS_OK && !record (ensemble, into, error))
    return FALSE;
  for (guint32 f = 1; status == EPNS_OK && f < into->meta->frames; f++) {
    status = self->kind->step (ensemble->runs, ensemble->frames, ensemble->n, 1, ensemble->dt,
                               &failure);
    if (status == EPNS_OK && !record (ensemble, into, error))
      return FALSE;
  }
  if (status == EPNS_OK)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, "%s: %s", folder, failure.text);
  return FALSE;
}

gboolean
epns_train_rollout_run (EpnsTrainRollout *self, const char *folder, EpnsRollout *rollout,
                        GError **error)
{
  epns_error failure = { .status = EPNS_OK };
  Ensemble ensemble = { .model = NULL };

  self->kind = epns_load_kind (NULL, self->plan->kind, &failure);
  g_return_val_if_fail (self->kind != NULL, FALSE); /* it is being trained */
  g_autoptr (EpnsTrajectory) learned = epns_trajectory_new (self->held_out->meta, error);
  if (learned == NULL)
    return FALSE;
  gboolean went = roll (self, &ensemble, folder, learned, error);
  ensemble_clear (&ensemble, self->kind);
  if (!went)
    return FALSE;
  g_clear_pointer (&self->learned, epns_trajectory_free);
  self->learned = g_steal_pointer (&learned);
  epns_rollout_measure (self->held_out, self->learned, rollout);
  return TRUE;
}

/* --- Showing --- */

gboolean
epns_train_rollout_draw (const EpnsTrainRollout *self, const char *path, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->held_out->meta;
  guint32 frame[4];
  double time[4];
  gsize n = 0;

  for (guint32 k = 0; k < 4; k++) {
    guint32 f = (meta->frames - 1) * k / 3;
    if (n > 0 && f == frame[n - 1])
      continue;
    frame[n] = f;
    time[n++] = meta->time[f];
  }
  const EpnsSnapshotRow rows[2] = { { "held out", NULL, self->held_out, 0, frame },
                                    { "learned", self->plan->name, self->learned, 0, frame } };
  const EpnsSnapshots what = { "Held out beside learned",
                               "The first trajectory of the validation data. Colour: type, shade: "
                               "cell.",
                               rows, 2, time, n };
  return epns_figure_snapshots (path, &what, error);
}

char *
epns_train_rollout_table (const EpnsTrainRollout *self, const EpnsRollout *rollout)
{
  const EpnsTrajectoryMeta *meta = self->held_out->meta;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "| after %.10g %s, mean of %u | learned | held out | KS |\n"
                          "|---|---|---|---|\n",
                          meta->time[meta->frames - 1], meta->time_unit, meta->members);
  for (guint i = 0; i < EPNS_ROLLOUT_SERIES; i++)
    g_string_append_printf (text, "| %s | %.4g | %.4g | %.3f |\n", epns_rollout_series[i],
                            rollout->of[i].learned, rollout->of[i].held_out, rollout->of[i].ks);
  g_string_append_printf (text, "\nRelative difference, over all and all times: %.3f.\n",
                          rollout->apart);
  return g_string_free (text, FALSE);
}
