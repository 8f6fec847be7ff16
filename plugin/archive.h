/* SPDX-License-Identifier: MIT */
/* Archives: little-endian, without pointers, with a tag, a version and a checksum; one code path for both directions. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

typedef struct _EpnsArchiver EpnsArchiver;

/* Begin a section: writes or checks the tag (at most 31 characters, usually kind id) and version. Always returns an archiver;
 * after the first failure every call does nothing, and epns_archiver_end reports it. [run] */
EpnsArchiver *epns_archiver_begin (const epns_archive *archive, const char *tag, guint32 version);

gboolean epns_archiver_loading (const EpnsArchiver *self);
void     epns_archiver_u64 (EpnsArchiver *self, guint64 *value);
void     epns_archiver_u32s (EpnsArchiver *self, guint32 *values, gsize n);
void     epns_archiver_f64s (EpnsArchiver *self, double *values, gsize n);

/* Write or verify the checksum, free the archiver. EPNS_OK, or EPNS_DISCARD with *error filled: nothing that was loaded may be
 * used then, so load into temporaries and commit after EPNS_OK. */
epns_status epns_archiver_end (EpnsArchiver *self, epns_error *error);

/* An archive in memory: a GByteArray on the host's side. */
epns_archive epns_archive_writer (GByteArray *into);
typedef struct {
  const guint8 *data;
  gsize size, at;
} EpnsArchiveSource;
epns_archive epns_archive_reader (EpnsArchiveSource *from);
