/* SPDX-License-Identifier: MIT */
/* The safetensors reader and writer: what is written comes back, what is malformed is refused in
 * one line. */
#include "models/nn/safetensors.h"
#include "tests/suite.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sys/stat.h>

/* A file in memory: header length, header, data of `data` bytes counting up from 0. */
static GByteArray *
file_of (const char *header, gsize data)
{
  GByteArray *file = g_byte_array_new ();
  guint64 length = strlen (header);

  g_byte_array_append (file, (const guint8 *) &length, 8);
  g_byte_array_append (file, (const guint8 *) header, (guint) length);
  for (gsize i = 0; i < data; i++)
    g_byte_array_append (file, &(guint8){ (guint8) i }, 1);
  return file;
}

static const char two[] = "{\"__metadata__\":{\"config\":\"{\\\"a\\\": 1}\"},"
                          "\"b\":{\"dtype\":\"I32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
                          "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}  ";

START_TEST (reads_what_is_there)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) file = file_of (two, 12);
  g_autoptr (EpnsSafetensors) self = epns_safetensors_parse ("two", file->data, file->len, &error);
  gint32 values[2];

  ck_assert_msg (self != NULL, "%s", error ? error->message : "");
  ck_assert_uint_eq (epns_safetensors_n (self), 2);
  ck_assert_str_eq (epns_safetensors_nth (self, 0)->name, "a");
  ck_assert_uint_eq (epns_safetensors_find (self, "a")->rank, 0);
  ck_assert_uint_eq (epns_safetensors_find (self, "a")->count, 1);
  const EpnsStored *b = epns_safetensors_need_shape (self, "b", 2, (gsize[]){ 2, 1 }, &error);
  ck_assert_ptr_nonnull (b);
  ck_assert (epns_stored_to_i32 (b, values));
  ck_assert_int_eq (values[1], 0x0b0a0908);
  ck_assert_str_eq (epns_safetensors_metadata (self, "config"), "{\"a\": 1}");
  ck_assert_ptr_null (epns_safetensors_metadata (self, "other"));
  ck_assert_ptr_null (epns_safetensors_find (self, "c"));

  ck_assert_ptr_null (epns_safetensors_need (self, "c", &error));
  ck_assert_ptr_nonnull (strstr (error->message, "two: tensor 'c' is missing"));
  g_clear_error (&error);
  ck_assert_ptr_null (epns_safetensors_need_shape (self, "b", 1, (gsize[]){ 2 }, &error));
  ck_assert_ptr_nonnull (strstr (error->message, "two: tensor 'b' has shape [2, 1], not [2]"));
}
END_TEST

START_TEST (empty_files_and_tensors)
{
  static const char *headers[] = {
    "{}", "{\"a\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[0,0]}}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GByteArray) file = file_of (headers[i], 0);
    g_autoptr (EpnsSafetensors)
        self = epns_safetensors_parse ("none", file->data, file->len, &error);

    ck_assert_msg (self != NULL, "%s", error ? error->message : "");
    ck_assert_uint_eq (epns_safetensors_n (self), i);
  }
}
END_TEST

