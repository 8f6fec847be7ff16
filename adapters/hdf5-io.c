/* SPDX-License-Identifier: MIT */
/* Thin wrappers around HDF5. A file is built in memory and written by us as a whole: HDF5 1.10
 * cannot close a file on a full disk and crashes when the program ends. */
#include "adapters/hdf5-io.h"

#include "plugin/error.h"

#include <string.h>

#define IMAGE_STEP (4 << 20) /* bytes by which a file in memory grows */

EpnsHdf5Quiet
epns_hdf5_quiet (void)
{
  EpnsHdf5Quiet quiet = { NULL, NULL };

  H5Eget_auto2 (H5E_DEFAULT, &quiet.function, &quiet.data);
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
  return quiet;
}

void
epns_hdf5_restore (EpnsHdf5Quiet *quiet)
{
  H5Eset_auto2 (H5E_DEFAULT, quiet->function, quiet->data);
}

static herr_t
keep_innermost (unsigned n, const H5E_error2_t *entry, void *into)
{
  if (n == 0)
    *(char **) into = g_strdup (entry->desc);
  return 0;
}

gboolean
epns_hdf5_fail (const char *path, const char *what, GError **error)
{
  g_autofree char *why = NULL;

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &why);
  if (why != NULL)
    g_strdelimit (why, "\n\r", ' ');
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s%s%s", path, what, why ? ": " : "",
               why ? why : "");
  return FALSE;
}

static hid_t
in_memory (void)
{
  hid_t list = H5Pcreate (H5P_FILE_ACCESS);

  H5Pset_fapl_core (list, IMAGE_STEP, FALSE);
  return list;
}

hid_t
epns_hdf5_create_image (const char *path, GError **error)
{
  g_auto (EpnsHdf5List) access = in_memory ();
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);

  if (file < 0)
    epns_hdf5_fail (path, "cannot be begun", error);
  return file;
}

static hid_t
open_with (const char *path, unsigned flags, hid_t access, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: there is no such file", path);
    return -1;
  }
  hid_t file = H5Fopen (path, flags, access);
  if (file < 0)
    epns_hdf5_fail (path, "cannot be read as HDF5", error);
  return file;
}

hid_t
epns_hdf5_open_image (const char *path, GError **error)
{
  g_auto (EpnsHdf5List) access = in_memory ();

  return open_with (path, H5F_ACC_RDWR, access, error);
}

hid_t
epns_hdf5_open (const char *path, GError **error)
{
  return open_with (path, H5F_ACC_RDONLY, H5P_DEFAULT, error);
}

GBytes *
epns_hdf5_image (hid_t file, const char *path, GError **error)
{
  ssize_t size = H5Fflush (file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image (file, NULL, 0);
  g_autofree guint8 *bytes = size > 0 ? g_try_malloc ((gsize) size) : NULL;

  if (bytes == NULL || H5Fget_file_image (file, bytes, (gsize) size) != size) {
    epns_hdf5_fail (path, "cannot be completed", error);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&bytes), (gsize) size);
}

hid_t
epns_hdf5_group (hid_t at, const char *name, const char *path, GError **error)
{
  g_auto (EpnsHdf5List) links = H5Pcreate (H5P_LINK_CREATE);

  H5Pset_create_intermediate_group (links, 1);
  hid_t group = H5Gopen2 (at, name, H5P_DEFAULT);
  if (group < 0)
    group = H5Gcreate2 (at, name, links, H5P_DEFAULT, H5P_DEFAULT);
  if (group < 0)
    epns_hdf5_fail (path, name, error);
  return group;
}

gboolean
epns_hdf5_fits (hid_t file, hsize_t a, hsize_t b, gsize width)
{
  hsize_t size = 0;

  return H5Fget_filesize (file, &size) >= 0 && a > 0 && b > 0 && b <= size / width / a;
}

static hid_t
text_type (void)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, H5T_VARIABLE);
  H5Tset_cset (type, H5T_CSET_UTF8);
  return type;
}

