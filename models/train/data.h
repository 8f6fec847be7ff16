/* SPDX-License-Identifier: MIT */
/* What a host lends for training, looked through before anything is learned from it. [any] */
#pragma once
#include "plugin/epns_train.h"
#include <glib.h>

/* Lattices, every frame: ids have a type between 1 and n_types - 1, and none appears that the frame
 * before did not have. Bodies: positions and velocities are finite, masses above 0, types between 0
 * and n_types - 1. And there are pairs to learn from. All of it is passed into *hash (FNV-1a),
 * which thereby tells data apart. EPNS_FAILURE_MISMATCH naming `what` ("training", "validation"),
 * set, member, frame, and id or body. */
gboolean epns_train_data_check (const epns_train_data *data, guint32 n_types, guint32 stride,
                                const char *what, guint64 *hash, GError **error);
