/* SPDX-License-Identifier: MIT */
/* The only file that sees cblas. */
#include "models/nn/blas.h"

#include <cblas.h>

void
epns_sgemm (gboolean transpose_a, gboolean transpose_b, gsize m, gsize n, gsize k, const float *a,
            gsize lda, const float *b, gsize ldb, float beta, float *c, gsize ldc)
{
  g_assert (m <= G_MAXINT && n <= G_MAXINT && k <= G_MAXINT && lda <= G_MAXINT && ldb <= G_MAXINT &&
            ldc <= G_MAXINT);
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               transpose_b ? CblasTrans : CblasNoTrans, (blasint) m, (blasint) n, (blasint) k, 1.0f,
               a, (blasint) lda, b, (blasint) ldb, beta, c, (blasint) ldc);
}
