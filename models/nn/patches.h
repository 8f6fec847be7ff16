/* SPDX-License-Identifier: MIT */
/* The matrix view of convolutions: each output site's patch of the input as one column (im2col),
 * and its adjoint. */
#pragma once
#include <glib.h>

typedef struct {
  gsize channels, height, width; /* of the image, [channels, height, width] */
  gsize kh, kw;
  gsize stride;
  gint64 top, left;   /* zeros before the first row and column */
  gsize out_h, out_w; /* sites the kernel is put at */
  gsize rows;         /* site rows a chunk; the last may have fewer */
} EpnsPatches;

/* Sites at once, so that a chunk's columns stay in cache; a function of the geometry alone. */
void epns_patches_set_rows (EpnsPatches *self);

static inline gsize
epns_patches_depth (const EpnsPatches *self) /* rows of the column matrix */
{
  return self->channels * self->kh * self->kw;
}

static inline gsize
epns_patches_sites (const EpnsPatches *self) /* columns of the largest chunk */
{
  return self->rows * self->out_w;
}

/* TRUE if the column matrix of the whole image is the image itself: 1 x 1, stride 1, no zeros. */
gboolean epns_patches_trivial (const EpnsPatches *self);

/* columns[(c, i, j)][site] = image[c][y stride - top + i][x stride - left + j], 0 outside, for the
 * sites (y, x) of rows first .. first + n - 1; columns has epns_patches_depth() rows of n out_w. */
void epns_patches_gather (const EpnsPatches *self, const float *image, gsize first, gsize n,
                          float *columns);
/* The adjoint: adds columns to the image's samples they came from. */
void epns_patches_scatter (const EpnsPatches *self, const float *columns, gsize first, gsize n,
                           float *image);
