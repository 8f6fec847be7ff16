/* SPDX-License-Identifier: MIT */
/* Numbers as people write them. Decimal point in any locale; all results freed with g_free. All
 * [any]. */
#pragma once
#include <glib.h>

/* `digits` significant digits, no exponent for ordinary sizes; an en dash for NaN. */
char *epns_words_number (double value, int digits);

/* "25.1 ± 0.3": both with the decimals that suit the deviation. */
char *epns_words_spread (double mean, double deviation);

/* "0.031", "3e-5", "< 1e-15". */
char *epns_words_p (double p);

/* "MCS 500" as modellers say it, "0.5 min". */
char *epns_words_time (double time, const char *unit);

/* A unit for people: "site2" is sites², "micron min-1" micron min⁻¹, "1" nothing. Free with
 * g_free(). */
char *epns_words_unit (const char *unit);

/* "12 s", "3.4 min", "2.1 h". */
char *epns_words_seconds (double seconds);
