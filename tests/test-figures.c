/* SPDX-License-Identifier: MIT */
/* Figures, by their pixels; axes, by their numbers; and a whole comparison, by its files. */
#include "compare/axis.h"
#include "compare/compare.h"
#include "compare/figure-lattice.h"
#include "plugin/error.h"
#include "tests/tissue.h"

#include <math.h>

START_TEST (axes_have_round_numbers)
{
  static const struct {
    double low, high;
    gboolean pad;
    double from, to, step, first;
    int ticks;
  } cases[] = {
    { 0, 3000, FALSE, 0, 3000, 1000, 0, 4 },
    { 0, 1, FALSE, 0, 1, 0.5, 0, 3 },
    { 0.013, 0.017, FALSE, 0.013, 0.017, 0.001, 0.013, 5 },
    { 100, 110, TRUE, 99.4, 110.6, 5, 100, 3 },
    { 1, 11, TRUE, 0, 11.6, 5, 0, 3 },
    { 0, 0, TRUE, -1, 1, 0.5, -1, 5 },
    { 50, 50, TRUE, 45, 55, 5, 45, 3 },
    { -3, 3, TRUE, -3.36, 3.36, 2, -2, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    EpnsAxis axis = epns_axis (cases[i].low, cases[i].high, 4, cases[i].pad);
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double value;
    int ticks = 0;

    ck_assert_double_eq_tol (axis.low, cases[i].from, 1e-12);
    ck_assert_double_eq_tol (axis.high, cases[i].to, 1e-12);
    ck_assert_double_eq_tol (axis.step, cases[i].step, 1e-12);
    ck_assert (epns_axis_tick (&axis, 0, &value, text));
    ck_assert_double_eq_tol (value, cases[i].first, 1e-12);
    while (epns_axis_tick (&axis, ticks, &value, text))
      ticks++;
    ck_assert_int_eq (ticks, cases[i].ticks);
    ck_assert_double_eq (epns_axis_at (&axis, axis.high), 1);
  }
}
END_TEST

START_TEST (colours)
{
  ck_assert_uint_eq (epns_palette (0), 0x0072b2);
  ck_assert_uint_eq (epns_palette (1), 0xe69f00);
  ck_assert_uint_eq (epns_palette (8), 0x996a00); /* the second again, darker by a third */
  ck_assert_uint_eq (epns_mix (0x000000, 0xffffff, 0.2), 0x333333);
  ck_assert_uint_eq (epns_mix (0x102030, 0x102030, 0.7), 0x102030);
}
END_TEST

/* The colour at a point of the page, drawn with two pixels for each point. */
static guint32
pixel (EpnsCanvas *canvas, double x, double y)
{
  cairo_surface_t *image = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, (int) (2 * canvas->width), (int) (2 * canvas->height));
  cairo_t *cr = cairo_create (image);

  cairo_scale (cr, 2, 2);
  cairo_set_source_surface (cr, cairo_get_target (canvas->cr), 0, 0);
  cairo_paint (cr);
  cairo_surface_flush (image);
  const guint8 *at = cairo_image_surface_get_data (image)
                     + (int) (2 * y) * cairo_image_surface_get_stride (image) + 4 * (int) (2 * x);
  guint32 colour = *(const guint32 *) (const void *) at & 0xffffff;
  cairo_destroy (cr);
  cairo_surface_destroy (image);
  return colour;
}

static int
brightness (guint32 colour)
{
  return (int) ((colour >> 16) + (colour >> 8 & 255) + (colour & 255)) / 3;
}

static gboolean
alike (guint32 a, guint32 b, int by)
{
  return abs ((int) (a >> 16) - (int) (b >> 16)) <= by
         && abs ((int) (a >> 8 & 255) - (int) (b >> 8 & 255)) <= by
         && abs ((int) (a & 255) - (int) (b & 255)) <= by;
}

START_TEST (a_lattice_is_drawn_site_by_site)
{
  g_autoptr (EpnsLatticeState) state = tissue_draw ("AAb.|ACb.|...."); /* row y = 0 is the lowest */
  g_autoptr (EpnsCanvas) canvas = epns_canvas_new (100, 100);
  const EpnsCrop all = { { 0, 0 }, { 3, 4 } }, part = { { 0, 1 }, { 2, 3 } };

  epns_draw_lattice (canvas, 10, 10, 80, 80, state->size, &all, state->id,
                     state->type);                                  /* 20 a site, y from 20 to 80 */
  ck_assert (alike (pixel (canvas, 20, 70), epns_palette (0), 90)); /* A: site 0, 0 */
  ck_assert (alike (pixel (canvas, 60, 70), epns_palette (1), 90)); /* b: site 2, 0 */
  ck_assert (alike (pixel (canvas, 60, 50), epns_palette (1), 90)); /* b: site 2, 1 */
  ck_assert_uint_eq (pixel (canvas, 80, 70), EPNS_MEDIUM);
  ck_assert_uint_eq (pixel (canvas, 20, 30), EPNS_MEDIUM); /* y = 2 is on top */
  ck_assert_uint_eq (pixel (canvas, 95, 95), 0xffffff);
  ck_assert_uint_ne (pixel (canvas, 20, 50),
                     pixel (canvas, 40, 50));                 /* A, C: one type, two shades */
  ck_assert_int_lt (brightness (pixel (canvas, 50, 70)), 70); /* between A and b */
  ck_assert_int_lt (brightness (pixel (canvas, 70, 50)), 70); /* between b and medium */
  ck_assert_int_lt (brightness (pixel (canvas, 40, 60)), 70); /* between A and C */
  ck_assert_uint_eq (pixel (canvas, 30, 70), pixel (canvas, 20, 70)); /* none within A */
  ck_assert_uint_eq (pixel (canvas, 60, 60), pixel (canvas, 60, 70)); /* none within b */

  epns_draw_lattice (canvas, 0, 0, 40, 40, state->size, &part, state->id, state->type);
  ck_assert (alike (pixel (canvas, 10, 30), epns_palette (0), 90));
  ck_assert (alike (pixel (canvas, 30, 30), epns_palette (1), 90));
}
END_TEST

