/* SPDX-License-Identifier: MIT */
/* Written beside the target, synced, renamed: a reader sees the old file or the new one, never half
 * of one. */
#include "config.h"

#include "adapters/output-file.h"

#include "plugin/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _EpnsOutputFile {
  char *path, *temporary;
  int fd;
  guint64 end; /* where write() appends */
};

static gboolean
fail (const EpnsOutputFile *self, const char *what, int code, GError **error)
{
  const char *advice = code == ENOSPC || code == EFBIG || code == EDQUOT
                           ? "; make room or write elsewhere"
                           : "";

  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: %s: %s%s", self->path, what,
               g_strerror (code), advice);
  return FALSE;
}

/* Only a plain file may be replaced: renaming over a device or a pipe would destroy it. */
static gboolean
check_target (const EpnsOutputFile *self, const char *folder, GError **error)
{
  struct stat about;

  if (stat (folder, &about) != 0 || !S_ISDIR (about.st_mode)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: there is no folder %s; create it first",
                 self->path, folder);
    return FALSE;
  }
  if (stat (self->path, &about) == 0 && !S_ISREG (about.st_mode)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: is %s, not a plain file; choose another name", self->path,
                 S_ISDIR (about.st_mode) ? "a folder" : "a device");
    return FALSE;
  }
  return TRUE;
}

EpnsOutputFile *
epns_output_file_new (const char *path, GError **error)
{
  g_autoptr (EpnsOutputFile) self = g_new0 (EpnsOutputFile, 1);
  g_autofree char *folder = g_path_get_dirname (path), *base = g_path_get_basename (path);

  self->path = g_strdup (path);
  self->fd = -1;
  if (!check_target (self, folder, error))
    return NULL;
  g_autofree char *name = g_strdup_printf (".%s.XXXXXX", base);
  g_autofree char *temporary = g_build_filename (folder, name, NULL);
  self->fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (self->fd < 0) {
    fail (self, "cannot be created", errno, error);
    return NULL;
  }
  self->temporary = g_steal_pointer (&temporary);
  return g_steal_pointer (&self);
}

gboolean
epns_output_file_write_at (EpnsOutputFile *self, const void *data, gsize n, guint64 offset,
                           GError **error)
{
  const char *from = data;

  while (n > 0) {
    ssize_t written = pwrite (self->fd, from, n, (off_t) offset);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return fail (self, "cannot be written", written == 0 ? ENOSPC : errno, error);
    from += written;
    offset += (guint64) written;
    n -= (gsize) written;
  }
  return TRUE;
}

gboolean
epns_output_file_write (EpnsOutputFile *self, const void *data, gsize n, GError **error)
{
  if (!epns_output_file_write_at (self, data, n, self->end, error))
    return FALSE;
  self->end += n;
  return TRUE;
}

gboolean
epns_output_file_read_at (EpnsOutputFile *self, void *data, gsize n, guint64 offset, GError **error)
{
  char *to = data;

  while (n > 0) {
    ssize_t got = pread (self->fd, to, n, (off_t) offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return fail (self, "cannot be read back", got == 0 ? EIO : errno, error);
    to += got;
    offset += (guint64) got;
    n -= (gsize) got;
  }
  return TRUE;
}

gboolean
epns_output_file_truncate (EpnsOutputFile *self, guint64 size, GError **error)
{
  return ftruncate (self->fd, (off_t) size) == 0 || fail (self, "cannot be cut", errno, error);
}

gboolean
epns_output_file_commit (EpnsOutputFile *self, GError **error)
{
  if (fsync (self->fd) != 0)
    return fail (self, "cannot be written", errno, error);
  int closed = close (self->fd);
  self->fd = -1;
  if (closed != 0)
    return fail (self, "cannot be written", errno, error);
  if (g_rename (self->temporary, self->path) != 0)
    return fail (self, "cannot be put in place", errno, error);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

void
epns_output_file_free (EpnsOutputFile *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
epns_output_write (const char *path, const void *data, gsize n, GError **error)
{
  g_autoptr (EpnsOutputFile) file = epns_output_file_new (path, error);

  return file != NULL && epns_output_file_write (file, data, n, error)
         && epns_output_file_commit (file, error);
}
