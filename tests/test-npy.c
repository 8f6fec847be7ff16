/* SPDX-License-Identifier: MIT */
/* The header of .npy files, byte for byte, and what is refused. */
#include "adapters/npy.h"
#include "tests/suite.h"

START_TEST (header_is_numpys)
{
  const EpnsNpyShape shape = { 5, { 3, 61, 64, 48, 2 }, EPNS_I32 };
  char header[EPNS_NPY_HEADER];
  g_autofree char *text = g_strdup_printf (
      "%-117s\n", "{'descr': '<i4', 'fortran_order': False, 'shape': (3, 61, 64, 48, 2), }");

  epns_npy_format (header, &shape);
  ck_assert_mem_eq (header, "\x93NUMPY\1\0\x76\0", 10);
  ck_assert_mem_eq (header + 10, text, EPNS_NPY_HEADER - 10);
}
END_TEST

START_TEST (every_shape_comes_back)
{
  for (int rank = 0; rank <= EPNS_NPY_RANK; rank++) {
    EpnsNpyShape shape = { .rank = rank }, back;
    char header[EPNS_NPY_HEADER];
    gsize at;

    for (int i = 0; i < rank; i++)
      shape.shape[i] = (guint64) G_MAXINT32 - (guint64) i;
    epns_npy_format (header, &shape);
    ck_assert (epns_npy_parse ("x", (const guint8 *) header, sizeof header, &back, &at, NULL));
    ck_assert_uint_eq (at, EPNS_NPY_HEADER);
    ck_assert_int_eq (back.rank, rank);
    ck_assert_mem_eq (back.shape, shape.shape, (gsize) rank * sizeof *shape.shape);
  }
}
END_TEST

/* A file of version 1.0 or 2.0 with this header text. */
static GByteArray *
file_of (const char *text, guint8 version)
{
  GByteArray *file = g_byte_array_new ();
  guint32 n = (guint32) strlen (text);

  g_byte_array_append (file, (const guint8 *) "\x93NUMPY", 6);
  g_byte_array_append (file, (guint8[]){ version, 0 }, 2);
  g_byte_array_append (file, (guint8[]){ n & 255, n >> 8 & 255, 0, 0 }, version == 1 ? 2 : 4);
  g_byte_array_append (file, (const guint8 *) text, n);
  return file;
}

static const struct {
  const char *text, *says; /* says NULL: accepted */
} headers[] = {
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }\n", NULL },
  { "{\'shape\':(2,3),'fortran_order':False,'descr':'<i4'}", NULL },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3,), } \n\n", NULL },
  { "", "no dictionary" },
  { "{", "not the dictionary" },
  { "{}", "lacks" },
  { "{'descr': '<i4', 'shape': (2,), }", "lacks" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), } x", "goes on" },
  { "{'descr': '<i4', 'fortran_order': False 'shape': (2, 3), }", "no dictionary" },
  { "{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (2,), }",
    "not the dictionary" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "not the dictionary" },
  { "{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }", "not '<i4'" },
  { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "not '<i4'" },
  { "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,), }", "not '<i4'" },
  { "{'descr': '<i4', 'fortran_order': True, 'shape': (2,), }", "not in C order" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': 2, }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (-2,), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (2147483648,), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999999,), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (1, , 1), }", "shape" },
  { "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2", "shape" },
};

START_TEST (headers_are_read_strictly)
{
  for (guint8 version = 1; version <= 2; version++) {
    g_autoptr (GByteArray) file = file_of (headers[_i].text, version);
    g_autoptr (GError) error = NULL;
    EpnsNpyShape shape;
    gsize at;

    gboolean taken = epns_npy_parse ("x.npy", file->data, file->len, &shape, &at, &error);
    ck_assert_msg (taken == (headers[_i].says == NULL), "%s", headers[_i].text);
    if (taken) {
      ck_assert_int_eq (shape.rank, 2);
      ck_assert_uint_eq (shape.shape[1], 3);
      ck_assert_uint_eq (at, file->len);
    } else
      ck_assert_msg (strstr (error->message, headers[_i].says) != NULL, "%s: %s", headers[_i].text,
                     error->message);
  }
}
END_TEST

START_TEST (files_that_end_early)
{
  for (guint8 version = 1; version <= 3; version++) {
    g_autoptr (GByteArray) file = file_of (headers[0].text, version);
    EpnsNpyShape shape;
    gsize at;

    for (guint size = 0; size < file->len; size++) {
      g_autofree guint8 *exact = g_memdup2 (file->data,
                                            size); /* so that reading past the end is seen */
      ck_assert (!epns_npy_parse ("x.npy", exact, size, &shape, &at, NULL));
    }
  }
}
END_TEST

SUITE_CASES ("npy", ONCE (header_is_numpys), ONCE (every_shape_comes_back),
             LOOP (headers_are_read_strictly, 0, G_N_ELEMENTS (headers)),
             ONCE (files_that_end_early))
