/* SPDX-License-Identifier: MIT */
/* Members of one step model, stepped together through epns_kind.step. */
#include "tools/stepper.h"

#include "plugin/archive.h"
#include "plugin/error.h"

#include <string.h>
#include <unistd.h>

struct _EpnsStepper {
  const EpnsStepModel *model;
  const EpnsLayout *layout; /* of the states */
  guint32 n;
  EpnsState **states; /* [n] */
  epns_run **runs;    /* [n] */
  epns_frame *frames; /* [n] */
  epns_view *views;   /* [n][n_views] */
  guint32 n_views;
  gint *array; /* [n_views] which array of the states is lent as it; -1: none */
};

/* The types that the model names (cell-type is an enumeration then), or NULL. */
static const char *
known_types (const EpnsStepper *self)
{
  gint types = epns_layout_find (self->layout, "cell-type");

  for (guint32 i = 0; i < self->n_views; i++)
    if (self->array[i] == types)
      return self->model->fields[self->model->n_params + i].values;
  return NULL;
}

/* Where a model names the types it knows, a cell's type must go by the same name here: equal
 * numbers alone would let a model take one tissue for another. */
static gboolean
check_types (EpnsStepper *self, const EpnsScenario *scenario, EpnsState *state, GError **error)
{
  const char *known = known_types (self);

  if (known == NULL)
    return TRUE;
  g_auto (GStrv) names = g_strsplit (known, ",", -1);
  epns_view view = epns_state_view (state, (guint) epns_layout_find (self->layout, "cell-type"));
  for (int64_t cell = 0; cell < view.shape[0]; cell++) {
    gint32 type = ((const gint32 *) view.data)[cell];
    const char *name = epns_scenario_type_name (scenario, type);
    gboolean medium = type == 0 && self->layout == &epns_layout_lattice;
    if (medium || ((guint) type < g_strv_length (names) && g_strcmp0 (name, names[type]) == 0))
      continue;
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
        "%s: the scenario's type %d is '%s', and the model knows the types %s, counted from 0; "
        "name and number the types alike, or choose another model",
        self->model->kind->id, type, name ? name : "", known);
    return FALSE;
  }
  return TRUE;
}

/* A refusal in words rather than a killed process; twice the state, as a run keeps scratch of its
 * own. */
static gboolean
check_memory (const EpnsScenario *scenario, guint32 members, GError **error)
{
  gboolean lattice = scenario->layout == &epns_layout_lattice;
  double sites = (double) scenario->size[0] * scenario->size[1] * scenario->size[2],
         bodies = (double) epns_scenario_n_bodies (scenario);
  double need = 2.0 * members
                * (lattice ? sizeof (gint32) * sites
                           : sizeof (double) * (2.0 * scenario->space.axes + 2.0) * bodies);
  double have = (double) sysconf (_SC_PHYS_PAGES) * (double) sysconf (_SC_PAGESIZE);

  if (need <= have)
    return TRUE;
  g_autofree char *each = lattice ? g_strdup_printf ("%d x %d x %d sites", scenario->size[2],
                                                     scenario->size[1], scenario->size[0])
                                  : g_strdup_printf ("%.0f bodies", bodies);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%u members of %s need about %.1f GB and this machine has %.1f GB; run fewer "
               "members",
               members, each, need / 1e9, have / 1e9);
  return FALSE;
}

/* Bodies may have no radius, and a model may need one. */
static gboolean
check_given (EpnsStepper *self, const EpnsScenario *scenario, EpnsState *state, GError **error)
{
  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->model->fields[self->model->n_params + i];
    if (field->optional || epns_state_data (state, (guint) self->array[i]) != NULL)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: %s needs the %s of every body, and no body states one; add it",
                 scenario->path, self->model->kind->id, field->name);
    return FALSE;
  }
  return TRUE;
}

static void
lend_views (EpnsStepper *self, guint32 member)
{
  epns_view *views = self->views + (gsize) member * self->n_views;

  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->model->fields[self->model->n_params + i];
    if (self->array[i] >= 0)
      views[i] = epns_state_view (self->states[member], (guint) self->array[i]);
    else
      views[i] = (epns_view){ .dtype = field->dtype, .rank = field->rank };
  }
  self->frames[member] = (epns_frame){ .views = views, .n_views = self->n_views };
}

static gboolean
start_member (EpnsStepper *self, const EpnsSettings *settings, const EpnsMembers *members,
              guint32 i, GError **error)
{
  epns_error failure = { .member = -1 };

  if (self->model->kind->start (self->model->model, settings->views, self->model->n_params,
                                members->seed, members->first + i, &self->runs[i], &failure)
      == EPNS_OK)
    return TRUE;
  self->runs[i] = NULL;
  failure.member = (gint32) (members->first + i);
  return epns_step_model_failed (self->model, &failure, error);
}

static EpnsState *
initial_state (const EpnsStepper *self, const EpnsScenario *scenario, const EpnsMembers *members,
               guint32 i, GError **error)
{
  const guint64 member = (guint64) members->first + i,
                start = members->n_starts > 0 ? member % members->n_starts : member;

  return members->n_starts == 1 && i > 0
             ? epns_state_copy (self->states[0])
             : epns_scenario_initial_state (scenario, members->seed + start, error);
}

