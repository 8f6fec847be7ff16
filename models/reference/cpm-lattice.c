/* SPDX-License-Identifier: MIT */
/* The padded lattice. */
#include "models/reference/cpm-lattice.h"

#include <string.h>

/* Where a coordinate of the padded lattice lies among the host's, or -1 beyond a border. */
static gint32
inside (const EpnsCpmLattice *self, int axis, gint32 coordinate)
{
  gint32 at = coordinate - self->margin[axis], size = self->size[axis];

  if (at >= 0 && at < size)
    return at;
  return self->periodic[axis] ? (at + size) % size : -1;
}

/* What lies at a place of the padded lattice that is none of the host's: beyond two borders at once
 * that of the first axis decides, as in Morpheus. */
static EpnsCpmBorder
beyond (const EpnsCpmLattice *self, EpnsCpmBorder border[3][2], const gint32 inner[3],
        const gint32 place[3])
{
  int axis = 0;

  while (inner[axis] >= 0)
    axis++;
  return border[axis][place[axis] >= self->margin[axis]];
}

static void
find_homes (EpnsCpmLattice *self, EpnsCpmBorder border[3][2])
{
  gsize site = 0;

  for (gint32 z = 0; z < self->padded[0]; z++)
    for (gint32 y = 0; y < self->padded[1]; y++)
      for (gint32 x = 0; x < self->padded[2]; x++, site++) {
        gint32 at[3] = { inside (self, 0, z), inside (self, 1, y), inside (self, 2, x) };
        gboolean exists = at[0] >= 0 && at[1] >= 0 && at[2] >= 0;
        gsize home = 0;

        self->ids[site] = EPNS_CPM_NOBODY;
        if (exists) {
          for (int a = 0; a < 3; a++)
            home += (gsize) (at[a] + self->margin[a]) * self->stride[a];
          self->home[site] = (gint32) home;
          continue;
        }
        EpnsCpmBorder kind = beyond (self, border, at, (gint32[]){ z, y, x });
        self->home[site] = kind == EPNS_CPM_OPEN ? EPNS_CPM_SHORE : EPNS_CPM_OUTSIDE;
        if (kind != EPNS_CPM_WALL)
          self->ids[site] = 0;
      }
}

static void
find_rows (EpnsCpmLattice *self)
{
  gint32 *row = self->row;

  for (gint32 z = 0; z < self->size[0]; z++)
    for (gint32 y = 0; y < self->size[1]; y++)
      *row++ = (gint32) ((gsize) (z + self->margin[0]) * self->stride[0] +
                         (gsize) (y + self->margin[1]) * self->stride[1] + (gsize) self->margin[2]);
}

gboolean
epns_cpm_lattice_shape (EpnsCpmLattice *self, const gint32 size[3], const gboolean periodic[3],
                        EpnsCpmBorder border[3][2], const gint32 margin[3])
{
  gint64 n = 1;

  epns_cpm_lattice_clear (self);
  for (int a = 0; a < 3; a++) {
    g_return_val_if_fail (size[a] > 0 && (!periodic[a] || size[a] > margin[a]), FALSE);
    gint64 padded = (gint64) size[a] + 2 * margin[a];
    if (padded > G_MAXINT32 / n)
      return FALSE;
    n *= padded;
  }
  for (int a = 2; a >= 0; a--) {
    self->size[a] = size[a];
    self->margin[a] = margin[a];
    self->periodic[a] = periodic[a];
    self->repeats |= periodic[a] && margin[a] > 0;
    self->padded[a] = size[a] + 2 * margin[a];
    self->stride[a] = a == 2 ? 1 : self->stride[a + 1] * (gsize) self->padded[a + 1];
  }
  self->n = (gsize) n;
  self->ids = g_try_new (gint32, self->n);
  self->home = g_try_new (gint32, self->n);
  self->row = g_try_new (gint32, (gsize) size[0] * (gsize) size[1]);
  if (self->ids == NULL || self->home == NULL || self->row == NULL) {
    epns_cpm_lattice_clear (self);
    return FALSE;
  }
  find_homes (self, border);
  find_rows (self);
  return TRUE;
}

void
epns_cpm_lattice_clear (EpnsCpmLattice *self)
{
  g_free (self->ids);
  g_free (self->home);
  g_free (self->row);
  *self = (EpnsCpmLattice){ 0 };
}

/* Copy row by row between the host's memory and ours. */
static void
transfer (const EpnsCpmLattice *self, const epns_view *view, gboolean load)
{
  const gint32 *row = self->row;

  for (gint32 z = 0; z < self->size[0]; z++)
    for (gint32 y = 0; y < self->size[1]; y++) {
      char *theirs = (char *) view->data + z * view->stride[0] + y * view->stride[1];
      gint32 *ours = self->ids + *row++;

      for (gint32 x = 0; x < self->size[2]; x++, theirs += view->stride[2])
        memcpy (load ? (char *) &ours[x] : theirs, load ? theirs : (char *) &ours[x],
                sizeof (gint32));
    }
}

void
epns_cpm_lattice_load (EpnsCpmLattice *self, const epns_view *view)
{
  transfer (self, view, TRUE);
  if (self->repeats)
    for (gsize site = 0; site < self->n; site++)
      if (self->home[site] >= 0)
        self->ids[site] = self->ids[self->home[site]];
}

void
epns_cpm_lattice_store (const EpnsCpmLattice *self, const epns_view *view)
{
  transfer (self, view, FALSE);
}

/* The shifts that take a coordinate to its repeats and to itself; how many there are. */
static int
shifts_along (const EpnsCpmLattice *self, int axis, gsize site, gssize shifts[3])
{
  gint32 at = (gint32) (site / self->stride[axis] % (gsize) self->padded[axis]) -
              self->margin[axis];
  gssize period = (gssize) self->size[axis] * (gssize) self->stride[axis];
  int n = 0;

  shifts[n++] = 0;
  if (self->periodic[axis] && at < self->margin[axis])
    shifts[n++] = period;
  if (self->periodic[axis] && at >= self->size[axis] - self->margin[axis])
    shifts[n++] = -period;
  return n;
}

void
epns_cpm_lattice_repeat (EpnsCpmLattice *self, gsize site)
{
  gssize shifts[3][3];
  int n[3];

  for (int a = 0; a < 3; a++)
    n[a] = shifts_along (self, a, site, shifts[a]);
  for (int z = 0; z < n[0]; z++)
    for (int y = 0; y < n[1]; y++)
      for (int x = 0; x < n[2]; x++)
        self->ids[(gssize) site + shifts[0][z] + shifts[1][y] + shifts[2][x]] = self->ids[site];
}
