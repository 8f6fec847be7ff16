/* SPDX-License-Identifier: MIT */
/* Winograd's correlations: tiles to points, products at points, and back, a block of tiles at a
 * time so that its numbers stay in cache. */
#include "models/nn/winograd.h"
#include "models/nn/op.h"
#include "models/nn/winograd-filters.h"

enum { BLOCK = 48 }; /* tiles */

static EpnsWinograd
winograd_new (EpnsContext *ctx, const EpnsCorrelation *shape, const EpnsFilters *filters,
              const float *w)
{
  EpnsWinograd self = { .shape = *shape, .grid = epns_grid_of (shape) };

  self.filters =
      epns_tensor_new (ctx, EPNS_SHAPE ((gint64) epns_filters_count (&self.grid, filters)));
  epns_filters_enter (&self.grid, filters, w, self.filters->data);
  return self;
}

EpnsWinograd
epns_winograd_new (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const EpnsFilters filters = epns_filters_plain (shape);

  return winograd_new (ctx, shape, &filters, w);
}

EpnsWinograd
epns_winograd_new_adjoint (EpnsContext *ctx, const EpnsCorrelation *shape, const float *w)
{
  const EpnsFilters filters = epns_filters_turned (shape);
  const EpnsCorrelation turned = { .channels = shape->filters,
                                   .height = shape->out_h,
                                   .width = shape->out_w,
                                   .filters = shape->channels,
                                   .kh = shape->kh,
                                   .kw = shape->kw,
                                   .stride = 1,
                                   .top = (gint64) shape->kh - 1 - shape->top,
                                   .left = (gint64) shape->kw - 1 - shape->left,
                                   .out_h = shape->height,
                                   .out_w = shape->width };

  return winograd_new (ctx, &turned, &filters, w);
}

void
epns_winograd_clear (EpnsWinograd *self)
{
  epns_tensor_set (&self->filters, NULL);
}

/* Where things lie in a call's scratch, in floats. */
typedef struct {
  EpnsField field;
  gsize filters;                    /* in whole vectors */
  gsize tiles, reached;             /* of a block, and with those that its groups reach */
  gsize columns, seen, made, sites; /* floats of a row or point of what follows */
  gsize to_columns, to_seen, to_made, to_sites, end; /* laid out samples begin at 0 */
} Room;

static Room
room_of (const EpnsWinograd *self)
{
  const EpnsGrid *grid = &self->grid;
  Room room = { .field = epns_field_of_image (grid, &self->shape),
                .filters = epns_whole_vectors (self->shape.filters),
                .tiles = BLOCK };

  room.reached = room.tiles + epns_grid_reach (grid) - 1;
  room.columns = epns_grid_columns (grid, &room.field, room.reached);
  room.seen = room.reached * room.field.depth + EPNS_GRID_GAP;
  room.made = room.tiles * MIN (room.filters, EPNS_FILTER_BLOCK) + EPNS_GRID_GAP;
  room.sites = room.tiles * EPNS_TOOM_SITES * room.filters + EPNS_GRID_GAP;
  room.to_columns = grid->stack * epns_field_count (&room.field);
  room.to_seen = room.to_columns + EPNS_TOOM_POINTS * room.columns;
  room.to_made = room.to_seen + EPNS_TOOM_POINTS * room.seen;
  room.to_sites = room.to_made + EPNS_TOOM_POINTS * room.made;
  room.end = room.to_sites + EPNS_TOOM_POINTS * room.sites;
  return room;
}

gsize
epns_winograd_scratch (const EpnsWinograd *self)
{
  return room_of (self).end * sizeof (float);
}

/* At the points of a row: made = filters seen, for `width` filters and n tiles. */
static void
multiply (const EpnsWinograd *self, const Room *room, gsize width, gsize n, const float *filters,
          const float *seen, float *made)
{
  const EpnsGrid *grid = &self->grid;
  EpnsProduct product = { .m = n,
                          .n = width,
                          .k = self->shape.channels,
                          .left_row = room->field.depth,
                          .left_column = 1,
                          .right_panel = epns_kernel ()->columns,
                          .right_row = width,
                          .c_row = width };

  for (gsize j = 0; j < EPNS_TOOM_POINTS; j++, seen += room->seen, made += room->made)
    for (gsize a = 0; a < grid->groups_h; a++)
      for (gsize b = 0; b < grid->groups_w; b++, filters += product.k * width) {
        product.left = seen + (a * grid->pitch + b) * room->field.depth;
        product.right = filters;
        product.c = made;
        product.add = a + b > 0;
        epns_kernel ()->multiply (&product);
      }
}

static void
correlate_block (const EpnsWinograd *self, const Room *room, const EpnsSites *sites, gsize first,
                 gsize n, float *scratch)
{
  const EpnsGrid *grid = &self->grid;
  const gsize reached = n + epns_grid_reach (grid) - 1,
              columns = epns_grid_columns (grid, &room->field, reached);
  const gsize a_filter = /* floats, of a row of points, of all */
      self->shape.channels * EPNS_TOOM_POINTS * grid->groups_h * grid->groups_w;
  float *seen = scratch + room->to_seen, *made = scratch + room->to_made;

  epns_grid_enter (grid, &room->field, scratch, first, reached, scratch + room->to_columns);
  for (gsize i = 0; i < EPNS_TOOM_POINTS; i++) {
    float *row = scratch + room->to_sites + i * room->sites;
    epns_grid_enter_row (grid, &room->field, scratch + room->to_columns + i * columns, first,
                         reached, seen, room->seen);
    for (gsize f = 0; f < room->filters; f += EPNS_FILTER_BLOCK) {
      const gsize width = MIN (EPNS_FILTER_BLOCK, room->filters - f);
      multiply (self, room, width, n,
                self->filters->data + (f * EPNS_TOOM_POINTS + i * width) * a_filter, seen, made);
      epns_grid_leave_row (n, width, made, room->made, room->filters, row + f);
    }
  }
  epns_grid_leave (grid, sites, room->filters, first, n, scratch + room->to_sites, room->sites);
}

void
epns_winograd_correlate (const EpnsWinograd *self, gsize n, const float *image, const float *bias,
                         EpnsActivation activation, gboolean add, float *out, void *scratch)
{
  const EpnsCorrelation *shape = &self->shape;
  const Room room = room_of (self);
  const EpnsSites sites = { shape, bias, activation, add, out };
  const gsize end = epns_grid_end (&self->grid, n);

  for (gsize i = 0; i < n; i++)
    epns_field_lay_out (&room.field, image + i * shape->channels * shape->height * shape->width,
                        (float *) scratch + i * epns_field_count (&room.field));
  for (gsize first = 0; first < end; first += room.tiles)
    correlate_block (self, &room, &sites, first, MIN (room.tiles, end - first), scratch);
}
