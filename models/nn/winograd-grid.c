/* SPDX-License-Identifier: MIT */
/* Winograd's tiles. */
#include "models/nn/winograd-grid.h"
#include "models/nn/activation.h"
#include "models/nn/layout.h"
#include "models/nn/transpose.h"

#include <string.h>

enum { SIDE = EPNS_TOOM_SITES, OVERLAP = EPNS_TOOM_POINTS - SIDE, LANES = EPNS_KERNEL_WIDEST };
enum { FEW = 8 };          /* tiles that leave at a time */
enum { STACK_TILES = 96 }; /* small images are taken together until there are as many */

static gsize
parts_of (gsize n, gsize size)
{
  return (n + size - 1) / size;
}

gsize
epns_whole_vectors (gsize n)
{
  return parts_of (n, EPNS_KERNEL_WIDEST) * EPNS_KERNEL_WIDEST;
}

EpnsGrid
epns_grid_of (const EpnsCorrelation *shape)
{
  const gsize taps = EPNS_TOOM_TAPS;
  EpnsGrid self = { .groups_h = 1 + parts_of (MAX (shape->kh, taps) - taps, SIDE),
                    .groups_w = 1 + parts_of (MAX (shape->kw, taps) - taps, SIDE),
                    .tiles_h = parts_of (shape->out_h, SIDE),
                    .tiles_w = parts_of (shape->out_w, SIDE) };

  self.rows = self.tiles_h + self.groups_h - 1;
  self.pitch = self.tiles_w + self.groups_w - 1;
  self.stack = MAX (STACK_TILES / (self.rows * self.pitch), 1);
  return self;
}

gsize
epns_grid_reach (const EpnsGrid *self)
{
  return (self->groups_h - 1) * self->pitch + self->groups_w;
}

gsize
epns_grid_end (const EpnsGrid *self, gsize n)
{
  return n * self->rows * self->pitch - epns_grid_reach (self) + 1;
}

/* --- Fields --- */

EpnsField
epns_field_of_image (const EpnsGrid *grid, const EpnsCorrelation *shape)
{
  return (EpnsField){ .channels = shape->channels,
                      .height = shape->height,
                      .width = shape->width,
                      .top = shape->top,
                      .left = shape->left,
                      .rows = SIDE * grid->rows + OVERLAP,
                      .columns = SIDE * grid->pitch + OVERLAP,
                      .depth = epns_whole_vectors (shape->channels),
                      .kind = EPNS_IMAGE_TO_POINTS };
}

EpnsField
epns_field_of_sites (const EpnsGrid *grid, const EpnsCorrelation *shape)
{
  return (EpnsField){ .channels = shape->filters,
                      .height = shape->out_h,
                      .width = shape->out_w,
                      .rows = SIDE * grid->rows,
                      .columns = SIDE * grid->pitch,
                      .depth = epns_whole_vectors (shape->filters),
                      .kind = EPNS_SITES_TO_POINTS };
}

gsize
epns_field_count (const EpnsField *self)
{
  return self->rows * self->columns * self->depth;
}

/* n columns of a row of the image, whose channels lie `plane` apart. */
static void
turn_columns (const EpnsField *self, const float *from, gsize plane, gsize n, float *to)
{
  const gsize depth = self->depth, whole_c = self->channels / 4 * 4, whole_x = n / 4 * 4;

  for (gsize c = 0; c < whole_c; c += 4)
    for (gsize x = 0; x < whole_x; x += 4)
      epns_transpose_four (from + c * plane + x, plane, to + x * depth + c, depth);
  for (gsize c = 0; c < self->channels; c++)
    for (gsize x = c < whole_c ? whole_x : 0; x < n; x++)
      to[x * depth + c] = from[c * plane + x];
}

/* Columns `left` .. `right` - 1 of a row are the image's, from its column `first` on. */
static void
lay_out_row (const EpnsField *self, const float *from, gsize first, gsize left, gsize right,
             float *to)
{
  const gsize near = 64; /* columns turned at a time, so that they stay in cache */
  const gsize depth = self->depth, plane = self->height * self->width;

  memset (to, 0, left * depth * sizeof *to);
  memset (to + right * depth, 0, (self->columns - right) * depth * sizeof *to);
  if (depth > self->channels)
    memset (to + left * depth, 0, (right - left) * depth * sizeof *to);
  for (gsize x = left; x < right; x += near)
    turn_columns (self, from + first + x - left, plane, MIN (near, right - x), to + x * depth);
}

void
epns_field_lay_out (const EpnsField *self, const float *image, float *to)
{
  const gint64 columns = (gint64) self->columns;
  const gint64 left = CLAMP (self->left, 0, columns),
               right = CLAMP ((gint64) self->width + self->left, left, columns);

  for (gsize r = 0; r < self->rows; r++, to += self->columns * self->depth) {
    const gint64 y = (gint64) r - self->top;
    if (y >= 0 && y < (gint64) self->height)
      lay_out_row (self, image + (gsize) y * self->width, (gsize) (left - self->left),
                   (gsize) left, (gsize) right, to);
    else
      memset (to, 0, self->columns * self->depth * sizeof *to);
  }
}

/* --- Between fields and points --- */

/* Tiles of a block that lie beside each other. */
typedef struct {
  gsize at, n; /* place in the block; number */
  gsize sample, y, x; /* of the first */
} Piece;

