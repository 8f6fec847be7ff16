/* SPDX-License-Identifier: MIT */
/* Reading safetensors: nothing in the file is trusted before it has been checked. */
#include "config.h" /* O_CLOEXEC */

#include "models/nn/safetensors.h"
#include "models/nn/plain-json.h"
#include "models/nn/stored.h"
#include "plugin/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "the data of safetensors files is little-endian; byte swapping has not been written"
#endif

#define MAX_DEPTH 4 /* {name: {"shape": [ ]}} has three levels */

struct _EpnsSafetensors {
  char *path;
  JsonParser *parser; /* owns the names and metadata texts */
  GArray *tensors;    /* EpnsStored, by name */
  JsonObject *metadata;
  guint8 *data;
  gsize size;
};

static gboolean malformed (const EpnsSafetensors *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
malformed (const EpnsSafetensors *self, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s; write the safetensors file anew",
               self->path, what);
  return FALSE;
}

static JsonObject *
parse_header (EpnsSafetensors *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) plain = NULL;

  self->parser = epns_plain_json_parse (text, length, MAX_DEPTH, &plain);
  if (self->parser == NULL) {
    malformed (self, error, "the header %s", plain->message);
    return NULL;
  }
  return json_node_get_object (json_parser_get_root (self->parser));
}

/* A non-negative integer of an array. */
static gboolean
read_size (JsonArray *array, guint i, gsize *value)
{
  JsonNode *node = json_array_get_element (array, i);

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < 0)
    return FALSE;
  *value = (gsize) json_node_get_int (node);
  return TRUE;
}

