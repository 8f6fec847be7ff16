/* SPDX-License-Identifier: MIT */
/* From adjusted tests to words. */
#include "compare/verdict.h"

#include "compare/words.h"

#include <math.h>

#define FAR 1.0 /* native standard deviations */

const char *
epns_verdict_word (EpnsVerdictLevel level)
{
  static const char *const words[] = { "equal", "close", "different", "undecided" };

  return words[level];
}

/* Further away: by the mean in native deviations, then by KS. */
static gboolean
is_worse (const EpnsFinding *a, const EpnsFinding *b)
{
  if (b == NULL)
    return TRUE;
  return a->shift != b->shift ? a->shift > b->shift : a->learned.ks > b->learned.ks;
}

static void
count (EpnsVerdict *self, const EpnsAnalysis *of)
{
  const EpnsFinding *closest = NULL;
  gboolean far = FALSE;

  for (guint i = 0; i < of->findings->len; i++) {
    const EpnsFinding *finding = &g_array_index (of->findings, EpnsFinding, i);
    self->floor_rejected += finding->floor.holm < EPNS_ANALYSIS_LEVEL ? 1 : 0;
    if (isnan (finding->learned.p))
      continue;
    if (closest == NULL || finding->learned.p < closest->learned.p)
      closest = finding;
    if (!(finding->learned.holm < EPNS_ANALYSIS_LEVEL))
      continue;
    self->rejected++;
    far = far || finding->shift >= FAR;
    if (is_worse (finding, self->worst))
      self->worst = finding;
  }
  self->tests = of->n_tests;
  if (self->rejected > 0)
    self->level = far ? EPNS_VERDICT_DIFFERENT : EPNS_VERDICT_CLOSE;
  else if (of->least_p * (double) self->tests >= EPNS_ANALYSIS_LEVEL)
    self->level = EPNS_VERDICT_UNDECIDED;
  else
    self->level = EPNS_VERDICT_EQUAL;
  if (self->worst == NULL)
    self->worst = closest;
}

static gboolean
is_shown (const EpnsVerdict *self, guint series)
{
  for (guint k = 0; k < self->n_shown; k++)
    if (self->shown[k] == series)
      return TRUE;
  return FALSE;
}

/* The series whose worst rejected findings are furthest away. */
static void
choose_shown (EpnsVerdict *self, const EpnsAnalysis *of)
{
  while (self->n_shown < G_N_ELEMENTS (self->shown)) {
    const EpnsFinding *next = NULL;
    for (guint i = 0; i < of->findings->len; i++) {
      const EpnsFinding *finding = &g_array_index (of->findings, EpnsFinding, i);
      if (finding->learned.holm < EPNS_ANALYSIS_LEVEL && !is_shown (self, finding->series)
          && is_worse (finding, next))
        next = finding;
    }
    if (next == NULL)
      break;
    self->shown[self->n_shown++] = next->series;
  }
}

/* "path length, displacement per frame and clusters of Dark". */
static char *
name_shown (const EpnsVerdict *self, const EpnsAnalysis *of)
{
  GString *text = g_string_new (NULL);

  for (guint k = 0; k < self->n_shown; k++) {
    const char *title = epns_analysis_series (of, self->shown[k])->title;
    g_string_append_printf (text, "%s%c%s",
                            k == 0 ? "" : k + 1 == self->n_shown ? " and " : ", ",
                            g_ascii_tolower (title[0]), title + 1);
  }
  return g_string_free (text, FALSE);
}

static const char *
model_name (const EpnsAnalysis *of)
{
  const char *kind = g_hash_table_lookup (of->of->learned.of->meta->provenance, "kind");

  return kind ? kind : "model";
}

