/* SPDX-License-Identifier: MIT */
/* What a host lends for training, looked through before anything is learned from it. [any] */
#pragma once
#include "plugin/epns_train.h"
#include <glib.h>

/* Every frame: ids have a type between 1 and n_types - 1, none appears that the frame before did
 * not have, and there are pairs to learn from. Each set is passed into *hash (FNV-1a), which
 * thereby tells data apart. EPNS_FAILURE_MISMATCH naming `what` ("training", "validation"), set,
 * member, frame and id. */
gboolean epns_train_data_check (const epns_train_set *sets, gsize n, guint32 n_types,
                                guint32 stride, const char *what, guint64 *hash, GError **error);
