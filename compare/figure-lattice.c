/* SPDX-License-Identifier: MIT */
/* Snapshots of tissues, rows of them beside each other. */
#include "compare/figure-lattice.h"

#include "compare/figure-particles.h"
#include "compare/words.h"

#include <math.h>
#include <string.h>

#define PANEL 196.0 /* longer side of a snapshot, points */
#define GAP 14.0
#define MARGIN 26.0
#define LABELS 40.0 /* room for the rows' titles */
#define HEAD 84.0   /* title, column titles */
#define LEGEND_LINE 18.0
#define FOOT 40.0 /* caption and the space above the legend */

/* Neighbouring ids get different shades: a low-discrepancy sequence in the id. */
static guint32
cell_colour (gint32 id, gint32 type)
{
  double turn = id * 0.61803398875, share = turn - floor (turn);
  guint32 colour = epns_palette ((guint) type - 1);

  return share < 0.5 ? epns_mix (colour, 0xffffff, 0.56 * share)
                     : epns_mix (colour, 0, 0.32 * (share - 0.5));
}

/* Grow a crop around the cells of a frame's middle plane. */
static void
include_cells (EpnsCrop *crop, const gint32 size[3], const gint32 *id)
{
  id += (gsize) (size[0] / 2) * (gsize) size[1] * (gsize) size[2];
  for (gint32 y = 0; y < size[1]; y++)
    for (gint32 x = 0; x < size[2]; x++) {
      if (id[(gsize) y * (gsize) size[2] + (gsize) x] == 0)
        continue;
      crop->low[0] = fmin (crop->low[0], y);
      crop->high[0] = fmax (crop->high[0], y + 1);
      crop->low[1] = fmin (crop->low[1], x);
      crop->high[1] = fmax (crop->high[1], x + 1);
    }
}

static EpnsCrop
cells_crop (const EpnsSnapshots *what)
{
  const gint32 *size = what->rows[0].of->meta->size;
  EpnsCrop crop = { { size[1], size[2] }, { 0, 0 } };

  for (gsize r = 0; r < what->n_rows; r++)
    for (gsize k = 0; k < what->n_times; k++)
      include_cells (
          &crop, size,
          epns_trajectory_frame (what->rows[r].of, what->rows[r].member, what->rows[r].frame[k]));
  for (int i = 0; i < 2; i++) {
    double around = floor ((crop.high[i] - crop.low[i]) / 16) + 1;
    crop.low[i] = fmax (crop.low[i] - around, 0);
    crop.high[i] = fmin (crop.high[i] + around, size[1 + i]);
    if (crop.low[i] >= crop.high[i]) { /* no cells */
      crop.low[i] = 0;
      crop.high[i] = size[1 + i];
    }
  }
  return crop;
}

EpnsCrop
epns_snapshots_crop (const EpnsSnapshots *what)
{
  return what->rows[0].of->meta->layout == &epns_layout_lattice ? cells_crop (what)
                                                                : epns_bodies_crop (what);
}

/* A plane of a lattice and the part of it that is drawn. */
typedef struct {
  const gint32 *id, *type;
  gint32 rows, columns; /* of the part */
  gsize pitch;          /* from a row to the next one */
} Plane;

/* `zoom` x `zoom` pixels for each site: viewers of SVG and PDF blur what they enlarge. */
static cairo_surface_t *
paint_sites (const Plane *plane, gint32 zoom)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, zoom * plane->columns,
                                                       zoom * plane->rows);
  int stride = cairo_image_surface_get_stride (image);
  guint8 *pixels = cairo_image_surface_get_data (image);

  for (gint32 y = 0; y < zoom * plane->rows && pixels != NULL; y++) {
    guint32 *row = (guint32 *) (void *) (pixels
                                         + (gsize) (zoom * plane->rows - 1 - y) * (gsize) stride);
    for (gint32 x = 0; x < zoom * plane->columns; x++) {
      gint32 cell = plane->id[(gsize) (y / zoom) * plane->pitch + (gsize) (x / zoom)];
      row[x] = cell > 0 ? cell_colour (cell, plane->type[cell]) : EPNS_MEDIUM;
    }
  }
  cairo_surface_mark_dirty (image);
  return image;
}

/* Lines between cells along one direction: `across` is the step over the line, `along` the step
 * beside it, runs are drawn as one. Positions are in sites with y upwards. */
