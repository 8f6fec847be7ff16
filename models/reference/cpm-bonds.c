/* SPDX-License-Identifier: MIT */
/* Bonds as bits, and a list with an index into it. */
#include "models/reference/cpm-bonds.h"

#include <string.h>

void
epns_cpm_bonds_clear (EpnsCpmBonds *self)
{
  g_free (self->half);
  g_free (self->bits);
  g_free (self->listed);
  g_free (self->place);
  *self = (EpnsCpmBonds){ 0 };
}

gboolean
epns_cpm_bonds_shape (EpnsCpmBonds *self, const EpnsCpmLattice *lattice,
                      const EpnsNeighbourhood *near)
{
  epns_cpm_bonds_clear (self);
  self->lattice = lattice;
  self->half = g_new (gint32, near->n / 2);
  for (guint k = 0; k < near->n; k++)
    if (near->step[k] > 0)
      self->half[self->n_halves++] = near->step[k];
  while (1u << self->shift < self->n_halves)
    self->shift++;
  if (lattice->n <= G_MAXUINT32 >> self->shift) {
    self->n_words = ((lattice->n << self->shift) + 63) / 64;
    self->bits = g_try_new0 (guint64, self->n_words);
    self->listed = g_try_new0 (guint32, lattice->n * self->n_halves + 2);
    self->place = g_try_new0 (guint32, lattice->n << self->shift);
  }
  if (self->bits != NULL && self->listed != NULL && self->place != NULL)
    return TRUE;
  epns_cpm_bonds_clear (self);
  return FALSE;
}

/* --- Bits --- */

static inline void
find (EpnsCpmBonds *self, gsize from, guint half)
{
  const guint32 bond = (guint32) from << self->shift | half;

  self->bits[bond / 64] |= (guint64) 1 << bond % 64;
}

/* Most sites have none. */
static inline gboolean
has_bonds (const gint32 *id, const gint32 *half, guint n_halves)
{
  gint32 differ = 0;

  for (guint h = 0; h < n_halves; h++)
    differ |= (id[0] ^ id[half[h]]) | (id[0] ^ id[-half[h]]);
  return differ != 0;
}

/* Onwards, and back where no site of the host's would do so. */
static void
find_at (EpnsCpmBonds *self, gsize site)
{
  const gint32 *ids = self->lattice->ids, *home = self->lattice->home;

  for (guint h = 0; h < self->n_halves; h++) {
    const gsize after = site + (gsize) self->half[h], before = site - (gsize) self->half[h];

    if (ids[after] != ids[site] && home[after] != EPNS_CPM_OUTSIDE) {
      find (self, site, h);
      self->one_way += home[after] == EPNS_CPM_SHORE;
    }
    if (ids[before] != ids[site] && home[before] == EPNS_CPM_SHORE) {
      find (self, before, h);
      self->one_way++;
    }
  }
}

void
epns_cpm_bonds_find (EpnsCpmBonds *self)
{
  const EpnsCpmLattice *lattice = self->lattice;
  const gsize rows = (gsize) lattice->size[0] * (gsize) lattice->size[1];

  memset (self->bits, 0, self->n_words * sizeof *self->bits);
  self->one_way = 0;
  for (gsize row = 0; row < rows; row++)
    for (gint32 site = lattice->row[row]; site < lattice->row[row] + lattice->size[2]; site++)
      if (has_bonds (lattice->ids + site, self->half, self->n_halves))
        find_at (self, (gsize) site);
}

/* --- The list --- */

void
epns_cpm_bonds_list (EpnsCpmBonds *self)
{
  guint32 *listed = self->listed, *place = self->place, n = 0;

  for (guint32 i = 1; i <= self->n; i++)
    place[listed[i]] = 0;
  for (gsize w = 0; w < self->n_words; w++)
    for (guint64 bits = self->bits[w]; bits != 0; bits &= bits - 1) {
      const guint32 bond = (guint32) w * 64 + (guint32) __builtin_ctzll (bits);
      listed[++n] = bond;
      place[bond] = n;
    }
  self->n = n;
}

typedef struct { /* of EpnsCpmBonds, where no pointer reaches them */
  guint64 *bits;
  guint32 *listed, *place;
} Kept;

/* Put a bond on a list of n or strike it off, without a branch that nobody could predict: the
 * list's next place takes what is not listed. All bits of differ are the same. How many are listed
 * then. */
static inline guint32
set (Kept kept, guint32 n, guint32 bond, guint32 differ)
{
  const guint32 place = kept.place[bond], last = kept.listed[n];
  const guint32 was = -(guint32) (place != 0), strike = was & ~differ;
  const guint32 at = place + (~was & (n + 1)), here = bond ^ ((bond ^ last) & strike);

  kept.listed[at] = here;
  kept.place[here] = at;
  kept.place[bond] = at & differ;
  kept.bits[bond / 64] ^= (guint64) ((was ^ differ) & 1) << bond % 64;
  return n + was - differ;
}

/* By each half there is a bond to the site after, and one from the site before, or from the one
 * which that repeats. */
void
epns_cpm_bonds_follow (EpnsCpmBonds *self, gsize site)
{
  const gint32 *ids = self->lattice->ids, *home = self->lattice->home, *half = self->half;
  const gint32 *end = half + self->n_halves, owner = ids[site];
  const guint shift = self->shift;
  const Kept kept = { self->bits, self->listed, self->place };
  guint32 n = self->n, h = 0;

  for (; half < end; half++, h++) {
    const gsize after = site + (gsize) *half, before = site - (gsize) *half;
    const gint32 to = home[after], from = home[before];
    const guint32 first = (guint32) site, second = from < 0 ? (guint32) before : (guint32) from;
    const guint32 n_before = n;

    if (to != EPNS_CPM_OUTSIDE)
      n = set (kept, n, first << shift | h, -(guint32) (ids[after] != owner));
    if (to == EPNS_CPM_SHORE)
      self->one_way += n - n_before;
    const guint32 n_between = n;
    if (from != EPNS_CPM_OUTSIDE)
      n = set (kept, n, second << shift | h, -(guint32) (ids[before] != owner));
    if (from == EPNS_CPM_SHORE)
      self->one_way += n - n_between;
  }
  self->n = n;
}
