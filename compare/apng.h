/* SPDX-License-Identifier: MIT */
/* Animated PNG from single PNGs (W3C, Portable Network Graphics, third edition, 2025: acTL, fcTL and
 * fdAT chunks). Viewers that know no animation show the first frame. */
#pragma once
#include <glib.h>

/* Frames (GByteArray, each a whole PNG of one size and colour type) shown for `milliseconds` each,
 * the last one three times as long, over and over. EPNS_FAILURE_FORMAT where a frame is no such PNG;
 * EPNS_FAILURE_RANGE where there is none. [any] */
GByteArray *epns_apng_join (GPtrArray *frames, guint16 milliseconds, GError **error);

/* The checksum of a chunk: CRC-32 of its type and data. */
guint32 epns_png_crc (const guint8 *data, gsize n);
