/* SPDX-License-Identifier: MIT */
/* In which order the local network draws the sites: passes on an 8 x 8 grid that is shifted and
 * turned at random at every step, so that no site, direction or axis is special. All functions
 * [any]. */
#pragma once
#include "plugin/random.h"

#define EPNS_LOCAL_MOST_PASSES 20
#define EPNS_LOCAL_GRID_SIDE   8 /* the passes repeat after so many sites along each axis */

/* What the local network draws random numbers for (purposes of plugin/random.h). */
enum {
  EPNS_LOCAL_DRAW_GRID = 0x40,   /* index 0 */
  EPNS_LOCAL_DRAW_SITE = 0x41,   /* index = evaluation << 32 | site */
  EPNS_LOCAL_DRAW_WEIGHT = 0x42, /* of a new network: parameter << 32 | element */
  EPNS_LOCAL_DRAW_PASS = 0x43, /* which pass a training sample is about: index of the pass in a
                                  block of samples */
  EPNS_LOCAL_DRAW_LATENT = 0x44 /* a cell's latents: its first site << 8 | element */
};

typedef struct {
  guint passes;             /* one that epns_local_grid_knows() */
  guint32 shift_y, shift_x; /* 0..7 */
  guint32 turn;             /* bit 0: transposed; bit 1: y flipped; bit 2: x flipped */
} EpnsLocalGrid;

/* Is there a grid of so many passes? There is one of 12 and one of 20. */
gboolean epns_local_grid_knows (guint passes);

/* The grid of one step. */
EpnsLocalGrid epns_local_grid_draw (const EpnsDrawKey *key, guint passes);

/* The grid of redraw sweep `sweep`: eight in a row bring every site into the last pass once (where
 * periodic extents are multiples of 8; near a seam of others, some sites come twice or not at all).
 */
EpnsLocalGrid epns_local_grid_sweep (const EpnsLocalGrid *grid, guint32 sweep);

/* The pass, from 0, in which site (y, x) is drawn. */
guint epns_local_grid_pass (const EpnsLocalGrid *grid, gsize y, gsize x);
