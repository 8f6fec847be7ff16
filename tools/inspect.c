/* SPDX-License-Identifier: MIT */
/* epns inspect: what a scenario, a model or a recording holds. */
#include "adapters/trajectory.h"
#include "plugin/epns_about.h"
#include "plugin/view.h"
#include "tools/command.h"
#include "tools/schedule.h"
#include "tools/settings.h"
#include "tools/shipped.h"

#include <string.h>

static void
print_size (const gint32 size[3], const gint32 periodic[3])
{
  g_print ("lattice: %d x %d x %d sites (x, y, z), borders", size[2], size[1], size[0]);
  for (int axis = 2; axis >= 0; axis--)
    g_print (" %c %s", "zyx"[axis], periodic[axis] ? "periodic" : "no-flux");
  g_print ("\n");
}

static void
print_space (const EpnsSpace *space)
{
  static const char *const sides[] = { "open", "walls", "periodic" };

  if (!space->bounded) {
    g_print ("space: free, %d axes\n", space->axes);
    return;
  }
  g_print ("space:");
  for (int axis = 0; axis < space->axes; axis++)
    g_print (" %c %.10g to %.10g,", "xyz"[axis], space->low[axis], space->high[axis]);
  g_print (" borders %s\n", sides[space->boundary]);
}

static void
print_bodies (const EpnsScenario *scenario, const EpnsParticleState *state)
{
  g_autofree guint *bodies = g_new0 (guint, scenario->types->len);
  double mass = 0.0;

  for (gsize i = 0; i < state->n; i++) {
    bodies[state->type[i]]++;
    mass += state->mass[i];
  }
  print_space (&scenario->space);
  g_print ("bodies: %" G_GSIZE_FORMAT " of total mass %.10g%s\n", state->n, mass,
           state->radius != NULL ? ", with radii" : "");
  for (guint t = 0; t < scenario->types->len; t++)
    g_print ("type %u: %s, %u bodies at the start\n", t,
             epns_scenario_type_name (scenario, (gint32) t), bodies[t]);
}

/* The start, counted: how many cells of each type and how large. */
static void
print_cells (const EpnsScenario *scenario, const EpnsLatticeState *state)
{
  g_autofree guint32 *volumes = epns_lattice_state_volumes (state);
  gsize n_types = scenario->types->len;
  g_autofree guint32 *cells = g_new0 (guint32, n_types), *sites = g_new0 (guint32, n_types);

  print_size (scenario->size, scenario->periodic);
  for (gsize cell = 1; cell < state->n_rows; cell++)
    if (volumes[cell] > 0 && (gsize) state->type[cell] < n_types) {
      cells[state->type[cell]]++;
      sites[state->type[cell]] += volumes[cell];
    }
  for (gsize t = 0; t < n_types; t++) {
    const EpnsCellType *type = &g_array_index (scenario->types, EpnsCellType, t);
    if (type->name == NULL)
      continue;
    g_print ("type %" G_GSIZE_FORMAT ": %s%s", t, type->name, type->frozen ? ", frozen" : "");
    if (t > 0)
      g_print (", %u cells with %u sites at the start", cells[t], sites[t]);
    g_print ("\n");
  }
}

static void
print_plan (const EpnsScenario *scenario)
{
  const EpnsRunPlan *plan = &scenario->plan;

  g_print ("plan: %u member%s, seed %" G_GUINT64_FORMAT ", frames every %.10g up to %.10g%s%s\n",
           plan->members, plan->members == 1 ? "" : "s", plan->seed, plan->every, plan->until,
           scenario->time_unit ? " " : "", scenario->time_unit ? scenario->time_unit : "");
  for (guint i = 0; i < plan->models->len; i++) {
    const EpnsPlanModel *model = g_ptr_array_index (plan->models, i);
    g_print ("model %s: kind %s%s%s\n", model->name, model->kind, model->source ? ", " : "",
             model->source ? model->source : "");
  }
  for (guint i = 0; i < plan->outputs->len; i++)
    g_print ("output: %s\n", (const char *) g_ptr_array_index (plan->outputs, i));
}

/* The parameters as the plan's first model takes them. */
static gboolean
print_parameters (const EpnsScenario *scenario, GError **error)
{
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, NULL, 1, error);
  g_autoptr (EpnsSettings) settings = model ? epns_settings_resolve (model, scenario, NULL, error)
                                            : NULL;

  if (settings == NULL)
    return FALSE;
  g_autofree char *text = epns_settings_text (settings);
  g_auto (GStrv) lines = g_strsplit (text, " ", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_print ("parameter %s\n", lines[i]);
  return TRUE;
}