static char *
make_headline (const EpnsVerdict *self, const EpnsAnalysis *of)
{
  g_autofree char *shown = name_shown (self, of);

  switch (self->level) {
  case EPNS_VERDICT_EQUAL:
    return g_strdup_printf ("Equal: nothing measured tells the %s ensemble from the %s one.",
                            of->of->forecast, of->of->observed);
  case EPNS_VERDICT_CLOSE:
    return g_strdup_printf ("Close, not equal: it shows in %s, but no mean is a standard deviation "
                            "of the %s members away.",
                            shown, of->of->observed);
  case EPNS_VERDICT_DIFFERENT:
    return g_strdup_printf ("Different: it shows most in %s.", shown);
  default:
    return g_strdup ("Undecided: with so few members no difference could be shown.");
  }
}

/* "At MCS 500 cell volume is 25.1 +- 0.2 (native) and 30 +- 1 (learned), ..." */
static void
append_worst (GString *text, const EpnsVerdict *self, const EpnsAnalysis *of)
{
  const EpnsFinding *f = self->worst;
  const EpnsSeries *series = epns_analysis_series (of, f->series);
  g_autofree char *when = epns_words_time (epns_analysis_time (of, f->time),
                                           of->of->native.of->meta->time_unit);
  g_autofree char *native = epns_words_spread (f->native_mean, f->native_deviation),
                  *learned = epns_words_spread (f->learned_mean, f->learned_deviation),
                  *p = epns_words_p (f->learned.holm), *ks = epns_words_number (f->learned.ks, 2),
                  *floor = epns_words_number (f->floor.ks, 2),
                  *shift = epns_words_number (f->shift, 2);

  const char *what = self->rejected ? "The largest departure is at" : "The nearest to one is at";
  g_string_append_printf (text,
                          " %s %s: %s, %s %s, %s %s (mean \302\261 standard deviation over "
                          "members",
                          what, when, series->title, of->of->observed, native, of->of->forecast,
                          learned);
  if (isfinite (f->shift))
    g_string_append_printf (text, "; %s %s standard deviations apart", shift, of->of->observed);
  g_string_append_printf (text, "). KS %s, adjusted p %s; %s: KS %s.", ks, p, of->of->floor, floor);
}

static char *
make_text (const EpnsVerdict *self, const EpnsAnalysis *of)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " tests reject (exact two-sample "
      "Kolmogorov-Smirnov, %u series at %" G_GSIZE_FORMAT " times, %u %s and %u %s members of %s, "
      "Holm's adjustment, family-wise level %g %%); between %s %" G_GSIZE_FORMAT " do.",
      self->rejected, self->tests, of->of->native.series->len, of->n_index, of->of->native.n,
      of->of->observed, of->of->learned.n, of->of->forecast, model_name (of),
      100 * EPNS_ANALYSIS_LEVEL, of->of->floor, self->floor_rejected);
  if (self->level == EPNS_VERDICT_UNDECIDED) {
    g_autofree char *least = epns_words_p (of->least_p);
    g_string_append_printf (text,
                            " The smallest p these ensembles can reach is %s, which so many tests "
                            "adjust beyond the level; give more members, 8 or more for most "
                            "scenarios.",
                            least);
  }
  if (self->level == EPNS_VERDICT_EQUAL) {
    g_autofree char *ks = epns_words_number (of->detectable, 2);
    g_string_append_printf (text,
                            " With these ensembles a KS distance below %s would not have shown.",
                            ks);
  }
  if (self->worst != NULL)
    append_worst (text, self, of);
  return g_string_free (text, FALSE);
}

EpnsVerdict *
epns_verdict_new (const EpnsAnalysis *of)
{
  EpnsVerdict *self = g_new0 (EpnsVerdict, 1);

  count (self, of);
  choose_shown (self, of);
  self->headline = make_headline (self, of);
  self->text = make_text (self, of);
  return self;
}

void
epns_verdict_free (EpnsVerdict *self)
{
  if (self == NULL)
    return;
  g_free (self->headline);
  g_free (self->text);
  g_free (self);
}
