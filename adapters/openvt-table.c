/* SPDX-License-Identifier: MIT */
/* Rows of text into arrays by simulation, time and cell. */
#include "adapters/openvt-table.h"

#include "adapters/openvt-csv.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define FIELDS 6
#define LONGEST (G_GUINT64_CONSTANT (1) << 28) /* bytes of a file */

typedef struct {
  guint32 member;
  double time;
  gint64 cell;
  gint32 type;
  double at[2];
  guint line;
} Row;

typedef struct {
  EpnsOpenvtTable *table;
  GArray *rows;        /* Row */
  GPtrArray *names;    /* char *, of members */
  GHashTable *members; /* name -> index + 1 */
} Reader;

static gboolean
refuse (const Reader *self, guint line, GError **error, const char *what)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s:%u: %s", self->table->path, line, what);
  return FALSE;
}

static gboolean
parse_number (const char *text, double *value)
{
  char *end;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value);
}

static gboolean
parse_whole (const char *text, gint64 *value)
{
  double number;

  if (!parse_number (text, &number) || number != floor (number) || fabs (number) > 1e9)
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

static guint32
member_index (Reader *self, const char *name)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (self->members, name));

  if (known > 0)
    return known - 1;
  g_ptr_array_add (self->names, g_strdup (name));
  g_hash_table_insert (self->members, g_strdup (name), GUINT_TO_POINTER (self->names->len));
  return self->names->len - 1;
}

static gboolean
read_row (Reader *self, char *text, guint line, GError **error)
{
  g_auto (GStrv) field = g_strsplit (text, ",", -1);
  Row row = { .line = line };
  gint64 type;

  if (g_strv_length (field) != FIELDS)
    return refuse (self, line, error, "a row has 6 fields: simID,time,cellID,cellType,x,y");
  for (int i = 0; i < FIELDS; i++)
    g_strstrip (field[i]);
  if (*field[0] == '\0')
    return refuse (self, line, error, "simID is empty; give the simulation a number or a name");
  if (!parse_number (field[1], &row.time) || !parse_number (field[4], &row.at[0])
      || !parse_number (field[5], &row.at[1]))
    return refuse (self, line, error, "time, x and y must be finite numbers");
  if (!parse_whole (field[2], &row.cell) || !parse_whole (field[3], &type))
    return refuse (self, line, error, "cellID and cellType must be whole numbers");
  row.type = (gint32) type;
  row.member = member_index (self, field[0]);
  g_array_append_val (self->rows, row);
  return TRUE;
}

/* "simID,time,...", blanks and capitals aside. */
static gboolean
is_header (const char *line)
{
  g_autofree char *plain = g_strdup (line);
  gsize n = 0;

  for (const char *c = line; *c != '\0'; c++)
    if (!g_ascii_isspace (*c) && *c != '"')
      plain[n++] = *c;
  plain[n] = '\0';
  return g_ascii_strncasecmp (plain, EPNS_OPENVT_HEADER, strlen (EPNS_OPENVT_HEADER) - 1) == 0
         && n == strlen (EPNS_OPENVT_HEADER) - 1;
}

