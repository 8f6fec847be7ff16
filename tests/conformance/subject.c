/* SPDX-License-Identifier: MIT */
/* A kind's example, found by the kind's id. */
#include "tests/conformance/subject.h"

#include "adapters/lattice-state.h"

Subject *
subject_open (const epns_kind *kind, guint threads)
{
  Subject *self = g_new0 (Subject, 1);
  g_autofree char *relative = g_strdup_printf ("tests/conformance/%s.epns.xml", kind->id);
  g_autofree char *path = suite_source (relative);
  g_autoptr (GError) error = NULL;
  epns_error refusal;

  self->kind = kind;
  self->host = (epns_host) { .size = sizeof (epns_host), .threads = threads };
  self->scenario = epns_scenario_read (path, &error);
  ck_assert_msg (self->scenario != NULL, "%s", error ? error->message : "");
  self->start = epns_scenario_initial_state (self->scenario, self->scenario->plan.seed, &error);
  ck_assert_msg (self->start != NULL, "%s", error ? error->message : "");

  const EpnsPlanModel *plan = g_ptr_array_index (self->scenario->plan.models, 0);
  ck_assert_str_eq (plan->kind, kind->id);
  ck_assert_msg (kind->open (&self->host, plan->source, &self->model, &refusal) == EPNS_OK, "%s", refusal.text);
  self->fields = kind->fields (self->model, &self->n_fields, &self->dt, NULL);
  while (self->n_params < self->n_fields && self->fields[self->n_params].role == EPNS_PARAM)
    self->n_params++;
  ck_assert_uint_le (self->n_fields - self->n_params, SUBJECT_VIEWS);
  return self;
}

void
subject_close (Subject *self)
{
  self->kind->close (self->model);
  epns_lattice_state_free (self->start);
  epns_scenario_free (self->scenario);
  g_free (self);
}

epns_run *
subject_start (const Subject *self, guint64 seed, guint64 stream)
{
  g_autofree epns_view *params = g_new0 (epns_view, self->n_params + 1);
  epns_run *run = NULL;
  epns_error error;

  for (guint i = 0; i < self->n_params; i++)
    if (!epns_scenario_parameter (self->scenario, self->fields[i].name, &params[i]))
      ck_assert_msg (self->fields[i].optional, "the example does not state '%s'", self->fields[i].name);
  ck_assert_msg (self->kind->start (self->model, params, self->n_params, seed, stream, &run, &error) == EPNS_OK, "%s",
                 error.text);
  return run;
}

void
member_init (Member *self, const Subject *subject)
{
  *self = (Member) { .state = epns_lattice_state_copy (subject->start) };
  for (guint i = subject->n_params; i < subject->n_fields; i++) {
    const epns_field *field = &subject->fields[i];
    epns_view *view = &self->views[i - subject->n_params];

    if (g_str_equal (field->name, "cell-id"))
      *view = epns_lattice_state_id_view (self->state);
    else if (g_str_equal (field->name, "cell-type"))
      *view = epns_lattice_state_type_view (self->state);
    else
      ck_assert_msg (field->optional, "no example of the field '%s'", field->name);
  }
}

void
member_clear (Member *self)
{
  epns_lattice_state_free (self->state);
}

epns_frame
member_frame (Member *self, const Subject *subject)
{
  return (epns_frame) { .views = self->views, .n_views = subject->n_fields - subject->n_params };
}

gboolean
member_equal (const Member *a, const Member *b)
{
  gsize bytes = epns_lattice_state_sites (a->state) * sizeof a->state->id[0];

  return memcmp (a->state->id, b->state->id, bytes) == 0;
}
