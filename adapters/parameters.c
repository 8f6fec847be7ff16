/* SPDX-License-Identifier: MIT */
/* One table of the parameters that our files may state, and how a row is read. */
#include "adapters/parameters.h"

#include "adapters/xml-values.h"

#include <float.h>
#include <math.h>

const EpnsKnownParameter epns_known_parameters[] = {
  { EPNS_OF_LATTICE, "temperature", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "fluctuation-amplitude", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "fluctuation-combine", 0, EPNS_I32, 0, 2, "min,max,mean" },
  { EPNS_OF_LATTICE, "acceptance-offset", 0, EPNS_F64, -INFINITY, INFINITY, NULL },
  { EPNS_OF_LATTICE, "boltzmann-constant", 0, EPNS_F64, DBL_MIN, INFINITY, NULL },
  { EPNS_OF_LATTICE, "attempts-per-site", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "neighbor-order", 0, EPNS_I32, 1, 100, NULL },
  { EPNS_OF_LATTICE, "grid", 0, EPNS_I32, 0, 1, "square,hexagonal" },
  { EPNS_OF_LATTICE, "last-site", 0, EPNS_I32, 0, 1, "free,kept" },
  { EPNS_OF_LATTICE, "target-volume", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "volume-strength", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "target-surface", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "surface-strength", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "surface-neighbor-order", 0, EPNS_I32, 1, 100, NULL },
  { EPNS_OF_LATTICE, "surface-scale", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_LATTICE, "surface-target", 0, EPNS_I32, 0, 1, "fixed,round" },
  { EPNS_OF_LATTICE, "connected", 1, EPNS_I32, 0, 1, "false,true" },
  { EPNS_OF_LATTICE, "connectivity-neighbor-order", 0, EPNS_I32, 1, 3, NULL },
  { EPNS_OF_LATTICE, "contact-energy", 2, EPNS_F64, -INFINITY, INFINITY, NULL },
  { EPNS_OF_LATTICE, "contact-neighbor-order", 0, EPNS_I32, 1, 100, NULL },
  { EPNS_OF_LATTICE, "contact-weight-by-distance", 0, EPNS_I32, 0, 1, "false,true" },
  { EPNS_OF_PARTICLES, "gravitational-constant", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "softening", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "integrator-step", 0, EPNS_F64, DBL_MIN, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "noise", 0, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "cell-cell-adhesion-strength", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "cell-cell-repulsion-strength", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "relative-maximum-adhesion-distance", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES | EPNS_DIRECTED, "cell-adhesion-affinity", 2, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "motility-enabled", 1, EPNS_I32, 0, 1, "false,true" },
  { EPNS_OF_PARTICLES, "use-2d", 1, EPNS_I32, 0, 1, "false,true" },
  { EPNS_OF_PARTICLES, "speed", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "persistence-time", 1, EPNS_F64, 0.0, INFINITY, NULL },
  { EPNS_OF_PARTICLES, "migration-bias", 1, EPNS_F64, 0.0, 1.0, NULL },
  { EPNS_OF_PARTICLES, "mechanics-dt", 0, EPNS_F64, DBL_MIN, INFINITY, NULL },
};
const guint epns_n_known_parameters = G_N_ELEMENTS (epns_known_parameters);

const char *
epns_number_spell (char *buffer, double value)
{
  g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.15g", value);
  return g_ascii_strtod (buffer, NULL) == value
             ? buffer
             : g_ascii_dtostr (buffer, G_ASCII_DTOSTR_BUF_SIZE, value);
}

gboolean
epns_type_by_name (const EpnsXmlNode *node, const char *const *types, gsize n_types,
                   const char *name, gint32 *type, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (gsize id = 0; id < n_types; id++) {
    if (types[id] == NULL)
      continue;
    if (g_str_equal (types[id], name)) {
      *type = (gint32) id;
      return TRUE;
    }
    g_ptr_array_add (names, (gpointer) types[id]);
  }
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<%s>: no cell type is called \"%.40s\"%s", node->name, name,
                          *hint ? hint : "; declare it in <types>");
}

