/* SPDX-License-Identifier: MIT */
/* Reads what is a file, not empty and not absurdly large; a pipe or a device would never end. */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */
#include "adapters/file.h"

#include "plugin/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAIL(code, ...) (g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_##code, __VA_ARGS__), FALSE)

static gboolean
acceptable (const char *path, const struct stat *about, gsize limit, GError **error)
{
  if (!S_ISREG (about->st_mode))
    return FAIL (IO, "%s: not a regular file; name a file", path);
  if (about->st_size == 0)
    return FAIL (FORMAT, "%s:1: the file is empty", path);
  if ((guint64) about->st_size > limit)
    return FAIL (FORMAT, "%s: %" G_GINT64_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are read",
                 path, (gint64) about->st_size, limit);
  return TRUE;
}

/* Until `room` bytes or the end; -1 on failure. */
static gssize
read_all (int fd, char *into, gsize room)
{
  gsize n = 0;

  while (n < room) {
    gssize got = read (fd, into + n, room - n);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    n += (gsize) got;
  }
  return (gssize) n;
}

char *
epns_file_load (const char *path, gsize limit, gsize *size, GError **error)
{
  struct stat about;
  g_autofree char *text = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* do not wait for a pipe's writer */

  if (fd < 0 || fstat (fd, &about) < 0) {
    (void) FAIL (IO, "%s: cannot be read: %s", path, g_strerror (errno));
  } else if (acceptable (path, &about, limit, error)) {
    text = g_malloc ((gsize) about.st_size + 1);
    gssize n = read_all (fd, text, (gsize) about.st_size);
    if (n < 0) {
      (void) FAIL (IO, "%s: cannot be read: %s", path, g_strerror (errno));
      g_clear_pointer (&text, g_free);
    } else {
      text[n] = '\0';
      *size = (gsize) n;
    }
  }
  if (fd >= 0)
    close (fd);
  return g_steal_pointer (&text);
}
