/* SPDX-License-Identifier: MIT */
/* Systems of particles, drawn. */
#include "compare/figure-particles.h"

#include <math.h>

#define DOT 0.016 /* radius of a body of the mean mass that has none, of the longer side */

/* Grow a crop around the bodies of a frame. */
static void
include_bodies (EpnsCrop *crop, const EpnsTrajectory *of, guint32 member, guint32 frame)
{
  const double *at = epns_trajectory_positions (of, member, frame);

  for (guint32 i = 0; i < of->meta->bodies; i++, at += of->meta->space.axes)
    for (int axis = 0; axis < 2; axis++) {
      double radius = of->radius ? of->radius[member * of->n_rows + i] : 0.0;
      if (!isfinite (at[axis]))
        continue;
      crop->low[1 - axis] = fmin (crop->low[1 - axis], at[axis] - radius);
      crop->high[1 - axis] = fmax (crop->high[1 - axis], at[axis] + radius);
    }
}

EpnsCrop
epns_bodies_crop (const EpnsSnapshots *what)
{
  const EpnsSpace *space = &what->rows[0].of->meta->space;
  EpnsCrop crop = { { INFINITY, INFINITY }, { -INFINITY, -INFINITY } };

  for (gsize r = 0; r < what->n_rows; r++)
    for (gsize k = 0; k < what->n_times; k++)
      include_bodies (&crop, what->rows[r].of, what->rows[r].member, what->rows[r].frame[k]);
  double side = fmax (crop.high[0] - crop.low[0], crop.high[1] - crop.low[1]);
  if (!isfinite (side)) /* no body is anywhere */
    return (EpnsCrop){ { -1, -1 }, { 1, 1 } };
  for (int i = 0; i < 2; i++) { /* a square, with something around it */
    double middle = 0.5 * (crop.low[i] + crop.high[i]), half = 0.55 * fmax (side, 1e-9);
    crop.low[i] = middle - half;
    crop.high[i] = middle + half;
    if (space->bounded) {
      crop.low[i] = fmax (crop.low[i], space->low[1 - i]);
      crop.high[i] = fmin (crop.high[i], space->high[1 - i]);
    }
  }
  return crop;
}

typedef struct {
  double height; /* z */
  guint32 body;
} Depth;

static gint
by_depth (gconstpointer a, gconstpointer b)
{
  const Depth *one = a, *other = b;

  if (one->height != other->height)
    return one->height < other->height ? -1 : 1;
  return one->body < other->body ? -1 : 1;
}

/* Bodies from the farthest to the nearest. */
static Depth *
depths (const EpnsTrajectory *of, const double *position)
{
  guint32 n = of->meta->bodies;
  Depth *order = g_new (Depth, n);

  for (guint32 i = 0; i < n; i++)
    order[i] = (Depth){ of->meta->space.axes == 3 ? position[3 * i + 2] : 0.0, i };
  qsort (order, n, sizeof *order, by_depth);
  return order;
}

static double
mean_mass (const EpnsTrajectory *of, guint32 member)
{
  double sum = 0.0;

  for (guint32 i = 0; i < of->meta->bodies; i++)
    sum += of->mass[member * of->n_rows + i];
  return sum / of->meta->bodies;
}

static void
draw_body (EpnsCanvas *canvas, double x, double y, double radius, guint32 colour)
{
  cairo_new_sub_path (canvas->cr);
  cairo_arc (canvas->cr, x, y, fmax (radius, 0.6), 0, 2 * G_PI);
  epns_canvas_colour (canvas, colour, 1);
  cairo_fill_preserve (canvas->cr);
  epns_canvas_colour (canvas, 0x15181c, 0.92);
  cairo_set_line_width (canvas->cr, CLAMP (0.1 * radius, 0.3, 0.8));
  cairo_stroke (canvas->cr);
}

void
epns_draw_bodies (EpnsCanvas *canvas, double x, double y, double width, double height,
                  const EpnsCrop *crop, const EpnsTrajectory *of, guint32 member, guint32 frame)
{
  double wide = crop->high[1] - crop->low[1], tall = crop->high[0] - crop->low[0],
         scale = fmin (width / wide, height / tall), usual = mean_mass (of, member);
  const double *position = epns_trajectory_positions (of, member, frame);
  g_autofree Depth *order = depths (of, position);

  cairo_save (canvas->cr);
  cairo_translate (canvas->cr, x + (width - scale * wide) / 2, y + (height - scale * tall) / 2);
  cairo_rectangle (canvas->cr, 0, 0, scale * wide, scale * tall);
  epns_canvas_colour (canvas, 0xb4b8bd, 1);
  cairo_set_line_width (canvas->cr, 0.8);
  cairo_stroke_preserve (canvas->cr);
  cairo_clip (canvas->cr);
  for (guint32 k = 0; k < of->meta->bodies; k++) {
    gsize i = order[k].body, row = member * of->n_rows + i;
    const double *at = position + i * (gsize) of->meta->space.axes;
    double radius = of->radius ? of->radius[row]
                               : DOT * fmax (wide, tall) * cbrt (of->mass[row] / usual);
    if (isfinite (at[0]) && isfinite (at[1]))
      draw_body (canvas, scale * (at[0] - crop->low[1]), scale * (crop->high[0] - at[1]),
                 scale * radius, epns_palette ((guint) of->type[row]));
  }
  cairo_restore (canvas->cr);
}
