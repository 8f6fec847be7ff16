/* SPDX-License-Identifier: MIT */
/* Passes on an 8 x 8 grid. */
#include "models/epns/local-grid.h"

#define SIDE EPNS_LOCAL_GRID_SIDE /* a power of two */

/* The first passes are sparse because sites of one pass are drawn independently: what a cell does
 * as a whole is settled by a few sites drawn one after the other. The last pass repeats every four
 * sites along x and every two along y but for a shift, so eight shifts cover all. */
static const struct {
  guint passes;
  guint8 of_site[SIDE][SIDE];
} grids[] = {
  /* four times 1/32 of the sites, two of 1/16, two of 1/8, then four of 1/8 */
  { 12, {
    { 0, 8, 4, 10, 1, 8, 4, 10 },
    { 11, 6, 9, 7, 11, 6, 9, 7 },
    { 5, 10, 2, 8, 5, 10, 3, 8 },
    { 9, 7, 11, 6, 9, 7, 11, 6 },
    { 1, 8, 4, 10, 0, 8, 4, 10 },
    { 11, 6, 9, 7, 11, 6, 9, 7 },
    { 5, 10, 3, 8, 5, 10, 2, 8 },
    { 9, 7, 11, 6, 9, 7, 11, 6 },
  } },
  /* the same with every pass but the last four in two, whose sites lie as far apart as can be:
   * eight times 1/64, four of 1/32, four of 1/16, four of 1/8 */
  { 20, {
    { 0, 16, 8, 18, 2, 16, 9, 18 },
    { 19, 12, 17, 14, 19, 12, 17, 14 },
    { 10, 18, 4, 16, 11, 18, 6, 16 },
    { 17, 15, 19, 13, 17, 15, 19, 13 },
    { 3, 16, 9, 18, 1, 16, 8, 18 },
    { 19, 12, 17, 14, 19, 12, 17, 14 },
    { 11, 18, 7, 16, 10, 18, 5, 16 },
    { 17, 15, 19, 13, 17, 15, 19, 13 },
  } },
};

gboolean
epns_local_grid_knows (guint passes)
{
  for (gsize g = 0; g < G_N_ELEMENTS (grids); g++)
    if (grids[g].passes == passes)
      return TRUE;
  return FALSE;
}

EpnsLocalGrid
epns_local_grid_draw (const EpnsDrawKey *key, guint passes)
{
  guint32 words[4];

  epns_random_words (key, EPNS_LOCAL_DRAW_GRID, 0, words);
  return (EpnsLocalGrid){
    .passes = passes,
    .shift_y = epns_random_below (words[0], SIDE),
    .shift_x = epns_random_below (words[1], SIDE),
    .turn = epns_random_below (words[2], 8),
  };
}

EpnsLocalGrid
epns_local_grid_sweep (const EpnsLocalGrid *grid, guint32 sweep)
{
  return (EpnsLocalGrid){
    .passes = grid->passes,
    .shift_y = (grid->shift_y + sweep % 2) % SIDE,
    .shift_x = (grid->shift_x + sweep / 2) % SIDE,
    .turn = grid->turn,
  };
}

guint
epns_local_grid_pass (const EpnsLocalGrid *grid, gsize y, gsize x)
{
  gsize row = y + grid->shift_y, column = x + grid->shift_x, g = 0;

  while (grids[g].passes != grid->passes)
    g++;

  /* Unsigned 0 - a is -a modulo any power of two. */
  row = (grid->turn & 2 ? 0 - row : row) % SIDE;
  column = (grid->turn & 4 ? 0 - column : column) % SIDE;
  return grid->turn & 1 ? grids[g].of_site[column][row] : grids[g].of_site[row][column];
}
