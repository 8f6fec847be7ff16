/* SPDX-License-Identifier: MIT */
/* A white page to draw figures on: text that is placed and cut to fit, colours, and the way to PNG,
 * SVG and PDF. What is drawn is kept as strokes and text, so that each form is as sharp as it can
 * be. */
#pragma once
#include <cairo.h>
#include <glib.h>

/* Colours are 0xRRGGBB. */
#define EPNS_INK 0x1f2328    /* text, axes */
#define EPNS_SOFT 0x6a7078   /* what is said beside */
#define EPNS_HAIR 0xd9dce0   /* grid lines */
#define EPNS_MEDIUM 0xf3f1ec /* medium on a lattice */

/* The palette of Okabe and Ito, "Color Universal Design" (2008), told apart by readers of any
 * colour vision: number i from 0, starting again after 7 (darker by a third), without black. */
guint32 epns_palette (guint i);

/* A colour on its way to another: share 0 is `from`, 1 is `to`. */
guint32 epns_mix (guint32 from, guint32 to, double share);

typedef struct {
  cairo_t *cr;          /* in points, y down; owned */
  double width, height; /* points */
} EpnsCanvas;

/* A white page. */
EpnsCanvas *epns_canvas_new (double width, double height);
void epns_canvas_free (EpnsCanvas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsCanvas, epns_canvas_free)

void epns_canvas_colour (EpnsCanvas *self, guint32 colour, double opacity);

typedef struct {
  double size; /* points */
  gboolean bold;
  guint32 colour;
} EpnsFont;

/* Text on the baseline y; x is its left end (align 0), middle (0.5) or right end (1). Wider than
 * `room` points (0: no limit) it ends in dots. Returns its width. */
double epns_canvas_text (EpnsCanvas *self, double x, double y, double align, double room,
                         EpnsFont font, const char *text);

/* Its width, drawing nothing. */
double epns_canvas_measure (EpnsCanvas *self, EpnsFont font, const char *text);

typedef enum { EPNS_PNG, EPNS_SVG, EPNS_PDF, EPNS_N_FORMS } EpnsPictureForm;

/* "png", "svg", "pdf". */
const char *epns_picture_suffix (EpnsPictureForm form);

/* The page in one form; a PNG with `pixels` for each point. EPNS_FAILURE_IO where cairo refuses. */
GByteArray *epns_canvas_encode (EpnsCanvas *self, EpnsPictureForm form, double pixels,
                                GError **error);

/* Write the page to a file, whole or not at all; two pixels for each point. */
gboolean epns_canvas_write_png (EpnsCanvas *self, const char *path, GError **error);

/* Write `name`.png, .svg and .pdf into a folder. */
gboolean epns_canvas_write_all (EpnsCanvas *self, const char *folder, const char *name,
                                GError **error);
