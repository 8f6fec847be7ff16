/* SPDX-License-Identifier: MIT */
/* Recorded trajectories, looked through once. */
#include "models/train/data.h"
#include "plugin/error.h"

#include <math.h>
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

static void
mix_parameters (guint64 *hash, const epns_train_parameter *parameters, guint32 n)
{
  for (guint32 i = 0; i < n; i++)
    mix (hash, parameters[i].value, parameters[i].n * sizeof (double));
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

static gboolean
long_enough (guint32 members, guint32 frames, gsize size, guint32 stride, const char *what,
             gsize number, GError **error)
{
  if (members > 0 && frames > stride && size > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s data set %" G_GSIZE_FORMAT
               " has %u members of %u frames; a learned step spans %u frames, give more",
               what, number, members, frames, stride);
  return FALSE;
}

static gboolean
check_lattices (const epns_train_set *set, gsize number, guint32 n_types, guint32 stride,
                const char *what, guint64 *hash, GError **error)
{
  gsize sites = (gsize) set->height * set->width;
  Look look = { .set = set, .what = what, .number = number, .n_types = n_types };

  if (!long_enough (set->members, set->frames, sites * set->n_ids, stride, what, number, error))
    return FALSE;
  for (guint k = 0; k < 2; k++)
    look.alive[k] = g_malloc0 (set->n_ids);
  gboolean fits = look_at_set (&look, error);
  for (guint k = 0; k < 2; k++)
    g_free (look.alive[k]);
  if (!fits)
    return FALSE;
  mix (hash, (const guint32[]){ set->members, set->frames, set->height, set->width, set->n_ids },
       5 * sizeof (guint32));
  mix (hash, set->periodic, sizeof set->periodic);
  mix (hash, set->type, (gsize) set->members * set->n_ids * sizeof (gint32));
  mix (hash, set->id, (gsize) set->members * set->frames * sites * sizeof (gint32));
  mix_parameters (hash, set->parameters, set->n_parameters);
  return TRUE;
}

/* The first of n numbers that is not finite, or n. */
static gsize
first_unusable (const double *numbers, gsize n)
{
  gsize i = 0;

  while (i < n && isfinite (numbers[i]))
    i++;
  return i;
}

static gboolean
look_at_motion (const epns_train_bodies *set, const double *numbers, const char *called,
                gsize number, const char *what, GError **error)
{
  gsize frame = (gsize) set->bodies * set->axes, n = set->members * set->frames * frame;
  gsize i = first_unusable (numbers, n);

  if (i == n)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s data set %" G_GSIZE_FORMAT ", member %" G_GSIZE_FORMAT ", frame %" G_GSIZE_FORMAT
               ": the %s of body %" G_GSIZE_FORMAT
               " is not a finite number; leave this trajectory out",
               what, number, i / (frame * set->frames), i / frame % set->frames, called,
               i % frame / set->axes);
  return FALSE;
}

static gboolean
look_at_rows (const epns_train_bodies *set, guint32 n_types, gsize number, const char *what,
              GError **error)
{
  for (gsize i = 0; i < (gsize) set->members * set->bodies; i++) {
    gboolean heavy = set->mass == NULL || (isfinite (set->mass[i]) && set->mass[i] > 0);
    if (heavy
        && (set->type == NULL || (set->type[i] >= 0 && (guint32) set->type[i] < n_types)))
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s data set %" G_GSIZE_FORMAT ", member %" G_GSIZE_FORMAT
                 ", body %" G_GSIZE_FORMAT
                 ": its %s; correct the data",
                 what, number, i / set->bodies, i % set->bodies,
                 heavy ? "type is not among those of the plan" : "mass is not above 0");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_bodies (const epns_train_bodies *set, gsize number, guint32 n_types, guint32 stride,
              const char *what, guint64 *hash, GError **error)
{
  gsize rows = (gsize) set->members * set->bodies,
        numbers = rows * set->frames * set->axes * sizeof (double);

  if (!long_enough (set->members, set->frames, set->bodies, stride, what, number, error)
      || !look_at_motion (set, set->position, "position", number, what, error)
      || !look_at_motion (set, set->velocity, "velocity", number, what, error)
      || !look_at_rows (set, n_types, number, what, error))
    return FALSE;
  mix (hash, (const guint32[]){ set->members, set->frames, set->bodies, set->axes },
       4 * sizeof (guint32));
  mix (hash, set->position, numbers);
  mix (hash, set->velocity, numbers);
  if (set->mass != NULL)
    mix (hash, set->mass, rows * sizeof (double));
  if (set->type != NULL)
    mix (hash, set->type, rows * sizeof (gint32));
  mix_parameters (hash, set->parameters, set->n_parameters);
  return TRUE;
}

gboolean
epns_train_data_check (const epns_train_data *data, guint32 n_types, guint32 stride,
                       const char *what, guint64 *hash, GError **error)
{
  for (gsize i = 0; i < data->n_sets; i++)
    if (!check_lattices (&data->sets[i], i, n_types, stride, what, hash, error))
      return FALSE;
  for (gsize i = 0; i < data->n_bodies; i++)
    if (!check_bodies (&data->bodies[i], data->n_sets + i, n_types, stride, what, hash, error))
      return FALSE;
  return TRUE;
}
