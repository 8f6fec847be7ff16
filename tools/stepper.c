/* SPDX-License-Identifier: MIT */
/* Members of one step model, stepped together through epns_kind.step. */
#include "tools/stepper.h"

#include "plugin/archive.h"
#include "plugin/error.h"

#include <string.h>
#include <unistd.h>

struct _EpnsStepper {
  const EpnsStepModel *model;
  guint32 n;
  EpnsLatticeState **states; /* [n] */
  epns_run **runs;           /* [n] */
  epns_frame *frames;        /* [n] */
  epns_view *views;          /* [n][n_views] */
  guint32 n_views;
  gint id_view, type_view; /* which view is which; type_view may be -1 */
};

/* Only what a lattice host can lend: a cell-id lattice that changes, a type table, and options
 * left out. */
static gboolean
check_fields (EpnsStepper *self, GError **error)
{
  self->n_views = self->model->n_fields - self->model->n_params;
  self->id_view = self->type_view = -1;
  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->model->fields[self->model->n_params + i];
    if (field->role == EPNS_STATE && strcmp (field->name, "cell-id") == 0
        && field->dtype == EPNS_I32 && field->rank == 3)
      self->id_view = (gint) i;
    else if (field->role == EPNS_INPUT && strcmp (field->name, "cell-type") == 0
             && field->dtype == EPNS_I32 && field->rank == 1)
      self->type_view = (gint) i;
    else if (!field->optional) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: it steps '%s', which a lattice of cells does not have; choose a lattice "
                   "model (epns list)",
                   self->model->kind->id, field->name);
      return FALSE;
    }
  }
  if (self->id_view >= 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it does not step a lattice of cells; choose a lattice model (epns list)",
               self->model->kind->id);
  return FALSE;
}

/* Where a model names the types it knows (cell-type is an enumeration then), a cell's type must
 * go by the same name here: equal numbers alone would let a model take one tissue for another. */
static gboolean
check_types (EpnsStepper *self, const EpnsScenario *scenario, const EpnsLatticeState *state,
             GError **error)
{
  const char *known = self->type_view < 0
                          ? NULL
                          : self->model->fields[self->model->n_params + (guint32) self->type_view]
                                .values;

  if (known == NULL)
    return TRUE;
  g_auto (GStrv) names = g_strsplit (known, ",", -1);
  for (gsize cell = 1; cell < state->n_rows; cell++) {
    gint32 type = state->type[cell];
    const char *name = epns_scenario_type_name (scenario, type);
    if (type == 0 || ((guint) type < g_strv_length (names) && g_strcmp0 (name, names[type]) == 0))
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

/* A refusal in words rather than a killed process; twice the lattice, as a run keeps scratch of
 * its own. */
static gboolean
check_memory (const EpnsScenario *scenario, guint32 members, GError **error)
{
  double sites = (double) scenario->size[0] * scenario->size[1] * scenario->size[2];
  double need = 2 * sizeof (gint32) * sites * members;
  double have = (double) sysconf (_SC_PHYS_PAGES) * (double) sysconf (_SC_PAGESIZE);

  if (need <= have)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "%u members of %d x %d x %d sites need about %.1f GB and this machine has %.1f GB; "
               "run fewer members",
               members, scenario->size[2], scenario->size[1], scenario->size[0], need / 1e9,
               have / 1e9);
  return FALSE;
}

static void
lend_views (EpnsStepper *self, guint32 member)
{
  epns_view *views = self->views + (gsize) member * self->n_views;

  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->model->fields[self->model->n_params + i];
    views[i] = (epns_view){ .dtype = field->dtype, .rank = field->rank };
  }
  views[self->id_view] = epns_lattice_state_id_view (self->states[member]);
  if (self->type_view >= 0)
    views[self->type_view] = epns_lattice_state_type_view (self->states[member]);
  self->frames[member] = (epns_frame){ .views = views, .n_views = self->n_views };
}

static gboolean
start_member (EpnsStepper *self, const EpnsSettings *settings, guint32 member, guint64 seed,
              guint64 stream, GError **error)
{
  epns_error failure = { .member = -1 };

  if (self->model->kind->start (self->model->model, settings->views, self->model->n_params, seed,
                                stream, &self->runs[member], &failure)
      == EPNS_OK)
    return TRUE;
  self->runs[member] = NULL;
  failure.member = (gint32) member;
  return epns_step_model_failed (self->model, &failure, error);
}

EpnsStepper *
epns_stepper_new (const EpnsSettings *settings, const EpnsScenario *scenario, guint32 members,
                  guint64 seed, gboolean vary_start, GError **error)
{
  g_autoptr (EpnsStepper) self = g_new0 (EpnsStepper, 1);
  gboolean host_numbers = epns_settings_host_numbers (settings);

  g_return_val_if_fail (members > 0, NULL);
  self->model = settings->model;
  if (!check_fields (self, error) || !check_memory (scenario, members, error))
    return NULL;
  self->n = members;
  self->states = g_new0 (EpnsLatticeState *, members);
  self->runs = g_new0 (epns_run *, members);
  self->frames = g_new0 (epns_frame, members);
  self->views = g_new0 (epns_view, (gsize) members * self->n_views);
  for (guint32 i = 0; i < members; i++) {
    self->states[i] = i > 0 && !vary_start
                          ? epns_lattice_state_copy (self->states[0])
                          : epns_scenario_initial_lattice (scenario, seed + i, error);
    if (self->states[i] == NULL || !check_types (self, scenario, self->states[i], error)
        || !start_member (self, settings, i, host_numbers ? seed + i : seed, host_numbers ? 0 : i,
                          error))
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
    g_clear_pointer (&self->states[i], epns_lattice_state_free);
  }
  g_free (self->states);
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

EpnsLatticeState *
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
epns_stepper_restore (EpnsStepper *self, guint32 member, GBytes *saved, const gint32 *ids,
                      const gint32 *types, gsize n_types, GError **error)
{
  EpnsArchiveSource from = { 0 };
  epns_error failure = { .member = -1 };

  from.data = g_bytes_get_data (saved, &from.size);
  epns_archive archive = epns_archive_reader (&from);
  if (self->model->kind->archive (self->runs[member], &archive, &failure) != EPNS_OK) {
    failure.member = (gint32) member;
    return epns_step_model_failed (self->model, &failure, error);
  }
  EpnsLatticeState *state = self->states[member];
  memcpy (state->id, ids, epns_lattice_state_sites (state) * sizeof *ids);
  epns_lattice_state_grow (state, n_types);
  memset (state->type, 0, state->n_rows * sizeof *state->type);
  memcpy (state->type, types, n_types * sizeof *types);
  lend_views (self, member);
  return TRUE;
}
