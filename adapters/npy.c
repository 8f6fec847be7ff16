/* SPDX-License-Identifier: MIT */
/* NumPy's .npy: magic, version, the length of the header, and a Python dictionary padded with
 * blanks. */
#include "adapters/npy.h"

#include "plugin/error.h"

#include <string.h>

static const char magic[6] = "\x93NUMPY";

static const struct {
  const char *name;
  int32_t dtype;
} elements[] = { { "'<i4'", EPNS_I32 }, { "'<f8'", EPNS_F64 } };

void
epns_npy_format (char header[EPNS_NPY_HEADER], const EpnsNpyShape *shape)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint16 length = EPNS_NPY_HEADER - 10;

  g_string_printf (text, "{'descr': %s, 'fortran_order': False, 'shape': (",
                   elements[shape->dtype == EPNS_F64].name);
  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i ? ", " : "", shape->shape[i]);
  g_string_append (text, shape->rank == 1 ? ",), }" : "), }");
  g_return_if_fail (text->len < length);

  memset (header, ' ', EPNS_NPY_HEADER);
  memcpy (header, magic, sizeof magic);
  header[6] = 1;
  header[7] = 0;
  header[8] = (char) (length & 0xff);
  header[9] = (char) (length >> 8);
  memcpy (header + 10, text->str, text->len);
  header[EPNS_NPY_HEADER - 1] = '\n';
}

/* The dictionary as it is read: `at` moves over it. */
typedef struct {
  const char *at;
  EpnsNpyShape *shape;
  guint seen; /* one bit for each key */
} Reader;

static gboolean
take (Reader *self, const char *text)
{
  self->at += strspn (self->at, " ");
  if (!g_str_has_prefix (self->at, text))
    return FALSE;
  self->at += strlen (text);
  return TRUE;
}

static gboolean
take_shape (Reader *self)
{
  EpnsNpyShape *shape = self->shape;

  if (!take (self, "("))
    return FALSE;
  for (shape->rank = 0; !take (self, ")"); shape->rank++) {
    self->at += strspn (self->at, " ");
    if (shape->rank == EPNS_NPY_RANK || !g_ascii_isdigit (*self->at))
      return FALSE;
    char *end;
    guint64 extent = g_ascii_strtoull (self->at, &end, 10);
    if (extent > G_MAXINT32)
      return FALSE;
    shape->shape[shape->rank] = extent;
    self->at = end;
    gboolean comma = take (self, ",");
    if (!comma && (shape->rank == 0 || *(self->at + strspn (self->at, " ")) != ')'))
      return FALSE; /* (3) is a number in Python, (3,) a tuple */
  }
  return TRUE;
}

static gboolean
take_element (Reader *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    if (take (self, elements[i].name)) {
      self->shape->dtype = elements[i].dtype;
      return TRUE;
    }
  return FALSE;
}

static const char *const keys[] = { "'descr':", "'fortran_order':", "'shape':" };

/* One entry; what is wrong with it, or NULL. */
static const char *
take_entry (Reader *self)
{
  guint key = 0;

  while (key < G_N_ELEMENTS (keys) && !take (self, keys[key]))
    key++;
  if (key == G_N_ELEMENTS (keys) || self->seen & 1u << key)
    return "its header is not the dictionary of descr, fortran_order and shape";
  self->seen |= 1u << key;
  if (key == 0 && !take_element (self))
    return "its elements are not '<i4' or '<f8'; save it as little-endian int32 or float64";
  if (key == 1 && !take (self, "False"))
    return "it is not in C order; save numpy.ascontiguousarray of it";
  if (key == 2 && !take_shape (self))
    return "its shape is not up to 5 extents below 2^31";
  return NULL;
}

static const char *
take_dictionary (Reader *self)
{
  if (!take (self, "{"))
    return "its header is no dictionary";
  while (!take (self, "}")) {
    const char *wrong = take_entry (self);
    if (wrong != NULL)
      return wrong;
    if (!take (self, ",") && *(self->at + strspn (self->at, " ")) != '}')
      return "its header is no dictionary";
  }
  self->at += strspn (self->at, " \n");
  if (*self->at != '\0')
    return "its header goes on after the dictionary";
  return self->seen == 7 ? NULL : "its header lacks descr, fortran_order or shape";
}

gboolean
epns_npy_parse (const char *path, const guint8 *bytes, gsize size, EpnsNpyShape *shape,
                gsize *data_at, GError **error)
{
  const char *wrong = NULL;
  gsize lead = 10, length = 0;

  if (size < 10 || memcmp (bytes, magic, sizeof magic) != 0)
    wrong = "is no .npy file";
  else if (bytes[6] == 1)
    length = bytes[8] | (gsize) bytes[9] << 8;
  else if (bytes[6] == 2 && size >= 12) {
    lead = 12;
    length = bytes[8] | (gsize) bytes[9] << 8 | (gsize) bytes[10] << 16 | (gsize) bytes[11] << 24;
  } else
    wrong = "is .npy of a version other than 1.0 and 2.0, or cut short";
  if (wrong == NULL && length > size - lead)
    wrong = "its header is cut short";
  if (wrong == NULL && memchr (bytes + lead, 0, length) != NULL)
    wrong = "its header is not text";
  if (wrong == NULL) {
    g_autofree char *text = g_strndup ((const char *) bytes + lead, length);
    Reader reader = { text, shape, 0 };
    wrong = take_dictionary (&reader);
  }
  if (wrong != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s", path, wrong);
  *data_at = lead + length;
  return wrong == NULL;
}
