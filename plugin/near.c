/* SPDX-License-Identifier: MIT */
/* Cell lists by one counting sort. */
#include "plugin/near.h"

#include <math.h>
#include <string.h>

struct _EpnsNear {
  gint axes;
  double low[3], edge[3];
  gsize cells[3]; /* along x, y, z; 1 where there is no axis */
  guint32 *order; /* [room] */
  guint32 *cell;  /* [room] of each point */
  guint32 *start; /* [2 room + 2] of each cell in order, and n after the last */
  gsize room;
};

EpnsNear *
epns_near_new (void)
{
  return g_new0 (EpnsNear, 1);
}

void
epns_near_free (EpnsNear *self)
{
  if (self == NULL)
    return;
  g_free (self->order);
  g_free (self->cell);
  g_free (self->start);
  g_free (self);
}

const guint32 *
epns_near_order (const EpnsNear *self)
{
  return self->order;
}

static void
reserve (EpnsNear *self, gsize n)
{
  if (n <= self->room)
    return;
  self->room = n;
  self->order = g_renew (guint32, self->order, n);
  self->cell = g_renew (guint32, self->cell, n);
  self->start = g_renew (guint32, self->start, 2 * n + 2);
}

static void
span (const double *position, gsize n, gsize axes, gsize a, double *low, double *high)
{
  *low = *high = position[a];
  for (gsize i = 1; i < n; i++) {
    *low = MIN (*low, position[i * axes + a]);
    *high = MAX (*high, position[i * axes + a]);
  }
}

/* As many cells as reach allows, and no more than two for each point: where a few points are far
 * off, the longest axis gets wider cells. */
static void
lay_cells (EpnsNear *self, const double *position, gsize n, double reach)
{
  double extent[3] = { 0 };

  for (gsize a = 0; a < 3; a++) {
    double high;
    self->low[a] = 0;
    self->cells[a] = 1;
    if (a >= (gsize) self->axes)
      continue;
    span (position, n, (gsize) self->axes, a, &self->low[a], &high);
    extent[a] = high - self->low[a];
    double most = floor (extent[a] / reach); /* not a number where both are 0 */
    self->cells[a] = most >= 1 ? (gsize) MIN (most, 2.0 * (double) n) : 1;
  }
  while ((double) self->cells[0] * (double) self->cells[1] * (double) self->cells[2]
         > 2.0 * (double) n) {
    gsize longest = self->cells[1] > self->cells[0] ? 1 : 0;
    longest = self->cells[2] > self->cells[longest] ? 2 : longest;
    self->cells[longest] = (self->cells[longest] + 1) / 2;
  }
  for (gsize a = 0; a < 3; a++)
    self->edge[a] = extent[a] / (double) self->cells[a];
}

static gsize
along (const EpnsNear *self, gsize a, double x)
{
  double at = (x - self->low[a]) / self->edge[a]; /* not a number where the edge is 0 */

  return at >= 1 ? MIN ((gsize) MIN (at, 1e15), self->cells[a] - 1) : 0;
}

static void
cell_of (const EpnsNear *self, const double *point, gsize at[3])
{
  for (gsize a = 0; a < 3; a++)
    at[a] = a < (gsize) self->axes ? along (self, a, point[a]) : 0;
}

void
epns_near_sort (EpnsNear *self, const double *position, gsize n, gint axes, double reach)
{
  g_return_if_fail (n > 0 && n <= G_MAXINT32 && (axes == 2 || axes == 3) && reach >= 0);

  self->axes = axes;
  reserve (self, n);
  lay_cells (self, position, n, reach);
  gsize n_cells = self->cells[0] * self->cells[1] * self->cells[2], at[3];

  memset (self->start, 0, (n_cells + 1) * sizeof *self->start);
  for (gsize i = 0; i < n; i++) {
    cell_of (self, position + i * (gsize) axes, at);
    self->cell[i] = (guint32) ((at[2] * self->cells[1] + at[1]) * self->cells[0] + at[0]);
    self->start[self->cell[i] + 1]++;
  }
  for (gsize c = 0; c < n_cells; c++)
    self->start[c + 1] += self->start[c];
  for (gsize i = n; i-- > 0;) /* from the back: each cell is filled from its end, so keeps order */
    self->order[--self->start[self->cell[i] + 1]] = (guint32) i;
  memmove (self->start, self->start + 1, n_cells * sizeof *self->start);
  self->start[n_cells] = (guint32) n;
}

guint
epns_near_ranges (const EpnsNear *self, const double *point,
                  EpnsNearRange ranges[EPNS_NEAR_MAX_RANGES])
{
  gsize at[3], low[3], high[3];
  guint n = 0;

  cell_of (self, point, at);
  for (gsize a = 0; a < 3; a++) {
    low[a] = at[a] > 0 ? at[a] - 1 : 0;
    high[a] = MIN (at[a] + 1, self->cells[a] - 1);
  }
  for (gsize z = low[2]; z <= high[2]; z++)
    for (gsize y = low[1]; y <= high[1]; y++) {
      gsize row = (z * self->cells[1] + y) * self->cells[0];
      ranges[n].begin = self->start[row + low[0]];
      ranges[n].end = self->start[row + high[0] + 1];
      n += ranges[n].end > ranges[n].begin ? 1 : 0;
    }
  return n;
}