static const EpnsKnownParameter *
find_known (const EpnsXmlNode *row, const char *name, int of, GError **error)
{
  const char *names[G_N_ELEMENTS (epns_known_parameters) + 1] = { NULL };

  for (guint i = 0, n = 0; i < epns_n_known_parameters; i++) {
    if ((epns_known_parameters[i].of & of) == 0)
      continue;
    names[n++] = epns_known_parameters[i].name;
    if (g_str_equal (epns_known_parameters[i].name, name))
      return &epns_known_parameters[i];
  }
  g_autofree char *hint = epns_suggestion (name, names);
  epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error, "<parameter name=\"%.40s\"> is not known%s",
                   name, *hint ? hint : "; epns list names the parameters of a step model");
  return NULL;
}

static gboolean
parse_value (const EpnsXmlNode *row, const EpnsKnownParameter *about, const char *attribute,
             double *value, GError **error)
{
  if (about->values != NULL) {
    g_auto (GStrv) words = g_strsplit (about->values, ",", -1);
    for (guint i = 0; words[i] != NULL; i++)
      if (g_str_equal (words[i], epns_xml_attribute (row, attribute))) {
        *value = i;
        return TRUE;
      }
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<parameter name=\"%s\" %s=\"%.40s\">: give one of %s", about->name,
                            attribute, epns_xml_attribute (row, attribute), about->values);
  }
  if (about->dtype == EPNS_F64)
    return epns_xml_number (row, attribute, about->minimum, about->maximum, value, error);
  gint64 integer;
  if (!epns_xml_integer (row, attribute, (gint64) about->minimum, (gint64) about->maximum,
                         &integer, error))
    return FALSE;
  *value = (double) integer;
  return TRUE;
}

static gboolean
read_row (const EpnsStatements *self, const EpnsXmlNode *row, const char *const *types, int of,
          const char *attribute, GError **error)
{
  static const char *const wanted[] = { "neither type nor with", "type=\"...\" and no with",
                                        "type=\"...\" and with=\"...\"" };
  const char *name[2] = { epns_xml_attribute (row, "type"), epns_xml_attribute (row, "with") };
  const EpnsKnownParameter *about = find_known (row, epns_xml_attribute (row, "name"), of, error);
  gsize n = self->n_types;
  gint32 type[2] = { 0, 0 };
  double value;

  if (about == NULL)
    return FALSE;
  if ((name[0] != NULL) != (about->rank >= 1) || (name[1] != NULL) != (about->rank == 2))
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error, "<parameter name=\"%s\"> takes %s",
                            about->name, wanted[about->rank]);
  for (int i = 0; i < 2; i++)
    if (name[i] != NULL && !epns_type_by_name (row, types, n, name[i], &type[i], error))
      return FALSE;
  if (!parse_value (row, about, attribute, &value, error))
    return FALSE;
  EpnsStatement *statement = &self->of[about - epns_known_parameters];
  gsize at = about->rank == 2 ? (gsize) type[0] * n + (gsize) type[1] : (gsize) type[0];
  gboolean both_ways = about->rank == 2 && (about->of & EPNS_DIRECTED) == 0;
  gsize mirrored = both_ways ? (gsize) type[1] * n + (gsize) type[0] : at;
  if (statement->stated[at])
    return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                            "<parameter name=\"%s\"> is stated twice here; keep one", about->name);
  statement->stated[at] = statement->stated[mirrored] = statement->any = TRUE;
  statement->value[at] = statement->value[mirrored] = value;
  return TRUE;
}

EpnsStatements *
epns_statements_read (const EpnsXmlNode *parent, const char *const *types, gsize n_types, int of,
                      const char *attribute, GError **error)
{
  g_autoptr (EpnsStatements) self = g_new0 (EpnsStatements, 1);
  gsize room = MAX (n_types * n_types, 1); /* a number needs no type */

  self->n_types = n_types;
  self->of = g_new0 (EpnsStatement, epns_n_known_parameters);
  for (guint i = 0; i < epns_n_known_parameters; i++) {
    self->of[i].value = g_new0 (double, room);
    self->of[i].stated = g_new0 (gboolean, room);
  }
  for (const EpnsXmlNode *row = epns_xml_child (parent, "parameter"); row != NULL;
       row = epns_xml_again (row))
    if (epns_xml_attribute (row, attribute) != NULL
        && !read_row (self, row, types, of, attribute, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
epns_statements_free (EpnsStatements *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < epns_n_known_parameters; i++) {
    g_free (self->of[i].value);
    g_free (self->of[i].stated);
  }
  g_free (self->of);
  g_free (self);
}
