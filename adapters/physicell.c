/* SPDX-License-Identifier: MIT */
/* From what a PhysiCell settings file says to a scenario: parameters by name, cells where they
 * start. */
#include "adapters/physicell.h"

#include "adapters/cells-csv.h"

#include <math.h>

static double
radius_of (double volume)
{
  return cbrt (volume / (4.0 / 3.0 * G_PI));
}

/* Parameters */

#define AT(member) G_STRUCT_OFFSET (EpnsPhysicellType, member)

static void
put_parameters (const EpnsPhysicell *self)
{
  static const struct {
    const char *name;
    gsize offset;
  } numbers[] = {
    { "cell-cell-adhesion-strength", AT (adhesion) },
    { "cell-cell-repulsion-strength", AT (repulsion) },
    { "relative-maximum-adhesion-distance", AT (reach) },
    { "cell-bm-adhesion-strength", AT (membrane_adhesion) },
    { "cell-bm-repulsion-strength", AT (membrane_repulsion) },
    { "speed", AT (speed) },
    { "persistence-time", AT (persistence) },
    { "migration-bias", AT (bias) },
  },
    flags[] = { { "motility-enabled", AT (motile) }, { "use-2d", AT (flat) } };
  guint n = self->n_types;
  int64_t shape[2] = { n, n };
  g_autofree double *row = g_new (double, (gsize) n *n);
  g_autofree gint32 *flag = g_new (gint32, n);

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    for (guint type = 0; type < n; type++)
      row[type] = G_STRUCT_MEMBER (double, &self->types[type], numbers[i].offset);
    epns_scenario_put (self->scenario, numbers[i].name, EPNS_F64, 1, shape, row);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    for (guint type = 0; type < n; type++)
      flag[type] = G_STRUCT_MEMBER (gboolean, &self->types[type], flags[i].offset);
    epns_scenario_put (self->scenario, flags[i].name, EPNS_I32, 1, shape, flag);
  }
  for (guint type = 0; type < n; type++)
    for (guint other = 0; other < n; other++)
      row[type * n + other] = self->types[type].pair[PHYSICELL_AFFINITY][other];
  epns_scenario_put (self->scenario, "cell-adhesion-affinity", EPNS_F64, 2, shape, row);
  epns_scenario_put_number (self->scenario, "mechanics-dt", self->dt_mechanics);
}

static void
put_space (const EpnsPhysicell *self)
{
  EpnsSpace space = { .axes = self->flat ? 2 : 3, .bounded = TRUE };

  space.boundary = self->virtual_wall ? EPNS_BOUNDARY_WALLS : EPNS_BOUNDARY_NONE;
  for (int axis = 0; axis < space.axes; axis++) {
    space.low[axis] = self->low[axis];
    space.high[axis] = self->high[axis];
  }
  epns_scenario_set_space (self->scenario, &space);
  self->scenario->radii = TRUE;
  self->scenario->time_unit = "min";
}

/* Cells */

/* As many of each definition, anywhere in the box: setup_tissue of the template project. */
static void
add_random_cells (EpnsPhysicell *self)
{
  if (self->random_cells == 0)
    return;
  for (guint type = 0; type < self->n_types; type++) {
    gint32 id = (gint32) type;
    EpnsBodies *bodies = epns_scenario_add_bodies (self->scenario, EPNS_BODIES_BOX);
    bodies->n = (guint32) self->random_cells;
    bodies->size = radius_of (self->types[type].volume);
    for (int axis = 0; axis < (self->flat ? 2 : 3); axis++) {
      bodies->low[axis] = self->low[axis];
      bodies->high[axis] = self->high[axis];
    }
    g_array_append_val (bodies->types, id);
  }
  epns_scenario_note (self->scenario,
                      "%s:%d: <number_of_cells>: places are drawn as the template project draws "
                      "them, by other random numbers",
                      self->root->path,
                      epns_xml_find (self->root, "user_parameters/number_of_cells")->line);
}

/* PhysiCell looks from where it runs, usually the folder above the settings file's. */
static char *
find_cells (const EpnsXmlNode *positions, GError **error)
{
  const EpnsXmlNode *folder = epns_xml_child (positions, "folder");
  const EpnsXmlNode *file = epns_xml_child (positions, "filename");
  g_autofree char *here = g_path_get_dirname (positions->path);
  g_autofree char *named = NULL;

  if (file == NULL || file->text[0] == '\0') {
    epns_xml_refuse (positions, EPNS_FAILURE_FORMAT, error,
                     "<cell_positions> has no <filename>; add it");
    return NULL;
  }
  named = g_build_filename (folder && folder->text[0] ? folder->text : ".", file->text, NULL);
  g_autofree char *base = g_path_get_basename (file->text);
  g_autofree char *above = g_build_filename (here, "..", named, NULL);
  g_autofree char *below = g_build_filename (here, named, NULL);
  g_autofree char *beside = g_build_filename (here, base, NULL);
  char *const places[] = { named, above, below, beside };
  for (gsize i = g_path_is_absolute (named) ? 0 : 1; i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_EXISTS))
      return g_strdup (places[i]);
  epns_xml_refuse (file, EPNS_FAILURE_IO, error,
                   "<filename>: the cells' file is neither at %s nor at %s; put it there",
                   g_path_is_absolute (named) ? named : above, beside);
  return NULL;
}

