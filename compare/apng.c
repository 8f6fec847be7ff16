/* SPDX-License-Identifier: MIT */
/* Chunks of single PNGs, put in order. */
#include "compare/apng.h"

#include "plugin/error.h"

#include <string.h>

#define SIGNATURE "\211PNG\r\n\032\n"
#define HEADER_SIZE 13

typedef struct {
  const guint8 *type, *data; /* type: four letters */
  guint32 n;                 /* bytes of data */
} Chunk;

guint32
epns_png_crc (const guint8 *data, gsize n)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n; i++) {
    crc ^= data[i];
    for (int k = 0; k < 8; k++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

static void
append_u32 (GByteArray *to, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (to, (const guint8 *) &big, sizeof big);
}

static void
append_u16 (GByteArray *to, guint16 value)
{
  guint16 big = GUINT16_TO_BE (value);

  g_byte_array_append (to, (const guint8 *) &big, sizeof big);
}

static void
append_chunk (GByteArray *to, const char *type, const guint8 *data, guint32 n)
{
  guint start = to->len + 4;

  append_u32 (to, n);
  g_byte_array_append (to, (const guint8 *) type, 4);
  g_byte_array_append (to, data, n);
  append_u32 (to, epns_png_crc (to->data + start, n + 4));
}

static guint32
read_u32 (const guint8 *at)
{
  guint32 big;

  memcpy (&big, at, sizeof big);
  return GUINT32_FROM_BE (big);
}

/* The chunk at *at, which is moved behind it; FALSE at the end or where the bytes do not suffice. */
static gboolean
next_chunk (const GByteArray *png, guint *at, Chunk *chunk)
{
  if (*at + 12 > png->len)
    return FALSE;
  chunk->n = read_u32 (png->data + *at);
  chunk->type = png->data + *at + 4;
  chunk->data = png->data + *at + 8;
  if (chunk->n > png->len - *at - 12)
    return FALSE;
  *at += chunk->n + 12;
  return TRUE;
}

/* The header of a PNG, lent; NULL where it is none. */
static const guint8 *
header_of (const GByteArray *png)
{
  guint at = sizeof SIGNATURE - 1;
  Chunk chunk;

  if (png->len < at || memcmp (png->data, SIGNATURE, at) != 0 || !next_chunk (png, &at, &chunk)
      || memcmp (chunk.type, "IHDR", 4) != 0 || chunk.n != HEADER_SIZE)
    return NULL;
  return chunk.data;
}

static void
append_control (GByteArray *to, guint32 sequence, const guint8 *header, guint16 milliseconds)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  const guint8 dispose_and_blend[] = { 0, 0 };

  append_u32 (data, sequence);
  g_byte_array_append (data, header, 8); /* width, height */
  append_u32 (data, 0);
  append_u32 (data, 0);
  append_u16 (data, milliseconds);
  append_u16 (data, 1000);
  g_byte_array_append (data, dispose_and_blend, sizeof dispose_and_blend);
  append_chunk (to, "fcTL", data->data, data->len);
}

/* A frame's picture: as IDAT in the first one, numbered as fdAT in the others. */
static void
append_picture (GByteArray *to, const GByteArray *png, gboolean first, guint32 *sequence)
{
  guint at = sizeof SIGNATURE - 1;
  Chunk chunk;

  while (next_chunk (png, &at, &chunk)) {
    if (memcmp (chunk.type, "IDAT", 4) != 0)
      continue;
    if (first) {
      append_chunk (to, "IDAT", chunk.data, chunk.n);
      continue;
    }
    g_autoptr (GByteArray) data = g_byte_array_new ();
    append_u32 (data, (*sequence)++);
    g_byte_array_append (data, chunk.data, chunk.n);
    append_chunk (to, "fdAT", data->data, data->len);
  }
}

static gboolean
check (const GPtrArray *frames, GError **error)
{
  const guint8 *first = frames->len > 0 ? header_of (frames->pdata[0]) : NULL;

  if (frames->len == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "an animation needs a frame");
    return FALSE;
  }
  for (guint i = 0; i < frames->len; i++) {
    const guint8 *header = header_of (frames->pdata[i]);
    if (header != NULL && first != NULL && memcmp (header, first, HEADER_SIZE) == 0)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "frame %u of the animation is no PNG of the first one's size", i);
    return FALSE;
  }
  return TRUE;
}

GByteArray *
epns_apng_join (GPtrArray *frames, guint16 milliseconds, GError **error)
{
  guint32 sequence = 0;

  if (!check (frames, error))
    return NULL;
  GByteArray *joined = g_byte_array_new ();
  const guint8 *header = header_of (frames->pdata[0]);
  g_autoptr (GByteArray) counts = g_byte_array_new ();
  append_u32 (counts, frames->len);
  append_u32 (counts, 0); /* for ever */
  g_byte_array_append (joined, (const guint8 *) SIGNATURE, sizeof SIGNATURE - 1);
  append_chunk (joined, "IHDR", header, HEADER_SIZE);
  append_chunk (joined, "acTL", counts->data, counts->len);
  for (guint i = 0; i < frames->len; i++) {
    gboolean last = i + 1 == frames->len;
    append_control (joined, sequence++, header, (guint16) (last ? 3 * milliseconds : milliseconds));
    append_picture (joined, frames->pdata[i], i == 0, &sequence);
  }
  append_chunk (joined, "IEND", NULL, 0);
  return joined;
}
