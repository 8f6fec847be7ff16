/* SPDX-License-Identifier: MIT */
/* The lattice a Cellular Potts run works on: the host's sites with a margin round them, so that no
 * neighbour needs a border check. Beyond a no-flux border the margin belongs to nobody or is medium
 * (EpnsCpmBorder); beyond a periodic one it repeats the far side. All functions [any], as long as
 * one lattice is used by one thread at a time. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

#define EPNS_CPM_NOBODY (-1) /* the "cell" beyond a wall */

/* What lies beyond a border that is not periodic. */
typedef enum {
  EPNS_CPM_WALL,  /* nobody: no contact, no surface */
  EPNS_CPM_COAST, /* medium that stays outside: it has contact, and cells surface against it */
  EPNS_CPM_OPEN   /* medium that spreads inwards, too */
} EpnsCpmBorder;

#define EPNS_CPM_OUTSIDE (-1) /* home of a site beyond a wall or coast */
#define EPNS_CPM_SHORE (-2)   /* home of a site beyond an open border */

typedef struct {
  gint32 size[3];   /* z, y, x: the host's sites */
  gint32 margin[3]; /* sites added on either side */
  gboolean periodic[3];
  gboolean repeats; /* some axis is periodic and has a margin */
  gint32 padded[3]; /* size + 2 margin */
  gsize stride[3];  /* between neighbours along z, y, x */
  gsize n;          /* sites with margin */
  gint32 *ids;      /* [n] cell id, 0 = medium, or EPNS_CPM_NOBODY; owned */
  gint32 *home;     /* [n] the host's site this one repeats or is; below 0: none; owned */
  gint32 *row;      /* [size z * size y] where a row of the host's sites begins; owned */
} EpnsCpmLattice;

/* Give a zeroed or shaped lattice another shape. FALSE, and a cleared lattice, where it would have
 * 2^31 sites or more than fit the memory. border: by axis, low and high side. Every periodic axis
 * must be longer than its margin. */
gboolean epns_cpm_lattice_shape (EpnsCpmLattice *self, const gint32 size[3],
                                 const gboolean periodic[3], EpnsCpmBorder border[3][2],
                                 const gint32 margin[3]);
void epns_cpm_lattice_clear (EpnsCpmLattice *self);

/* From and to host memory: i32 views of shape size with any strides. */
void epns_cpm_lattice_load (EpnsCpmLattice *self, const epns_view *view);
void epns_cpm_lattice_store (const EpnsCpmLattice *self, const epns_view *view);

/* Write a site's repeats in the margin. */
void epns_cpm_lattice_repeat (EpnsCpmLattice *self, gsize site);

/* A site of the host's gets another owner. */
static inline void
epns_cpm_lattice_set (EpnsCpmLattice *self, gsize site, gint32 id)
{
  self->ids[site] = id;
  if (self->repeats)
    epns_cpm_lattice_repeat (self, site);
}

static inline gboolean
epns_cpm_lattice_is_own (const EpnsCpmLattice *self, gsize site)
{
  return self->home[site] == (gint32) site;
}