static const struct {
  const char *header;
  gsize data;
  const char *says; /* part of the message */
} malformed[] = {
  { "", 0, "not a JSON object" },
  { "[]", 0, "not a JSON object" },
  { " {}", 0, "not a JSON object" },
  { "{", 0, "cannot be parsed" },
  { "{}}", 0, "bracket too many" },
  { "{\"a\"}", 0, "cannot be parsed" },
  { "{/* } */}", 0, "not plain JSON" },
  { "{'a':1}", 0, "not plain JSON" },
  { "{\"a\xff\":1}", 0, "not UTF-8" },
  { "{\"a\n\":1}", 0, "control character" },
  { "{\"a\":[[[[[[[[1]]]]]]]]}", 0, "nested" },
  { "{\"a\":1}", 0, "'a' is not {dtype" },
  { "{\"a\":{}}", 0, "'a' is not {dtype" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4,
    "'a' is not {dtype" },
  { "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype 'F33'" },
  { "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, "no shape" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
    "no shape" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "extent" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4, "extent" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4, "extent" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[null],\"data_offsets\":[0,4]}}", 4, "extent" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,1],\"data_offsets\":[0,4]}}", 4,
    "counted" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", 4,
    "its shape needs" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4,
    "extent" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "its shape needs" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "data_offsets" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "data_offsets" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "ends at byte 4 of 3" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5,
    "1 bytes after the last" },
  { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "first free one" },
  { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\","
    "\"shape\":[3],"
    "\"data_"
    "offsets\":[3,6]}}",
    6, "tensor 'b' begins at byte 3 of the data where 4 is taken" },
  { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\","
    "\"shape\":[4],"
    "\"data_"
    "offsets\":[0,4]}}",
    4, "name twice" },
  { "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4,
    "name twice" },
  { "{\"__metadata__\":{\"a\":1}}", 0, "not text" },
  { "{\"__metadata__\":\"a\"}", 0, "not an object" },
};

START_TEST (malformed_headers_are_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) file = file_of (malformed[_i].header, malformed[_i].data);
  EpnsSafetensors *self = epns_safetensors_parse ("bad", file->data, file->len, &error);

  ck_assert_msg (self == NULL, "taken: %s", malformed[_i].header);
  ck_assert_msg (strstr (error->message, malformed[_i].says) != NULL, "%s: %s",
                 malformed[_i].header, error->message);
  ck_assert (g_str_has_prefix (error->message, "bad: "));
  ck_assert_ptr_null (strchr (error->message, '\n'));
}
END_TEST

START_TEST (lengths_that_lie)
{
  g_autoptr (GByteArray) file = file_of (two, 12);

  for (guint size = 0; size < file->len; size++) { /* every truncation */
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (epns_safetensors_parse ("short", file->data, size, &error));
    ck_assert_ptr_nonnull (error);
  }
  for (guint byte = 2; byte < 8; byte++) { /* a huge header */
    g_autoptr (GError) error = NULL;
    file->data[byte] = 0xff;
    ck_assert_ptr_null (epns_safetensors_parse ("huge", file->data, file->len, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "header is said to have"));
  }
}
END_TEST

/* Whatever a byte or two are changed to, the reader either refuses or yields tensors inside the
 * data. */
START_TEST (mutations_do_no_harm)
{
  g_autoptr (GByteArray) file = file_of (two, 12);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const char alphabet[] = "{}[]:,\"\\0123456789-e. aI";
  gint32 values[64];
  guint taken = 0, trials = suite_trials (20000, 1000);

  for (guint trial = 0; trial < trials; trial++) {
    g_autofree guint8 *copy = g_memdup2 (file->data, file->len);
    for (guint k = 0; k < 1 + trial % 3; k++) {
      guint8 to = trial % 2 ? (guint8) alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)]
                            : (guint8) g_rand_int_range (rand, 0, 256);
      copy[g_rand_int_range (rand, 0, (gint32) file->len)] = to;
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsSafetensors) self = epns_safetensors_parse ("mutant", copy, file->len, &error);

    ck_assert ((self == NULL) == (error != NULL));
    for (guint i = 0; self != NULL && i < epns_safetensors_n (self); i++) {
      const EpnsStored *stored = epns_safetensors_nth (self, i);
      ck_assert_uint_le (stored->bytes, 12);
      epns_stored_to_i32 (stored, values);
      taken++;
    }
  }
  ck_assert_uint_gt (taken, trials / 20); /* mutations of the data alone are fine files */
}
END_TEST

static char *
scratch_folder (void)
{
  char *folder = g_dir_make_tmp ("epns-safetensors-XXXXXX", NULL);
  ck_assert_ptr_nonnull (folder);
  return folder;
}