EpnsStepper *
epns_stepper_new (const EpnsSettings *settings, const EpnsScenario *scenario,
                  const EpnsMembers *members, GError **error)
{
  g_autoptr (EpnsStepper) self = g_new0 (EpnsStepper, 1);

  g_return_val_if_fail (members->n > 0, NULL);
  self->model = settings->model;
  self->layout = scenario->layout;
  self->n_views = self->model->n_fields - self->model->n_params;
  self->array = epns_step_model_arrays (self->model, self->layout, error);
  if (self->array == NULL || !check_memory (scenario, members->n, error))
    return NULL;
  self->n = members->n;
  self->states = g_new0 (EpnsState *, self->n);
  self->runs = g_new0 (epns_run *, self->n);
  self->frames = g_new0 (epns_frame, self->n);
  self->views = g_new0 (epns_view, (gsize) self->n * self->n_views);
  for (guint32 i = 0; i < self->n; i++) {
    self->states[i] = initial_state (self, scenario, members, i, error);
    if (self->states[i] == NULL || !check_types (self, scenario, self->states[i], error)
        || !check_given (self, scenario, self->states[i], error)
        || !start_member (self, settings, members, i, error))
      return NULL;
    lend_views (self, i);
  }
  return g_steal_pointer (&self);
}

void
epns_stepper_free (EpnsStepper *self)
{
  if (self == NULL)
    return;
  for (guint32 i = 0; i < self->n; i++) {
    if (self->runs[i] != NULL)
      self->model->kind->stop (self->runs[i]);
    g_clear_pointer (&self->states[i], epns_state_free);
  }
  g_free (self->states);
  g_free (self->array);
  g_free (self->runs);
  g_free (self->frames);
  g_free (self->views);
  g_free (self);
}

guint32
epns_stepper_n_members (const EpnsStepper *self)
{
  return self->n;
}

gboolean
epns_stepper_advance (EpnsStepper *self, guint32 n_steps, GError **error)
{
  epns_error failure = { .member = -1 };

  if (self->model->kind->step (self->runs, self->frames, self->n, n_steps, self->model->native_dt,
                               &failure)
      == EPNS_OK)
    return TRUE;
  return epns_step_model_failed (self->model, &failure, error);
}

gboolean
epns_stepper_advance_chosen (EpnsStepper *self, const gboolean *chosen, guint32 n_steps,
                             GError **error)
{
  g_autofree epns_run **runs = g_new (epns_run *, self->n);
  g_autofree epns_frame *frames = g_new (epns_frame, self->n);
  g_autofree guint32 *member = g_new (guint32, self->n);
  epns_error failure = { .member = -1 };
  guint32 n = 0;

  for (guint32 i = 0; i < self->n; i++)
    if (chosen[i]) {
      runs[n] = self->runs[i];
      frames[n] = self->frames[i];
      member[n++] = i;
    }
  if (n == 0
      || self->model->kind->step (runs, frames, n, n_steps, self->model->native_dt, &failure)
             == EPNS_OK)
    return TRUE;
  if (failure.member >= 0)
    failure.member = (gint32) member[failure.member];
  return epns_step_model_failed (self->model, &failure, error);
}

void
epns_stepper_set_state (EpnsStepper *self, guint32 member, const EpnsState *state)
{
  epns_state_free (self->states[member]);
  self->states[member] = epns_state_copy (state);
  lend_views (self, member);
}

EpnsState *
epns_stepper_state (EpnsStepper *self, guint32 member)
{
  return self->states[member];
}

gboolean
epns_stepper_resumes (const EpnsStepper *self)
{
  guint32 caps = EPNS_ARCHIVES | EPNS_EXACT_RESUME;

  return (self->model->kind->caps & caps) == caps;
}

GBytes *
epns_stepper_save (EpnsStepper *self, guint32 member, GError **error)
{
  g_autoptr (GByteArray) saved = g_byte_array_new ();
  epns_archive archive = epns_archive_writer (saved);
  epns_error failure = { .member = -1 };

  if (self->model->kind->archive (self->runs[member], &archive, &failure) == EPNS_OK)
    return g_byte_array_free_to_bytes (g_steal_pointer (&saved));
  failure.member = (gint32) member;
  epns_step_model_failed (self->model, &failure, error);
  return NULL;
}

gboolean
epns_stepper_restore (EpnsStepper *self, guint32 member, GBytes *saved, const EpnsState *state,
                      GError **error)
{
  EpnsArchiveSource from = { 0 };
  epns_error failure = { .member = -1 };

  from.data = g_bytes_get_data (saved, &from.size);
  epns_archive archive = epns_archive_reader (&from);
  if (self->model->kind->archive (self->runs[member], &archive, &failure) != EPNS_OK) {
    failure.member = (gint32) member;
    return epns_step_model_failed (self->model, &failure, error);
  }
  epns_stepper_set_state (self, member, state);
  return TRUE;
}
