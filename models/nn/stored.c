/* SPDX-License-Identifier: MIT */
/* Element types of safetensors files, their conversion, and the writer. */
#include "models/nn/stored.h"
#include "plugin/error.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const struct {
  const char *name;
  gsize size;
} types[] = {
  [EPNS_STORED_F64] = { "F64", 8 },   [EPNS_STORED_F32] = { "F32", 4 },
  [EPNS_STORED_F16] = { "F16", 2 },   [EPNS_STORED_BF16] = { "BF16", 2 },
  [EPNS_STORED_I64] = { "I64", 8 },   [EPNS_STORED_I32] = { "I32", 4 },
  [EPNS_STORED_I16] = { "I16", 2 },   [EPNS_STORED_I8] = { "I8", 1 },
  [EPNS_STORED_U64] = { "U64", 8 },   [EPNS_STORED_U32] = { "U32", 4 },
  [EPNS_STORED_U16] = { "U16", 2 },   [EPNS_STORED_U8] = { "U8", 1 },
  [EPNS_STORED_BOOL] = { "BOOL", 1 },
};

const char *
epns_stored_type_name (EpnsStoredType type)
{
  return types[type].name;
}

gsize
epns_stored_type_size (EpnsStoredType type)
{
  return types[type].size;
}

gboolean
epns_stored_type_from_name (const char *name, EpnsStoredType *type)
{
  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    if (strcmp (types[t].name, name) == 0) {
      *type = (EpnsStoredType) t;
      return TRUE;
    }
  return FALSE;
}

char *
epns_stored_shape_text (guint rank, const gsize *shape)
{
  GString *text = g_string_new ("[");

  for (guint a = 0; a < rank; a++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, a ? ", " : "", shape[a]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* Element i as a number; every type that is converted fits a double, but for the last bits of
 * 64-bit integers. */
static gboolean
element (const EpnsStored *stored, gsize i, double *value)
{
  union {
    double f64;
    float f32;
    gint64 i64;
    gint32 i32;
    gint16 i16;
    gint8 i8;
    guint64 u64;
    guint32 u32;
    guint16 u16;
    guint8 u8;
  } e;
  gsize size = types[stored->type].size;

  memcpy (&e, (const char *) stored->data + i * size, size);
  switch (stored->type) {
  case EPNS_STORED_F64: *value = e.f64; return TRUE;
  case EPNS_STORED_F32: *value = (double) e.f32; return TRUE;
  case EPNS_STORED_I64: *value = (double) e.i64; return TRUE;
  case EPNS_STORED_I32: *value = e.i32; return TRUE;
  case EPNS_STORED_I16: *value = e.i16; return TRUE;
  case EPNS_STORED_I8: *value = e.i8; return TRUE;
  case EPNS_STORED_U64: *value = (double) e.u64; return TRUE;
  case EPNS_STORED_U32: *value = e.u32; return TRUE;
  case EPNS_STORED_U16: *value = e.u16; return TRUE;
  case EPNS_STORED_U8: *value = e.u8; return TRUE;
  case EPNS_STORED_BOOL: *value = e.u8 != 0; return TRUE;
  case EPNS_STORED_F16:
  case EPNS_STORED_BF16: break;
  }
  return FALSE;
}

gboolean
epns_stored_to_f64 (const EpnsStored *stored, double *values)
{
  for (gsize i = 0; i < stored->count; i++)
    if (!element (stored, i, &values[i]))
      return FALSE;
  return TRUE;
}

gboolean
epns_stored_to_f32 (const EpnsStored *stored, float *values)
{
  double value;

  if (stored->type == EPNS_STORED_F32 && stored->count > 0) {
    memcpy (values, stored->data, stored->bytes);
    return TRUE;
  }
  for (gsize i = 0; i < stored->count; i++) {
    if (!element (stored, i, &value))
      return FALSE;
    values[i] = (float) value;
  }
  return TRUE;
}

gboolean
epns_stored_to_i32 (const EpnsStored *stored, gint32 *values)
{
  double value;

  for (gsize i = 0; i < stored->count; i++) {
    if (!element (stored, i, &value))
      return FALSE;
    values[i] = value >= -2147483648.0 ? (gint32) MIN (value, 2147483647.0)
                                       : G_MININT32; /* NaN too */
  }
  return TRUE;
}

/* Writing: the header is a pure function of the tensors, so that equal tensors give equal files. */

static int
by_width_then_name (gconstpointer a, gconstpointer b)
{
  const EpnsStored *left = *(const EpnsStored *const *) a, *right = *(const EpnsStored *const *) b;
  gsize l = types[left->type].size, r = types[right->type].size;

  return l != r ? (l > r ? -1 : 1) : strcmp (left->name, right->name);
}

static gsize
stored_bytes (const EpnsStored *stored)
{
  gsize bytes = types[stored->type].size;

  for (guint a = 0; a < stored->rank; a++)
    bytes *= stored->shape[a];
  return bytes;
}

static void
describe (JsonBuilder *builder, const EpnsStored *stored, gsize begin)
{
  json_builder_set_member_name (builder, stored->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, types[stored->type].name);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint a = 0; a < stored->rank; a++)
    json_builder_add_int_value (builder, (gint64) stored->shape[a]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, (gint64) begin);
  json_builder_add_int_value (builder, (gint64) (begin + stored_bytes (stored)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static char *
header_text (const GPtrArray *sorted, const char *const *metadata)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  gsize begin = 0;

  json_builder_begin_object (builder);
  if (metadata != NULL && metadata[0] != NULL) {
    json_builder_set_member_name (builder, "__metadata__");
    json_builder_begin_object (builder);
    for (guint i = 0; metadata[i] != NULL; i += 2) {
      json_builder_set_member_name (builder, metadata[i]);
      json_builder_add_string_value (builder, metadata[i + 1]);
    }
    json_builder_end_object (builder);
  }
  for (guint i = 0; i < sorted->len; i++) {
    describe (builder, sorted->pdata[i], begin);
    begin += stored_bytes (sorted->pdata[i]);
  }
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  return json_generator_to_data (generator, NULL);
}

gboolean
epns_safetensors_write (const char *path, const EpnsStored *tensors, guint n,
                        const char *const *metadata, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (n);
  g_autoptr (GString) file = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sorted, (gpointer) &tensors[i]);
  g_ptr_array_sort (sorted, by_width_then_name);

  g_autofree char *header = header_text (sorted, metadata);
  gsize length = strlen (header);
  guint64 padded = (length + 7) / 8 * 8;

  g_string_append_len (file, (const char *) &padded, sizeof padded);
  g_string_append_len (file, header, (gssize) length);
  for (; length < padded; length++)
    g_string_append_c (file, ' ');
  for (guint i = 0; i < n; i++) {
    const EpnsStored *stored = sorted->pdata[i];

    if (stored_bytes (stored) > 0)
      g_string_append_len (file, stored->data, (gssize) stored_bytes (stored));
  }
  if (g_file_set_contents_full (path, file->str, (gssize) file->len,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                &failure))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
               "%s: cannot be written (%s); check space and permission", path, failure->message);
  return FALSE;
}
