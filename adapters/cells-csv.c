/* SPDX-License-Identifier: MIT */
/* Reads both versions of PhysiCell's files of cells. */
#include "adapters/cells-csv.h"

#include "adapters/file.h"

#include <math.h>
#include <string.h>

static const gsize size_limit = 256u << 20;

enum { FIXED = 4, MOST_COLUMNS = 1024 }; /* x, y, z, type come first */

typedef enum {
  COLUMN_VOLUME,
  COLUMN_TYPES_OWN, /* a number that the definition states: at `offset`, or in its affinities */
  COLUMN_CONSTANT,  /* any other value than `value` acts */
  COLUMN_INERT,     /* changes no mechanics */
  COLUMN_UNKNOWN    /* PhysiCell skips it */
} ColumnKind;

typedef struct {
  const char *label; /* with '*' at the end: what labels begin with, at the start: end with */
  ColumnKind kind;
  gsize offset;
  double value;
} Behaviour;

#define AT(member) G_STRUCT_OFFSET (EpnsPhysicellType, member)

/* PhysiCell's dictionary of behaviours, core/PhysiCell_signal_behavior.cpp. */
static const Behaviour behaviours[] = {
  { "volume", COLUMN_VOLUME, 0, 0.0 },
  { "migration speed", COLUMN_TYPES_OWN, AT (speed), 0.0 },
  { "migration bias", COLUMN_TYPES_OWN, AT (bias), 0.0 },
  { "migration persistence time", COLUMN_TYPES_OWN, AT (persistence), 0.0 },
  { "cell-cell adhesion", COLUMN_TYPES_OWN, AT (adhesion), 0.0 },
  { "cell-cell repulsion", COLUMN_TYPES_OWN, AT (repulsion), 0.0 },
  { "relative maximum adhesion distance", COLUMN_TYPES_OWN, AT (reach), 0.0 },
  { "adhesive affinity to *", COLUMN_TYPES_OWN, 0, 0.0 },
  { "cell attachment rate", COLUMN_TYPES_OWN, AT (attachment_rate), 0.0 },
  { "cycle entry", COLUMN_CONSTANT, 0, 0.0 },
  { "exit from cycle phase 0", COLUMN_CONSTANT, 0, 0.0 },
  { "apoptosis", COLUMN_CONSTANT, 0, 0.0 },
  { "necrosis", COLUMN_CONSTANT, 0, 0.0 },
  { "phagocytose *", COLUMN_CONSTANT, 0, 0.0 },
  { "phagocytosis of *", COLUMN_CONSTANT, 0, 0.0 },
  { "fuse to *", COLUMN_CONSTANT, 0, 0.0 },
  { "transform to *", COLUMN_CONSTANT, 0, 0.0 },
  { "transition to *", COLUMN_CONSTANT, 0, 0.0 },
  { "is_movable", COLUMN_CONSTANT, 0, 1.0 },
  { "is movable", COLUMN_CONSTANT, 0, 1.0 },
  { "movable", COLUMN_CONSTANT, 0, 1.0 },
  { "exit from cycle phase *", COLUMN_INERT, 0, 0.0 },
  { "custom*", COLUMN_INERT, 0, 0.0 },
  { "attack*", COLUMN_INERT, 0, 0.0 },
  { "immunogenicity to *", COLUMN_INERT, 0, 0.0 },
  { "asymmetric division to *", COLUMN_INERT, 0, 0.0 },
  { "chemotactic response to *", COLUMN_INERT, 0, 0.0 },
  { "chemotactic sensitivity to *", COLUMN_INERT, 0, 0.0 },
  { "* secretion", COLUMN_INERT, 0, 0.0 },
  { "* secretion target", COLUMN_INERT, 0, 0.0 },
  { "* secretion saturation density", COLUMN_INERT, 0, 0.0 },
  { "* uptake", COLUMN_INERT, 0, 0.0 },
  { "* export", COLUMN_INERT, 0, 0.0 },
  { "cell-BM adhesion", COLUMN_INERT, 0, 0.0 },
  { "cell-BM repulsion", COLUMN_INERT, 0, 0.0 },
  { "cell-membrane adhesion", COLUMN_INERT, 0, 0.0 },
  { "cell-membrane repulsion", COLUMN_INERT, 0, 0.0 },
  { "cell-cell adhesion elastic constant", COLUMN_INERT, 0, 0.0 },
  { "cell detachment rate", COLUMN_INERT, 0, 0.0 },
  { "maximum number of cell attachments", COLUMN_INERT, 0, 0.0 },
  { "damage*", COLUMN_INERT, 0, 0.0 },
};

typedef struct {
  char *label;
  ColumnKind kind;
  gsize offset;
  gint affinity; /* index of the definition it is towards; -1 */
  double value;
  gboolean told;
} Column;

typedef struct {
  const char *path;
  int number;  /* of the line, from 1 */
  char **cell; /* its values */
  guint n;
  EpnsPhysicell *about;
  GArray *columns; /* Column, v2 only, without the fixed ones */
} Reader;

static gboolean refuse (const Reader *self, EpnsFailure code, GError **error, const char *format,
                        ...) G_GNUC_PRINTF (4, 5);

