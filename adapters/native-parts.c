/* SPDX-License-Identifier: MIT */
/* The two long parts of our own format: parameters by name, and how the cells start. */
#include "adapters/native.h"
#include "adapters/parameters.h"
#include "adapters/piff.h"
#include "adapters/vtk.h"
#include "adapters/xml-values.h"
#include "plugin/view.h"

#include <string.h>

static gboolean
is_lattice (const EpnsScenario *scenario)
{
  return scenario->layout == &epns_layout_lattice;
}

/* What is stated for some types must be stated for all that move; types of two frozen cells have no
 * say, and the medium none of its own. */
static gboolean
check_complete (const EpnsScenario *scenario, const EpnsXmlNode *node,
                const EpnsKnownParameter *about, const EpnsStatement *statement, GError **error)
{
  guint n = scenario->types->len;
  const EpnsCellType *types = (const EpnsCellType *) (gpointer) scenario->types->data;
  guint first = is_lattice (scenario) ? 1 : 0; /* of the types that are cells' */

  for (guint a = about->rank == 2 ? 0 : first; a < n && about->rank > 0; a++)
    for (guint b = (about->of & EPNS_DIRECTED) != 0 ? 0 : MAX (a, first);
         b < (about->rank == 2 ? n : a + 1); b++) {
      gsize at = about->rank == 2 ? (gsize) a * n + b : a;
      if (statement->stated[at] || (types[a].frozen && types[b].frozen))
        continue;
      if (about->rank == 2)
        return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                                "<parameter name=\"%s\" type=\"%s\" with=\"%s\"> is missing; add "
                                "it",
                                about->name, types[a].name, types[b].name);
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<parameter name=\"%s\" type=\"%s\"> is missing; add it", about->name,
                              types[a].name);
    }
  return TRUE;
}

static void
put (EpnsScenario *scenario, const EpnsKnownParameter *about, const EpnsStatement *statement)
{
  int64_t n = scenario->types->len, shape[2] = { n, n };

  if (about->dtype == EPNS_F64) {
    epns_scenario_put (scenario, about->name, EPNS_F64, about->rank, shape, statement->value);
    return;
  }
  g_autofree gint32 *whole = g_new (gint32, (gsize) (n * n) + 1);
  for (gsize i = 0; i < epns_parameter_count (about->rank, scenario->types->len); i++)
    whole[i] = (gint32) statement->value[i];
  epns_scenario_put (scenario, about->name, EPNS_I32, about->rank, shape, whole);
}

static gboolean
put_statements (EpnsScenario *scenario, const EpnsXmlNode *node, const EpnsStatements *statements,
                GError **error)
{
  static const char *const needed[] = { "temperature", "target-volume", "volume-strength",
                                        "contact-energy", NULL };

  for (guint i = 0; i < epns_n_known_parameters; i++) {
    const EpnsKnownParameter *about = &epns_known_parameters[i];
    if (statements->of[i].any) {
      if (!check_complete (scenario, node, about, &statements->of[i], error))
        return FALSE;
      put (scenario, about, &statements->of[i]);
    } else if (is_lattice (scenario) && g_strv_contains (needed, about->name)) {
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<parameters> has no %s; add it, 0 where none is meant", about->name);
    }
  }
  return TRUE;
}

gboolean
epns_native_read_parameters (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  g_autofree const char **types = epns_native_type_names (scenario);
  g_autoptr (EpnsStatements)
      statements = epns_statements_read (node, types, scenario->types->len,
                                         is_lattice (scenario) ? EPNS_OF_LATTICE
                                                               : EPNS_OF_PARTICLES,
                                         "value", error);

  return statements != NULL && put_statements (scenario, node, statements, error);
}

/* Cells */

static gboolean
read_point (const EpnsXmlNode *node, const char *attribute, const EpnsScenario *scenario,
            gint32 beyond, gint32 point[3], GError **error)
{
  const char *at = epns_xml_attribute (node, attribute);
  char *end;

  for (int axis = 0; axis < 3; axis++, at = end) {
    gint64 value = g_ascii_strtoll (at, &end, 10);
    if (value >= scenario->size[2 - axis] + beyond)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s %s=\"%s\"> lies outside the lattice; correct it", node->name,
                              attribute, epns_xml_attribute (node, attribute));
    point[axis] = (gint32) value;
  }
  return TRUE;
}

static gboolean
read_tiles (const EpnsScenario *scenario, const EpnsXmlNode *node, EpnsRegion *region,
            GError **error)
{
  g_auto (GStrv) names = g_strsplit_set (epns_xml_attribute (node, "types"), " \t\r\n", -1);
  gint64 width, gap = 0;

  if (!epns_xml_integer (node, "width", 1, 32767, &width, error)
      || (epns_xml_attribute (node, "gap") != NULL
          && !epns_xml_integer (node, "gap", 0, 32767, &gap, error)))
    return FALSE;
  region->width = (gint32) width;
  region->gap = (gint32) gap;
  for (char **name = names; *name != NULL; name++) {
    gint32 type;
    if (**name == '\0')
      continue;
    if (!epns_native_type (scenario, node, *name, &type, error))
      return FALSE;
    if (type == 0)
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s>: Medium is no cell; name a cell type", node->name);
    g_array_append_val (region->types, type);
  }
  return TRUE;
}

