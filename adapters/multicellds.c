/* SPDX-License-Identifier: MIT */
/* One save of PhysiCell: what its XML file says, and the columns beside it (modules/
 * PhysiCell_MultiCellDS.cpp, 1.14.2). */
#include "adapters/multicellds.h"

#include "adapters/xml-values.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define POPULATION "cellular_information/cell_populations/cell_population/custom"

gboolean
epns_multicellds_probe (const EpnsXmlNode *root)
{
  return g_str_equal (root->name, "MultiCellDS");
}

void
epns_multicellds_free (EpnsMulticellds *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_ptr_array_unref (self->type_names);
  g_array_unref (self->type_ids);
  g_free (self->id);
  g_free (self->type);
  g_free (self->position);
  g_free (self->motility);
  g_free (self->radius);
  g_free (self->volume);
  g_free (self);
}

static const EpnsXmlNode *
required (const EpnsXmlNode *node, const char *path, GError **error)
{
  const EpnsXmlNode *found = epns_xml_find (node, path);

  if (found == NULL)
    epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                     "<%s> has no %s; this is no save of PhysiCell", node->name, path);
  return found;
}

static gboolean
read_time (EpnsMulticellds *self, const EpnsXmlNode *root, GError **error)
{
  const EpnsXmlNode *node = required (root, "metadata/current_time", error);
  const char *unit = node ? epns_xml_attribute (node, "units") : NULL;

  if (node == NULL)
    return FALSE;
  if (unit != NULL && !g_str_equal (unit, "min"))
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<current_time units=\"%.20s\">: times in min are read", unit);
  return epns_xml_number (node, NULL, 0.0, DBL_MAX, &self->time, error);
}

static gboolean
read_domain (EpnsMulticellds *self, const EpnsXmlNode *root, GError **error)
{
  const EpnsXmlNode *node = required (root, "microenvironment/domain/mesh/bounding_box", error);
  double corner[6];

  if (node == NULL)
    return FALSE;
  const char *at = node->text;
  for (int i = 0; i < 6; i++) {
    char *end;
    corner[i] = g_ascii_strtod (at, &end);
    if (end == at || !isfinite (corner[i]))
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<bounding_box> is not six numbers; save it again in PhysiCell");
    at = end;
  }
  for (int axis = 0; axis < 3; axis++) {
    self->low[axis] = corner[axis];
    self->high[axis] = corner[axis + 3];
    if (!(self->low[axis] < self->high[axis]))
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<bounding_box> is empty; save it again in PhysiCell");
  }
  return TRUE;
}

static gboolean
read_type_names (EpnsMulticellds *self, const EpnsXmlNode *data, GError **error)
{
  const EpnsXmlNode *types = epns_xml_child (data, "cell_types"); /* since 1.14.0 */

  for (const EpnsXmlNode *node = types ? epns_xml_child (types, "type") : NULL; node != NULL;
       node = epns_xml_again (node)) {
    gint64 id;
    if (!epns_xml_integer (node, "type", G_MININT32, G_MAXINT32, &id, error))
      return FALSE;
    gint32 short_id = (gint32) id;
    g_array_append_val (self->type_ids, short_id);
    g_ptr_array_add (self->type_names, g_strdup (node->text));
  }
  return TRUE;
}

static gint32
type_of (EpnsMulticellds *self, gint32 id)
{
  for (guint i = 0; i < self->type_ids->len; i++)
    if (g_array_index (self->type_ids, gint32, i) == id)
      return (gint32) i;
  g_array_append_val (self->type_ids, id);
  g_ptr_array_add (self->type_names, g_strdup_printf ("type %d", id));
  return (gint32) self->type_ids->len - 1;
}

/* The matrix with the names of its rows. */
typedef struct {
  const EpnsXmlNode *labels;
  const char *path;
  const double *value; /* [columns][rows] */
  gsize rows, columns;
} Table;

