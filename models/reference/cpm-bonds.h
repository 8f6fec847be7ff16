/* SPDX-License-Identifier: MIT */
/* The bonds between neighbouring sites of different owners: all that an attempt can change. All
 * functions [any], as long as one thread at a time uses them. */
#pragma once
#include "models/reference/cpm-lattice.h"
#include "models/reference/neighbourhood.h"

/* Either site of a bond may be copied into the other: two attempts. Across an open border there is
 * one, from the host's site (cpm.c says what becomes of it). A bond's number is the site it leaves
 * << shift | which of the halves it leaves by; of the two neighbours on opposite sides the halves
 * keep one. Bonds are kept twice: as bits, and as a list to choose from, which comes and goes at a
 * constant cost and so loses its order. */
typedef struct {
  const EpnsCpmLattice *lattice; /* lent */
  gint32 *half;                  /* [n_halves] sites from a bond's one end to the other; owned */
  guint n_halves, shift;
  guint64 *bits;                 /* [n_words] by number; owned */
  gsize n_words;
  guint32 *listed;               /* [1 .. n] in no order; has room for all; owned */
  guint32 *place;                /* [lattice->n << shift] where in `listed`, 0: nowhere; owned */
  guint32 n, one_way;            /* listed; those of them across an open border */
} EpnsCpmBonds;

/* Make room, of zeroed or filled bonds; near is laid on the lattice. FALSE, and cleared bonds,
 * where they cannot be numbered in 32 bits or held in memory. */
gboolean epns_cpm_bonds_shape (EpnsCpmBonds *self, const EpnsCpmLattice *lattice,
                               const EpnsNeighbourhood *near);
void epns_cpm_bonds_clear (EpnsCpmBonds *self);

/* Find the bonds of the lattice as it is; they are not listed yet. */
void epns_cpm_bonds_find (EpnsCpmBonds *self);

/* List them by number, so that what is chosen next does not depend on how they came about. */
void epns_cpm_bonds_list (EpnsCpmBonds *self);

/* One of the host's sites has got another owner; bonds are listed. */
void epns_cpm_bonds_follow (EpnsCpmBonds *self, gsize site);

/* How many attempts could change something. */
static inline guint32
epns_cpm_bonds_attempts (const EpnsCpmBonds *self)
{
  return 2 * self->n - self->one_way;
}

/* The attempt along a bond from its one or its other end. FALSE: none, the way is closed. */
static inline gboolean
epns_cpm_bonds_attempt (const EpnsCpmBonds *self, guint32 bond, gboolean other, gsize *source,
                        gsize *target)
{
  const gsize one = bond >> self->shift;
  const gssize half = self->half[bond & ((1u << self->shift) - 1)];

  *source = (gsize) ((gssize) one + (half & -(gssize) other));
  *target = (gsize) ((gssize) one + (half & ((gssize) other - 1)));
  return self->lattice->home[*source] >= 0;
}
