/* SPDX-License-Identifier: MIT */
/* One frame after another: pieces, borders, and the cells' ways. */
#include "compare/measures-private.h"

#include "adapters/centres.h"
#include "compare/bonds.h"
#include "compare/components.h"

#include <math.h>
#include <string.h>

EpnsMeasures *
epns_measures_new (const EpnsTrajectory *of, guint32 member)
{
  g_return_val_if_fail (of->id != NULL && member < of->meta->members, NULL);

  EpnsMeasures *self = g_new0 (EpnsMeasures, 1);
  gsize sites = epns_trajectory_meta_sites (of->meta), rows = of->n_rows;

  self->of = of;
  self->member = member;
  self->frame = G_MAXUINT32;
  self->type = epns_trajectory_types (of, member);
  self->n_rows = rows;
  self->n_types = (gint32) g_strv_length (of->meta->type_names);
  self->volume = g_new (guint32, rows);
  self->perimeter = g_new (guint32, rows);
  self->fragments = g_new (guint32, 2 * rows); /* the second half: sites of the largest fragment */
  self->neighbours = g_new (guint32, rows);
  self->aspect = g_new (double, rows);
  self->radius = g_new (double, rows);
  self->clusters = g_new (guint32, self->n_types);
  self->largest = g_new (guint32, self->n_types);
  self->type_sites = g_new (guint64, self->n_types);
  self->displacement = g_new (double, rows);
  self->path = g_new (double, rows);
  self->squared = g_new (double, rows);
  self->centre = g_malloc_n (rows, sizeof *self->centre);
  self->last = g_malloc_n (rows, sizeof *self->last);
  self->first = g_malloc_n (rows, sizeof *self->first);
  self->moments = g_malloc_n (rows, sizeof *self->moments);
  self->points = g_malloc_n (rows, sizeof *self->points);
  self->point_types = g_new (gint32, rows);
  self->pairs = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->types_at = g_new (gint32, sites);
  self->labels = g_new (guint32, 2 * sites);
  return self;
}

void
epns_measures_free (EpnsMeasures *self)
{
  if (self == NULL)
    return;
  g_free (self->volume);
  g_free (self->perimeter);
  g_free (self->fragments);
  g_free (self->neighbours);
  g_free (self->aspect);
  g_free (self->radius);
  g_free (self->clusters);
  g_free (self->largest);
  g_free (self->type_sites);
  g_free (self->displacement);
  g_free (self->path);
  g_free (self->squared);
  g_free (self->centre);
  g_free (self->last);
  g_free (self->first);
  g_free (self->moments);
  g_free (self->points);
  g_free (self->point_types);
  g_array_unref (self->pairs);
  g_free (self->types_at);
  g_free (self->labels);
  g_free (self);
}

static void
measure_pieces (EpnsMeasures *self, const gint32 *id)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  gsize sites = epns_trajectory_meta_sites (meta);

  memset (self->type_sites, 0, self->n_types * sizeof *self->type_sites);
  for (gsize s = 0; s < sites; s++) {
    self->types_at[s] = self->type[id[s]];
    self->type_sites[self->types_at[s]]++;
  }
  epns_components (meta->size, meta->periodic, id, self->n_rows, self->labels, self->fragments,
                   self->fragments + self->n_rows);
  epns_components (meta->size, meta->periodic, self->types_at, self->n_types, self->labels,
                   self->clusters, self->largest);
}

static void
measure_borders (EpnsMeasures *self, const gint32 *id)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  const gint32 *type = self->types_at;

  memset (self->perimeter, 0, self->n_rows * sizeof *self->perimeter);
  self->like = self->unlike = self->medium = 0;
  EPNS_FOR_BONDS (meta->size, meta->periodic, a, b, {
    if (id[a] == id[b])
      continue;
    self->perimeter[id[a]]++;
    self->perimeter[id[b]]++;
    if (id[a] == 0 || id[b] == 0)
      self->medium++;
    else if (type[a] == type[b])
      self->like++;
    else
      self->unlike++;
  })
}

/* Where cell c went since the frame before, by the shorter way where the border is periodic. */
static void
measure_way (EpnsMeasures *self, gsize c)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;
  const double *centre = self->centre[c];
  double *last = self->last[c], now[3];

  if (isnan (last[0])) { /* seen for the first time */
    memcpy (self->first[c], centre, sizeof self->first[c]);
    memcpy (last, centre, sizeof now);
    self->displacement[c] = NAN;
    self->path[c] = self->squared[c] = 0;
    return;
  }
  for (int axis = 0; axis < 3; axis++)
    now[axis] = meta->periodic[axis] ? epns_unwrap (centre[axis], last[axis], meta->size[axis])
                                     : centre[axis];
  self->displacement[c] = sqrt (epns_squared_distance (now, last));
  self->path[c] += self->displacement[c];
  self->squared[c] = epns_squared_distance (now, self->first[c]);
  memcpy (last, now, sizeof now);
}

static void
measure_motion (EpnsMeasures *self, gboolean first)
{
  self->cells = self->lost = 0;
  if (first)
    for (gsize c = 0; c < self->n_rows; c++)
      self->last[c][0] = self->first[c][0] = NAN;
  for (gsize c = 1; c < self->n_rows; c++) {
    if (self->volume[c] > 0) {
      self->cells++;
      measure_way (self, c);
    } else {
      self->displacement[c] = self->path[c] = self->squared[c] = NAN;
      self->lost += !isnan (self->last[c][0]);
    }
  }
}

gboolean
epns_measures_next (EpnsMeasures *self)
{
  const EpnsTrajectoryMeta *meta = self->of->meta;

  if (self->frame + 1 >= self->of->done[self->member])
    return FALSE;
  self->frame++;
  const gint32 *id = epns_trajectory_frame (self->of, self->member, self->frame);
  epns_lattice_centres (meta->size, meta->periodic, id, self->n_rows, self->volume, self->centre);
  measure_pieces (self, id);
  measure_borders (self, id);
  measure_motion (self, self->frame == 0);
  epns_measure_shapes (self, id);
  return TRUE;
}
