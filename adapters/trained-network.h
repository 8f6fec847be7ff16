/* SPDX-License-Identifier: MIT */
/* The network of a model folder as a training's plan would state it. */
#pragma once
#include "plugin/epns_train.h"
#include <glib.h>

typedef struct {
  char *path;               /* FOLDER/model.xml */
  char *weights;            /* the weights file */
  epns_train_value *values; /* attributes of <network>, but for kind */
  guint n_values;
  guint32 n_types; /* listed, medium included; 1 where none is */
} EpnsTrainedNetwork;

/* NULL and one line in *error where `folder` holds no model.xml that can be read or that names
 * weights. [any] */
EpnsTrainedNetwork *epns_trained_network_read (const char *folder, GError **error);
void                epns_trained_network_free (EpnsTrainedNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsTrainedNetwork, epns_trained_network_free)