START_TEST (what_is_written_comes_back)
{
  static const float x[6] = { 1, -2, 3.5f, 0, 1e-30f, 1e30f };
  static const guint8 flags[3] = { 1, 0, 1 };
  static const double pi[1] = { 3.141592653589793 };
  const EpnsStored tensors[] = {
    { .name = "flags", .type = EPNS_STORED_BOOL, .rank = 1, .shape = { 3 }, .data = flags },
    { .name = "x \"quoted\" \xc3\xa4",
      .type = EPNS_STORED_F32,
      .rank = 2,
      .shape = { 2, 3 },
      .data = x },
    { .name = "pi", .type = EPNS_STORED_F64, .rank = 0, .data = pi },
  };
  g_autofree char *folder = scratch_folder ();
  g_autofree char *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  float back[6];
  double number[1];
  gint32 flag[3];

  ck_assert (epns_safetensors_write (path, tensors, 3,
                                     (const char *[]){ "note", "two\nlines", NULL }, &error));
  g_autoptr (EpnsSafetensors) self = epns_safetensors_read (path, &error);
  ck_assert_msg (self != NULL, "%s", error ? error->message : "");
  ck_assert_str_eq (epns_safetensors_metadata (self, "note"), "two\nlines");
  ck_assert (epns_stored_to_f32 (epns_safetensors_find (self, tensors[1].name), back));
  ck_assert_mem_eq (back, x, sizeof x);
  ck_assert (epns_stored_to_f64 (epns_safetensors_find (self, "pi"), number));
  ck_assert (number[0] == pi[0]);
  ck_assert (epns_stored_to_i32 (epns_safetensors_find (self, "flags"), flag));
  ck_assert_int_eq (flag[2], 1);
  ck_assert (((guintptr) epns_safetensors_find (self, "pi")->data & 7) == 0);

  g_unlink (path);
  ck_assert_int_eq (g_rmdir (folder), 0); /* and no temporary file stays */
}
END_TEST

START_TEST (values_convert)
{
  static const double numbers[4] = { 2.9, -1e12, NAN, 1e12 };
  const EpnsStored stored = {
    .type = EPNS_STORED_F64, .rank = 1, .shape = { 4 }, .count = 4, .bytes = 32, .data = numbers
  };
  const EpnsStored half = {
    .type = EPNS_STORED_F16, .rank = 0, .count = 1, .bytes = 2, .data = numbers
  };
  gint32 whole[4];
  float single[4];

  ck_assert (epns_stored_to_i32 (&stored, whole));
  ck_assert_int_eq (whole[0], 2);
  ck_assert_int_eq (whole[1], G_MININT32);
  ck_assert_int_eq (whole[2], G_MININT32);
  ck_assert_int_eq (whole[3], G_MAXINT32);
  ck_assert (epns_stored_to_f32 (&stored, single));
  ck_assert (single[0] == 2.9f);
  ck_assert (!epns_stored_to_f32 (&half, single));
}
END_TEST

START_TEST (unreadable_and_unwritable)
{
  g_autofree char *folder = scratch_folder ();
  g_autofree char *missing = g_build_filename (folder, "none", "w.safetensors", NULL);
  const char *unreadable[] = { missing, folder, "/dev/zero" };

  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (epns_safetensors_read (unreadable[i], &error));
    ck_assert (g_str_has_prefix (error->message, unreadable[i]));
  }
  g_autoptr (GError) error = NULL;
  ck_assert (!epns_safetensors_write (missing, NULL, 0, NULL, &error));
  ck_assert (g_str_has_prefix (error->message, missing));
  g_rmdir (folder);
}
END_TEST

SUITE_CASES ("safetensors", ONCE (reads_what_is_there), ONCE (empty_files_and_tensors),
             LOOP (malformed_headers_are_refused, 0, G_N_ELEMENTS (malformed)),
             ONCE (lengths_that_lie), ONCE (mutations_do_no_harm),
             ONCE (what_is_written_comes_back), ONCE (values_convert),
             ONCE (unreadable_and_unwritable))
