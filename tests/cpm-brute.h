/* SPDX-License-Identifier: MIT */
/* The Hamiltonian once more, site by site from its definition, with nothing shared with the solver
 * but the numbers. */
#pragma once
#include <glib.h>
#include <math.h>
#include <string.h>

enum { BRUTE_TYPES = 3, BRUTE_CELLS = 40 };

typedef struct {
  gint32 size[3]; /* z, y, x */
  gboolean periodic[3];
  gboolean coast;     /* medium lies beyond the other borders, else nobody */
  gboolean hexagonal; /* in a plane: x and y count along axes 60 degrees apart */
  gint32 type[BRUTE_CELLS]; /* by cell; the medium, cell 0, counts as type 0 */
  gint32 n_cells;
  gboolean dead_pay; /* cells without a site count as cells of volume and surface 0 */
  double target_volume[BRUTE_TYPES], volume_strength[BRUTE_TYPES];
  double target_surface[BRUTE_TYPES], surface_strength[BRUTE_TYPES], surface_scale;
  gboolean round; /* target_surface counts circumferences of a disc, surfaces of a ball */
  double contact[BRUTE_TYPES * BRUTE_TYPES];
  gboolean by_distance;
  int surface_order, contact_order, copy_order;
  int *bonds, *faces; /* found by brute_prepare: see brute_neighbours */
  int n_bonds, n_faces;
} Brute;

/* The longest squared length of an order, on squares or cubes. */
static inline int
brute_longest (const Brute *self, int order)
{
  static const int square[] = { 0, 1, 2, 4, 5, 8, 9 }, cubic[] = { 0, 1, 2, 3, 4, 5, 6 },
                   hexagonal[] = { 0, 1, 3, 4, 7, 9 };

  if (self->hexagonal)
    return hexagonal[order];
  return self->size[0] == 1 ? square[order] : cubic[order];
}

/* The site that lies `by` from `at`; or -1 beyond a wall, -2 where medium is there. */
static inline int
brute_neighbour (const Brute *self, const int at[3], const int by[3])
{
  int site = 0;

  for (int a = 0; a < 3; a++) {
    int to = at[a] + by[a], size = self->size[a];
    if (self->periodic[a])
      to = (to + size) % size;
    if (to < 0 || to >= size)
      return self->coast ? -2 : -1;
    site = site * size + to;
  }
  return site;
}

/* The neighbours of every site up to an order: [n_sites][*n][neighbour or below 0 beyond a border,
 * squared distance]. */
static inline int *
brute_neighbours (const Brute *self, int order, int *n)
{
  int longest = brute_longest (self, order), far[3];
  GArray *all = g_array_new (FALSE, FALSE, sizeof (int));
  int at[3], by[3];

  for (int a = 0; a < 3; a++)
    far[a] = self->size[a] == 1 ? 0 : 3; /* a flat axis has no neighbours, not even beyond a wall */
  for (at[0] = 0; at[0] < self->size[0]; at[0]++)
    for (at[1] = 0; at[1] < self->size[1]; at[1]++)
      for (at[2] = 0; at[2] < self->size[2]; at[2]++) {
        *n = 0;
        for (by[0] = -far[0]; by[0] <= far[0]; by[0]++)
          for (by[1] = -far[1]; by[1] <= far[1]; by[1]++)
            for (by[2] = -far[2]; by[2] <= far[2]; by[2]++) {
              int square = by[0] * by[0] + by[1] * by[1] + by[2] * by[2];
              square += self->hexagonal ? by[1] * by[2] : 0;
              if (square == 0 || square > longest)
                continue;
              int pair[2] = { brute_neighbour (self, at, by), square };
              g_array_append_vals (all, pair, 2);
              ++*n;
            }
      }
  return (int *) (gpointer) g_array_free (all, FALSE);
}

static inline void
brute_prepare (Brute *self)
{
  self->bonds = brute_neighbours (self, self->contact_order, &self->n_bonds);
  self->faces = brute_neighbours (self, self->surface_order, &self->n_faces);
}

static inline void
brute_clear (Brute *self)
{
  g_free (self->bonds);
  g_free (self->faces);
}

static inline double
brute_target_surface (const Brute *self, int type, double volume)
{
  double round = self->size[0] == 1 ? 2 * sqrt (G_PI * volume)
                                    : 4 * G_PI * pow (0.75 * volume / G_PI, 2 / 3.0);

  return self->target_surface[type] * (self->round ? round : 1);
}

static inline double
brute_energy (const Brute *self, const gint32 *ids)
{
  int sites = self->size[0] * self->size[1] * self->size[2];
  double volume[BRUTE_CELLS] = { 0 }, surface[BRUTE_CELLS] = { 0 }, energy = 0;

  for (int s = 0; s < sites; s++) {
    volume[ids[s]]++;
    for (int k = 0; k < self->n_bonds; k++) {
      const int *pair = self->bonds + 2 * (s * self->n_bonds + k);
      if (pair[0] >= 0 && ids[pair[0]] != ids[s])
        energy += 0.5 * self->contact[BRUTE_TYPES * self->type[ids[s]] + self->type[ids[pair[0]]]] /
                  (self->by_distance ? sqrt (pair[1]) : 1);
      if (pair[0] == -2 && ids[s] != 0)
        energy += self->contact[BRUTE_TYPES * self->type[ids[s]]] /
                  (self->by_distance ? sqrt (pair[1]) : 1);
    }
    for (int k = 0; k < self->n_faces; k++) {
      int other = self->faces[2 * (s * self->n_faces + k)];
      surface[ids[s]] += other >= 0 ? ids[other] != ids[s] : other == -2 && ids[s] != 0;
    }
  }
  for (int cell = 1; cell < self->n_cells; cell++) {
    int type = self->type[cell];
    if (volume[cell] > 0 || self->dead_pay)
      energy += self->volume_strength[type] * pow (volume[cell] - self->target_volume[type], 2) +
                self->surface_strength[type] *
                    pow (self->surface_scale * surface[cell] -
                             brute_target_surface (self, type, volume[cell]),
                         2);
  }
  return energy;
}
