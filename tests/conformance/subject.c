/* SPDX-License-Identifier: MIT */
/* Finding the examples, and opening one. */
#include "tests/conformance/subject.h"

static const epns_kind *const *kinds;
static guint n_kinds;

static int
take_table (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  (void) ctx;
  if (plugin == NULL) {
    g_printerr ("%s: %s\n", path, refusal);
    return 0;
  }
  kinds = plugin->kinds;
  n_kinds = plugin->n_kinds;
  return 1;
}

static const epns_kind *
kind_by_id (const char *id)
{
  for (guint k = 0; k < n_kinds; k++)
    if (g_str_equal (kinds[k]->id, id))
      return kinds[k];
  g_error ("no kind '%s' in the plugin", id);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Example *) a)->name, ((const Example *) b)->name);
}

/* Under valgrind the models that ship are left out: the same code runs on smaller ones beside them. */
static gboolean
takes_too_long (const EpnsPlanModel *model)
{
  return suite_trials (0, 1) && model->source != NULL && strstr (model->source, "models/trained") != NULL;
}

Example *
examples_load (guint *n)
{
  g_autofree char *folder = suite_source ("tests/conformance");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Example));
  const char *name;

  if (!epns_visit_plugins (NULL, take_table, NULL) || dir == NULL)
    g_error ("no plugin, or no folder %s", folder);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".epns.xml"))
      continue;
    Example example = { .name = g_strdup (name), .path = g_build_filename (folder, name, NULL) };
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (example.path, &error);
    if (scenario == NULL)
      g_error ("%s", error->message);
    const EpnsPlanModel *model = g_ptr_array_index (scenario->plan.models, 0);
    if (takes_too_long (model)) {
      g_free (example.name);
      g_free (example.path);
      continue;
    }
    example.kind = kind_by_id (model->kind);
    g_array_append_val (found, example);
  }
  g_array_sort (found, by_name);
  *n = found->len;
  return (Example *) (void *) g_array_free (found, FALSE);
}

const epns_kind *const *
examples_kinds (guint *n)
{
  *n = n_kinds;
  return kinds;
}

const Example *
example_find (const Example *examples, guint n, const char *name)
{
  for (guint k = 0; k < n; k++)
    if (g_str_equal (examples[k].name, name))
      return &examples[k];
  g_error ("no example '%s'", name);
}

Subject *
subject_open (const Example *example, guint threads)
{
  Subject *self = g_new0 (Subject, 1);
  const epns_kind *kind = example->kind;
  g_autoptr (GError) error = NULL;
  epns_error refusal;

  self->example = example;
  self->kind = kind;
  self->host = (epns_host) { .size = sizeof (epns_host), .threads = threads };
  self->scenario = epns_scenario_read (example->path, &error);
  ck_assert_msg (self->scenario != NULL, "%s", error ? error->message : "");
  self->start = epns_scenario_initial_state (self->scenario, self->scenario->plan.seed, &error);
  ck_assert_msg (self->start != NULL, "%s", error ? error->message : "");

  const EpnsPlanModel *plan = g_ptr_array_index (self->scenario->plan.models, 0);
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
  epns_state_free (self->start);
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
  *self = (Member) { .state = epns_state_copy (subject->start) };
  for (guint i = subject->n_params; i < subject->n_fields; i++) {
    const epns_field *field = &subject->fields[i];
    gint array = epns_layout_find (self->state->layout, field->name);

    if (array >= 0)
      self->views[i - subject->n_params] = epns_state_view (self->state, (guint) array);
    ck_assert_msg (field->optional || self->views[i - subject->n_params].data != NULL,
                   "no example of the field '%s'", field->name);
  }
}

void
member_clear (Member *self)
{
  epns_state_free (self->state);
}

epns_frame
member_frame (Member *self, const Subject *subject)
{
  return (epns_frame) { .views = self->views, .n_views = subject->n_fields - subject->n_params };
}

gboolean
member_equal (const Member *a, const Member *b)
{
  return epns_state_equal (a->state, b->state);
}

GByteArray *
state_bytes (const EpnsState *self)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < self->layout->n_arrays && self->layout->arrays[i].moves; i++)
    g_byte_array_append (bytes, epns_state_data (self, i), (guint) epns_state_bytes (self, i));
  return bytes;
}

void
state_set_bytes (EpnsState *self, const void *bytes, gsize n)
{
  const char *from = bytes;

  for (guint i = 0; i < self->layout->n_arrays && self->layout->arrays[i].moves; i++) {
    gsize size = epns_state_bytes (self, i);
    ck_assert_uint_le (size, n);
    memcpy (epns_state_data (self, i), from, size);
    from += size;
    n -= size;
  }
  ck_assert_uint_eq (n, 0);
}