static gboolean
read_rows (Reader *self, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  gsize size;

  if (!g_file_get_contents (self->table->path, &text, &size, &why)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: cannot be read: %s", self->table->path,
                 why->message);
    return FALSE;
  }
  if (size > LONGEST || memchr (text, '\0', size) != NULL)
    return refuse (self, 1, error, "this is no table of the benchmark");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  if (lines[0] == NULL || !is_header (lines[0]))
    return refuse (self, 1, error, "the header must be simID,time,cellID,cellType,x,y");
  for (guint i = 1; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0' && !read_row (self, lines[i], i + 1, error))
      return FALSE;
  return self->rows->len > 0 || refuse (self, 1, error, "there is no row under the header");
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The different values among n, ascending; how many goes to *n. */
static void
unique (double *values, guint32 *n)
{
  guint32 kept = 0;

  qsort (values, *n, sizeof *values, by_number);
  for (guint32 i = 0; i < *n; i++)
    if (kept == 0 || values[i] != values[kept - 1])
      values[kept++] = values[i];
  *n = kept;
}

static guint32
index_of (const double *sorted, guint32 n, double value)
{
  const double *found = bsearch (&value, sorted, n, sizeof *sorted, by_number);

  return (guint32) (found - sorted);
}

static gboolean
find_types (Reader *self, GError **error)
{
  EpnsOpenvtTable *table = self->table;
  gint32 highest = G_MININT32;

  table->first_type = G_MAXINT32;
  for (guint i = 0; i < self->rows->len; i++) {
    const Row *row = &g_array_index (self->rows, Row, i);
    table->first_type = MIN (table->first_type, row->type);
    highest = MAX (highest, row->type);
  }
  table->n_types = highest - table->first_type + 1;
  if ((table->first_type == 0 || table->first_type == 1) && table->n_types <= 64)
    return TRUE;
  return refuse (self, 2, error, "cellType must be counted from 0 or from 1");
}

static gboolean
place_rows (Reader *self, const double *cells, GError **error)
{
  EpnsOpenvtTable *table = self->table;
  gsize frame = table->n_cells, all = (gsize) table->n_members * table->n_times * frame;

  table->at = g_malloc_n (all, sizeof *table->at);
  table->type = g_new (gint32, (gsize) table->n_members *frame);
  for (gsize i = 0; i < all; i++)
    table->at[i][0] = table->at[i][1] = NAN;
  for (gsize i = 0; i < (gsize) table->n_members * frame; i++)
    table->type[i] = -1;
  for (guint i = 0; i < self->rows->len; i++) {
    const Row *row = &g_array_index (self->rows, Row, i);
    guint32 cell = index_of (cells, table->n_cells, (double) row->cell),
            time = index_of (table->time, table->n_times, row->time);
    double *at = table->at[((gsize) row->member * table->n_times + time) * frame + cell];
    gint32 *type = &table->type[row->member * frame + cell];
    if (!isnan (at[0]))
      return refuse (self, row->line, error, "the cell has a row of this time already");
    if (*type >= 0 && *type != row->type - table->first_type)
      return refuse (self, row->line, error, "the cell has had another type before");
    *type = row->type - table->first_type;
    memcpy (at, row->at, sizeof row->at);
  }
  return TRUE;
}

/* Has every simulation cells at every time? */
static gboolean
check_times (const Reader *self, GError **error)
{
  const EpnsOpenvtTable *table = self->table;

  for (guint32 m = 0; m < table->n_members; m++)
    for (guint32 t = 0; t < table->n_times; t++) {
      guint32 present = 0;
      for (guint32 c = 0; c < table->n_cells; c++)
        present += !isnan (table->at[((gsize) m * table->n_times + t) * table->n_cells + c][0]);
      if (present > 0)
        continue;
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: simulation %s has no cells at time %.10g; write all of them at the same times",
                   table->path, table->members[m], table->time[t]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
arrange (Reader *self, GError **error)
{
  EpnsOpenvtTable *table = self->table;
  guint32 n = self->rows->len;
  g_autofree double *cells = g_new (double, n);

  table->time = g_new (double, n);
  table->n_times = table->n_cells = n;
  for (guint32 i = 0; i < n; i++) {
    table->time[i] = g_array_index (self->rows, Row, i).time;
    cells[i] = (double) g_array_index (self->rows, Row, i).cell;
  }
  unique (table->time, &table->n_times);
  unique (cells, &table->n_cells);
  table->cell = g_new (gint32, table->n_cells);
  for (guint32 c = 0; c < table->n_cells; c++)
    table->cell[c] = (gint32) cells[c];
  table->n_members = self->names->len;
  table->members = g_new0 (char *, self->names->len + 1);
  for (guint m = 0; m < self->names->len; m++)
    table->members[m] = g_strdup (self->names->pdata[m]);
  if ((double) table->n_members * table->n_times * table->n_cells > 1e9)
    return refuse (self, 1, error, "simulations, times and cells do not fit together");
  return find_types (self, error) && place_rows (self, cells, error) && check_times (self, error);
}

EpnsOpenvtTable *
epns_openvt_table_read (const char *path, GError **error)
{
  g_autoptr (EpnsOpenvtTable) table = g_new0 (EpnsOpenvtTable, 1);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { table, rows, names, members };

  table->path = g_strdup (path);
  if (!read_rows (&reader, error) || !arrange (&reader, error))
    return NULL;
  return g_steal_pointer (&table);
}

void
epns_openvt_table_free (EpnsOpenvtTable *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_strfreev (self->members);
  g_free (self->time);
  g_free (self->cell);
  g_free (self->at);
  g_free (self->type);
  g_free (self);
}