static void
trace_borders (cairo_t *cr, gint32 lines, gint32 length, gsize across, gsize along,
               const gint32 *id, gboolean horizontal)
{
  for (gint32 i = 1; i < lines; i++) {
    const gint32 *one = id + (gsize) (i - 1) * across, *other = one + across;
    for (gint32 k = 0, start = -1; k <= length; k++) {
      gboolean border = k < length && one[(gsize) k * along] != other[(gsize) k * along];
      if (border && start < 0)
        start = k;
      if (!border && start >= 0) {
        cairo_move_to (cr, horizontal ? start : i, horizontal ? i : start);
        cairo_line_to (cr, horizontal ? k : i, horizontal ? i : k);
        start = -1;
      }
    }
  }
}

static void
draw_borders (EpnsCanvas *canvas, const Plane *plane, double site)
{
  cairo_t *cr = canvas->cr;

  cairo_save (cr);
  cairo_translate (cr, 0, plane->rows * site);
  cairo_scale (cr, site, -site);
  trace_borders (cr, plane->rows, plane->columns, plane->pitch, 1, plane->id, TRUE);
  trace_borders (cr, plane->columns, plane->rows, 1, plane->pitch, plane->id, FALSE);
  cairo_restore (cr);
  epns_canvas_colour (canvas, 0x15181c, 0.92);
  cairo_set_line_width (cr, CLAMP (0.3 * site, 0.35, 1.1));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
  cairo_stroke (cr);
}

void
epns_draw_lattice (EpnsCanvas *canvas, double x, double y, double width, double height,
                   const gint32 size[3], const EpnsCrop *crop, const gint32 *id, const gint32 *type)
{
  gsize pitch = (gsize) size[2],
        first = (gsize) (size[0] / 2) * (gsize) size[1] + (gsize) crop->low[0];
  const Plane plane = { id + first * pitch + (gsize) crop->low[1], type,
                        (gint32) (crop->high[0] - crop->low[0]),
                        (gint32) (crop->high[1] - crop->low[1]), pitch };
  double site = MIN (width / plane.columns, height / plane.rows);
  gint32 zoom = CLAMP (512 / MAX (plane.columns, plane.rows), 1, 8);
  cairo_surface_t *image = paint_sites (&plane, zoom);
  cairo_t *cr = canvas->cr;

  cairo_save (cr);
  cairo_translate (cr, x + (width - site * plane.columns) / 2,
                   y + (height - site * plane.rows) / 2);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, site * plane.columns, site * plane.rows);
  cairo_clip (cr);
  cairo_scale (cr, site / zoom, site / zoom);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            site > 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
  if (site > 0.75) /* finer ones would only be grey */
    draw_borders (canvas, &plane, site);
  cairo_rectangle (cr, 0, 0, site * plane.columns, site * plane.rows);
  epns_canvas_colour (canvas, 0xb4b8bd, 1);
  cairo_set_line_width (cr, 0.8);
  cairo_stroke (cr);
  cairo_restore (cr);
  cairo_surface_destroy (image);
}

void
epns_draw_frame (EpnsCanvas *canvas, double x, double y, double width, double height,
                 const EpnsCrop *crop, const EpnsTrajectory *of, guint32 member, guint32 frame)
{
  if (of->meta->layout == &epns_layout_lattice)
    epns_draw_lattice (canvas, x, y, width, height, of->meta->size, crop,
                       epns_trajectory_frame (of, member, frame),
                       epns_trajectory_types (of, member));
  else
    epns_draw_bodies (canvas, x, y, width, height, crop, of, member, frame);
}

/* A row's title, upwards along its left side. */
static void
draw_row_title (EpnsCanvas *canvas, const EpnsSnapshotRow *row, double middle, double room)
{
  cairo_save (canvas->cr);
  cairo_translate (canvas->cr, MARGIN, middle);
  cairo_rotate (canvas->cr, -G_PI / 2);
  epns_canvas_text (canvas, 0, 11, 0.5, room, (EpnsFont){ 12.5, TRUE, EPNS_INK }, row->title);
  if (row->subtitle != NULL)
    epns_canvas_text (canvas, 0, 26, 0.5, room, (EpnsFont){ 10, FALSE, EPNS_SOFT }, row->subtitle);
  cairo_restore (canvas->cr);
}

static void
draw_swatch (EpnsCanvas *canvas, double x, double y, guint type, gboolean medium)
{
  gboolean pale = medium && type == 0;

  cairo_rectangle (canvas->cr, x + 0.5, y - 9.5, 11, 11);
  epns_canvas_colour (canvas, pale ? EPNS_MEDIUM : epns_palette (type - medium), 1);
  cairo_fill_preserve (canvas->cr);
  epns_canvas_colour (canvas, pale ? 0xb4b8bd : 0x15181c, 1);
  cairo_set_line_width (canvas->cr, 0.9);
  cairo_stroke (canvas->cr);
}

