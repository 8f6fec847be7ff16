/* SPDX-License-Identifier: MIT */
/* Reads legacy VTK word by word; what CompuCell3D does not write is refused by its line. */
#include "adapters/vtk.h"

#include "adapters/file.h"
#include "plugin/error.h"

#include <string.h>

enum { LARGEST_CELL = 1 << 24, LARGEST_TYPE = 255 };
static const gsize size_limit = 1u << 30;
static const gint64 largest_lattice = 268435456; /* sites: 1 GiB of cell ids */
static const char magic[] = "# vtk DataFile Version ";

typedef struct {
  const char *path;
  char *at;         /* what has not been read */
  int line;         /* of the last word, from 1 */
  gboolean ended;   /* the last word ended its line */
  gint32 size[3];   /* z, y, x; 0: not stated yet */
  gsize sites;
  gint32 *id, *type; /* [sites], NULL: not there yet */
} Snapshot;

static gboolean refuse (const Snapshot *self, EpnsFailure code, GError **error, const char *format,
                        ...) G_GNUC_PRINTF (4, 5);

static gboolean
refuse (const Snapshot *self, EpnsFailure code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, (int) code, "%s:%d: %s", self->path, self->line, text);
  return FALSE;
}

/* The next word, ended by a NUL in place; NULL at the end of the text. */
static const char *
next_word (Snapshot *self)
{
  char *word;

  self->line += self->ended;
  self->ended = FALSE;
  for (; g_ascii_isspace (*self->at); self->at++)
    self->line += *self->at == '\n';
  if (*self->at == '\0')
    return NULL;
  word = self->at;
  while (*self->at != '\0' && !g_ascii_isspace (*self->at))
    self->at++;
  self->ended = *self->at == '\n';
  if (*self->at != '\0')
    *self->at++ = '\0';
  return word;
}

static gboolean
read_integer (Snapshot *self, const char *what, gint64 minimum, gint64 maximum, gint64 *value,
              GError **error)
{
  const char *word = next_word (self);
  char *end;

  if (word == NULL)
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "the file ends where %s should follow; use a complete one", what);
  *value = g_ascii_strtoll (word, &end, 10);
  if (end == word || *end != '\0')
    return refuse (self, EPNS_FAILURE_FORMAT, error, "%s is '%.20s', which is no whole number",
                   what, word);
  return (*value >= minimum && *value <= maximum)
         || refuse (self, EPNS_FAILURE_FORMAT, error,
                    "%s is %.20s, outside %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, what, word,
                    minimum, maximum);
}

static gboolean
skip_words (Snapshot *self, gint64 n, const char *what, GError **error)
{
  for (gint64 i = 0; i < n; i++)
    if (next_word (self) == NULL)
      return refuse (self, EPNS_FAILURE_FORMAT, error,
                     "the file ends within %s; use a complete one", what);
  return TRUE;
}

/* Descriptions of the array before, up to an empty line. */
static void
skip_metadata (Snapshot *self)
{
  const char *end = strstr (self->at, "\n\n");

  self->line += self->ended;
  self->ended = FALSE;
  for (; *self->at != '\0' && self->at != end; self->at++)
    self->line += *self->at == '\n';
}

/* --- The header --- */

static gboolean
read_dataset (Snapshot *self, GError **error)
{
  const char *word = next_word (self);

  return g_strcmp0 (word, "STRUCTURED_POINTS") == 0
         || refuse (self, EPNS_FAILURE_UNSUPPORTED, error,
                    "DATASET %.40s is no lattice; give STRUCTURED_POINTS as CompuCell3D writes",
                    word ? word : "");
}

static gboolean
read_dimensions (Snapshot *self, GError **error)
{
  gint64 sites = 1;

  for (int axis = 2; axis >= 0; axis--) {
    gint64 extent;
    if (!read_integer (self, "an extent of DIMENSIONS", 1, 32767, &extent, error))
      return FALSE;
    self->size[axis] = (gint32) extent;
    sites *= extent;
  }
  self->sites = (gsize) sites;
  return sites <= largest_lattice
         || refuse (self, EPNS_FAILURE_FORMAT, error,
                    "DIMENSIONS are more than %" G_GINT64_FORMAT " sites; use a smaller lattice",
                    largest_lattice);
}

static gboolean
read_point_data (Snapshot *self, GError **error)
{
  gint64 n;

  if (self->sites == 0)
    return refuse (self, EPNS_FAILURE_FORMAT, error, "POINT_DATA comes before DIMENSIONS");
  if (!read_integer (self, "POINT_DATA", 1, G_MAXINT64, &n, error))
    return FALSE;
  return n == (gint64) self->sites
         || refuse (self, EPNS_FAILURE_FORMAT, error,
                    "POINT_DATA says %" G_GINT64_FORMAT
                    " sites and DIMENSIONS %zu; they must agree",
                    n, self->sites);
}

/* --- Arrays --- */

static gboolean
read_sites (Snapshot *self, gint32 **into, const char *name, gint64 minimum, gint64 maximum,
            GError **error)
{
  if (*into != NULL)
    return refuse (self, EPNS_FAILURE_FORMAT, error, "there is a second %s; leave one out", name);
  if (strlen (self->at) < 2 * self->sites - 1) /* before memory is taken for them */
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "the file ends within %s; use a complete one", name);
  *into = g_new (gint32, self->sites);
  for (gsize i = 0; i < self->sites; i++) {
    gint64 value;
    if (!read_integer (self, name, minimum, maximum, &value, error))
      return FALSE;
    (*into)[i] = (gint32) (value < 0 ? value + 256 : value);
  }
  return TRUE;
}

