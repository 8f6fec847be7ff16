/* SPDX-License-Identifier: MIT */
/* Reads PIFF by the rules of CompuCell3D's PIFInitializer, with everything it passes over in
 * silence named. */
#include "adapters/piff.h"

#include "adapters/file.h"
#include "plugin/error.h"

#include <string.h>

enum { WORDS = 8, LARGEST_CELL = 1 << 24 };
static const gsize size_limit = 256u << 20;

typedef struct {
  const char *path;
  int number;   /* of the line, from 1 */
  char *text;   /* of the line; its words end in NULs once it is split */
  char *quoted; /* of the line, shortened, for messages */
  char *word[WORDS + 1];
  int n_words;
} Line;

static gboolean refuse (const Line *line, EpnsFailure code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static gboolean
refuse (const Line *line, EpnsFailure code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, code, "%s:%d: \"%s\": %s", line->path, line->number,
               line->quoted, text);
  return FALSE;
}

/* Cut into words; one word too many is remembered as such. */
static void
split (Line *line)
{
  char *at = line->text;

  line->n_words = 0;
  for (;;) {
    at += strspn (at, " \t\r\v\f");
    if (*at == '\0' || line->n_words > WORDS)
      return;
    line->word[line->n_words++] = at;
    at += strcspn (at, " \t\r\v\f");
    if (*at != '\0')
      *at++ = '\0';
  }
}

static gboolean
parse_integer (const Line *line, int word, const char *what, gint64 maximum, gint32 *value,
               GError **error)
{
  const char *text = line->word[word];
  char *end;
  gint64 number = g_ascii_strtoll (text, &end, 10);

  if (end == text || *end != '\0')
    return refuse (line, EPNS_FAILURE_FORMAT, error, "%s \"%.20s\" is not an integer; correct it",
                   what, text);
  if (number < 0 || number > maximum)
    return refuse (line, EPNS_FAILURE_FORMAT, error, "%s %.20s is outside 0 to %" G_GINT64_FORMAT,
                   what, text, maximum);
  *value = (gint32) number;
  return TRUE;
}

static gboolean
parse_extent (const Line *line, int axis, const EpnsScenario *scenario, EpnsCellBox *box,
              GError **error)
{
  static const char *const names[3][2] = { { "xLow", "xHigh" },
                                           { "yLow", "yHigh" },
                                           { "zLow", "zHigh" } };
  gint64 last = scenario->size[2 - axis] - 1;

  if (!parse_integer (line, 2 + 2 * axis, names[axis][0], last, &box->low[axis], error)
      || !parse_integer (line, 3 + 2 * axis, names[axis][1], last, &box->high[axis], error))
    return FALSE;
  return box->low[axis] <= box->high[axis]
         || refuse (line, EPNS_FAILURE_FORMAT, error, "%s is smaller than %s; exchange them",
                    names[axis][1], names[axis][0]);
}

static gboolean
parse_box (const Line *line, const EpnsScenario *scenario, EpnsCellBox *box, GError **error)
{
  if (line->n_words != WORDS)
    return refuse (line, EPNS_FAILURE_FORMAT, error,
                   "a line is `cell type xLow xHigh yLow yHigh zLow zHigh`%s",
                   line->word[0][0] == '#' ? "; PIFF has no comments, remove it" : "");
  if (!parse_integer (line, 0, "cell", LARGEST_CELL, &box->cell, error))
    return FALSE;
  for (int axis = 0; axis < 3; axis++)
    if (!parse_extent (line, axis, scenario, box, error))
      return FALSE;
  box->type = epns_scenario_type_id (scenario, line->word[1]);
  return TRUE;
}

/* The line that makes a cell decides its type; what those that follow say is noted. */
static gboolean
add_box (const Line *line, const EpnsCellBox *box, GHashTable *types, EpnsScenario *scenario,
         gboolean *told, EpnsRegion *region, GError **error)
{
  gpointer first;
  gpointer cell = GINT_TO_POINTER (box->cell);

  if (!g_hash_table_lookup_extended (types, cell, NULL, &first)) {
    if (box->type < 0)
      return refuse (line, EPNS_FAILURE_FORMAT, error,
                     "no cell type is called \"%.40s\"; declare it or correct it", line->word[1]);
    if (box->type == 0)
      return refuse (line, EPNS_FAILURE_UNSUPPORTED, error,
                     "this makes a cell out of medium, which no step model here honours; leave the "
                     "line out");
    g_hash_table_insert (types, cell, GINT_TO_POINTER (box->type));
  } else if (GPOINTER_TO_INT (first) != box->type && !*told) {
    *told = TRUE;
    epns_scenario_note (scenario,
                        "%s:%d: cell %d keeps the type of its first line; \"%.40s\" has no effect",
                        line->path, line->number, box->cell, line->word[1]);
  }
  g_array_append_val (region->boxes, *box);
  return TRUE;
}

static gboolean
parse_line (Line *line, EpnsScenario *scenario, GHashTable *types, gboolean *told,
            EpnsRegion *region, GError **error)
{
  EpnsCellBox box = { 0 };
  g_autofree char *quoted = g_utf8_make_valid (line->text, (gssize) MIN (strlen (line->text), 80));

  line->quoted = g_strdelimit (g_strchomp (quoted), "\t\r", ' ');
  split (line);
  if (line->n_words == 0)
    return line->number > 1
           || refuse (line, EPNS_FAILURE_FORMAT, error,
                      "the first line must hold a box; remove the blank line");
  if (line->number == 1 && line->n_words > 1 && g_str_equal (line->word[1], "Clusters"))
    return refuse (line, EPNS_FAILURE_UNSUPPORTED, error,
                   "cells made of compartments, which no step model here honours; run this file in "
                   "CompuCell3D");
  return parse_box (line, scenario, &box, error)
         && add_box (line, &box, types, scenario, told, region, error);
}

gboolean
epns_piff_parse (const char *path, const char *text, gsize size, EpnsScenario *scenario,
                 EpnsRegion *region, GError **error)
{
  g_autoptr (GHashTable) types = g_hash_table_new (NULL, NULL);
  Line line = { .path = path };
  gboolean told = FALSE;

  if (memchr (text, '\0', size) != NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s:1: holds zero bytes; this is no text", path);
    return FALSE;
  }
  for (const char *at = text, *end = text + size; at < end;) {
    gsize length = strcspn (at, "\n");
    g_autofree char *copy = g_strndup (at, length);
    line.text = copy;
    line.number++;
    if (!parse_line (&line, scenario, types, &told, region, error))
      return FALSE;
    at += length + 1;
  }
  if (region->boxes->len > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s:1: the file holds no cell", path);
  return FALSE;
}

gboolean
epns_piff_read (const char *path, EpnsScenario *scenario, EpnsRegion *region, GError **error)
{
  gsize size;
  g_autofree char *text = epns_file_load (path, size_limit, &size, error);

  return text != NULL && epns_piff_parse (path, text, size, scenario, region, error);
}
