/* SPDX-License-Identifier: MIT */
/* Frames into .npy files, and whole arrays out of them. */
#include "adapters/npy-frames.h"

#include "plugin/error.h"
#include "plugin/view.h"

EpnsNpyFrames *
epns_npy_frames_new (const EpnsTrajectoryMeta *meta, EpnsOutputFile *file, const EpnsNpyShape *tail)
{
  EpnsNpyFrames *self = g_new0 (EpnsNpyFrames, 1);

  self->meta = meta;
  self->file = file;
  self->tail = *tail;
  self->bytes = epns_dtype_size (tail->dtype);
  for (int i = 0; i < tail->rank; i++)
    self->bytes *= tail->shape[i];
  self->frame = g_malloc (self->bytes);
  return self;
}

void
epns_npy_frames_free (EpnsNpyFrames *self)
{
  g_free (self->frame);
  g_free (self);
}

static guint64
place (const EpnsNpyFrames *self, guint32 frames, guint32 member, guint32 frame)
{
  return EPNS_NPY_HEADER + ((guint64) member * frames + frame) * self->bytes;
}

gboolean
epns_npy_frames_write (EpnsNpyFrames *self, guint32 member, guint32 frame, GError **error)
{
  return epns_output_file_write_at (self->file, self->frame, self->bytes,
                                    place (self, self->meta->frames, member, frame), error);
}

/* Close the gaps that members leave which have more frames than all have. */
static gboolean
compact (EpnsNpyFrames *self, guint32 frames, GError **error)
{
  for (guint32 m = 1; m < self->meta->members; m++)
    for (guint32 f = 0; f < frames; f++)
      if (!epns_output_file_read_at (self->file, self->frame, self->bytes,
                                     place (self, self->meta->frames, m, f), error)
          || !epns_output_file_write_at (self->file, self->frame, self->bytes,
                                         place (self, frames, m, f), error))
        return FALSE;
  return epns_output_file_truncate (self->file, place (self, frames, self->meta->members, 0),
                                    error);
}

gboolean
epns_npy_frames_finish (EpnsNpyFrames *self, const guint32 *done, GError **error)
{
  const EpnsTrajectoryMeta *meta = self->meta;
  guint32 frames = meta->frames;
  EpnsNpyShape shape = { .dtype = self->tail.dtype };
  char header[EPNS_NPY_HEADER];

  for (guint32 m = 0; m < meta->members; m++)
    frames = MIN (frames, done[m]);
  if (meta->members > 1)
    shape.shape[shape.rank++] = meta->members;
  shape.shape[shape.rank++] = frames;
  for (int i = 0; i < self->tail.rank; i++)
    shape.shape[shape.rank++] = self->tail.shape[i];
  epns_npy_format (header, &shape);
  return (frames == meta->frames || compact (self, frames, error))
         && epns_output_file_write_at (self->file, header, sizeof header, 0, error)
         && epns_output_file_commit (self->file, error);
}

int32_t
epns_npy_dtype (const char *path)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  EpnsNpyShape shape;
  gsize at;

  if (file == NULL
      || !epns_npy_parse (path, (const guint8 *) g_mapped_file_get_contents (file),
                          g_mapped_file_get_length (file), &shape, &at, NULL))
    return -1;
  return shape.dtype;
}

/* As many bytes as the shape has elements for. */
static gboolean
check_size (const EpnsNpyArray *self, const char *path, GError **error)
{
  guint64 n = epns_dtype_size (self->shape.dtype);
  gboolean counted = TRUE;

  for (int i = 0; i < self->shape.rank; i++)
    counted = counted && g_uint64_checked_mul (&n, n, self->shape.shape[i]);
  if (counted && n == self->size)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: its shape does not fit the %zu bytes of data it holds", path, self->size);
  return FALSE;
}

gboolean
epns_npy_array_open (EpnsNpyArray *self, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize at;

  *self = (EpnsNpyArray) { .file = g_mapped_file_new (path, FALSE, &local) };
  if (self->file == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: cannot be read: %s", path,
                 local->message);
    return FALSE;
  }
  gsize size = g_mapped_file_get_length (self->file);
  const guint8 *bytes = (const guint8 *) g_mapped_file_get_contents (self->file);
  if (!epns_npy_parse (path, bytes, size, &self->shape, &at, error))
    return FALSE;
  self->size = size - at;
  if (!check_size (self, path, error))
    return FALSE;
  if (at % epns_dtype_size (self->shape.dtype) != 0)
    self->copy = g_memdup2 (bytes + at, self->size);
  self->data = self->copy ? self->copy : bytes + at;
  return TRUE;
}

void
epns_npy_array_close (EpnsNpyArray *self)
{
  g_clear_pointer (&self->copy, g_free);
  g_clear_pointer (&self->file, g_mapped_file_unref);
}
