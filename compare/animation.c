/* SPDX-License-Identifier: MIT */
/* Pages of two tissues, one for each time, joined into an animation. */
#include "compare/animation.h"

#include "compare/apng.h"
#include "compare/figure-lattice.h"
#include "compare/words.h"

#include <math.h>

#define SIDE 240.0 /* longer side of a tissue, points */
#define GAP 14.0
#define MARGIN 12.0
#define HEAD 46.0
#define PIXELS 1.25 /* for each point */
#define SECONDS 6.0 /* of a whole round */

typedef struct {
  EpnsCrop crop;
  double width, height; /* of a tissue */
} Stage;

static Stage
set_stage (const EpnsComparison *of)
{
  const EpnsEnsemble *const both[] = { &of->native, &of->learned };
  EpnsSnapshotRow rows[2];
  Stage stage;

  for (int e = 0; e < 2; e++)
    rows[e] = (EpnsSnapshotRow){ NULL, NULL, both[e]->of, 0, both[e]->frame };
  const EpnsSnapshots what = { NULL, NULL, rows, 2, of->time, of->n_times };
  stage.crop = epns_snapshots_crop (&what);
  double y = stage.crop.high[0] - stage.crop.low[0], x = stage.crop.high[1] - stage.crop.low[1];
  stage.width = SIDE * MAX (x / MAX (x, y), 0.35);
  stage.height = SIDE * MAX (y / MAX (x, y), 0.35);
  return stage;
}

static EpnsCanvas *
draw_time (const EpnsComparison *of, const Stage *stage, guint32 t)
{
  const EpnsEnsemble *const both[] = { &of->native, &of->learned };
  const char *const titles[] = { of->observed, of->forecast };
  EpnsCanvas *canvas = epns_canvas_new (2 * (MARGIN + stage->width) + GAP,
                                        HEAD + stage->height + MARGIN);
  g_autofree char *when = epns_words_time (of->time[t], of->native.of->meta->time_unit);

  epns_canvas_text (canvas, canvas->width / 2, 18, 0.5, 0, (EpnsFont){ 12, FALSE, EPNS_SOFT }, when);
  for (int e = 0; e < 2; e++) {
    const EpnsTrajectory *shown = both[e]->of;
    double left = MARGIN + e * (stage->width + GAP);
    epns_canvas_text (canvas, left + stage->width / 2, 38, 0.5, stage->width,
                      (EpnsFont){ 12.5, TRUE, EPNS_INK }, titles[e]);
    epns_draw_frame (canvas, left, HEAD, stage->width, stage->height, &stage->crop, shown, 0,
                     both[e]->frame[t]);
  }
  return canvas;
}

GByteArray *
epns_animate (const EpnsComparison *of, guint most, GError **error)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  guint n = MIN (most, of->n_times);
  Stage stage = set_stage (of);

  for (guint k = 0; k < n; k++) {
    guint32 t = n > 1 ? (guint32) lrint ((double) k * (of->n_times - 1) / (n - 1)) : 0;
    g_autoptr (EpnsCanvas) canvas = draw_time (of, &stage, t);
    GByteArray *png = epns_canvas_encode (canvas, EPNS_PNG, PIXELS, error);
    if (png == NULL)
      return NULL;
    g_ptr_array_add (frames, png);
  }
  return epns_apng_join (frames, (guint16) CLAMP (1000 * SECONDS / n, 60, 600), error);
}
