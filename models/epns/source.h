/* SPDX-License-Identifier: MIT */
/* Where a model is kept: a folder with model.xml beside its weights, or a weights file alone. */
#pragma once
#include "models/description.h"
#include "models/nn/safetensors.h"

typedef struct {
  EpnsModelDescription *description; /* NULL for a weights file alone */
  EpnsSafetensors *weights;
} EpnsSource;

/* EPNS_FAILURE_IO, EPNS_FAILURE_FORMAT; one line. [any] */
gboolean epns_source_open (EpnsSource *self, const char *path, GError **error);
void epns_source_clear (EpnsSource *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EpnsSource, epns_source_clear)

/* Attribute `window` of <network>; 0, the published network, where none is stated. */
gboolean epns_source_window (EpnsSource *self, gsize *window, GError **error);
