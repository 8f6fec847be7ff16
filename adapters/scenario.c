/* SPDX-License-Identifier: MIT */
/* The neutral scenario: made empty, filled by a reader, asked by a host. */
#include "adapters/scenario.h"

#include "plugin/view.h"

#include <math.h>
#include <string.h>

static void
clear_type (gpointer data)
{
  g_free (((EpnsCellType *) data)->name);
}

static void
free_region (gpointer data)
{
  EpnsRegion *region = data;

  g_array_unref (region->types);
  g_array_unref (region->boxes);
  g_array_unref (region->sites);
  g_free (region);
}

static void
free_bodies (gpointer data)
{
  EpnsBodies *bodies = data;

  g_array_unref (bodies->listed);
  g_array_unref (bodies->types);
  g_free (bodies);
}

static void
clear_setting (gpointer data)
{
  EpnsSetting *setting = data;

  g_free (setting->name);
  g_free (setting->value);
}

static void
free_model (gpointer data)
{
  EpnsPlanModel *model = data;

  g_free (model->name);
  g_free (model->kind);
  g_free (model->source);
  g_array_unref (model->settings);
  g_free (model);
}

static void
free_parameter (gpointer data)
{
  EpnsParameter *parameter = data;

  g_free (parameter->view.data);
  g_free (parameter);
}

EpnsScenario *
epns_scenario_new (const char *path, const char *host)
{
  EpnsScenario *self = g_new0 (EpnsScenario, 1);

  self->path = g_strdup (path);
  self->host_path = g_strdup (path);
  self->host = host;
  self->types = g_array_new (FALSE, TRUE, sizeof (EpnsCellType));
  g_array_set_clear_func (self->types, clear_type);
  self->layout = &epns_layout_lattice;
  self->time_unit = "MCS";
  self->bodies = g_ptr_array_new_with_free_func (free_bodies);
  self->regions = g_ptr_array_new_with_free_func (free_region);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_parameter);
  self->plan.models = g_ptr_array_new_with_free_func (free_model);
  self->plan.outputs = g_ptr_array_new_with_free_func (g_free);
  self->plan.members = 1;
  self->plan.seed = 1;
  self->plan.every = 1.0;
  return self;
}

void
epns_scenario_free (EpnsScenario *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->host_path);
  g_array_unref (self->types);
  g_ptr_array_unref (self->regions);
  g_ptr_array_unref (self->bodies);
  g_ptr_array_unref (self->notes);
  g_hash_table_unref (self->parameters);
  g_ptr_array_unref (self->plan.models);
  g_ptr_array_unref (self->plan.outputs);
  g_free (self);
}

gboolean
epns_scenario_parameter (const EpnsScenario *self, const char *name, epns_view *view)
{
  const EpnsParameter *parameter = g_hash_table_lookup (self->parameters, name);

  if (parameter == NULL)
    return FALSE;
  *view = parameter->view;
  return TRUE;
}

void
epns_scenario_put (EpnsScenario *self, const char *name, int32_t dtype, int32_t rank,
                   const int64_t *shape, const void *data)
{
  EpnsParameter *parameter = g_new0 (EpnsParameter, 1);

  parameter->view = epns_view_contiguous (NULL, dtype, rank, shape);
  gsize n = (gsize) epns_view_count (&parameter->view);
  parameter->view.data = g_memdup2 (data, n * epns_dtype_size (dtype));
  g_hash_table_replace (self->parameters, g_strdup (name), parameter);
}

void
epns_scenario_put_number (EpnsScenario *self, const char *name, double value)
{
  epns_scenario_put (self, name, EPNS_F64, 0, NULL, &value);
}

void
epns_scenario_put_integer (EpnsScenario *self, const char *name, gint32 value)
{
  epns_scenario_put (self, name, EPNS_I32, 0, NULL, &value);
}

