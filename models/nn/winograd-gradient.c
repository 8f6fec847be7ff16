/* SPDX-License-Identifier: MIT */
/* The gradient of Winograd's filters: the exact adjoint of the correlation, sites spread to points
 * and multiplied there with the image's. A chain is as long as a block of tiles: what is added up
 * over thousands of tiles would be rounded ten times as much in one. */
#include "models/nn/winograd.h"
#include "models/nn/op.h"
#include "models/nn/winograd-filters.h"

enum { BLOCK = 48 }; /* tiles; part of the result */

EpnsWinogradGradient
epns_winograd_gradient_new (const EpnsCorrelation *shape)
{
  return (EpnsWinogradGradient){ *shape, epns_grid_of (shape) };
}

gsize
epns_winograd_gradient_count (const EpnsWinogradGradient *self)
{
  const EpnsGrid *grid = &self->grid;

  return EPNS_TOOM_POINTS * EPNS_TOOM_POINTS * grid->groups_h * grid->groups_w *
         epns_whole_vectors (self->shape.filters) * epns_whole_vectors (self->shape.channels);
}

/* Where things lie in a call's scratch, in floats. */
typedef struct {
  EpnsField image, sites;
  gsize reached;                                     /* tiles, of a block and its groups */
  gsize columns_seen, columns_given, seen, given;    /* floats of a row or point of what follows */
  gsize to_sites, to_columns_seen, to_columns_given; /* the image laid out begins at 0 */
  gsize to_seen, to_given, end;
} Room;

static Room
room_of (const EpnsWinogradGradient *self)
{
  const EpnsGrid *grid = &self->grid;
  Room room = { .image = epns_field_of_image (grid, &self->shape),
                .sites = epns_field_of_sites (grid, &self->shape),
                .reached = BLOCK + epns_grid_reach (grid) - 1 };

  room.columns_seen = epns_grid_columns (grid, &room.image, room.reached);
  room.columns_given = epns_grid_columns (grid, &room.sites, BLOCK);
  room.seen = room.reached * room.image.depth + EPNS_GRID_GAP;
  room.given = BLOCK * room.sites.depth + EPNS_GRID_GAP;
  room.to_sites = grid->stack * epns_field_count (&room.image);
  room.to_columns_seen = room.to_sites + grid->stack * epns_field_count (&room.sites);
  room.to_columns_given = room.to_columns_seen + EPNS_TOOM_POINTS * room.columns_seen;
  room.to_seen = room.to_columns_given + EPNS_TOOM_POINTS * room.columns_given;
  room.to_given = room.to_seen + EPNS_TOOM_POINTS * room.seen;
  room.end = room.to_given + EPNS_TOOM_POINTS * room.given;
  return room;
}

gsize
epns_winograd_gradient_scratch (const EpnsWinogradGradient *self)
{
  return room_of (self).end * sizeof (float);
}

/* At the points of a row, for each group: sums (+)= given^T seen over n tiles. */
static void
multiply (const EpnsWinogradGradient *self, const Room *room, gsize n, const float *seen,
          const float *given, gboolean add, float *sums)
{
  const EpnsGrid *grid = &self->grid;
  const gsize filters = room->sites.depth, channels = room->image.depth;
  EpnsProduct product = { .m = filters,
                          .n = channels,
                          .k = n,
                          .left_row = 1,
                          .left_column = filters,
                          .right_panel = epns_kernel ()->columns,
                          .right_row = channels,
                          .c_row = channels,
                          .add = add };

  for (gsize j = 0; j < EPNS_TOOM_POINTS; j++, seen += room->seen, given += room->given)
    for (gsize a = 0; a < grid->groups_h; a++)
      for (gsize b = 0; b < grid->groups_w; b++, sums += filters * channels) {
        product.left = given;
        product.right = seen + (a * grid->pitch + b) * channels;
        product.c = sums;
        epns_kernel ()->multiply (&product);
      }
}

static void
add_block (const EpnsWinogradGradient *self, const Room *room, gsize first, gsize n, gboolean add,
           float *sums, float *scratch)
{
  const EpnsGrid *grid = &self->grid;
  const gsize reached = n + epns_grid_reach (grid) - 1,
              columns_seen = epns_grid_columns (grid, &room->image, reached),
              columns_given = epns_grid_columns (grid, &room->sites, n);
  const gsize row = epns_winograd_gradient_count (self) / EPNS_TOOM_POINTS;
  float *seen = scratch + room->to_seen, *given = scratch + room->to_given;

  epns_grid_enter (grid, &room->image, scratch, first, reached, scratch + room->to_columns_seen);
  epns_grid_enter (grid, &room->sites, scratch + room->to_sites, first, n,
                   scratch + room->to_columns_given);
  for (gsize i = 0; i < EPNS_TOOM_POINTS; i++) {
    epns_grid_enter_row (grid, &room->image, scratch + room->to_columns_seen + i * columns_seen,
                         first, reached, seen, room->seen);
    epns_grid_enter_row (grid, &room->sites, scratch + room->to_columns_given + i * columns_given,
                         first, n, given, room->given);
    multiply (self, room, n, seen, given, add, sums + i * row);
  }
}

void
epns_winograd_gradient_add (const EpnsWinogradGradient *self, gsize n, const float *image,
                            const float *v, gboolean add, float *sums, void *scratch)
{
  const EpnsCorrelation *shape = &self->shape;
  const Room room = room_of (self);
  const gsize end = epns_grid_end (&self->grid, n);
  float *laid = scratch, *sites = laid + room.to_sites;

  for (gsize i = 0; i < n; i++) {
    epns_field_lay_out (&room.image, image + i * shape->channels * shape->height * shape->width,
                        laid + i * epns_field_count (&room.image));
    epns_field_lay_out (&room.sites, v + i * shape->filters * shape->out_h * shape->out_w,
                        sites + i * epns_field_count (&room.sites));
  }
  for (gsize first = 0; first < end; first += BLOCK)
    add_block (self, &room, first, MIN (BLOCK, end - first), add || first > 0, sums, scratch);
}

void
epns_winograd_gradient_end (const EpnsWinogradGradient *self, const float *sums, float *dw)
{
  const EpnsFilters filters = epns_filters_plain (&self->shape);

  epns_filters_leave (&self->grid, &filters, epns_whole_vectors (self->shape.channels), sums, dw);
}
