/* SPDX-License-Identifier: MIT */
/* The analysis, the verdict and the words of a report; the animation, chunk by chunk. */
#include "compare/apng.h"
#include "compare/canvas.h"
#include "compare/report.h"
#include "compare/words.h"
#include "plugin/error.h"
#include "tests/tissue.h"

#include <math.h>

/* n members in which A of the last frame grows from `from` sites on; B stays. */
static EpnsTrajectory *
grown (guint32 n, guint32 from)
{
  g_autofree const char **drawings = g_new (const char *, 2 * n);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);

  for (guint32 m = 0; m < n; m++) {
    GString *row = g_string_new (NULL);
    for (guint32 x = 0; x < 40; x++)
      g_string_append_c (row, x < from + m ? 'A' : '.');
    g_ptr_array_add (owned, g_strdup_printf ("%s|BB......................................", row->str));
    g_string_free (row, TRUE);
    drawings[2 * m] = "AA......................................|BB......................................";
    drawings[2 * m + 1] = owned->pdata[m];
  }
  return tissue_record (n, 2, drawings, tissue_closed);
}

typedef struct {
  EpnsTrajectory *native, *second, *learned;
  EpnsComparison *of;
  EpnsAnalysis *analysis;
  EpnsVerdict *verdict;
} Fixture;

static Fixture
judge (guint32 n, guint32 from)
{
  Fixture self = { grown (n, 4), grown (n, 4), grown (n, from), NULL, NULL, NULL };

  self.of = epns_comparison_new (self.native, self.second, self.learned, NULL);
  ck_assert_ptr_nonnull (self.of);
  self.analysis = epns_analysis_new (self.of);
  self.verdict = epns_verdict_new (self.analysis);
  return self;
}

static void
tear_down (Fixture *self)
{
  epns_verdict_free (self->verdict);
  epns_analysis_free (self->analysis);
  epns_comparison_free (self->of);
  epns_trajectory_free (self->native);
  epns_trajectory_free (self->second);
  epns_trajectory_free (self->learned);
}