/* The first row of a label of this many rows; some labels are there twice, the first counts. -1
 * where there is none. */
static gboolean
find_rows (const Table *table, const char *name, gsize size, gboolean needed, gssize *row,
           GError **error)
{
  gint64 index, extent;

  *row = -1;
  for (const EpnsXmlNode *label = epns_xml_child (table->labels, "label"); label != NULL;
       label = epns_xml_again (label)) {
    if (!g_str_equal (label->text, name))
      continue;
    if (!epns_xml_integer (label, "index", 0, G_MAXINT32, &index, error)
        || !epns_xml_integer (label, "size", 0, G_MAXINT32, &extent, error))
      return FALSE;
    if ((gsize) extent != size || (gsize) index + size > table->rows)
      return epns_xml_refuse (label, EPNS_FAILURE_FORMAT, error,
                              "<label index=\"%d\" size=\"%d\">%s: %" G_GSIZE_FORMAT
                              " rows are wanted of the %" G_GSIZE_FORMAT
                              " in %s; the two files do not belong together",
                              (int) index, (int) extent, name, size, table->rows, table->path);
    *row = (gssize) index;
    return TRUE;
  }
  return !needed
         || epns_xml_refuse (table->labels, EPNS_FAILURE_FORMAT, error,
                             "<labels> has no \"%s\"; this is no save of PhysiCell", name);
}

static double
value_at (const Table *table, gsize column, gssize row)
{
  return table->value[column * table->rows + (gsize) row];
}

static gboolean
refuse_cell (const Table *table, gsize column, const char *what, double value, GError **error)
{
  return epns_xml_refuse (table->labels, EPNS_FAILURE_FORMAT, error,
                          "column %" G_GSIZE_FORMAT " of %s: %s is %g; save it again in PhysiCell",
                          column + 1, table->path, what, value);
}

typedef struct {
  gssize id, position, type, volume, radius, motility;
} Rows;

static gboolean
find_all (const Table *table, Rows *rows, GError **error)
{
  return find_rows (table, "ID", 1, TRUE, &rows->id, error)
         && find_rows (table, "position", 3, TRUE, &rows->position, error)
         && find_rows (table, "cell_type", 1, TRUE, &rows->type, error)
         && find_rows (table, "total_volume", 1, TRUE, &rows->volume, error)
         && find_rows (table, "radius", 1, FALSE, &rows->radius, error)
         && find_rows (table, "motility_vector", 3, FALSE, &rows->motility, error);
}

typedef struct {
  double id;
  gsize column;
} Order;

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  double x = ((const Order *) a)->id, y = ((const Order *) b)->id;

  return x < y ? -1 : x > y;
}

/* Columns by ascending ID, every ID a number of its own. */
static GArray *
order_columns (const Table *table, gssize row, GError **error)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (Order));

  for (gsize column = 0; column < table->columns; column++) {
    Order cell = { value_at (table, column, row), column };
    if (!(cell.id >= 0.0 && cell.id <= G_MAXINT32 && cell.id == floor (cell.id))) {
      refuse_cell (table, column, "the ID", cell.id, error);
      return NULL;
    }
    g_array_append_val (order, cell);
  }
  g_array_sort (order, compare_ids);
  for (guint i = 1; i < order->len; i++)
    if (g_array_index (order, Order, i).id == g_array_index (order, Order, i - 1).id) {
      refuse_cell (table, g_array_index (order, Order, i).column, "an ID that another cell has",
                   g_array_index (order, Order, i).id, error);
      return NULL;
    }
  return g_steal_pointer (&order);
}

static gboolean
read_vector (const Table *table, gsize column, gssize row, const char *what, double to[3],
             GError **error)
{
  for (int axis = 0; axis < 3; axis++) {
    to[axis] = value_at (table, column, row + axis);
    if (!isfinite (to[axis]))
      return refuse_cell (table, column, what, to[axis], error);
  }
  return TRUE;
}

