/* SPDX-License-Identifier: MIT */
/* Passes on an 8 x 8 grid. */
#include "models/epns/local-grid.h"

#define SIDE 8 /* of the grid, a power of two */

/* Four times 1/32 of the sites, two of 1/16, two of 1/8, then four of 1/8. The first passes are
 * sparse because sites of one pass are drawn independently: what a cell does as a whole is settled
 * by a few sites drawn one after the other. The last pass repeats every four sites along x and
 * every two along y but for a shift, so eight shifts cover all. */
static const guint8 pass_of_site[SIDE][SIDE] = {
  { 0, 8, 4, 10, 1, 8, 4, 10 }, { 11, 6, 9, 7, 11, 6, 9, 7 }, { 5, 10, 2, 8, 5, 10, 3, 8 },
  { 9, 7, 11, 6, 9, 7, 11, 6 }, { 1, 8, 4, 10, 0, 8, 4, 10 }, { 11, 6, 9, 7, 11, 6, 9, 7 },
  { 5, 10, 3, 8, 5, 10, 2, 8 }, { 9, 7, 11, 6, 9, 7, 11, 6 },
};

EpnsLocalGrid
epns_local_grid_draw (const EpnsDrawKey *key)
{
  guint32 words[4];

  epns_random_words (key, EPNS_LOCAL_DRAW_GRID, 0, words);
  return (EpnsLocalGrid){
    .shift_y = epns_random_below (words[0], SIDE),
    .shift_x = epns_random_below (words[1], SIDE),
    .turn = epns_random_below (words[2], 8),
  };
}

EpnsLocalGrid
epns_local_grid_sweep (const EpnsLocalGrid *grid, guint32 sweep)
{
  return (EpnsLocalGrid){
    .shift_y = (grid->shift_y + sweep % 2) % SIDE,
    .shift_x = (grid->shift_x + sweep / 2) % SIDE,
    .turn = grid->turn,
  };
}

guint
epns_local_grid_pass (const EpnsLocalGrid *grid, gsize y, gsize x)
{
  gsize row = y + grid->shift_y, column = x + grid->shift_x;

  /* Unsigned 0 - a is -a modulo any power of two. */
  row = (grid->turn & 2 ? 0 - row : row) % SIDE;
  column = (grid->turn & 4 ? 0 - column : column) % SIDE;
  return grid->turn & 1 ? pass_of_site[column][row] : pass_of_site[row][column];
}