START_TEST (verdicts)
{
  static const struct {
    guint32 members, from;
    EpnsVerdictLevel level;
  } cases[] = {
    { 12, 4, EPNS_VERDICT_EQUAL },
    { 12, 24, EPNS_VERDICT_DIFFERENT },
    { 3, 24, EPNS_VERDICT_UNDECIDED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture self = judge (cases[i].members, cases[i].from);
    ck_assert_msg (self.verdict->level == cases[i].level, "case %u: %s %s", i,
                   self.verdict->headline, self.verdict->text);
    ck_assert_uint_eq (self.verdict->floor_rejected, 0);
    ck_assert_uint_eq (self.verdict->n_shown > 0, cases[i].level == EPNS_VERDICT_DIFFERENT);
    tear_down (&self);
  }
}
END_TEST

/* The third member of twelve in one finding, counted by hand. */
START_TEST (findings)
{
  Fixture self = judge (12, 10); /* native 4 to 15 sites, learned 10 to 21 */
  const EpnsFinding *volume = NULL;

  for (guint i = 0; i < self.analysis->findings->len; i++) {
    const EpnsFinding *finding = &g_array_index (self.analysis->findings, EpnsFinding, i);
    const char *name = epns_analysis_series (self.analysis, finding->series)->name;
    if (strcmp (name, "volume") == 0 && finding->time == 1)
      volume = finding;
  }
  ck_assert_ptr_nonnull (volume);
  ck_assert_double_eq_tol (volume->native_mean, (9.5 + 2) / 2, 1e-12); /* cells averaged */
  ck_assert_double_eq_tol (volume->learned.ks, 0.5, 1e-12);
  ck_assert_double_eq_tol (volume->learned.wasserstein, 3, 1e-12);
  ck_assert_double_eq_tol (volume->shift, 3 / (sqrt (13.0) / 2), 1e-12);
  ck_assert_double_eq_tol (volume->floor.ks, 0, 1e-12);
  ck_assert_double_eq_tol (volume->floor.p, 1, 1e-12);
  ck_assert_double_le (volume->learned.p, volume->learned.fdr);
  ck_assert_double_le (volume->learned.fdr, volume->learned.holm);
  tear_down (&self);
}
END_TEST

START_TEST (stability)
{
  const char *const frames[] = { "AAAABBBB|AAAABBBB", "AAAABBBB|AAAABBBB", "AAAABBBB|AAAABBBB",
                                 "AAAABBBB|AAAABBBB", "AAAAABBB|AAAAAAAA", "AAAABBBB|AAAABBBB" };
  g_autoptr (EpnsTrajectory) of = tissue_record (2, 3, frames, tissue_closed);
  const guint32 frame[] = { 0, 1, 2 };
  const double time[] = { 0, 10, 20 };
  gboolean scaled;
  EpnsStability self = { .rule = epns_stability_published (epns_mean_volume (of, frame, 3), &scaled) };

  ck_assert (scaled);
  ck_assert_double_eq_tol (self.rule.low, 16 * 8 / 23.0, 1e-12);
  epns_stability_judge (&self, of, 0, 2, frame, time, 3);
  ck_assert_double_eq (self.stable[0], 1);
  ck_assert_double_eq (self.stable[1], 0.5);
  ck_assert_double_eq (self.stable[2], 0.5); /* for good, though the cells are back */
  ck_assert_double_eq (self.first, 10);
  ck_assert_uint_eq (self.unstable, 1);
  g_free (self.stable);
  EpnsStabilityRule published = epns_stability_published (23.4, &scaled);
  ck_assert (!scaled && published.low == 16 && published.high == 30 && published.share * 64 == 12);
}
END_TEST

START_TEST (stability_of_bodies)
{
  /* the middle two are looked at, at every time but one */
  const double energy[][4] = { { 0, 99, 0, 99 }, { 1, 21, 41, 61 }, { -5, 3, 20, -90 }, { 0, 0, 0, 0 } };
  const guint32 frame[] = { 0, 2, 3 };
  const double time[] = { 0, 0.2, 0.3 };
  EpnsStability self = { .stable = NULL };

  epns_stability_judge_energy (&self, &energy[0][0], 4, 1, 2, frame, time, 3);
  ck_assert_uint_eq (self.unstable, 2); /* 40 and 25 above */
  ck_assert_double_eq (self.first, 0.2);
  ck_assert_double_eq (self.stable[0], 1);
  ck_assert_double_eq (self.stable[2], 0);
  g_free (self.stable);
  epns_stability_judge_energy (&self, &energy[0][0], 4, 1, 1, (const guint32[]){ 0, 1, 2 }, time, 3);
  ck_assert_uint_eq (self.unstable, 0); /* by 20 is not by more */
  ck_assert_double_eq (self.stable[2], 1);
  ck_assert (isnan (self.first));
  g_free (self.stable);
}
END_TEST

START_TEST (the_way_out_of_the_floor)
{
  const double floor[] = { 0.1, 0.3, NAN, 0.2, 0.1 };

  ck_assert_uint_eq (epns_leaves_floor ((const double[]){ 0.2, 0.4, 0.2, 0.4, 0.5 }, floor, 5), 3);
  ck_assert_uint_eq (epns_leaves_floor ((const double[]){ 0.2, 0.4, NAN, 0.3, 0.31 }, floor, 5), 4);
  ck_assert_uint_eq (epns_leaves_floor ((const double[]){ 0.3, 0.3, 0.3, 0.3, 0.3 }, floor, 5), 5);
}
END_TEST

START_TEST (words)
{
  const struct {
    char *got;
    const char *right;
  } cases[] = {
    { epns_words_number (0.1, 2), "0.10" },       { epns_words_number (12.34, 3), "12.3" },
    { epns_words_number (0.00312, 2), "0.0031" }, { epns_words_number (1362, 3), "1362" },
    { epns_words_number (NAN, 2), "\342\200\223" }, { epns_words_number (0, 2), "0" },
    { epns_words_spread (25.123, 0.34), "25.12 \302\261 0.34" },
    { epns_words_spread (736, 28), "736 \302\261 28" },
    { epns_words_p (0.0312), "0.031" },           { epns_words_p (3.2e-5), "3e-05" },
    { epns_words_time (500, "MCS"), "MCS 500" },  { epns_words_time (0.5, "min"), "0.5 min" },
    { epns_words_seconds (200), "3.33 min" },     { epns_words_unit ("1"), "" },
    { epns_words_unit ("site"), "sites" },        { epns_words_unit ("site2"), "sites\302\262" },
    { epns_words_unit ("micron2 min-2"), "micron\302\262 min\342\201\273\302\262" },
    { epns_words_unit ("H2O"), "H2O" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ck_assert_str_eq (cases[i].got, cases[i].right);
    g_free (cases[i].got);
  }
}
END_TEST

static GByteArray *
page (double width, guint32 colour)
{
  g_autoptr (EpnsCanvas) canvas = epns_canvas_new (width, 10);

  epns_canvas_colour (canvas, colour, 1);
  cairo_rectangle (canvas->cr, 0, 0, 5, 5);
  cairo_fill (canvas->cr);
  return epns_canvas_encode (canvas, EPNS_PNG, 1, NULL);
}

START_TEST (animation)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GError) error = NULL;
  GString *types = g_string_new (NULL);

  ck_assert_uint_eq (epns_png_crc ((const guint8 *) "IEND", 4), 0xae426082); /* in every PNG */
  ck_assert_ptr_null (epns_apng_join (frames, 100, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_RANGE));
  g_ptr_array_add (frames, page (20, 0xff0000));
  g_ptr_array_add (frames, page (20, 0x00ff00));
  g_autoptr (GByteArray) joined = epns_apng_join (frames, 100, NULL);
  ck_assert_ptr_nonnull (joined);
  for (guint at = 8; at + 12 <= joined->len;) {
    guint32 n, crc;
    memcpy (&n, joined->data + at, 4);
    n = GUINT32_FROM_BE (n);
    memcpy (&crc, joined->data + at + 8 + n, 4);
    ck_assert_uint_eq (GUINT32_FROM_BE (crc), epns_png_crc (joined->data + at + 4, n + 4));
    g_string_append_printf (types, "%.4s ", (const char *) joined->data + at + 4);
    at += n + 12;
  }
  ck_assert_str_eq (types->str, "IHDR acTL fcTL IDAT fcTL fdAT IEND ");
  g_string_free (types, TRUE);
  g_clear_error (&error);
  g_ptr_array_add (frames, page (21, 0));
  ck_assert_ptr_null (epns_apng_join (frames, 100, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT));
}
END_TEST

SUITE ("report", verdicts, findings, stability, stability_of_bodies, the_way_out_of_the_floor, words, animation)