static gboolean
read_cell (EpnsMulticellds *self, const Table *table, const Rows *rows, gsize i, gsize column,
           GError **error)
{
  double type = value_at (table, column, rows->type);
  double volume = value_at (table, column, rows->volume);
  double radius = rows->radius >= 0 ? value_at (table, column, rows->radius)
                                    : cbrt (volume / (4.0 / 3.0 * G_PI));

  if (!(fabs (type) <= G_MAXINT32 && type == floor (type)))
    return refuse_cell (table, column, "cell_type", type, error);
  if (!(isfinite (volume) && volume >= 0.0))
    return refuse_cell (table, column, "total_volume", volume, error);
  if (!(isfinite (radius) && radius >= 0.0))
    return refuse_cell (table, column, "radius", radius, error);
  self->id[i] = (gint32) value_at (table, column, rows->id);
  self->type[i] = type_of (self, (gint32) type);
  self->volume[i] = volume;
  self->radius[i] = radius;
  return read_vector (table, column, rows->position, "position", self->position[i], error)
         && (self->motility == NULL
             || read_vector (table, column, rows->motility, "motility_vector", self->motility[i],
                             error));
}

static gboolean
read_cells (EpnsMulticellds *self, const Table *table, GError **error)
{
  Rows rows;

  if (!find_all (table, &rows, error))
    return FALSE;
  g_autoptr (GArray) order = order_columns (table, rows.id, error);
  if (order == NULL)
    return FALSE;
  self->n = order->len;
  self->id = g_new0 (gint32, self->n);
  self->type = g_new0 (gint32, self->n);
  self->position = g_malloc0_n (self->n, sizeof *self->position);
  self->motility = rows.motility >= 0 ? g_malloc0_n (self->n, sizeof *self->motility) : NULL;
  self->radius = g_new0 (double, self->n);
  self->volume = g_new0 (double, self->n);
  for (guint i = 0; i < order->len; i++)
    if (!read_cell (self, table, &rows, i, g_array_index (order, Order, i).column, error))
      return FALSE;
  return TRUE;
}

/* The matrix lies beside the XML file, whatever folder it was written in. */
static gboolean
read_table (EpnsMulticellds *self, const EpnsXmlNode *data, GError **error)
{
  const EpnsXmlNode *name = required (data, "filename", error);
  Table table = { .labels = required (data, "labels", error) };

  if (name == NULL || table.labels == NULL)
    return FALSE;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *base = g_path_get_basename (name->text);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  g_autofree double *value = epns_multicellds_matrix (path, &table.rows, &table.columns, error);
  if (value == NULL) {
    g_prefix_error (error, "%s:%d: <filename>: ", name->path, name->line);
    return FALSE;
  }
  table.path = base;
  table.value = value;
  return read_cells (self, &table, error);
}

EpnsMulticellds *
epns_multicellds_read (const char *path, GError **error)
{
  g_autoptr (EpnsXml) xml = epns_xml_read (path, error);

  if (xml == NULL)
    return NULL;
  const EpnsXmlNode *root = epns_xml_root (xml), *data;
  if (!epns_multicellds_probe (root)) {
    epns_xml_refuse (root, EPNS_FAILURE_FORMAT, error,
                     "the root <%.60s> is not <MultiCellDS>; name a save of PhysiCell", root->name);
    return NULL;
  }
  g_autoptr (EpnsMulticellds) self = g_new0 (EpnsMulticellds, 1);
  self->path = g_strdup (path);
  self->type_names = g_ptr_array_new_with_free_func (g_free);
  self->type_ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  if (!read_time (self, root, error) || !read_domain (self, root, error)
      || (data = required (root, POPULATION "/simplified_data", error)) == NULL
      || !read_type_names (self, data, error) || !read_table (self, data, error))
    return NULL;
  return g_steal_pointer (&self);
}