static gboolean
read_blob (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const char *const axes[3] = { "x", "y", "z" };
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);

  for (int axis = 0; axis < 3; axis++) {
    gint64 value = 0;
    if (epns_xml_attribute (node, axes[axis]) != NULL
        && !epns_xml_integer (node, axes[axis], 0, 32767, &value, error))
      return FALSE;
    region->centre[axis] = (gint32) value;
  }
  return epns_xml_number (node, "radius", 0.0, 1e6, &region->radius, error)
         && read_tiles (scenario, node, region, error);
}

static gboolean
ordered (const EpnsXmlNode *node, const gint32 low[3], const gint32 high[3], gint32 least,
         GError **error)
{
  for (int axis = 0; axis < 3; axis++)
    if (high[axis] < low[axis] + least)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s from=\"%s\" to=\"%s\"> holds no site%s", node->name,
                              epns_xml_attribute (node, "from"), epns_xml_attribute (node, "to"),
                              least > 0 ? "; `to` is not included" : "; exchange them");
  return TRUE;
}

static gboolean
read_grid (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);

  return read_point (node, "from", scenario, 0, region->low, error)
         && read_point (node, "to", scenario, 1, region->high, error)
         && ordered (node, region->low, region->high, 1, error)
         && read_tiles (scenario, node, region, error);
}

static gboolean
read_piff (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  g_autofree char *path = epns_native_path (scenario->path, epns_xml_attribute (node, "href"));

  return epns_piff_read (path, scenario, epns_scenario_add_region (scenario, EPNS_REGION_BOXES),
                         error);
}

/* A lattice's sites as boxes, one for each run of sites of one cell along x. */
static void
add_runs (EpnsRegion *region, const EpnsLatticeState *state)
{
  gint32 at[3] = { 0 }, width = state->size[2]; /* x, y, z */
  const gint32 *row = state->id;

  for (at[2] = 0; at[2] < state->size[0]; at[2]++)
    for (at[1] = 0; at[1] < state->size[1]; at[1]++, row += width)
      for (gint32 x = 0, end; x < width; x = end) {
        for (end = x + 1; end < width && row[end] == row[x];)
          end++;
        const EpnsCellBox box = { .cell = row[x],
                                  .type = state->type[row[x]],
                                  .low = { x, at[1], at[2] },
                                  .high = { end - 1, at[1], at[2] } };
        if (box.cell != 0)
          g_array_append_val (region->boxes, box);
      }
}

/* A snapshot of CompuCell3D, whose types go by their numbers. */
static gboolean
read_snapshot (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  g_autofree char *path = epns_native_path (scenario->path, epns_xml_attribute (node, "href"));
  g_autoptr (EpnsLatticeState) state = epns_vtk_read (path, error);
  g_autoptr (GError) failure = NULL;

  if (state == NULL)
    return FALSE;
  if (memcmp (state->size, scenario->size, sizeof state->size) != 0)
    return epns_xml_refuse (node, EPNS_FAILURE_MISMATCH, error,
                            "<snapshot>: %s has %d x %d x %d sites and the lattice %d x %d x %d; "
                            "make them agree",
                            path, state->size[2], state->size[1], state->size[0],
                            scenario->size[2], scenario->size[1], scenario->size[0]);
  if (!epns_lattice_state_check (state, (gint32) scenario->types->len, &failure))
    return epns_xml_refuse (node, EPNS_FAILURE_MISMATCH, error, "<snapshot>: %s: %s", path,
                            failure->message);
  add_runs (epns_scenario_add_region (scenario, EPNS_REGION_BOXES), state);
  return TRUE;
}

/* Boxes that follow one another belong to one region, as the lines of a PIFF file do. */
static gboolean
read_box (EpnsScenario *scenario, const EpnsXmlNode *node, EpnsRegion **region, GError **error)
{
  EpnsCellBox box;
  gint64 cell;

  if (!epns_xml_integer (node, "cell", 1, 1 << 24, &cell, error)
      || !epns_native_type (scenario, node, epns_xml_attribute (node, "type"), &box.type, error)
      || !read_point (node, "from", scenario, 0, box.low, error)
      || !read_point (node, "to", scenario, 0, box.high, error)
      || !ordered (node, box.low, box.high, 0, error))
    return FALSE;
  if (box.type == 0)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<box>: Medium is no cell; name a cell type");
  box.cell = (gint32) cell;
  if (*region == NULL)
    *region = epns_scenario_add_region (scenario, EPNS_REGION_BOXES);
  g_array_append_val ((*region)->boxes, box);
  return TRUE;
}

gboolean
epns_native_read_cells (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const struct {
    const char *element;
    gboolean (*read) (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);
  } pieces[] = { { "blob", read_blob },
                 { "grid", read_grid },
                 { "piff", read_piff },
                 { "snapshot", read_snapshot } };
  EpnsRegion *boxes = NULL;

  for (const EpnsXmlNode *at = node->children; at != NULL; at = at->next) {
    if (g_str_equal (at->name, "box")) {
      if (!read_box (scenario, at, &boxes, error))
        return FALSE;
      continue;
    }
    boxes = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
      if (g_str_equal (at->name, pieces[i].element) && !pieces[i].read (scenario, at, error))
        return FALSE;
  }
  return TRUE;
}