static Piece
piece_at (const EpnsGrid *self, gsize first, gsize n, gsize at)
{
  const gsize row = (first + at) / self->pitch, x = (first + at) % self->pitch;

  return (Piece){ at, MIN (self->pitch - x, n - at), row / self->rows, row % self->rows, x };
}

/* Columns that n tiles beside each other see. */
static gsize
columns_of (const EpnsField *field, gsize n)
{
  return SIDE * n + (field->kind == EPNS_IMAGE_TO_POINTS ? OVERLAP : 0);
}

gsize
epns_grid_columns (const EpnsGrid *self, const EpnsField *field, gsize n)
{
  const gsize pieces = (n + self->pitch - 2) / self->pitch + 1;

  return (SIDE * n + pieces * columns_of (field, 0)) * field->depth + EPNS_GRID_GAP;
}

void
epns_grid_enter (const EpnsGrid *self, const EpnsField *field, const float *laid, gsize first,
                 gsize n, float *rows)
{
  const EpnsSweepFunction sweep = epns_kernel ()->toom[field->kind];
  const gsize line = field->columns * field->depth;
  EpnsSweep down = { .runs = 1, .from_step = line, .to_step = epns_grid_columns (self, field, n) };

  for (Piece piece = { .n = 0 }; piece.at + piece.n < n;) {
    piece = piece_at (self, first, n, piece.at + piece.n);
    down.lanes = columns_of (field, piece.n) * field->depth;
    sweep (&down,
           laid + piece.sample * epns_field_count (field) + SIDE * piece.y * line +
               SIDE * piece.x * field->depth,
           rows);
    rows += down.lanes;
  }
}

void
epns_grid_enter_row (const EpnsGrid *self, const EpnsField *field, const float *row, gsize first,
                     gsize n, float *points, gsize step)
{
  const EpnsSweepFunction sweep = epns_kernel ()->toom[field->kind];
  const gsize depth = field->depth;

  for (Piece piece = { .n = 0 }; piece.at + piece.n < n;) {
    piece = piece_at (self, first, n, piece.at + piece.n);
    const EpnsSweep across = { piece.n, depth, SIDE * depth, depth, depth, step };
    sweep (&across, row, points + piece.at * depth);
    row += columns_of (field, piece.n) * depth;
  }
}

void
epns_grid_leave_row (gsize n, gsize width, const float *points, gsize points_step, gsize depth,
                     float *row)
{
  const EpnsSweep across = { n, width, width, points_step, SIDE * depth, depth };

  epns_kernel ()->toom[EPNS_POINTS_TO_SITES](&across, points, row);
}

/* Rows of sites [SIDE][columns rounded up to tiles][LANES] into the maps of `filters` filters. */
static void
put_rows (const EpnsSites *sites, const float *from, gsize filters, gsize rows, gsize columns,
          const float *bias, float *out)
{
  const gsize length = parts_of (columns, SIDE) * SIDE;
  const gsize plane = sites->shape->out_h * sites->shape->out_w;
  float turned[4][FEW * SIDE];

  for (gsize f = 0; f < filters; f += 4)
    for (gsize y = 0; y < rows; y++) {
      for (gsize x = 0; x < length; x += 4)
        epns_transpose_four (from + (y * length + x) * LANES + f, LANES, &turned[0][x], FEW * SIDE);
      for (gsize i = 0; i < MIN (4, filters - f); i++) {
        float *to = out + (f + i) * plane + y * sites->shape->out_w;
        if (!sites->add)
          epns_activate (sites->activation, bias != NULL ? bias[f + i] : 0.0f, turned[i], to,
                         columns);
        else
          for (gsize x = 0; x < columns; x++)
            to[x] += turned[i][x];
      }
    }
}

/* n tiles beside each other, the first with its sites from (y, x) of `out` on. */
static void
leave_few (const EpnsSites *sites, gsize depth, gsize y, gsize x, gsize n,
           const float *rows, gsize step, float *out)
{
  const EpnsCorrelation *shape = sites->shape;
  const EpnsSweep down = { SIDE * n, LANES, depth, step, LANES, SIDE * n * LANES };
  float made[SIDE * SIDE * FEW * LANES];

  for (gsize f = 0; f < shape->filters; f += LANES) {
    epns_kernel ()->toom[EPNS_POINTS_TO_SITES](&down, rows + f, made);
    put_rows (sites, made, MIN (LANES, shape->filters - f), MIN (SIDE, shape->out_h - y),
              MIN (SIDE * n, shape->out_w - x), sites->bias != NULL ? sites->bias + f : NULL,
              out + (f * shape->out_h + y) * shape->out_w + x);
  }
}

void
epns_grid_leave (const EpnsGrid *self, const EpnsSites *sites, gsize depth, gsize first, gsize n,
                 const float *rows, gsize step)
{
  const EpnsCorrelation *shape = sites->shape;

  for (Piece piece = { .n = 0 }; piece.at + piece.n < n;) {
    piece = piece_at (self, first, n, piece.at + piece.n);
    piece.n = MIN (piece.n, FEW);
    if (piece.y < self->tiles_h && piece.x < self->tiles_w)
      leave_few (sites, depth, SIDE * piece.y, SIDE * piece.x,
                 MIN (piece.n, self->tiles_w - piece.x), rows + SIDE * piece.at * depth, step,
                 sites->out + piece.sample * shape->filters * shape->out_h * shape->out_w);
  }
}
