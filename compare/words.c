/* SPDX-License-Identifier: MIT */
/* Formatting for readers. */
#include "compare/words.h"

#include <math.h>
#include <string.h>

#define DASH "\342\200\223"

static char *
format (double value, const char *how)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, how, value));
}

char *
epns_words_number (double value, int digits)
{
  char how[16];

  if (isnan (value))
    return g_strdup (DASH);
  if (isinf (value))
    return g_strdup ("\342\210\236");
  double size = fabs (value);
  if (size != 0 && (size < 1e-4 || size >= 1e7))
    g_snprintf (how, sizeof how, "%%.%de", digits - 1);
  else {
    int before = size < 1 ? 1 : (int) floor (log10 (size)) + 1;
    int leading = size > 0 && size < 1 ? MAX ((int) ceil (-log10 (size)) - 1, 0) : 0;
    g_snprintf (how, sizeof how, "%%.%df", size == 0 ? 0 : MAX (digits - (size < 1 ? 0 : before), 0) + leading);
  }
  return format (value, how);
}

char *
epns_words_spread (double mean, double deviation)
{
  char how[16];
  gboolean spreads = deviation > 1e-9 * fabs (mean); /* otherwise only by rounding */
  double size = spreads ? deviation : fabs (mean) / 100;
  int places = size > 0 ? (int) CLAMP (ceil (-log10 (size)) + 1, 0, 6) : 0;

  if (isnan (mean))
    return g_strdup (DASH);
  g_snprintf (how, sizeof how, "%%.%df", places);
  g_autofree char *middle = format (mean, how), *spread = format (deviation, how);
  return isnan (deviation) ? g_steal_pointer (&middle)
         : !spreads        ? g_strdup_printf ("%s \302\261 0", middle)
                           : g_strdup_printf ("%s \302\261 %s", middle, spread);
}

char *
epns_words_p (double p)
{
  if (isnan (p))
    return g_strdup (DASH);
  if (p < 1e-15)
    return g_strdup ("< 1e-15");
  return p < 0.001 ? format (p, "%.0e") : format (p, p < 0.1 ? "%.3f" : "%.2f");
}

char *
epns_words_time (double time, const char *unit)
{
  g_autofree char *number = format (time, "%.7g");

  return strcmp (unit, "MCS") == 0 || strcmp (unit, "frame") == 0
             ? g_strdup_printf ("%s %s", unit, number)
         : strcmp (unit, "1") == 0 ? g_steal_pointer (&number)
                                   : g_strdup_printf ("%s %s", number, unit);
}

/* "-2" as ⁻². */
static void
append_exponent (GString *text, const char *exponent)
{
  static const char *const digits[]
      = { "\342\201\260", "\302\271",     "\302\262",     "\302\263",     "\342\201\264",
          "\342\201\265", "\342\201\266", "\342\201\267", "\342\201\270", "\342\201\271" };

  for (; *exponent != '\0'; exponent++)
    g_string_append (text, *exponent == '-' ? "\342\201\273" : digits[*exponent - '0']);
}

char *
epns_words_unit (const char *unit)
{
  g_auto (GStrv) factors = g_strsplit (unit, " ", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; strcmp (unit, "1") != 0 && factors[i] != NULL; i++) {
    const char *factor = factors[i], *exponent = factor + strcspn (factor, "-0123456789");
    if (exponent[strspn (exponent, "-0123456789")] != '\0') /* no power: as it is */
      exponent = factor + strlen (factor);
    const int base = (int) (exponent - factor);
    g_string_append_printf (text, "%s%.*s%s", i > 0 ? " " : "", base, factor,
                            base == 4 && g_str_has_prefix (factor, "site") ? "s" : "");
    append_exponent (text, exponent);
  }
  return g_string_free (text, FALSE);
}

char *
epns_words_seconds (double seconds)
{
  const char *unit = seconds < 100 ? "s" : seconds < 6000 ? "min" : "h";
  double scale = seconds < 100 ? 1 : seconds < 6000 ? 60 : 3600;
  g_autofree char *number = epns_words_number (seconds / scale, 3);

  return g_strdup_printf ("%s %s", number, unit);
}
