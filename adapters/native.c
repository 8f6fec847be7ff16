/* SPDX-License-Identifier: MIT */
/* Reads our own scenarios: a host's file, a lattice or particles, then the plan of the run. */
#include "adapters/native.h"
#include "adapters/parameters.h"

#include "adapters/reader.h"
#include "adapters/xml-values.h"
#include "plugin/datadir.h"

#include <string.h>

static const double largest_lattice = 268435456.0; /* sites: 1 GiB of cell ids */

char *
epns_native_path (const char *from, const char *href)
{
  if (g_path_is_absolute (href))
    return g_strdup (href);
  g_autofree char *folder = g_path_get_dirname (from);
  return g_str_equal (folder, ".") ? g_strdup (href) : g_build_filename (folder, href, NULL);
}

const char **
epns_native_type_names (const EpnsScenario *scenario)
{
  const char **names = g_new (const char *, scenario->types->len + 1);

  for (guint id = 0; id < scenario->types->len; id++)
    names[id] = g_array_index (scenario->types, EpnsCellType, id).name;
  return names;
}

gboolean
epns_native_type (const EpnsScenario *scenario, const EpnsXmlNode *node, const char *name,
                  gint32 *type, GError **error)
{
  g_autofree const char **types = epns_native_type_names (scenario);

  return epns_type_by_name (node, types, scenario->types->len, name, type, error);
}

/* A lattice */

static gboolean
read_lattice (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const char *const axes[3] = { "z", "y", "x" };
  const char *periodic = epns_xml_attribute (node, "periodic");
  double sites = 1.0;

  for (int axis = 0; axis < 3; axis++) {
    gint64 size = 1;
    if (epns_xml_attribute (node, axes[axis]) != NULL
        && !epns_xml_integer (node, axes[axis], 1, 32767, &size, error))
      return FALSE;
    scenario->size[axis] = (gint32) size;
    scenario->periodic[axis] = periodic != NULL && strchr (periodic, *axes[axis]) != NULL;
    sites *= (double) size;
    if (scenario->periodic[axis] && size == 1)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<lattice periodic=\"%s\">: %s has one site only; leave it out",
                              periodic, axes[axis]);
  }
  epns_scenario_put (scenario, "periodic", EPNS_I32, 1, (int64_t[]) { 3 }, scenario->periodic);
  return sites <= largest_lattice
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<lattice> makes %.0f sites; at most %.0f are accepted", sites,
                             largest_lattice);
}

static gboolean
is_true (const char *text)
{
  return text != NULL && (g_str_equal (text, "true") || g_str_equal (text, "1"));
}

static void
add_type (EpnsScenario *scenario, const char *name, gboolean frozen)
{
  EpnsCellType type = { g_strdup (name), frozen };

  g_array_append_val (scenario->types, type);
}

static gboolean
read_types (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  for (const EpnsXmlNode *row = epns_xml_child (node, "type"); row != NULL;
       row = epns_xml_again (row)) {
    const char *name = epns_xml_attribute (row, "name");
    if (epns_scenario_type_id (scenario, name) >= 0)
      return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                              "<type name=\"%.40s\"> is there already; rename it", name);
    add_type (scenario, name, is_true (epns_xml_attribute (row, "frozen")));
  }
  return TRUE;
}

static void
put_frozen (EpnsScenario *scenario)
{
  guint n = scenario->types->len;
  g_autofree gint32 *frozen = g_new0 (gint32, n);
  for (guint id = 0; id < n; id++)
    frozen[id] = g_array_index (scenario->types, EpnsCellType, id).frozen;
  epns_scenario_put (scenario, "frozen", EPNS_I32, 1, (int64_t[]) { n }, frozen);
}

static EpnsScenario *
read_tissue (const char *path, const EpnsXmlNode *root, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (path, "epns");

  add_type (scenario, "Medium", FALSE);
  if (!read_lattice (scenario, epns_xml_child (root, "lattice"), error)
      || !read_types (scenario, epns_xml_child (root, "types"), error))
    return NULL;
  put_frozen (scenario);
  if (!epns_native_read_parameters (scenario, epns_xml_child (root, "parameters"), error)
      || !epns_native_read_cells (scenario, epns_xml_child (root, "cells"), error))
    return NULL;
  epns_scenario_add_model (scenario, "native", "cpm", NULL);
  return g_steal_pointer (&scenario);
}

/* Particles */

static EpnsScenario *
read_particles (const char *path, const EpnsXmlNode *root, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (path, "epns");
  const EpnsXmlNode *types = epns_xml_child (root, "types"),
                    *parameters = epns_xml_child (root, "parameters");

  if (!epns_native_read_space (scenario, epns_xml_child (root, "space"), error))
    return NULL;
  if (types == NULL)
    add_type (scenario, "Body", FALSE);
  else if (!read_types (scenario, types, error))
    return NULL;
  if ((parameters != NULL && !epns_native_read_parameters (scenario, parameters, error))
      || !epns_native_read_bodies (scenario, epns_xml_child (root, "bodies"), error))
    return NULL;
  epns_scenario_add_model (scenario, "native", "nbody", NULL);
  return g_steal_pointer (&scenario);
}

/* A host's file */