static gboolean
refuse (const Reader *self, EpnsFailure code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *valid = g_strdelimit (g_utf8_make_valid (text, -1), "\t\r\n", ' ');
  g_set_error (error, EPNS_FAILURE, code, "%s:%d: %s", self->path, self->number, valid);
  return FALSE;
}

static gboolean
parse_number (const Reader *self, const char *what, const char *text, double *value, GError **error)
{
  char *end;

  *value = g_ascii_strtod (text, &end);
  end += strspn (end, " \t");
  if (end != text && *end == '\0' && isfinite (*value))
    return TRUE;
  return refuse (self, EPNS_FAILURE_FORMAT, error,
                 "%s \"%.40s\" is not a finite number; correct it", what, text);
}

static gboolean
parse_position (const Reader *self, double *position, GError **error)
{
  static const char *const names[] = { "x", "y", "z" };
  const EpnsPhysicell *about = self->about;

  for (int axis = 0; axis < 3; axis++) {
    double low = about->low[axis], high = about->high[axis];
    if (!parse_number (self, names[axis], self->cell[axis], &position[axis], error))
      return FALSE;
    if (position[axis] < low || position[axis] > high)
      return refuse (self, EPNS_FAILURE_RANGE, error,
                     "%s = %g is outside the domain, %g to %g; PhysiCell would freeze the cell "
                     "there, move it",
                     names[axis], position[axis], low, high);
  }
  return TRUE;
}

/* Version 1: the type by its ID, which may be written as 1.0e+00. */
static gboolean
parse_v1 (Reader *self, EpnsCsvCell *cell, GError **error)
{
  double id;

  if (self->n != FIXED)
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "%u values; a line without a header is x,y,z,typeID", self->n);
  if (!parse_position (self, cell->position, error)
      || !parse_number (self, "typeID", self->cell[3], &id, error))
    return FALSE;
  cell->type = fabs (id) < 1e9 ? epns_physicell_by_id (self->about, (gint64) id) : -1;
  if (cell->type < 0)
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "no cell definition has the ID %.40s; PhysiCell would leave the cell out",
                   self->cell[3]);
  cell->volume = self->about->types[cell->type].volume;
  return TRUE;
}

static gboolean
matches (const char *label, const char *pattern)
{
  gsize n = strlen (pattern);

  if (pattern[0] == '*')
    return g_str_has_suffix (label, pattern + 1);
  if (pattern[n - 1] == '*')
    return strncmp (label, pattern, n - 1) == 0;
  return g_str_equal (label, pattern);
}

static gint
affinity_of (const EpnsPhysicell *about, const char *label)
{
  const char *name = label + strlen ("adhesive affinity to ");
  gint found = epns_physicell_by_name (about, name);

  if (found < 0 && g_str_has_prefix (name, "cell type "))
    found = epns_physicell_by_id (about, g_ascii_strtoll (name + strlen ("cell type "), NULL, 10));
  return found;
}

static Column
find_column (const EpnsPhysicell *about, const char *label)
{
  Column column = { .label = g_strdup (label), .kind = COLUMN_UNKNOWN, .affinity = -1 };

  for (gsize i = 0; i < G_N_ELEMENTS (behaviours); i++) {
    if (!matches (label, behaviours[i].label))
      continue;
    column.kind = behaviours[i].kind;
    column.offset = behaviours[i].offset;
    column.value = behaviours[i].value;
    if (column.kind == COLUMN_TYPES_OWN && column.offset == 0) {
      column.affinity = affinity_of (about, label);
      column.kind = column.affinity < 0 ? COLUMN_UNKNOWN : column.kind;
    }
    break;
  }
  return column;
}

static gboolean
parse_header (Reader *self, GError **error)
{
  static const char *const fixed[FIXED] = { "x", "y", "z", "type" };

  for (guint i = 0; i < FIXED; i++)
    if (i >= self->n || g_ascii_strcasecmp (self->cell[i], fixed[i]) != 0)
      return refuse (self, EPNS_FAILURE_FORMAT, error,
                     "column %u is \"%.40s\"; a header begins x,y,z,type, in this order", i + 1,
                     i < self->n ? self->cell[i] : "");
  if (self->n > MOST_COLUMNS)
    return refuse (self, EPNS_FAILURE_FORMAT, error, "%u columns; at most %d are read", self->n,
                   MOST_COLUMNS);
  for (guint i = FIXED; i < self->n; i++) {
    Column column = find_column (self->about, self->cell[i]);
    g_array_append_val (self->columns, column);
  }
  return TRUE;
}

/* A column that acts on nothing is worth one note, at the first value in it. */
static void
note_column (const Reader *self, Column *column, const char *why)
{
  if (!column->told)
    epns_scenario_note (self->about->scenario, "%s:%d: \"%.60s\" %s; it has no effect", self->path,
                        self->number, column->label, why);
  column->told = TRUE;
}