static gboolean
check_format (const EpnsXmlNode *positions, GError **error)
{
  const char *type = epns_xml_attribute (positions, "type");

  return (type != NULL && g_ascii_strcasecmp (type, "csv") == 0)
         || epns_xml_refuse (positions, EPNS_FAILURE_UNSUPPORTED, error,
                             "<cell_positions type=\"%.40s\">: PhysiCell reads csv only; give a "
                             "CSV file and type=\"csv\"",
                             type ? type : "");
}

/* In 2D all cells lie at one height. */
static gboolean
add_listed (EpnsPhysicell *self, const char *path, const GArray *cells, GError **error)
{
  EpnsBodies *bodies = epns_scenario_add_bodies (self->scenario, EPNS_BODIES_LISTED);
  double height = g_array_index (cells, EpnsCsvCell, 0).position[2];

  for (guint i = 0; i < cells->len; i++) {
    const EpnsCsvCell *cell = &g_array_index (cells, EpnsCsvCell, i);
    EpnsBody body = {
      .id = -1, .type = cell->type, .mass = 1.0, .radius = radius_of (cell->volume)
    };
    if (self->flat && cell->position[2] != height) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                   "%s:1: cells at the heights z = %g and %g in a 2D domain; put all at one", path,
                   height, cell->position[2]);
      return FALSE;
    }
    for (int axis = 0; axis < 3; axis++)
      body.position[axis] = self->flat && axis == 2 ? 0.0 : cell->position[axis];
    g_array_append_val (bodies->listed, body);
  }
  return TRUE;
}

/* Nothing else states where cells start. */
static gboolean
check_start (EpnsPhysicell *self, GError **error)
{
  static const PhysicellWord words[] = { { "cell_positions", PHYSICELL_PART, 0, 0, 0, NULL },
                                         { .name = NULL } },
                             in_words[] = { { "folder", PHYSICELL_PART, 0, 0, 0, NULL },
                                            { "filename", PHYSICELL_PART, 0, 0, 0, NULL },
                                            { .name = NULL } };
  const EpnsXmlNode *start = epns_xml_child (self->root, "initial_conditions");
  const EpnsXmlNode *positions = start ? epns_xml_child (start, "cell_positions") : NULL;

  return (start == NULL || epns_physicell_section (self, start, words, self, error))
         && (positions == NULL || epns_physicell_section (self, positions, in_words, self, error));
}

static gboolean
add_cells (EpnsPhysicell *self, GError **error)
{
  const EpnsXmlNode *positions = epns_xml_find (self->root, "initial_conditions/cell_positions");
  gboolean enabled = FALSE;

  if (!check_start (self, error))
    return FALSE;
  add_random_cells (self);
  if (positions != NULL && !epns_physicell_flag (positions, "enabled", FALSE, &enabled, error))
    return FALSE;
  if (!enabled)
    return self->random_cells > 0
           || epns_xml_refuse (
               self->root, EPNS_FAILURE_UNSUPPORTED, error,
               "no cells: <cell_positions> is not enabled, the first cells are left "
               "to the project's C++; enable it with a CSV file");
  g_autofree char *path = check_format (positions, error) ? find_cells (positions, error) : NULL;
  g_autoptr (GArray) cells = path ? epns_cells_csv_read (path, self, error) : NULL;
  return cells != NULL && add_listed (self, path, cells, error);
}

/* The plan */

/* What a project's C++ does cannot be seen from here; tell those who have such a project. */
static void
note_custom_code (EpnsPhysicell *self)
{
  g_autofree char *here = g_path_get_dirname (self->root->path);
  g_autofree char *beside = g_build_filename (here, "custom_modules", NULL);
  g_autofree char *above = g_build_filename (here, "..", "custom_modules", NULL);

  if (g_file_test (beside, G_FILE_TEST_IS_DIR) || g_file_test (above, G_FILE_TEST_IS_DIR))
    epns_scenario_note (self->scenario,
                        "%s:1: custom_modules lies near it; what its C++ adds to the model is not "
                        "read",
                        self->root->path);
}

static void
put_plan (const EpnsPhysicell *self)
{
  EpnsScenario *scenario = self->scenario;

  epns_scenario_add_model (scenario, "native", "physicell-mechanics", NULL);
  epns_scenario_put_number (scenario, "mechanics-dt", self->dt_mechanics);
  scenario->steps = (gint64) llround (MIN (self->max_time / self->dt_mechanics, 0x1p53));
  scenario->host_seed = self->seeded ? self->seed : 0;
  if (self->seeded)
    scenario->plan.seed = self->seed;
  scenario->plan.until = self->max_time;
  scenario->plan.every = self->save_every > 0.0 ? self->save_every
                                                : epns_scenario_default_every (self->max_time);
}

static gboolean
fill (EpnsPhysicell *self, GError **error)
{
  if (!epns_physicell_read_settings (self, error) || !epns_physicell_read_types (self, error))
    return FALSE;
  for (guint i = 0; i < self->n_types; i++) {
    EpnsCellType type = { g_strdup (self->types[i].name), FALSE };
    g_array_append_val (self->scenario->types, type);
  }
  put_space (self);
  put_parameters (self);
  put_plan (self);
  note_custom_code (self);
  return add_cells (self, error);
}

gboolean
epns_physicell_probe (const EpnsXmlNode *root)
{
  return g_str_equal (root->name, "PhysiCell_settings");
}

EpnsScenario *
epns_physicell_read (const char *path, EpnsXml *xml, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (path, "PhysiCell");
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  EpnsPhysicell self = { .scenario = scenario, .root = epns_xml_root (xml), .pairs = pairs };
  gboolean good = fill (&self, error);

  g_free (self.types);
  return good ? g_steal_pointer (&scenario) : NULL;
}
