/* SPDX-License-Identifier: MIT */
/* The one table of recording formats, and the way in to them by a file's suffix. */
#include "adapters/trajectory-private.h"

#include "plugin/error.h"

#include <string.h>

static const EpnsTrajectoryFormat *const formats[]
    = { &epns_trajectory_hdf5,       &epns_trajectory_npy, &epns_trajectory_npy_particles,
        &epns_trajectory_openvt_csv, &epns_trajectory_xyz, &epns_trajectory_multicellds };

struct _EpnsTrajectoryWriter {
  const EpnsTrajectoryFormat *format;
  EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  guint32 *done; /* [members] */
  gpointer state;
  gboolean over; /* failed or finished */
};

/* Does the format record this layout? NULL: is it known at all? */
static gboolean
takes (const EpnsTrajectoryFormat *format, const EpnsLayout *layout)
{
  if (layout == NULL)
    return TRUE;
  return format->begin != NULL && (format->layout == NULL || format->layout == layout);
}

/* ".h5, .npy or .csv": the suffixes of all formats for a layout. */
static char *
suffixes_of (const EpnsLayout *layout)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (takes (formats[i], layout)
        && !g_ptr_array_find_with_equal_func (names, formats[i]->suffix, g_str_equal, NULL))
      g_ptr_array_add (names, (gpointer) formats[i]->suffix);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i + 1 < names->len ? ", " : " or ",
                            (const char *) names->pdata[i]);
  return g_string_free (text, FALSE);
}

static gboolean
has_suffix (const char *path, const char *suffix)
{
  gsize n = strlen (path), k = strlen (suffix);

  return n > k && g_ascii_strcasecmp (path + n - k, suffix) == 0;
}

/* The format of this name for a layout; of any layout, the first that has the name and does not
 * disown the file. */
static const EpnsTrajectoryFormat *
format_of (const char *path, const EpnsLayout *layout, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (has_suffix (path, formats[i]->suffix) && takes (formats[i], layout)
        && (layout != NULL || formats[i]->probe == NULL || formats[i]->probe (path)))
      return formats[i];
  g_autofree char *suffixes = suffixes_of (layout);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: a recording's name must end in %s", path, suffixes);
  return NULL;
}

gboolean
epns_trajectory_writer_knows (const char *path, const EpnsLayout *layout, GError **error)
{
  return format_of (path, layout, error) != NULL;
}

/* A writer with everything but the format's state. */
static EpnsTrajectoryWriter *
prepare (const char *path, const EpnsTrajectoryMeta *meta, gboolean resume, GError **error)
{
  const EpnsTrajectoryFormat *format = format_of (path, meta->layout, error);

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
                              const EpnsState *state, GError **error)
{
  g_return_val_if_fail (!self->over && member < self->meta->members, FALSE);
  g_return_val_if_fail (self->done[member] < self->meta->frames, FALSE);
  g_return_val_if_fail (epns_trajectory_meta_takes (self->meta, state), FALSE);

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
  const EpnsTrajectoryFormat *format = format_of (path, NULL, error);

  if (format == NULL)
    return NULL;
  if (format->read == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: %s; read an .h5 or .npy recording", path,
                 format->layout == &epns_layout_particles ? "is written but not read back"
                                                          : "holds no lattices");
    return NULL;
  }
  return format->read (path, frames, error);
}

EpnsTrajectory *
epns_trajectory_read (const char *path, GError **error)
{
  return read_any (path, TRUE, error);
}

gboolean
epns_trajectory_readable (const char *path)
{
  const EpnsTrajectoryFormat *format
      = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? format_of (path, NULL, NULL) : NULL;

  return format != NULL && format->read != NULL;
}

EpnsTrajectory *
epns_trajectory_describe (const char *path, GError **error)
{
  return read_any (path, FALSE, error);
}

GBytes *
epns_trajectory_read_archive (const char *path, guint32 member, GError **error)
{
  const EpnsTrajectoryFormat *format = format_of (path, NULL, error);

  if (format == NULL)
    return NULL;
  if (format->read_archive == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: only .h5 recordings can be resumed", path);
    return NULL;
  }
  return format->read_archive (path, member, error);
}