static gboolean
take_value (const Reader *self, Column *column, const char *text, EpnsCsvCell *cell, GError **error)
{
  const EpnsPhysicellType *type = &self->about->types[cell->type];
  double value, expected = column->value;

  if (column->kind == COLUMN_INERT || column->kind == COLUMN_UNKNOWN) {
    note_column (self, column,
                 column->kind == COLUMN_INERT ? "changes no mechanics"
                                              : "is no behaviour that PhysiCell knows");
    return TRUE;
  }
  if (!parse_number (self, column->label, text, &value, error))
    return FALSE;
  if (column->kind == COLUMN_VOLUME) {
    cell->volume = value;
    return value > 0.0
           || refuse (self, EPNS_FAILURE_RANGE, error, "volume %.40s is not above 0; correct it",
                      text);
  }
  if (column->affinity >= 0)
    expected = type->pair[PHYSICELL_AFFINITY][column->affinity];
  else if (column->kind == COLUMN_TYPES_OWN)
    expected = G_STRUCT_MEMBER (double, type, column->offset);
  return value == expected
         || refuse (self, EPNS_FAILURE_UNSUPPORTED, error,
                    "%.60s = %g of a single cell is not honoured, its definition \"%s\" has %g; "
                    "make a definition for such cells",
                    column->label, value, type->name, expected);
}

/* Version 2: the type by its name; an empty value or one that begins with s, for "skip", leaves
 * that of the definition; a line may be shorter than the header. */
static gboolean
parse_v2 (Reader *self, EpnsCsvCell *cell, GError **error)
{
  if (self->n < FIXED)
    return refuse (self, EPNS_FAILURE_FORMAT, error, "%u values; a line begins x,y,z,type",
                   self->n);
  if (self->n > FIXED + self->columns->len)
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "%u values for %u columns; name the others in the header", self->n,
                   FIXED + self->columns->len);
  if (!parse_position (self, cell->position, error))
    return FALSE;
  cell->type = epns_physicell_by_name (self->about, self->cell[3]);
  if (cell->type < 0) {
    g_autofree char *hint = epns_physicell_hint (self->about, self->cell[3], "");
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "no cell definition is called \"%.40s\", PhysiCell would leave the cell out%s",
                   self->cell[3], *hint ? hint : "; define it");
  }
  cell->volume = self->about->types[cell->type].volume;
  for (guint i = FIXED; i < self->n; i++) {
    const char *text = self->cell[i];
    if (*text != '\0' && *text != 's' && *text != 'S'
        && !take_value (self, &g_array_index (self->columns, Column, i - FIXED), text, cell, error))
      return FALSE;
  }
  return TRUE;
}

static void
clear_column (gpointer data)
{
  g_free (((Column *) data)->label);
}

/* Is the first line neither numbers nor a header? PhysiCell would hang on it. */
static gboolean
begins_well (const Reader *self, const char *line, GError **error)
{
  if (*line != '\0' && strchr ("xX0123456789+-. \t", *line) != NULL)
    return TRUE;
  return refuse (self, EPNS_FAILURE_FORMAT, error,
                 "\"%.40s\" is neither the header x,y,z,type nor a line x,y,z,typeID", line);
}

static gboolean
parse_line (Reader *self, char *line, gboolean *header, GArray *cells, GError **error)
{
  EpnsCsvCell cell = { .volume = NAN };
  gboolean first = cells->len == 0 && !*header;

  g_strchomp (line);
  if (*line == '\0')
    return TRUE;
  if (first && !begins_well (self, line, error))
    return FALSE;
  g_auto (GStrv) values = g_strsplit (line, ",", -1);
  self->cell = values;
  self->n = g_strv_length (values);
  if (first && (*line == 'x' || *line == 'X')) {
    *header = TRUE;
    return parse_header (self, error);
  }
  if (!(*header ? parse_v2 : parse_v1) (self, &cell, error))
    return FALSE;
  g_array_append_val (cells, cell);
  return TRUE;
}

GArray *
epns_cells_csv_parse (const char *path, const char *text, gsize size, EpnsPhysicell *about,
                      GError **error)
{
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (EpnsCsvCell));
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (Column));
  Reader self = { .path = path, .about = about, .columns = columns };
  gboolean header = FALSE;
  const char *end = text + size;

  g_array_set_clear_func (columns, clear_column);
  if (memchr (text, '\0', size) != NULL) {
    self.number = 1;
    refuse (&self, EPNS_FAILURE_FORMAT, error, "holds zero bytes; this is no text");
    return NULL;
  }
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  for (const char *at = text; at < end;) {
    gsize length = strcspn (at, "\n");
    g_autofree char *line = g_strndup (at, length);
    self.number++;
    if (!parse_line (&self, line, &header, cells, error))
      return NULL;
    at += length + 1;
  }
  if (cells->len > 0)
    return g_steal_pointer (&cells);
  refuse (&self, EPNS_FAILURE_FORMAT, error,
          "the file holds no cell, PhysiCell would crash; add one");
  return NULL;
}

GArray *
epns_cells_csv_read (const char *path, EpnsPhysicell *about, GError **error)
{
  gsize size;
  g_autofree char *text = epns_file_load (path, size_limit, &size, error);

  return text ? epns_cells_csv_parse (path, text, size, about, error) : NULL;
}
