/* SPDX-License-Identifier: MIT */
/* Recorded trajectories, looked through once. */
#include "models/train/data.h"
#include "plugin/error.h"

#include <string.h>

typedef struct {
  const epns_train_set *set;
  const char *what;
  gsize number;
  guint32 n_types;
  guint8 *alive[2]; /* [n_ids] in the frame before, in this one */
} Look;

static void
mix (guint64 *hash, const void *data, gsize n)
{
  const guint32 *words = data;

  for (gsize i = 0; i < n / sizeof *words; i++)
    *hash = (*hash ^ words[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

static gboolean refuse (const Look *look, guint32 member, guint32 frame, gint32 id, GError **error,
                        const char *format, ...) G_GNUC_PRINTF (6, 7);

static gboolean
refuse (const Look *look, guint32 member, guint32 frame, gint32 id, GError **error,
        const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s data set %" G_GSIZE_FORMAT ", member %u, frame %u: cell %d %s", look->what,
               look->number, member, frame, id, text);
  return FALSE;
}

static gboolean
look_at_frame (const Look *look, guint32 member, guint32 frame, GError **error)
{
  const epns_train_set *set = look->set;
  gsize sites = (gsize) set->height * set->width;
  const gint32 *id = set->id + ((gsize) member * set->frames + frame) * sites;
  const gint32 *type = set->type + (gsize) member * set->n_ids;

  memset (look->alive[1], 0, set->n_ids);
  for (gsize s = 0; s < sites; s++) {
    gint32 c = id[s];
    if (c < 0 || (guint32) c >= set->n_ids)
      return refuse (look, member, frame, c, error,
                     "has no row among the types; record the data again");
    if (c == 0 || look->alive[1][c])
      continue;
    look->alive[1][c] = 1;
    if (type[c] < 1 || (guint32) type[c] >= look->n_types)
      return refuse (look, member, frame, c, error,
                     "has type %d, which is not between 1 and %u; list all types in the plan",
                     type[c], look->n_types - 1);
    if (frame > 0 && !look->alive[0][c])
      return refuse (look, member, frame, c, error,
                     "appears from nowhere; learned steps cannot make cells, leave such data out");
  }
  return TRUE;
}

static gboolean
look_at_set (Look *look, GError **error)
{
  const epns_train_set *set = look->set;

  for (guint32 m = 0; m < set->members; m++)
    for (guint32 f = 0; f < set->frames; f++) {
      if (!look_at_frame (look, m, f, error))
        return FALSE;
      guint8 *before = look->alive[0];
      look->alive[0] = look->alive[1];
      look->alive[1] = before;
    }
  return TRUE;
}

gboolean
epns_train_data_check (const epns_train_set *sets, gsize n, guint32 n_types, guint32 stride,
                       const char *what, guint64 *hash, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    const epns_train_set *set = &sets[i];
    Look look = { .set = set, .what = what, .number = i, .n_types = n_types };
    if (set->members == 0 || set->frames <= stride || set->height == 0 || set->width == 0
        || set->n_ids == 0) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s data set %" G_GSIZE_FORMAT
                   " has %u members of %u frames; a learned step spans %u frames, give more",
                   what, i, set->members, set->frames, stride);
      return FALSE;
    }
    for (guint k = 0; k < 2; k++)
      look.alive[k] = g_malloc0 (set->n_ids);
    gboolean fits = look_at_set (&look, error);
    for (guint k = 0; k < 2; k++)
      g_free (look.alive[k]);
    if (!fits)
      return FALSE;
    gsize frames = (gsize) set->members * set->frames;
    mix (hash, (const guint32[]){ set->members, set->frames, set->height, set->width, set->n_ids },
         5 * sizeof (guint32));
    mix (hash, set->periodic, sizeof set->periodic);
    mix (hash, set->type, (gsize) set->members * set->n_ids * sizeof (gint32));
    mix (hash, set->id, frames * set->height * set->width * sizeof (gint32));
  }
  return TRUE;
}
