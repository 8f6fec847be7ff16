/* SPDX-License-Identifier: MIT */
/* A .npz file is a zip archive of .npy arrays; its central directory says where each lies and how
 * it is packed. */
#include "tests/npz.h"

#include <gio/gio.h>
#include <string.h>

#define FAIL(...) (g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, __VA_ARGS__), NULL)

static guint32
little (const guint8 *at, int bytes)
{
  guint32 value = 0;

  for (int i = 0; i < bytes; i++)
    value |= (guint32) at[i] << (8 * i);
  return value;
}

/* The member's bytes as they lie in the archive; *packed when they are deflated. */
static GBytes *
find_member (const guint8 *file, gsize size, const char *member, gboolean *packed, gsize *full,
             GError **error)
{
  gsize end = size;

  while (end >= 22 && memcmp (file + end - 22, "PK\5\6", 4) != 0)
    end--;
  if (end < 22)
    return FAIL ("no zip archive");

  gsize at = little (file + end - 22 + 16, 4);
  for (guint32 n = little (file + end - 22 + 10, 2); n > 0 && at + 46 <= size; n--) {
    const guint8 *entry = file + at;
    gsize name = little (entry + 28, 2), where = little (entry + 42, 4),
          length = little (entry + 20, 4);
    if (name == strlen (member) && memcmp (entry + 46, member, name) == 0) {
      gsize data = where + 30 + little (file + where + 26, 2) + little (file + where + 28, 2);
      if (data + length > size)
        return FAIL ("%s is cut short", member);
      *packed = little (entry + 10, 2) == 8;
      *full = little (entry + 24, 4);
      return g_bytes_new (file + data, length);
    }
    at += 46 + name + little (entry + 30, 2) + little (entry + 32, 2);
  }
  return FAIL ("%s is not in the archive", member);
}

static GBytes *
unpack (GBytes *bytes, gsize full, GError **error)
{
  GZlibDecompressor *zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  g_autoptr (GConverter) inflate = G_CONVERTER (zlib);
  g_autofree guint8 *out = g_malloc (full + 1);
  gsize packed, taken = 0, made = 0, n_in, n_out;
  const guint8 *in = g_bytes_get_data (bytes, &packed);
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (made < full && result == G_CONVERTER_CONVERTED) {
    result = g_converter_convert (inflate, in + taken, packed - taken, out + made, full + 1 - made,
                                  G_CONVERTER_INPUT_AT_END, &n_in, &n_out, error);
    if (result == G_CONVERTER_ERROR)
      return NULL;
    taken += n_in;
    made += n_out;
  }
  if (made != full)
    return FAIL ("%" G_GSIZE_FORMAT " bytes where %" G_GSIZE_FORMAT " were announced", made, full);
  return g_bytes_new_take (g_steal_pointer (&out), full);
}

static gint32
element (const guint8 *at, char sign, int width)
{
  guint32 raw = little (at, MIN (width, 4));

  if (sign == 'i' && width < 4) /* carry the sign up */
    return (gint32) (raw << (32 - 8 * width)) >> (32 - 8 * width);
  return (gint32) raw;
}

static double
real_element (const guint8 *at)
{
  guint64 bits = (guint64) little (at + 4, 4) << 32 | little (at, 4);
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static EpnsNpz *
parse_npy (GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *npy = g_bytes_get_data (bytes, &size);

  if (size < 10 || memcmp (npy, "\x93NUMPY\1", 7) != 0)
    return FAIL ("no .npy of version 1");
  gsize start = 10 + little (npy + 8, 2);
  if (start > size)
    return FAIL ("header is cut short");
  g_autofree char *header = g_strndup ((const char *) npy + 10, start - 10);
  const char *descr = strstr (header, "'descr': '"), *shape = strstr (header, "'shape': (");
  if (descr == NULL || shape == NULL || strstr (header, "'fortran_order': False") == NULL)
    return FAIL ("header says: %s", header);

  g_autoptr (EpnsNpz) array = g_new0 (EpnsNpz, 1);
  char sign = descr[11];
  int width = descr[12] - '0';
  if (sign == 'f' ? width != 8 : (sign != 'i' && sign != 'u') || width < 1 || width > 8)
    return FAIL ("element type %.4s is neither an integer nor f8", descr + 10);
  array->n = 1;
  for (const char *p = shape + 10; *p != ')' && array->rank < 8;) {
    char *next;
    array->shape[array->rank] = g_ascii_strtoll (p, &next, 10);
    array->n *= (gsize) array->shape[array->rank++];
    p = next + strspn (next, ", ");
  }
  if (array->n > (size - start) / (gsize) width)
    return FAIL ("data are cut short");
  if (sign == 'f')
    array->real = g_new (double, MAX (array->n, 1));
  else
    array->data = g_new (gint32, MAX (array->n, 1));
  for (gsize i = 0; i < array->n; i++)
    if (sign == 'f')
      array->real[i] = real_element (npy + start + i * (gsize) width);
    else
      array->data[i] = element (npy + start + i * (gsize) width, sign, width);
  return g_steal_pointer (&array);
}

EpnsNpz *
epns_npz_read (const char *path, const char *name, GError **error)
{
  g_autofree char *file = NULL, *member = g_strconcat (name, ".npy", NULL);
  gsize size, full = 0;
  gboolean packed = FALSE;

  if (!g_file_get_contents (path, &file, &size, error))
    return NULL;
  const guint8 *bytes_of_file = (const guint8 *) file;
  g_autoptr (GBytes) stored = find_member (bytes_of_file, size, member, &packed, &full, error);
  if (stored == NULL)
    return NULL;
  g_autoptr (GBytes) bytes = packed ? unpack (stored, full, error) : g_bytes_ref (stored);
  return bytes ? parse_npy (bytes, error) : NULL;
}

void
epns_npz_free (EpnsNpz *self)
{
  if (self == NULL)
    return;
  g_free (self->data);
  g_free (self->real);
  g_free (self);
}