static JsonArray *
member_array (JsonObject *entry, const char *name)
{
  JsonNode *node = json_object_get_member (entry, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
read_shape (const EpnsSafetensors *self, JsonObject *entry, EpnsStored *stored, GError **error)
{
  JsonArray *shape = member_array (entry, "shape");

  if (shape == NULL || json_array_get_length (shape) > EPNS_SAFETENSORS_MAX_RANK)
    return malformed (self, error, "tensor '%s' has no shape of at most %d axes", stored->name,
                      EPNS_SAFETENSORS_MAX_RANK);
  stored->rank = json_array_get_length (shape);
  stored->count = 1;
  for (guint a = 0; a < stored->rank; a++) {
    if (!read_size (shape, a, &stored->shape[a]))
      return malformed (self, error,
                        "tensor '%s' has an extent that is not a whole number from 0 on",
                        stored->name);
    if (!g_size_checked_mul (&stored->count, stored->count, stored->shape[a]))
      return malformed (self, error, "tensor '%s' has more elements than can be counted",
                        stored->name);
  }
  return TRUE;
}

static gboolean
read_entry (EpnsSafetensors *self, const char *name, JsonNode *node, GError **error)
{
  EpnsStored stored = { .name = name };
  gsize begin, end;

  if (!JSON_NODE_HOLDS_OBJECT (node) || json_object_get_size (json_node_get_object (node)) != 3)
    return malformed (self, error, "tensor '%s' is not {dtype, shape, data_offsets}", name);
  JsonObject *entry = json_node_get_object (node);
  JsonNode *type = json_object_get_member (entry, "dtype");
  const char *type_name = type && JSON_NODE_HOLDS_VALUE (type) ? json_node_get_string (type) : NULL;

  if (type_name == NULL || !epns_stored_type_from_name (type_name, &stored.type))
    return malformed (self, error, "tensor '%s' has the unknown dtype '%s'", name,
                      type_name ? type_name : "");
  if (!read_shape (self, entry, &stored, error))
    return FALSE;

  JsonArray *range = member_array (entry, "data_offsets");
  if (range == NULL || json_array_get_length (range) != 2 || !read_size (range, 0, &begin)
      || !read_size (range, 1, &end) || begin > end)
    return malformed (self, error, "tensor '%s' has no data_offsets [begin, end]", name);
  if (end > self->size)
    return malformed (self, error,
                      "tensor '%s' ends at byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                      " bytes of data",
                      name, end, self->size);
  if (!g_size_checked_mul (&stored.bytes, stored.count, epns_stored_type_size (stored.type))
      || stored.bytes != end - begin)
    return malformed (self, error,
                      "tensor '%s' has %" G_GSIZE_FORMAT " bytes of data, not what its shape needs",
                      name, end - begin);
  stored.data = self->data + begin;
  g_array_append_val (self->tensors, stored);
  return TRUE;
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  const EpnsStored *left = a, *right = b;
  const guint8 *l = left->data, *r = right->data;

  if (l != r)
    return l < r ? -1 : 1;
  return (left->bytes > right->bytes) - (left->bytes < right->bytes);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (((const EpnsStored *) a)->name, ((const EpnsStored *) b)->name);
}

static gboolean
check_tiling (EpnsSafetensors *self, GError **error)
{
  gsize at = 0;

  g_array_sort (self->tensors, by_place);
  for (guint i = 0; i < self->tensors->len; i++) {
    const EpnsStored *stored = &g_array_index (self->tensors, EpnsStored, i);
    gsize begin = (gsize) ((const guint8 *) stored->data - self->data);

    if (begin != at)
      return malformed (self, error,
                        "tensor '%s' begins at byte %" G_GSIZE_FORMAT
                        " of the data where %" G_GSIZE_FORMAT " is %s",
                        stored->name, begin, at, begin < at ? "taken up to" : "the first free one");
    at += stored->bytes;
  }
  if (at != self->size)
    return malformed (self, error,
                      "%" G_GSIZE_FORMAT " bytes after the last tensor belong to nothing",
                      self->size - at);
  g_array_sort (self->tensors, by_name);
  return TRUE;
}

static gboolean
read_metadata (EpnsSafetensors *self, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return malformed (self, error, "__metadata__ is not an object");
  self->metadata = json_node_get_object (node);
  json_object_iter_init (&iter, self->metadata);
  while (json_object_iter_next (&iter, &key, &value))
    if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
      return malformed (self, error, "__metadata__ has '%s', which is not text", key);
  return TRUE;
}

static gboolean
read_header (EpnsSafetensors *self, const char *text, gsize length, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  JsonObject *header = parse_header (self, text, length, error);

  if (header == NULL)
    return FALSE;
  json_object_iter_init (&iter, header);
  while (json_object_iter_next (&iter, &name, &node)) {
    gboolean fine = strcmp (name, "__metadata__") == 0 ? read_metadata (self, node, error)
                                                       : read_entry (self, name, node, error);

    if (!fine)
      return FALSE;
  }
  return check_tiling (self, error);
}

/* Where the bytes come from: a file or memory. */
typedef struct {
  int fd; /* or -1 */
  const guint8 *memory;
  gsize left;
} Source;

static gboolean
take (Source *from, void *into, gsize n)
{
  guint8 *to = into;

  if (n > from->left)
    return FALSE;
  from->left -= n;
  if (from->fd < 0) {
    if (n > 0)
      memcpy (to, from->memory, n);
    from->memory += n;
    return TRUE;
  }
  while (n > 0) {
    gssize got = read (from->fd, to, MIN (n, 1u << 30));

    if (got == 0 || (got < 0 && errno != EINTR))
      return FALSE;
    n -= (gsize) MAX (got, 0);
    to += MAX (got, 0);
  }
  return TRUE;
}

static gboolean
load (EpnsSafetensors *self, Source *from, GError **error)
{
  guint64 length;

  if (!take (from, &length, sizeof length))
    return malformed (self, error, "the file is shorter than the 8 bytes of the header's length");
  if (length > EPNS_SAFETENSORS_MAX_HEADER || length > from->left)
    return malformed (self, error, "the header is said to have %" G_GUINT64_FORMAT " bytes",
                      length);

  g_autofree char *text = g_malloc (length + 1);
  self->size = from->left - (gsize) length;
  self->data = g_try_malloc (self->size + 1); /* never NULL for lack of data */
  if (self->data == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: no memory for %" G_GSIZE_FORMAT " bytes; free some", self->path, self->size);
    return FALSE;
  }
  if (!take (from, text, (gsize) length) || !take (from, self->data, self->size)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: reading stopped early; try again",
                 self->path);
    return FALSE;
  }
  text[length] = '\0';
  return read_header (self, text, (gsize) length, error);
}

static EpnsSafetensors *
load_new (const char *path, Source *from, GError **error)
{
  g_autoptr (EpnsSafetensors) self = g_new0 (EpnsSafetensors, 1);

  self->path = g_strdup (path);
  self->tensors = g_array_new (FALSE, FALSE, sizeof (EpnsStored));
  return load (self, from, error) ? g_steal_pointer (&self) : NULL;
}

EpnsSafetensors *
epns_safetensors_parse (const char *name, const void *bytes, gsize size, GError **error)
{
  return load_new (name, &(Source){ .fd = -1, .memory = bytes, .left = size }, error);
}

EpnsSafetensors *
epns_safetensors_read (const char *path, GError **error)
{
  EpnsSafetensors *self = NULL;
  struct stat status;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 || fstat (fd, &status) < 0)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: cannot be read (%s); give a readable file", path, g_strerror (errno));
  else if (!S_ISREG (status.st_mode)) /* also keeps us from reading a device for ever */
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: is not a file; give a safetensors file",
                 path);
  else
    self = load_new (path, &(Source){ .fd = fd, .left = (gsize) status.st_size }, error);
  if (fd >= 0)
    close (fd);
  return self;
}

