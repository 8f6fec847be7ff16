/* SPDX-License-Identifier: MIT */
/* Pages by cairo. */
#include "compare/canvas.h"

#include "adapters/output-file.h"
#include "plugin/error.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>

#define PIXELS 2 /* of a PNG file, for each point */

static const guint32 palette[] = { 0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7,
                                   0x56b4e9, 0xd55e00, 0xf0e442 };

guint32
epns_palette (guint i)
{
  guint32 colour = palette[i % G_N_ELEMENTS (palette)];

  return i < G_N_ELEMENTS (palette) ? colour : epns_mix (colour, 0, 1 / 3.0);
}

guint32
epns_mix (guint32 from, guint32 to, double share)
{
  guint32 mixed = 0;

  for (int shift = 16; shift >= 0; shift -= 8) {
    double a = from >> shift & 255, b = to >> shift & 255;
    mixed |= (guint32) lrint (a + share * (b - a)) << shift;
  }
  return mixed;
}

EpnsCanvas *
epns_canvas_new (double width, double height)
{
  EpnsCanvas *self = g_new0 (EpnsCanvas, 1);
  cairo_rectangle_t page = { 0, 0, width, height };
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &page);

  self->cr = cairo_create (surface);
  cairo_surface_destroy (surface);
  self->width = width;
  self->height = height;
  cairo_set_source_rgb (self->cr, 1, 1, 1);
  cairo_paint (self->cr);

  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options (self->cr, options);
  cairo_font_options_destroy (options);
  return self;
}

void
epns_canvas_free (EpnsCanvas *self)
{
  if (self == NULL)
    return;
  cairo_surface_t *surface = cairo_surface_reference (cairo_get_target (self->cr));
  cairo_destroy (self->cr);
  cairo_surface_finish (surface); /* a recording that was painted refers to itself until then */
  cairo_surface_destroy (surface);
  g_free (self);
}

void
epns_canvas_colour (EpnsCanvas *self, guint32 colour, double opacity)
{
  cairo_set_source_rgba (self->cr, (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0, opacity);
}

double
epns_canvas_measure (EpnsCanvas *self, EpnsFont font, const char *text)
{
  cairo_text_extents_t extents;

  cairo_select_font_face (self->cr, "sans", CAIRO_FONT_SLANT_NORMAL,
                          font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (self->cr, font.size);
  cairo_text_extents (self->cr, text, &extents);
  return extents.x_advance;
}

double
epns_canvas_text (EpnsCanvas *self, double x, double y, double align, double room, EpnsFont font,
                  const char *text)
{
  g_autofree char *shown = g_utf8_make_valid (text, -1);
  double width = epns_canvas_measure (self, font, shown);

  for (glong length = g_utf8_strlen (shown, -1) - 1; room > 0 && width > room && length > 0;
       length--) {
    g_autofree char *cut = g_utf8_substring (text, 0, length);
    g_free (shown);
    shown = g_strconcat (g_strchomp (cut), "\u2026", NULL);
    width = epns_canvas_measure (self, font, shown);
  }
  epns_canvas_colour (self, font.colour, 1);
  cairo_move_to (self->cr, x - align * width, y);
  cairo_show_text (self->cr, shown);
  cairo_new_path (self->cr);
  return width;
}

static cairo_status_t
append (void *into, const unsigned char *data, unsigned int n)
{
  g_byte_array_append (into, data, n);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
make_surface (const EpnsCanvas *self, EpnsPictureForm form, double pixels, GByteArray *bytes)
{
  switch (form) {
  case EPNS_SVG: return cairo_svg_surface_create_for_stream (append, bytes, self->width, self->height);
  case EPNS_PDF: return cairo_pdf_surface_create_for_stream (append, bytes, self->width, self->height);
  default:
    return cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) ceil (pixels * self->width),
                                       (int) ceil (pixels * self->height));
  }
}

const char *
epns_picture_suffix (EpnsPictureForm form)
{
  static const char *const suffixes[EPNS_N_FORMS] = { "png", "svg", "pdf" };

  return suffixes[form];
}

GByteArray *
epns_canvas_encode (EpnsCanvas *self, EpnsPictureForm form, double pixels, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = make_surface (self, form, pixels, bytes);
  cairo_t *cr = cairo_create (surface);

  if (form == EPNS_PNG) {
    cairo_set_source_rgb (cr, 1, 1, 1); /* the last pixels may be covered in part only */
    cairo_paint (cr);
    cairo_scale (cr, pixels, pixels);
  }
  cairo_set_source_surface (cr, cairo_get_target (self->cr), 0, 0);
  cairo_paint (cr);
  cairo_status_t status = cairo_status (self->cr) ? cairo_status (self->cr) : cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && form == EPNS_PNG)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_finish (surface);
  status = status ? status : cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_steal_pointer (&bytes);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "a figure cannot be drawn: %s",
               cairo_status_to_string (status));
  return NULL;
}

gboolean
epns_canvas_write_png (EpnsCanvas *self, const char *path, GError **error)
{
  g_autoptr (GByteArray) png = epns_canvas_encode (self, EPNS_PNG, PIXELS, error);

  if (png != NULL)
    return epns_output_write (path, png->data, png->len, error);
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

gboolean
epns_canvas_write_all (EpnsCanvas *self, const char *folder, const char *name, GError **error)
{
  for (EpnsPictureForm form = EPNS_PNG; form < EPNS_N_FORMS; form++) {
    g_autofree char *file = g_strconcat (name, ".", epns_picture_suffix (form), NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autoptr (GByteArray) bytes = epns_canvas_encode (self, form, PIXELS, error);
    if (bytes == NULL || !epns_output_write (path, bytes->data, bytes->len, error))
      return FALSE;
  }
  return TRUE;
}
