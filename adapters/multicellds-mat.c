/* SPDX-License-Identifier: MIT */
/* The only file that sees matio: a matrix out of a MATLAB version 4 file. What the header promises
 * is held against the file's size first, since a reader that trusts it would reach beyond the
 * end. */
#include "adapters/multicellds.h"

#include "adapters/file.h"
#include "plugin/error.h"

#include <matio.h>
#include <string.h>

static const gsize size_limit = (gsize) 1 << 30;

enum { HEADER = 20, LONGEST_NAME = 256 };

typedef struct { /* of a version 4 variable; every number is little-endian */
  guint32 type, rows, columns, imaginary, name;
} Header;

static Header
read_header (const char *bytes)
{
  guint32 words[5];

  memcpy (words, bytes, sizeof words);
  return (Header){ GUINT32_FROM_LE (words[0]), GUINT32_FROM_LE (words[1]),
                   GUINT32_FROM_LE (words[2]), GUINT32_FROM_LE (words[3]),
                   GUINT32_FROM_LE (words[4]) };
}

static gboolean
check_header (const char *path, GError **error)
{
  gsize size;
  g_autofree char *bytes = epns_file_load (path, size_limit, &size, error);

  if (bytes == NULL)
    return FALSE;
  Header header = { .type = 1 };
  if (size >= HEADER)
    header = read_header (bytes);
  gsize cells = (gsize) header.rows * header.columns; /* 2^64 at most, less is checked below */
  if (header.type != 0 || header.imaginary != 0 || header.name > LONGEST_NAME || cells == 0
      || cells > size_limit / sizeof (double)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: is no MATLAB version 4 file with a matrix of doubles; save it again in "
                 "PhysiCell",
                 path);
    return FALSE;
  }
  gsize promised = HEADER + header.name + cells * sizeof (double);
  if (size >= promised)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
               "%s: ends after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
               " bytes; it was cut, copy it again",
               path, size, promised);
  return FALSE;
}

double *
epns_multicellds_matrix (const char *path, gsize *rows, gsize *columns, GError **error)
{
  double *data = NULL;

  if (!check_header (path, error))
    return NULL;
  mat_t *file = Mat_Open (path, MAT_ACC_RDONLY);
  matvar_t *matrix = file ? Mat_VarReadNext (file) : NULL;
  if (matrix != NULL && matrix->rank == 2 && matrix->data_type == MAT_T_DOUBLE
      && matrix->data != NULL) {
    *rows = matrix->dims[0];
    *columns = matrix->dims[1];
    data = g_memdup2 (matrix->data, *rows * *columns * sizeof (double));
  } else {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: holds no matrix of doubles; save it again in PhysiCell", path);
  }
  Mat_VarFree (matrix);
  if (file != NULL)
    Mat_Close (file);
  return data;
}
