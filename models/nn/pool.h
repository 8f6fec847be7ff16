/* SPDX-License-Identifier: MIT */
/* Blocks of memory that are used again: free lists by size class, eight classes to a doubling. One
 * thread at a time. */
#pragma once
#include <glib.h>

typedef struct _EpnsPool EpnsPool;

EpnsPool *epns_pool_new (void);
/* Free the pool: at once, or with the last of its blocks. */
void epns_pool_release (EpnsPool *self);

/* At least `bytes` bytes, aligned to EPNS_TENSOR_ALIGN, not initialised; *size_class goes back with
 * the block. */
void *epns_pool_take (EpnsPool *self, gsize bytes, guint *size_class);
void epns_pool_give (EpnsPool *self, void *block, guint size_class);
/* Free all blocks that are not in use. */
void epns_pool_trim (EpnsPool *self);

guint64 epns_pool_misses (const EpnsPool *self); /* takes that had to ask malloc */
gsize epns_pool_held (const EpnsPool *self);     /* bytes in use or free */
gsize epns_pool_peak (const EpnsPool *self);     /* the most bytes in use at once */