void
epns_safetensors_free (EpnsSafetensors *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->parser);
  g_array_unref (self->tensors);
  g_free (self->data);
  g_free (self->path);
  g_free (self);
}

const char *
epns_safetensors_path (const EpnsSafetensors *self)
{
  return self->path;
}

guint
epns_safetensors_n (const EpnsSafetensors *self)
{
  return self->tensors->len;
}

const EpnsStored *
epns_safetensors_nth (const EpnsSafetensors *self, guint i)
{
  g_return_val_if_fail (i < self->tensors->len, NULL);
  return &g_array_index (self->tensors, EpnsStored, i);
}

const EpnsStored *
epns_safetensors_find (const EpnsSafetensors *self, const char *name)
{
  EpnsStored key = { .name = name };
  guint at;

  return g_array_binary_search (self->tensors, &key, by_name, &at)
             ? &g_array_index (self->tensors, EpnsStored, at)
             : NULL;
}

const char *
epns_safetensors_metadata (const EpnsSafetensors *self, const char *key)
{
  if (self->metadata == NULL || !json_object_has_member (self->metadata, key))
    return NULL;
  return json_object_get_string_member (self->metadata, key);
}

const EpnsStored *
epns_safetensors_need (const EpnsSafetensors *self, const char *name, GError **error)
{
  const EpnsStored *stored = epns_safetensors_find (self, name);

  if (stored == NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: tensor '%s' is missing; check that configuration and weights belong "
                 "together",
                 self->path, name);
  return stored;
}

const EpnsStored *
epns_safetensors_need_shape (const EpnsSafetensors *self, const char *name, guint rank,
                             const gsize *shape, GError **error)
{
  const EpnsStored *stored = epns_safetensors_need (self, name, error);

  if (stored == NULL)
    return NULL;
  if (stored->rank == rank
      && (rank == 0 || memcmp (stored->shape, shape, rank * sizeof *shape) == 0))
    return stored;
  g_autofree char *found = epns_stored_shape_text (stored->rank, stored->shape);
  g_autofree char *wanted = epns_stored_shape_text (rank, shape);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: tensor '%s' has shape %s, not %s; check that configuration and "
               "weights belong together",
               self->path, name, found, wanted);
  return NULL;
}