gint32
epns_scenario_type_id (const EpnsScenario *self, const char *name)
{
  for (guint id = 0; id < self->types->len; id++) {
    const char *known = g_array_index (self->types, EpnsCellType, id).name;
    if (known != NULL && g_str_equal (known, name))
      return (gint32) id;
  }
  return -1;
}

const char *
epns_scenario_type_name (const EpnsScenario *self, gint32 id)
{
  return id >= 0 && (guint) id < self->types->len
             ? g_array_index (self->types, EpnsCellType, id).name
             : NULL;
}

void
epns_scenario_note (EpnsScenario *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->notes, g_strdelimit (g_strdup_vprintf (format, args), "\n\r\t", ' '));
  va_end (args);
}

EpnsRegion *
epns_scenario_add_region (EpnsScenario *self, EpnsRegionShape shape)
{
  EpnsRegion *region = g_new0 (EpnsRegion, 1);

  region->shape = shape;
  region->width = 1;
  region->types = g_array_new (FALSE, FALSE, sizeof (gint32));
  region->boxes = g_array_new (FALSE, FALSE, sizeof (EpnsCellBox));
  region->sites = g_array_new (FALSE, FALSE, sizeof (EpnsCellSite));
  g_ptr_array_add (self->regions, region);
  return region;
}

EpnsBodies *
epns_scenario_add_bodies (EpnsScenario *self, EpnsBodiesShape shape)
{
  EpnsBodies *bodies = g_new0 (EpnsBodies, 1);

  bodies->shape = shape;
  bodies->mass = bodies->mass_to = 1.0;
  bodies->listed = g_array_new (FALSE, FALSE, sizeof (EpnsBody));
  bodies->types = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_ptr_array_add (self->bodies, bodies);
  return bodies;
}

void
epns_scenario_set_space (EpnsScenario *self, const EpnsSpace *space)
{
  double domain[3][2];
  gint32 around = space->boundary == EPNS_BOUNDARY_PERIODIC;

  self->layout = &epns_layout_particles;
  self->space = *space;
  self->time_unit = NULL;
  if (!space->bounded)
    return;
  for (int axis = 0; axis < 3; axis++) {
    domain[axis][0] = space->low[axis];
    domain[axis][1] = space->high[axis];
  }
  epns_scenario_put (self, "domain", EPNS_F64, 2, (int64_t[]) { space->axes, 2 }, domain);
  epns_scenario_put (self, "periodic", EPNS_I32, 1, (int64_t[]) { space->axes },
                     (gint32[]) { around, around, around });
  epns_scenario_put_integer (self, "virtual-wall", space->boundary == EPNS_BOUNDARY_WALLS);
}

EpnsState *
epns_scenario_initial_state (const EpnsScenario *self, guint64 seed, GError **error)
{
  if (self->layout == &epns_layout_particles)
    return (EpnsState *) epns_scenario_initial_particles (self, seed, error);
  return (EpnsState *) epns_scenario_initial_lattice (self, seed, error);
}

EpnsPlanModel *
epns_scenario_add_model (EpnsScenario *self, const char *name, const char *kind, const char *source)
{
  EpnsPlanModel *model = g_new0 (EpnsPlanModel, 1);

  model->name = g_strdup (name);
  model->kind = g_strdup (kind);
  model->source = g_strdup (source);
  model->settings = g_array_new (FALSE, FALSE, sizeof (EpnsSetting));
  g_array_set_clear_func (model->settings, clear_setting);
  g_ptr_array_add (self->plan.models, model);
  return model;
}

double
epns_scenario_default_every (double until)
{
  static const double digits[] = { 1.0, 2.0, 5.0 };
  double decade = 1.0;

  for (guint i = 0; i < 3 * 12; i++) {
    double every = digits[i % 3] * decade;
    if (until <= 100.0 * every)
      return every;
    if (i % 3 == 2)
      decade *= 10.0;
  }
  return decade;
}
