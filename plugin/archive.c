/* SPDX-License-Identifier: MIT */
/* Archives of runs. Layout: tag[32], u32 version, the kind's values in order, u64 FNV-1a of all before it. */
#include "plugin/archive.h"
#include "plugin/error.h"

#include <string.h>

struct _EpnsArchiver {
  const epns_archive *archive;
  guint64 hash;
  char *failure; /* the first one, or NULL */
};

static void
fail (EpnsArchiver *self, const char *text)
{
  if (self->failure == NULL)
    self->failure = g_strdup (text);
}

static void
transfer (EpnsArchiver *self, void *data, gsize n)
{
  if (self->failure != NULL)
    return;
  if (self->archive->bytes (self->archive->ctx, data, n) != EPNS_OK) {
    fail (self, self->archive->loading ? "the archive ends too early; use a complete one"
                                       : "the host could not keep the archive's bytes");
    return;
  }
  for (gsize i = 0; i < n; i++)
    self->hash = (self->hash ^ ((guint8 *) data)[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

EpnsArchiver *
epns_archiver_begin (const epns_archive *archive, const char *tag, guint32 version)
{
  EpnsArchiver *self = g_new0 (EpnsArchiver, 1);
  char name[32] = { 0 };
  guint32 found = version;

  self->archive = archive;
  self->hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  g_strlcpy (name, tag, sizeof name);
  transfer (self, name, sizeof name);
  epns_archiver_u32s (self, &found, 1);
  if (self->failure == NULL && (name[31] != '\0' || strcmp (name, tag) != 0))
    fail (self, "the archive belongs to another kind of step model; load it there");
  if (self->failure == NULL && found != version)
    fail (self, "the archive has another version; use the release that wrote it");
  return self;
}

gboolean
epns_archiver_loading (const EpnsArchiver *self)
{
  return self->archive->loading != 0;
}

void
epns_archiver_u64 (EpnsArchiver *self, guint64 *value)
{
  guint64 little = GUINT64_TO_LE (*value);

  transfer (self, &little, sizeof little);
  if (self->failure == NULL && epns_archiver_loading (self))
    *value = GUINT64_FROM_LE (little);
}

void
epns_archiver_u32s (EpnsArchiver *self, guint32 *values, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    guint32 little = GUINT32_TO_LE (values[i]);

    transfer (self, &little, sizeof little);
    if (self->failure == NULL && epns_archiver_loading (self))
      values[i] = GUINT32_FROM_LE (little);
  }
}

void
epns_archiver_f64s (EpnsArchiver *self, double *values, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    guint64 bits;

    memcpy (&bits, &values[i], sizeof bits);
    epns_archiver_u64 (self, &bits);
    memcpy (&values[i], &bits, sizeof bits);
  }
}

epns_status
epns_archiver_end (EpnsArchiver *self, epns_error *error)
{
  guint64 want = self->hash, found = want;
  epns_status status = EPNS_OK;

  epns_archiver_u64 (self, &found);
  if (self->failure == NULL && found != want)
    fail (self, "the archive's checksum does not match; it is damaged");
  if (self->failure != NULL)
    status = epns_error_set (error, EPNS_DISCARD, "%s", self->failure);
  g_free (self->failure);
  g_free (self);
  return status;
}

static epns_status
append (void *ctx, void *data, size_t n)
{
  g_byte_array_append (ctx, data, (guint) n);
  return EPNS_OK;
}

epns_archive
epns_archive_writer (GByteArray *into)
{
  return (epns_archive) { .ctx = into, .loading = 0, .bytes = append };
}

static epns_status
take (void *ctx, void *data, size_t n)
{
  EpnsArchiveSource *from = ctx;

  if (n > from->size - from->at)
    return EPNS_ERROR;
  memcpy (data, from->data + from->at, n);
  from->at += n;
  return EPNS_OK;
}

epns_archive
epns_archive_reader (EpnsArchiveSource *from)
{
  return (epns_archive) { .ctx = from, .loading = 1, .bytes = take };
}