/* The types that have a name, in lines of `room` points from x, y on; only measured where draw is
 * FALSE. How many lines. */
static int
legend (EpnsCanvas *canvas, double x, double y, double room, const EpnsTrajectoryMeta *meta,
        gboolean draw)
{
  char **names = meta->type_names;
  const EpnsFont font = { 10.5, FALSE, EPNS_INK };
  double at = 0;
  int lines = 1;

  for (guint t = 0; names[t] != NULL; t++) {
    if (*names[t] == '\0')
      continue;
    double width = MIN (18 + epns_canvas_measure (canvas, font, names[t]), room);
    if (at > 0 && at + width > room) {
      at = 0;
      lines++;
    }
    if (draw) {
      double line = y + (lines - 1) * LEGEND_LINE;
      draw_swatch (canvas, x + at, line, t, meta->layout == &epns_layout_lattice);
      epns_canvas_text (canvas, x + at + 18, line, 0, room - 18, font, names[t]);
    }
    at += width + 20;
  }
  return lines;
}

/* Where things lie on the page. */
typedef struct {
  double width, height; /* of a snapshot */
  double left, bottom;  /* of the first column, of the last row */
} Layout;

static void
draw_column (EpnsCanvas *canvas, const EpnsSnapshots *what, const Layout *at, const EpnsCrop *crop,
             gsize column)
{
  const EpnsTrajectoryMeta *meta = what->rows[0].of->meta;
  double x = at->left + (double) column * (at->width + GAP);
  g_autofree char *when = epns_words_time (what->time[column], meta->time_unit);

  epns_canvas_text (canvas, x + at->width / 2, HEAD - 9, 0.5, at->width + GAP - 4,
                    (EpnsFont){ 11, FALSE, EPNS_INK }, when);
  for (gsize r = 0; r < what->n_rows; r++) {
    const EpnsSnapshotRow *row = &what->rows[r];
    epns_draw_frame (canvas, x, HEAD + (double) r * (at->height + GAP), at->width, at->height, crop,
                     row->of, row->member, row->frame[column]);
  }
}

EpnsCanvas *
epns_draw_snapshots (const EpnsSnapshots *what)
{
  EpnsCrop crop = epns_snapshots_crop (what);
  double rows = crop.high[0] - crop.low[0], columns = crop.high[1] - crop.low[1],
         longer = MAX (rows, columns);
  Layout at = { .width = PANEL * MAX (columns / longer, 0.35),
                .height = PANEL * MAX (rows / longer, 0.35),
                .left = MARGIN + LABELS };
  at.bottom = HEAD + (double) what->n_rows * (at.height + GAP) - GAP;
  double page = MAX (at.left + (double) what->n_times * (at.width + GAP) - GAP + MARGIN, 420);
  double room = page - at.left - MARGIN;
  const EpnsTrajectoryMeta *meta = what->rows[0].of->meta;
  g_autoptr (EpnsCanvas) ruler = epns_canvas_new (1, 1);
  double keys = LEGEND_LINE * legend (ruler, 0, 0, room, meta, FALSE);
  EpnsCanvas *canvas = epns_canvas_new (page, at.bottom + keys + FOOT);

  epns_canvas_text (canvas, MARGIN, 38, 0, page - 2 * MARGIN, (EpnsFont){ 16, TRUE, EPNS_INK },
                    what->title);
  for (gsize k = 0; k < what->n_times; k++)
    draw_column (canvas, what, &at, &crop, k);
  for (gsize r = 0; r < what->n_rows; r++)
    draw_row_title (canvas, &what->rows[r], HEAD + (double) r * (at.height + GAP) + at.height / 2,
                    at.height + GAP - 4);
  legend (canvas, at.left, at.bottom + 24, room, meta, TRUE);
  if (what->caption != NULL)
    epns_canvas_text (canvas, at.left, at.bottom + keys + 26, 0, room,
                      (EpnsFont){ 9, FALSE, EPNS_SOFT }, what->caption);
  return canvas;
}

gboolean
epns_figure_snapshots (const char *path, const EpnsSnapshots *what, GError **error)
{
  g_autoptr (EpnsCanvas) canvas = epns_draw_snapshots (what);

  return epns_canvas_write_png (canvas, path, error);
}