START_TEST (snapshots_are_cut_to_the_cells)
{
  const char *const frames[] = {
    "........|........|...A....|........|........|........|........|........",
    "........|........|........|....A...|....A...|........|........|........"
  };
  g_autoptr (EpnsTrajectory) of = tissue_record (1, 2, frames, tissue_closed);
  const guint32 both[2] = { 0, 1 };
  const EpnsSnapshotRow row = { "native", NULL, of, 0, both };
  const EpnsSnapshots what = { "t", NULL, &row, 1, of->meta->time, 2 };
  EpnsCrop crop = epns_snapshots_crop (&what);

  ck_assert_double_eq (crop.low[0], 1); /* rows 2 to 4, columns 3 to 4, one more around */
  ck_assert_double_eq (crop.high[0], 6);
  ck_assert_double_eq (crop.low[1], 2);
  ck_assert_double_eq (crop.high[1], 6);
}
END_TEST

START_TEST (text_is_cut_to_its_room)
{
  g_autoptr (EpnsCanvas) canvas = epns_canvas_new (200, 40);
  const EpnsFont font = { 12, FALSE, EPNS_INK };
  double whole = epns_canvas_text (canvas, 0, 20, 0, 0, font,
                                   "a long name \xc3\xa4\xc3\xb6\xc3\xbc"),
         cut;

  cut = epns_canvas_text (canvas, 0, 20, 0, whole / 2, font,
                          "a long name \xc3\xa4\xc3\xb6\xc3\xbc");
  ck_assert_double_gt (whole, 60);
  ck_assert_double_le (cut, whole / 2);
  ck_assert_double_gt (cut, whole / 4);
  ck_assert_int_lt (brightness (pixel (canvas, 3, 16.5)), 256);
  epns_canvas_text (canvas, 0, 20, 0, 0, font, "\xff not UTF-8");
  ck_assert_int_eq (cairo_status (canvas->cr), CAIRO_STATUS_SUCCESS);
}
END_TEST

static const char *const names[] = { "snapshots.png", "curves.png", "table.txt",
                                     "table.csv",     "table.json", NULL };

static const char *const ensemble[] = { "AAb.|AAbb|....", "AAbb|Abbb|....", "AAb.|AAbb|....",
                                        "AAA.|AAbb|....", "AAb.|AAbb|....", "AAb.|AAb.|..b." };

START_TEST (a_comparison_is_five_files)
{
  g_autoptr (EpnsTrajectory) native = tissue_record (3, 2, ensemble, tissue_closed);
  g_autoptr (EpnsTrajectory) learned = tissue_record (2, 2, ensemble, tissue_closed);
  g_autofree char *folder = tissue_folder (), *inner = g_build_filename (folder, "a", "b", NULL);
  g_autoptr (GError) error = NULL;

  for (int second = 0; second < 2; second++) {
    ck_assert_msg (epns_compare_write (native, second ? learned : NULL, learned, inner, &error),
                   "%s", error ? error->message : "");
    for (gsize i = 0; i < 2; i++) {
      g_autofree char *path = g_build_filename (inner, names[i], NULL);
      cairo_surface_t *image = cairo_image_surface_create_from_png (path);
      ck_assert_int_eq (cairo_surface_status (image), CAIRO_STATUS_SUCCESS);
      ck_assert_int_ge (cairo_image_surface_get_width (image), 840);
      cairo_surface_destroy (image);
    }
    tissue_folder_end (inner, names);
  }
  g_autofree char *outer = g_path_get_dirname (inner);
  ck_assert_int_eq (g_rmdir (outer), 0);
  tissue_folder_end (folder, NULL);
}
END_TEST

/* What stands in the way of a file is said, and the file that was there stays. */
START_TEST (a_folder_that_cannot_be_written)
{
  g_autoptr (EpnsTrajectory) native = tissue_record (2, 2, ensemble, tissue_closed);
  g_autofree char *folder = tissue_folder (), *file = g_build_filename (folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "b", NULL);
  g_autoptr (GError) error = NULL;

  ck_assert (g_file_set_contents (file, "x", 1, NULL));
  ck_assert (!epns_compare_write (native, NULL, native, below, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_IO));
  ck_assert (g_str_has_prefix (error->message, below));
  tissue_folder_end (folder, (const char *const[]){ "file", NULL });
}
END_TEST

SUITE ("figures", axes_have_round_numbers, colours, a_lattice_is_drawn_site_by_site,
       snapshots_are_cut_to_the_cells, text_is_cut_to_its_room, a_comparison_is_five_files,
       a_folder_that_cannot_be_written)
