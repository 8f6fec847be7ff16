/* SPDX-License-Identifier: MIT */
/* The one table of recording formats, and the way in to them by a file's suffix. */
#include "adapters/trajectory-private.h"

#include "plugin/error.h"

#include <string.h>

static const EpnsTrajectoryFormat *const formats[] = { &epns_trajectory_hdf5, &epns_trajectory_npy,
                                                       &epns_trajectory_openvt_csv };

struct _EpnsTrajectoryWriter {
  const EpnsTrajectoryFormat *format;
  EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  guint32 *done; /* [members] */
  gpointer state;
  gboolean over; /* failed or finished */
};

static const EpnsTrajectoryFormat *
format_of (const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    gsize n = strlen (path), k = strlen (formats[i]->suffix);
    if (n > k && g_ascii_strcasecmp (path + n - k, formats[i]->suffix) == 0)
      return formats[i];
  }
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: a recording's name must end in .h5, .npy or .csv", path);
  return NULL;
}

gboolean
epns_trajectory_writer_knows (const char *path, GError **error)
{
  return format_of (path, error) != NULL;
}

/* A writer with everything but the format's state. */
static EpnsTrajectoryWriter *
prepare (const char *path, const EpnsTrajectoryMeta *meta, gboolean resume, GError **error)
{
  const EpnsTrajectoryFormat *format = format_of (path, error);

  if (format == NULL)
    return NULL;
  if (resume && format->resume == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: only .h5 recordings can be resumed; run it again from the start", path);
    return NULL;
  }
  if (format->accepts != NULL && !format->accepts (path, meta, error))
    return NULL;
  g_autoptr (EpnsOutputFile) file = epns_output_file_new (path, error);
  if (file == NULL)
    return NULL;

  EpnsTrajectoryWriter *self = g_new0 (EpnsTrajectoryWriter, 1);
  self->format = format;
  self->meta = epns_trajectory_meta_copy (meta);
  self->file = g_steal_pointer (&file);
  self->done = g_new0 (guint32, meta->members);
  return self;
}

EpnsTrajectoryWriter *
epns_trajectory_writer_new (const char *path, const EpnsTrajectoryMeta *meta, GError **error)
{
  g_autoptr (EpnsTrajectoryWriter) self = prepare (path, meta, FALSE, error);

  if (self == NULL)
    return NULL;
  self->state = self->format->begin (path, self->meta, self->file, error);
  return self->state ? g_steal_pointer (&self) : NULL;
}

EpnsTrajectoryWriter *
epns_trajectory_writer_resume (const char *path, const EpnsTrajectoryMeta *meta, GError **error)
{
  g_autoptr (EpnsTrajectoryWriter) self = prepare (path, meta, TRUE, error);

  if (self == NULL)
    return NULL;
  self->state = self->format->resume (path, self->meta, self->file, self->done, error);
  return self->state ? g_steal_pointer (&self) : NULL;
}

guint32
epns_trajectory_writer_done (const EpnsTrajectoryWriter *self, guint32 member)
{
  g_return_val_if_fail (member < self->meta->members, 0);
  return self->done[member];
}

gboolean
epns_trajectory_writer_frame (EpnsTrajectoryWriter *self, guint32 member,
                              const EpnsLatticeState *state, GError **error)
{
  g_return_val_if_fail (!self->over && member < self->meta->members, FALSE);
  g_return_val_if_fail (self->done[member] < self->meta->frames, FALSE);
  g_return_val_if_fail (memcmp (state->size, self->meta->size, sizeof state->size) == 0, FALSE);

  if (!self->format->frame (self->state, member, self->done[member], state, error)) {
    self->over = TRUE;
    return FALSE;
  }
  self->done[member]++;
  return TRUE;
}

gboolean
epns_trajectory_writer_archive (EpnsTrajectoryWriter *self, guint32 member, GBytes *archive,
                                GError **error)
{
  g_return_val_if_fail (!self->over && member < self->meta->members, FALSE);

  return self->format->archive == NULL
         || self->format->archive (self->state, member, archive, error);
}

gboolean
epns_trajectory_writer_finish (EpnsTrajectoryWriter *self, GError **error)
{
  g_return_val_if_fail (!self->over, FALSE);

  self->over = TRUE;
  return self->format->finish (self->state, self->done, error);
}

void
epns_trajectory_writer_free (EpnsTrajectoryWriter *self)
{
  if (self == NULL)
    return;
  if (self->state != NULL)
    self->format->free (self->state);
  epns_output_file_free (self->file);
  epns_trajectory_meta_free (self->meta);
  g_free (self->done);
  g_free (self);
}

static EpnsTrajectory *
read_any (const char *path, gboolean frames, GError **error)
{
  const EpnsTrajectoryFormat *format = format_of (path, error);

  if (format == NULL)
    return NULL;
  if (format->read == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: holds no lattices; read an .h5 or .npy recording", path);
    return NULL;
  }
  return format->read (path, frames, error);
}

EpnsTrajectory *
epns_trajectory_read (const char *path, GError **error)
{
  return read_any (path, TRUE, error);
}

EpnsTrajectory *
epns_trajectory_describe (const char *path, GError **error)
{
  return read_any (path, FALSE, error);
}

GBytes *
epns_trajectory_read_archive (const char *path, guint32 member, GError **error)
{
  const EpnsTrajectoryFormat *format = format_of (path, error);

  if (format == NULL)
    return NULL;
  if (format->read_archive == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: only .h5 recordings can be resumed", path);
    return NULL;
  }
  return format->read_archive (path, member, error);
}
