/* SPDX-License-Identifier: MIT */
/* HDF5 in our manner: nothing printed, errors of one line, attributes and small datasets in one
 * call. Every function that can fail returns FALSE, NULL or a negative handle and sets *error,
 * which begins with `path`. Handles are closed by their owner. One thread at a time. */
#pragma once
#include <glib.h>
#include <hdf5.h>

/* HDF5 prints its error stack unless told not to, for the whole thread: quiet while we work, as it
 * was after. */
typedef struct {
  H5E_auto2_t function;
  void *data;
} EpnsHdf5Quiet;
EpnsHdf5Quiet epns_hdf5_quiet (void);
void epns_hdf5_restore (EpnsHdf5Quiet *quiet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsHdf5Quiet, epns_hdf5_restore)

/* The first declaration of a function that calls HDF5: quiet until it returns. */
#define EPNS_HDF5_QUIETLY g_auto (EpnsHdf5Quiet) epns_quiet G_GNUC_UNUSED = epns_hdf5_quiet ()

/* Handles that close themselves: g_auto (EpnsHdf5File) file = ...; negative ones are left alone. */
#define EPNS_HDF5_HANDLE(Type, close)                                                              \
  typedef hid_t Type;                                                                              \
  static inline void Type##_close (Type handle)                                                    \
  {                                                                                                \
    if (handle >= 0)                                                                               \
      close (handle);                                                                              \
  }                                                                                                \
  G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Type, Type##_close, -1)
EPNS_HDF5_HANDLE (EpnsHdf5File, H5Fclose)
EPNS_HDF5_HANDLE (EpnsHdf5Dataset, H5Dclose)
EPNS_HDF5_HANDLE (EpnsHdf5Space, H5Sclose)
EPNS_HDF5_HANDLE (EpnsHdf5Group, H5Gclose)
EPNS_HDF5_HANDLE (EpnsHdf5Attribute, H5Aclose)
EPNS_HDF5_HANDLE (EpnsHdf5List, H5Pclose)
EPNS_HDF5_HANDLE (EpnsHdf5Type, H5Tclose)

/* Sets *error to "path: what: the innermost line of HDF5's error stack"; always FALSE. */
gboolean epns_hdf5_fail (const char *path, const char *what, GError **error);

/* A file in memory, empty or with what `path` holds; the disk is not touched. */
hid_t epns_hdf5_create_image (const char *path, GError **error);
hid_t epns_hdf5_open_image (const char *path, GError **error);

/* A file on the disk, to be read. */
hid_t epns_hdf5_open (const char *path, GError **error);

/* The bytes of a file in memory as they would lie on the disk. */
GBytes *epns_hdf5_image (hid_t file, const char *path, GError **error);

/* The group of this name, made with those above it where it is missing. */
hid_t epns_hdf5_group (hid_t at, const char *name, const char *path, GError **error);

/* May `a` times `b` elements of `width` bytes lie in the file, as all but frames do uncompressed? A
 * size that is only claimed must not make us take the memory. */
gboolean epns_hdf5_fits (hid_t file, hsize_t a, hsize_t b, gsize width);

/* Attributes of `at` (a file, group or dataset). Writing replaces. n values of a memory type; read:
 * exactly n are there. */
gboolean epns_hdf5_put (hid_t at, const char *name, hid_t file_type, hid_t memory_type, gsize n,
                        const void *values, const char *path, GError **error);
gboolean epns_hdf5_put_text (hid_t at, const char *name, const char *text, const char *path,
                             GError **error);
/* Several texts, NULL-terminated. */
gboolean epns_hdf5_put_texts (hid_t at, const char *name, char **texts, const char *path,
                              GError **error);
gboolean epns_hdf5_get (hid_t at, const char *name, hid_t memory_type, gsize n, void *values,
                        const char *path, GError **error);
char *epns_hdf5_get_text (hid_t at, const char *name, const char *path, GError **error);

/* Whole contiguous datasets. Writing replaces. */
gboolean epns_hdf5_write (hid_t at, const char *name, hid_t file_type, hid_t memory_type, int rank,
                          const hsize_t *shape, const void *data, const char *path, GError **error);

/* Extents of a dataset of integers or floats: opened, rank between 1 and `rank`; shape has `rank`
 * entries, *found how many of them there are. */
hid_t epns_hdf5_open_dataset (hid_t at, const char *name, int rank, int *found, hsize_t *shape,
                              const char *path, GError **error);

/* All of a dataset of `count` elements. */
gboolean epns_hdf5_read (hid_t at, const char *name, hid_t memory_type, gsize count, void *data,
                         const char *path, GError **error);

/* A dataset of texts, and back; at most 256 of them. */
gboolean epns_hdf5_write_texts (hid_t at, const char *name, char **texts, const char *path,
                                GError **error);
char **epns_hdf5_read_texts (hid_t at, const char *name, const char *path, GError **error);
