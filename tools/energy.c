/* SPDX-License-Identifier: MIT */
/* No native step of dt, which leaves a lattice as it is and fills in the outputs. */
#include "tools/energy.h"

#include <math.h>

struct _EpnsEnergy {
  const EpnsStepModel *model;
  guint32 n_runs, n_views;
  epns_run **runs;    /* [n_runs] */
  epns_frame *frames; /* [n_runs] */
  epns_view *views;   /* [n_runs][n_views] */
  gint *array;        /* [n_views] which array of a state is lent as it; -1: none */
  guint32 output;     /* view that takes the energy */
};

static gboolean
start_runs (EpnsEnergy *self, const EpnsSettings *settings, GError **error)
{
  epns_error failure = { .member = -1 };

  for (; self->n_runs < self->model->host.threads; self->n_runs++)
    if (self->model->kind->start (self->model->model, settings->views, self->model->n_params, 0,
                                  self->n_runs, &self->runs[self->n_runs], &failure)
        != EPNS_OK)
      return epns_step_model_failed (self->model, &failure, error);
  return TRUE;
}

EpnsEnergy *
epns_energy_new (const EpnsSettings *native, const EpnsLayout *layout, GError **error)
{
  const EpnsStepModel *model = native->model;
  const epns_field *field = epns_step_model_field (model, "hamiltonian", EPNS_OUTPUT);
  guint32 runs = model->host.threads;

  if (field == NULL || layout != &epns_layout_lattice)
    return NULL;
  g_autoptr (EpnsEnergy) self = g_new0 (EpnsEnergy, 1);
  self->model = model;
  self->n_views = model->n_fields - model->n_params;
  self->output = (guint32) (field - model->fields) - model->n_params;
  self->runs = g_new0 (epns_run *, runs);
  self->frames = g_new0 (epns_frame, runs);
  self->views = g_new0 (epns_view, (gsize) runs * self->n_views);
  self->array = epns_step_model_arrays (model, layout, error);
  return self->array != NULL && start_runs (self, native, error) ? g_steal_pointer (&self) : NULL;
}

void
epns_energy_free (EpnsEnergy *self)
{
  if (self == NULL)
    return;
  for (guint32 i = 0; i < self->n_runs; i++)
    self->model->kind->stop (self->runs[i]);
  g_free (self->runs);
  g_free (self->frames);
  g_free (self->views);
  g_free (self->array);
  g_free (self);
}

static void
lend (EpnsEnergy *self, guint32 run, EpnsState *state, double *value)
{
  epns_view *views = self->views + (gsize) run * self->n_views;

  for (guint32 i = 0; i < self->n_views; i++) {
    const epns_field *field = &self->model->fields[self->model->n_params + i];
    views[i] = self->array[i] >= 0 ? epns_state_view (state, (guint) self->array[i])
                                   : (epns_view){ .dtype = field->dtype, .rank = field->rank };
  }
  views[self->output].data = value;
  self->frames[run] = (epns_frame){ .views = views, .n_views = self->n_views };
}

void
epns_energy_of (EpnsEnergy *self, EpnsState *const *states, guint32 n, double *value)
{
  for (guint32 first = 0; first < n; first += self->n_runs) {
    guint32 some = MIN (self->n_runs, n - first);
    for (guint32 i = 0; i < some; i++) {
      value[first + i] = NAN; /* unless the kind fills it in */
      lend (self, i, states[first + i], &value[first + i]);
    }
    self->model->kind->step (self->runs, self->frames, some, 0, self->model->native_dt, NULL);
    for (guint32 i = 0; i < some; i++)
      if (self->frames[i].status != EPNS_OK)
        value[first + i] = NAN;
  }
}