/* `name components tuples type`, then the values. */
static gboolean
read_array (Snapshot *self, const char *name, GError **error)
{
  gboolean is_id = g_str_equal (name, "CellId"), is_type = g_str_equal (name, "CellType");
  gint64 components, tuples;

  if (!read_integer (self, "an array's number of components", 1, 1000, &components, error)
      || !read_integer (self, "an array's number of sites", 0, largest_lattice, &tuples, error))
    return FALSE;
  const char *type = next_word (self);
  if (!is_id && !is_type)
    return skip_words (self, components * tuples, "an array", error);
  if (components != 1 || tuples != (gint64) self->sites || self->sites == 0)
    return refuse (self, EPNS_FAILURE_FORMAT, error,
                   "%s has %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                   " values and the lattice %zu sites; they must agree",
                   name, components, tuples, self->sites);
  if (is_id)
    return read_sites (self, &self->id, name, 0, LARGEST_CELL, error);
  /* a byte written with a sign is meant without one */
  return read_sites (self, &self->type, name, g_strcmp0 (type, "char") == 0 ? -128 : 0,
                     LARGEST_TYPE, error);
}

static gboolean
read_field (Snapshot *self, GError **error)
{
  gint64 n;

  if (!skip_words (self, 1, "FIELD", error) /* its name */
      || !read_integer (self, "FIELD's number of arrays", 1, 10000, &n, error))
    return FALSE;
  while (n > 0) {
    const char *name = next_word (self);
    if (name == NULL)
      return refuse (self, EPNS_FAILURE_FORMAT, error,
                     "the file ends with arrays of FIELD still to come; use a complete one");
    if (g_str_equal (name, "METADATA"))
      skip_metadata (self);
    else if (read_array (self, name, error))
      n--;
    else
      return FALSE;
  }
  return TRUE;
}

static gboolean
skip_triple (Snapshot *self, GError **error)
{
  return skip_words (self, 3, "three numbers", error);
}

static gboolean
read_ascii (Snapshot *self G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
read_metadata (Snapshot *self, GError **error G_GNUC_UNUSED)
{
  skip_metadata (self);
  return TRUE;
}

static gboolean
read_part (Snapshot *self, const char *word, GError **error)
{
  static const struct {
    const char *word;
    gboolean (*read) (Snapshot *self, GError **error);
  } parts[] = { { "ASCII", read_ascii },          { "DATASET", read_dataset },
                { "DIMENSIONS", read_dimensions },{ "SPACING", skip_triple },
                { "ORIGIN", skip_triple },        { "POINT_DATA", read_point_data },
                { "FIELD", read_field },          { "METADATA", read_metadata } };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (word, parts[i].word))
      return parts[i].read (self, error);
  return refuse (self, EPNS_FAILURE_UNSUPPORTED, error,
                 "'%.40s' is nothing that CompuCell3D writes into a snapshot; save it as ASCII "
                 "with DATASET STRUCTURED_POINTS",
                 word);
}

/* --- The whole --- */

/* The table of types, and that each cell has one. */
static EpnsLatticeState *
assemble (const Snapshot *self, GError **error)
{
  gint32 largest = 0;

  for (gsize i = 0; i < self->sites; i++)
    largest = MAX (largest, self->id[i]);
  g_autoptr (EpnsLatticeState) state = epns_lattice_state_new (self->size, (gsize) largest + 1);
  memcpy (state->id, self->id, self->sites * sizeof *self->id);
  for (gsize i = 0; i < self->sites; i++) {
    gint32 id = self->id[i], type = self->type[i], *known = &state->type[id];
    if ((id == 0) == (type == 0) && (*known == 0 || *known == type)) {
      *known = type;
      continue;
    }
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: cell %d has type %d at x %zu, y %zu%s; a cell has one type from 1 to 255, "
                 "the medium is 0, 0",
                 self->path, id, type, i % (gsize) self->size[2],
                 i / (gsize) self->size[2] % (gsize) self->size[1],
                 *known != 0 ? " and another elsewhere" : "");
    return NULL;
  }
  return g_steal_pointer (&state);
}

static gboolean
read_words (Snapshot *self, GError **error)
{
  if (!g_str_has_prefix (self->at, magic))
    return refuse (self, EPNS_FAILURE_FORMAT, error, "it does not begin with \"%s\": no VTK file",
                   magic);
  for (; self->line < 3 && *self->at != '\0'; self->at++) /* the version, and a title */
    self->line += *self->at == '\n';
  for (const char *word; (word = next_word (self)) != NULL;)
    if (!read_part (self, word, error))
      return FALSE;
  return (self->id != NULL && self->type != NULL)
         || refuse (self, EPNS_FAILURE_FORMAT, error,
                    "there is no array %s; a snapshot of cells has CellId and CellType",
                    self->id == NULL ? "CellId" : "CellType");
}

EpnsLatticeState *
epns_vtk_parse (const char *path, char *text, GError **error)
{
  Snapshot self = { .path = path, .at = text, .line = 1 };
  EpnsLatticeState *state = read_words (&self, error) ? assemble (&self, error) : NULL;

  g_free (self.id);
  g_free (self.type);
  return state;
}

EpnsLatticeState *
epns_vtk_read (const char *path, GError **error)
{
  gsize size;
  g_autofree char *text = epns_file_load (path, size_limit, &size, error);

  return text != NULL ? epns_vtk_parse (path, text, error) : NULL;
}