static gboolean
inspect_scenario (const char *path, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, error);

  if (scenario == NULL)
    return FALSE;
  g_autoptr (EpnsState)
      state = epns_scenario_initial_state (scenario, scenario->plan.seed, error);
  if (state == NULL)
    return FALSE;
  g_print ("scenario: %s (%s)\n", scenario->host_path ? scenario->host_path : path, scenario->host);
  if (scenario->layout == &epns_layout_lattice)
    print_cells (scenario, (const EpnsLatticeState *) state);
  else
    print_bodies (scenario, (const EpnsParticleState *) state);
  print_plan (scenario);
  if (!print_parameters (scenario, error))
    return FALSE;
  for (guint i = 0; i < scenario->notes->len; i++)
    g_print ("note: %s\n", (const char *) g_ptr_array_index (scenario->notes, i));
  return TRUE;
}

static void
print_about (const EpnsStepModel *model)
{
  const epns_about *about = model->kind->extension (EPNS_ABOUT_EXTENSION);

  if (about != NULL && about->text (model->model) != NULL)
    g_print ("about: %s\n", about->text (model->model));
}

static gboolean
inspect_model (const char *path, GError **error)
{
  static const char *const roles[] = { "parameter", "state", "input", "output" };
  static const char *const dtypes[] = { "int32", "int64", "float32", "float64" };
  g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, path, 1, error);

  if (model == NULL)
    return FALSE;
  g_print ("model: %s\nkind: %s %s, %s\nstep: %.10g %s\n", path, model->kind->id,
           model->kind->version, model->kind->title, model->native_dt, model->time_unit);
  print_about (model);
  for (guint32 i = 0; i < model->n_fields; i++) {
    const epns_field *field = &model->fields[i];
    g_print ("%s %s: %s [%s] in %s%s%s%s\n", roles[field->role & 3], field->name,
             dtypes[field->dtype & 3], field->axes, field->unit,
             field->optional ? ", optional" : "", field->values ? ", one of " : "",
             field->values ? field->values : "");
  }
  return TRUE;
}

static gint
by_key (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static void
print_provenance (const EpnsTrajectoryMeta *meta)
{
  GList *keys = g_list_sort (g_hash_table_get_keys (meta->provenance), by_key);

  for (GList *key = keys; key != NULL; key = key->next)
    g_print ("%s: %s\n", (const char *) key->data,
             (const char *) g_hash_table_lookup (meta->provenance, key->data));
  g_list_free (keys);
}

static gboolean
inspect_recording (const char *path, GError **error)
{
  g_autoptr (EpnsTrajectory) recording = epns_trajectory_describe (path, error);

  if (recording == NULL)
    return FALSE;
  const EpnsTrajectoryMeta *meta = recording->meta;
  guint32 least = meta->frames;
  for (guint32 m = 0; m < meta->members; m++)
    least = MIN (least, recording->done[m]);
  g_print ("recording: %s\nmembers: %u\nframes: %u\n", path, meta->members, least);
  g_print ("times: %.10g to %.10g %s\n", meta->time[0], meta->time[MAX (least, 1) - 1],
           meta->time_unit);
  g_print ("complete: %s\n", epns_trajectory_complete (recording)
                                 ? "yes"
                                 : "no; epns run --resume goes on with an .h5 file");
  g_print ("seed: %" G_GUINT64_FORMAT "\n", meta->seed);
  if (meta->layout == &epns_layout_lattice) {
    print_size (meta->size, meta->periodic);
  } else {
    print_space (&meta->space);
    g_print ("bodies: %u%s, lengths in %s\n", meta->bodies, meta->radii ? " with radii" : "",
             meta->length_unit);
  }
  for (guint t = 0; meta->type_names[t] != NULL; t++)
    if (*meta->type_names[t] != '\0')
      g_print ("type %u: %s\n", t, meta->type_names[t]);
  print_provenance (meta);
  return TRUE;
}

/* What kind of file a path names: the first suffix it ends with; a folder is a model, the name of
 * a model that ships is one where no file has it, anything else is a scenario. */
static gboolean
inspect_path (const char *path, GError **error)
{
  static const struct {
    const char *suffix;
    gboolean (*inspect) (const char *path, GError **error);
  } forms[] = { { ".h5", inspect_recording },
                { ".npy", inspect_recording },
                { ".safetensors", inspect_model } };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_has_suffix (lower, forms[i].suffix))
      return forms[i].inspect (path, error);
  if (epns_trajectory_readable (path)) /* one whose suffix scenarios have, too */
    return inspect_recording (path, error);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return inspect_model (path, error);
  g_autofree char *shipped
      = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : epns_shipped_model (path);
  return shipped != NULL ? inspect_model (shipped, error) : inspect_scenario (path, error);
}

static int
inspect (int argc, char **argv)
{
  const GOptionEntry entries[] = { { 0 } };
  GError *error = NULL;

  if (!epns_command_parse (&epns_command_inspect, entries, &argc, &argv, 1, 1, &error)
      || !inspect_path (argv[1], &error))
    return epns_command_fail (&epns_command_inspect, error);
  return EPNS_EXIT_OK;
}

const EpnsCommand epns_command_inspect = {
  .name = "inspect",
  .arguments = "FILE",
  .summary = "Show what a scenario, a model or a recording holds",
  .main = inspect,
};
