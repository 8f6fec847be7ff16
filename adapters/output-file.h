/* SPDX-License-Identifier: MIT */
/* A file that appears under its name only when it is whole. All errors are EPNS_FAILURE_IO and
 * begin with the target's path. */
#pragma once
#include <glib.h>

typedef struct _EpnsOutputFile EpnsOutputFile;

/* Open a hidden temporary file beside `path`. Fails at once where the folder is missing or cannot
 * be written, or where `path` is something a file cannot replace. */
EpnsOutputFile *epns_output_file_new (const char *path, GError **error);

/* Append n bytes. */
gboolean epns_output_file_write (EpnsOutputFile *self, const void *data, gsize n, GError **error);

/* Write n bytes at an offset; the file grows with zeros. Does not move where write() appends. */
gboolean epns_output_file_write_at (EpnsOutputFile *self, const void *data, gsize n, guint64 offset,
                                    GError **error);

/* Read back n bytes that were written. */
gboolean epns_output_file_read_at (EpnsOutputFile *self, void *data, gsize n, guint64 offset,
                                   GError **error);

/* Cut to `size` bytes. */
gboolean epns_output_file_truncate (EpnsOutputFile *self, guint64 size, GError **error);

/* Force the bytes to the disk and give the file its name, replacing what had it. */
gboolean epns_output_file_commit (EpnsOutputFile *self, GError **error);

/* Removes the temporary file unless it was committed. */
void epns_output_file_free (EpnsOutputFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsOutputFile, epns_output_file_free)

/* All of these in one: a whole file. [any] */
gboolean epns_output_write (const char *path, const void *data, gsize n, GError **error);