/* The format of this key, or NULL. */
static const EpnsScenarioFormat *
find_format (const char *key)
{
  gsize n;
  const EpnsScenarioFormat *formats = epns_scenario_formats (&n);

  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (formats[i].key, key) == 0)
      return &formats[i];
  return NULL;
}

static EpnsScenario *
read_host (const char *path, const EpnsXmlNode *node, GError **error)
{
  const char *format = epns_xml_attribute (node, "format");
  g_autofree char *host_path = epns_native_path (path, epns_xml_attribute (node, "href"));
  g_autoptr (EpnsXml) xml = epns_xml_read (host_path, error);

  if (xml == NULL) {
    g_prefix_error (error, "%s:%d: <host>: ", node->path, node->line);
    return NULL;
  }
  const EpnsScenarioFormat *reader = find_format (format);
  if (reader == NULL || !reader->probe (epns_xml_root (xml))) {
    epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                     "<host format=\"%s\">: the root of %s is <%.40s>; correct format or href",
                     format, host_path, epns_xml_root (xml)->name);
    return NULL;
  }
  EpnsScenario *scenario = reader->read (host_path, xml, error);
  if (scenario != NULL) {
    g_free (scenario->path);
    scenario->path = g_strdup (path);
  }
  return scenario;
}

/* What to run */

static gboolean
read_model (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  const char *name = epns_xml_attribute (node, "name"),
             *source = epns_xml_attribute (node, "source");
  g_autofree char *path = source ? epns_native_path (scenario->path, source) : NULL;

  for (guint i = 0; i < scenario->plan.models->len; i++) {
    const EpnsPlanModel *other = g_ptr_array_index (scenario->plan.models, i);
    if (g_str_equal (other->name, name))
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<model name=\"%.40s\"> is there already; rename it", name);
  }
  EpnsPlanModel *model = epns_scenario_add_model (scenario, name, epns_xml_attribute (node, "kind"),
                                                  path);
  for (const EpnsXmlNode *row = epns_xml_child (node, "set"); row != NULL;
       row = epns_xml_again (row)) {
    EpnsSetting setting = { g_strdup (epns_xml_attribute (row, "name")),
                            g_strdup (epns_xml_attribute (row, "value")), row->line };
    g_array_append_val (model->settings, setting);
  }
  return TRUE;
}

static gboolean
read_seed (const EpnsXmlNode *node, guint64 *seed, GError **error)
{
  const char *text = epns_xml_attribute (node, "seed");

  return text == NULL || g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, seed, NULL)
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<run seed=\"%.40s\"> is outside 0 to 2^64 - 1; correct it", text);
}

static gboolean
read_time (const EpnsXmlNode *node, const char *attribute, double *time, GError **error)
{
  return epns_xml_attribute (node, attribute) == NULL
         || epns_xml_number (node, attribute, 0.0, 1e15, time, error);
}

static gboolean
read_run (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsRunPlan *plan = &scenario->plan;
  gint64 members = plan->members;

  if (epns_xml_attribute (node, "members") != NULL
      && !epns_xml_integer (node, "members", 1, 1 << 20, &members, error))
    return FALSE;
  plan->members = (guint32) members;
  if (!read_seed (node, &plan->seed, error) || !read_time (node, "until", &plan->until, error))
    return FALSE;
  plan->every = epns_scenario_default_every (plan->until);
  if (!read_time (node, "every", &plan->every, error))
    return FALSE;
  if (epns_xml_child (node, "model") != NULL)
    g_ptr_array_set_size (plan->models, 0); /* those of the file, not the default one */
  for (const EpnsXmlNode *model = epns_xml_child (node, "model"); model != NULL;
       model = epns_xml_again (model))
    if (!read_model (scenario, model, error))
      return FALSE;
  return TRUE;
}

static void
read_outputs (EpnsScenario *scenario, const EpnsXmlNode *node)
{
  for (const EpnsXmlNode *row = epns_xml_child (node, "output"); row != NULL;
       row = epns_xml_again (row))
    g_ptr_array_add (scenario->plan.outputs,
                     epns_native_path (scenario->path, epns_xml_attribute (row, "href")));
}

gboolean
epns_native_probe (const EpnsXmlNode *root)
{
  return g_str_equal (root->namespace_uri, EPNS_NATIVE_NAMESPACE);
}

EpnsScenario *
epns_native_read (const char *path, EpnsXml *xml, GError **error)
{
  g_autofree char *schema = epns_data_file ("schemas/epns-scenario.xsd");
  const EpnsXmlNode *root = epns_xml_root (xml), *node;

  if (!epns_xml_validate (xml, schema, error))
    return NULL;
  g_autoptr (EpnsScenario)
      scenario = (node = epns_xml_child (root, "host")) != NULL ? read_host (path, node, error)
                 : epns_xml_child (root, "lattice") != NULL     ? read_tissue (path, root, error)
                                                            : read_particles (path, root, error);
  if (scenario == NULL)
    return NULL;
  if ((node = epns_xml_child (root, "run")) != NULL && !read_run (scenario, node, error))
    return NULL;
  if ((node = epns_xml_child (root, "outputs")) != NULL)
    read_outputs (scenario, node);
  return g_steal_pointer (&scenario);
}
