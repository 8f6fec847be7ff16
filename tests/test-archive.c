/* SPDX-License-Identifier: MIT */
/* Archives: what goes in comes out, and a damaged, foreign or cut one is refused. */
#include "plugin/archive.h"
#include "tests/suite.h"

typedef struct {
  guint64 seed;
  guint32 words[3];
  double x;
} Content;

static epns_status
transfer (const epns_archive *archive, const char *tag, guint32 version, Content *content)
{
  EpnsArchiver *a = epns_archiver_begin (archive, tag, version);

  epns_archiver_u64 (a, &content->seed);
  epns_archiver_u32s (a, content->words, 3);
  epns_archiver_f64s (a, &content->x, 1);
  return epns_archiver_end (a, NULL);
}

static GByteArray *
saved (Content content)
{
  GByteArray *bytes = g_byte_array_new ();
  epns_archive writer = epns_archive_writer (bytes);

  ck_assert_int_eq (transfer (&writer, "kind", 2, &content), EPNS_OK);
  return bytes;
}

static epns_status
loaded (const GByteArray *bytes, gsize size, const char *tag, guint32 version, Content *content)
{
  EpnsArchiveSource source = { .data = bytes->data, .size = size };
  epns_archive reader = epns_archive_reader (&source);

  return transfer (&reader, tag, version, content);
}

static const Content example = { .seed = 0x0123456789abcdefu, .words = { 1, 2, 0xffffffffu }, .x = -0.1 };

START_TEST (round_trip)
{
  g_autoptr (GByteArray) bytes = saved (example);
  Content back = { 0 };

  ck_assert_int_eq (loaded (bytes, bytes->len, "kind", 2, &back), EPNS_OK);
  ck_assert_uint_eq (back.seed, example.seed);
  ck_assert_mem_eq (back.words, example.words, sizeof back.words);
  ck_assert_double_eq (back.x, example.x);
}
END_TEST

START_TEST (refusals)
{
  g_autoptr (GByteArray) bytes = saved (example);
  Content back = { 0 };

  ck_assert_int_eq (loaded (bytes, bytes->len, "other", 2, &back), EPNS_DISCARD);
  ck_assert_int_eq (loaded (bytes, bytes->len, "kind", 3, &back), EPNS_DISCARD);
  for (gsize cut = 0; cut < bytes->len; cut++)
    ck_assert_int_eq (loaded (bytes, cut, "kind", 2, &back), EPNS_DISCARD);
  for (gsize i = 0; i < bytes->len; i++) {
    bytes->data[i] ^= 0x10;
    ck_assert_int_eq (loaded (bytes, bytes->len, "kind", 2, &back), EPNS_DISCARD);
    bytes->data[i] ^= 0x10;
  }
}
END_TEST

SUITE ("archive", round_trip, refusals)
