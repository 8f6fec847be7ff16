/* SPDX-License-Identifier: MIT */
/* Filters at points, EPNS_KERNEL_WIDEST filters or channels side by side. */
#include "models/nn/winograd-filters.h"

#include <string.h>

enum { LANES = EPNS_KERNEL_WIDEST, POINTS = EPNS_TOOM_POINTS, TAPS = EPNS_TOOM_TAPS };

/* [taps][taps][LANES], [points][taps][LANES], [points][points][LANES] */
typedef float TapLanes[TAPS * TAPS * LANES];
typedef float Between[POINTS * TAPS * LANES];
typedef float PointLanes[POINTS * POINTS * LANES];

EpnsFilters
epns_filters_plain (const EpnsCorrelation *shape)
{
  const gssize kw = (gssize) shape->kw, filter = (gssize) shape->kh * kw;

  return (EpnsFilters){ .filters = shape->filters,
                        .channels = shape->channels,
                        .kh = shape->kh,
                        .kw = shape->kw,
                        .filter = (gssize) shape->channels * filter,
                        .channel = filter,
                        .row = kw,
                        .column = 1 };
}

EpnsFilters
epns_filters_turned (const EpnsCorrelation *shape)
{
  const EpnsFilters plain = epns_filters_plain (shape);

  return (EpnsFilters){ .filters = plain.channels,
                        .channels = plain.filters,
                        .kh = plain.kh,
                        .kw = plain.kw,
                        .first = plain.channel - 1,
                        .filter = plain.channel,
                        .channel = plain.filter,
                        .row = -plain.row,
                        .column = -1 };
}

gsize
epns_filters_count (const EpnsGrid *grid, const EpnsFilters *filters)
{
  return epns_whole_vectors (filters->filters) * filters->channels * POINTS * POINTS *
         grid->groups_h * grid->groups_w;
}

/* The taps of a group: its rows and columns that the filter has. */
typedef struct {
  gsize i, j, rows, columns;
} Group;

static Group
group_of (const EpnsGrid *grid, const EpnsFilters *filters, gsize g)
{
  const gsize a = g / grid->groups_w, b = g % grid->groups_w,
              step = EPNS_TOOM_SITES; /* all groups but the last have as many taps */

  return (Group){ .i = step * a,
                  .j = step * b,
                  .rows = a + 1 < grid->groups_h ? step : filters->kh - step * a,
                  .columns = b + 1 < grid->groups_w ? step : filters->kw - step * b };
}

static gssize
place_of (const EpnsFilters *self, gsize f, gsize c, gsize i, gsize j)
{
  return self->first + (gssize) f * self->filter + (gssize) c * self->channel +
         (gssize) i * self->row + (gssize) j * self->column;
}

/* to_points() first takes all columns, then all rows; to_taps() is its adjoint. */
static void
to_points (const float *taps, float *points)
{
  const EpnsSweepFunction sweep = epns_kernel ()->toom[EPNS_TAPS_TO_POINTS];
  const gsize row = TAPS * LANES;
  const EpnsSweep down = { 1, row, 0, row, 0, row };
  const EpnsSweep across = { POINTS, LANES, row, LANES, POINTS * LANES, LANES };
  Between between;

  sweep (&down, taps, between);
  sweep (&across, between, points);
}

static void
to_taps (const float *points, float *taps)
{
  const EpnsSweepFunction sweep = epns_kernel ()->toom[EPNS_POINTS_TO_TAPS];
  const gsize row = TAPS * LANES;
  const EpnsSweep across = { POINTS, LANES, POINTS * LANES, LANES, row, LANES };
  const EpnsSweep down = { 1, row, 0, row, 0, row };
  Between between;

  sweep (&across, points, between);
  sweep (&down, between, taps);
}

/* LANES filters from f on (0 where there is none) of channel c. */
static void
take_taps (const EpnsFilters *self, const Group *group, gsize f, gsize c, const float *w,
           float *to)
{
  const gsize n = MIN (LANES, self->filters - f);

  memset (to, 0, sizeof (TapLanes));
  for (gsize l = 0; l < n; l++)
    for (gsize i = 0; i < group->rows; i++)
      for (gsize j = 0; j < group->columns; j++)
        to[(i * TAPS + j) * LANES + l] = w[place_of (self, f + l, c, group->i + i, group->j + j)];
}

void
epns_filters_enter (const EpnsGrid *grid, const EpnsFilters *self, const float *w, float *points)
{
  const gsize groups = grid->groups_h * grid->groups_w, all = epns_whole_vectors (self->filters);
  TapLanes taps;
  PointLanes made;

  for (gsize f = 0; f < all; f += LANES) {
    const gsize first = f / EPNS_FILTER_BLOCK * EPNS_FILTER_BLOCK;
    const gsize width = MIN (EPNS_FILTER_BLOCK, all - first);
    float *block = points + first * self->channels * groups * POINTS * POINTS + f - first;
    for (gsize g = 0; g < groups; g++) {
      const Group group = group_of (grid, self, g);
      for (gsize c = 0; c < self->channels; c++) {
        take_taps (self, &group, f, c, w, taps);
        to_points (taps, made);
        for (gsize p = 0; p < POINTS * POINTS; p++)
          memcpy (block + ((p * groups + g) * self->channels + c) * width, made + p * LANES,
                  LANES * sizeof *made);
      }
    }
  }
}

/* Adds LANES channels from c on, as many as there are, of filter f. */
static void
add_taps (const EpnsFilters *self, const Group *group, gsize f, gsize c, const float *from,
          float *dw)
{
  const gsize n = MIN (LANES, self->channels - c);

  for (gsize l = 0; l < n; l++)
    for (gsize i = 0; i < group->rows; i++)
      for (gsize j = 0; j < group->columns; j++)
        dw[place_of (self, f, c + l, group->i + i, group->j + j)] +=
            from[(i * TAPS + j) * LANES + l];
}

void
epns_filters_leave (const EpnsGrid *grid, const EpnsFilters *self, gsize depth,
                    const float *points, float *dw)
{
  const gsize groups = grid->groups_h * grid->groups_w, all = epns_whole_vectors (self->filters);
  TapLanes taps;
  PointLanes given;

  for (gsize g = 0; g < groups; g++) {
    const Group group = group_of (grid, self, g);
    for (gsize f = 0; f < self->filters; f++)
      for (gsize c = 0; c < self->channels; c += LANES) {
        for (gsize p = 0; p < POINTS * POINTS; p++)
          memcpy (given + p * LANES, points + ((p * groups + g) * all + f) * depth + c,
                  LANES * sizeof *given);
        to_taps (given, taps);
        add_taps (self, &group, f, c, taps, dw);
      }
  }
}