gboolean
epns_hdf5_put (hid_t at, const char *name, hid_t file_type, hid_t memory_type, gsize n,
               const void *values, const char *path, GError **error)
{
  g_auto (EpnsHdf5Space) space = n == 1 ? H5Screate (H5S_SCALAR)
                                        : H5Screate_simple (1, (hsize_t[]){ n }, NULL);

  if (H5Aexists (at, name) > 0)
    H5Adelete (at, name);
  g_auto (EpnsHdf5Attribute)
      attribute = H5Acreate2 (at, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
  return (attribute >= 0 && H5Awrite (attribute, memory_type, values) >= 0)
         || epns_hdf5_fail (path, name, error);
}

gboolean
epns_hdf5_put_text (hid_t at, const char *name, const char *text, const char *path, GError **error)
{
  g_auto (EpnsHdf5Type) type = text_type ();

  return epns_hdf5_put (at, name, type, type, 1, &text, path, error);
}

gboolean
epns_hdf5_put_texts (hid_t at, const char *name, char **texts, const char *path, GError **error)
{
  g_auto (EpnsHdf5Type) type = text_type ();

  return epns_hdf5_put (at, name, type, type, g_strv_length (texts), texts, path, error);
}

gboolean
epns_hdf5_get (hid_t at, const char *name, hid_t memory_type, gsize n, void *values,
               const char *path, GError **error)
{
  g_auto (EpnsHdf5Attribute) attribute = H5Aopen (at, name, H5P_DEFAULT);
  g_auto (EpnsHdf5Space) space = attribute < 0 ? -1 : H5Aget_space (attribute);
  g_auto (EpnsHdf5Type) type = attribute < 0 ? -1 : H5Aget_type (attribute);

  if (attribute >= 0 && H5Sget_simple_extent_npoints (space) == (hssize_t) n
      && (H5Tget_class (type) == H5T_STRING) == (H5Tget_class (memory_type) == H5T_STRING)
      && H5Aread (attribute, memory_type, values) >= 0)
    return TRUE;
  g_autofree char *what = g_strdup_printf ("attribute %s is missing or not what it should be",
                                           name);
  return epns_hdf5_fail (path, what, error);
}

char *
epns_hdf5_get_text (hid_t at, const char *name, const char *path, GError **error)
{
  g_auto (EpnsHdf5Type) type = text_type ();
  char *text = NULL;

  if (!epns_hdf5_get (at, name, type, 1, &text, path, error))
    return NULL;
  char *copy = g_utf8_make_valid (text ? text : "", -1);
  H5free_memory (text);
  return copy;
}

gboolean
epns_hdf5_write (hid_t at, const char *name, hid_t file_type, hid_t memory_type, int rank,
                 const hsize_t *shape, const void *data, const char *path, GError **error)
{
  g_auto (EpnsHdf5Space) space = H5Screate_simple (rank, shape, NULL);

  if (H5Lexists (at, name, H5P_DEFAULT) > 0)
    H5Ldelete (at, name, H5P_DEFAULT);
  g_auto (EpnsHdf5Dataset)
      set = H5Dcreate2 (at, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  return (set >= 0 && H5Dwrite (set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0)
         || epns_hdf5_fail (path, name, error);
}

hid_t
epns_hdf5_open_dataset (hid_t at, const char *name, int rank, int *found, hsize_t *shape,
                        const char *path, GError **error)
{
  g_auto (EpnsHdf5Dataset) set = H5Dopen2 (at, name, H5P_DEFAULT);
  g_auto (EpnsHdf5Space) space = set < 0 ? -1 : H5Dget_space (set);
  g_auto (EpnsHdf5Type) type = set < 0 ? -1 : H5Dget_type (set);

  *found = set < 0 ? -1 : H5Sget_simple_extent_ndims (space);
  if (*found < 1 || *found > rank || H5Tget_class (type) > H5T_FLOAT
      || H5Sget_simple_extent_dims (space, shape, NULL) < 0) {
    g_autofree char *what = g_strdup_printf ("dataset %s is missing or not what it should be",
                                             name);
    epns_hdf5_fail (path, what, error);
    return -1;
  }
  hid_t taken = set;
  set = -1;
  return taken;
}

gboolean
epns_hdf5_read (hid_t at, const char *name, hid_t memory_type, gsize count, void *data,
                const char *path, GError **error)
{
  hsize_t shape[H5S_MAX_RANK], n = 1;
  int rank;
  g_auto (EpnsHdf5Dataset)
      set = epns_hdf5_open_dataset (at, name, H5S_MAX_RANK, &rank, shape, path, error);

  if (set < 0)
    return FALSE;
  for (int i = 0; i < rank; i++)
    n *= shape[i];
  if (n != count) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: dataset %s does not have %zu elements", path, name, count);
    return FALSE;
  }
  return H5Dread (set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0
         || epns_hdf5_fail (path, name, error);
}

gboolean
epns_hdf5_write_texts (hid_t at, const char *name, char **texts, const char *path, GError **error)
{
  g_auto (EpnsHdf5Type) type = text_type ();

  return epns_hdf5_write (at, name, type, type, 1, (hsize_t[]){ g_strv_length (texts) }, texts,
                          path, error);
}

char **
epns_hdf5_read_texts (hid_t at, const char *name, const char *path, GError **error)
{
  g_auto (EpnsHdf5Dataset) set = H5Dopen2 (at, name, H5P_DEFAULT);
  g_auto (EpnsHdf5Space) space = set < 0 ? -1 : H5Dget_space (set);
  g_auto (EpnsHdf5Type) type = text_type ();
  g_auto (EpnsHdf5Type) stored = set < 0 ? -1 : H5Dget_type (set);
  hssize_t n = set < 0 ? 0 : H5Sget_simple_extent_npoints (space);

  if (n < 1 || n > 256 || H5Tget_class (stored) != H5T_STRING) {
    g_autofree char *what = g_strdup_printf ("dataset %s is missing or not what it should be",
                                             name);
    epns_hdf5_fail (path, what, error);
    return NULL;
  }
  g_autofree char **raw = g_new0 (char *, n);
  if (H5Dread (set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0) {
    epns_hdf5_fail (path, name, error);
    return NULL;
  }
  char **texts = g_new0 (char *, n + 1);
  for (hssize_t i = 0; i < n; i++)
    texts[i] = g_utf8_make_valid (raw[i] ? raw[i] : "", -1);
  H5Dvlen_reclaim (type, space, H5P_DEFAULT, raw);
  return texts;
}
