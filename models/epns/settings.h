/* SPDX-License-Identifier: MIT */
/* A network's hyper-parameters from where a model keeps them: the JSON text `config` in a weights
 * file's __metadata__, and the attributes of <network> in model.xml, which have the same names with
 * dashes ("emb-dim"). A table says what there is, its range and what it is when absent. */
#pragma once
#include "models/description.h"
#include "models/nn/safetensors.h"

typedef enum { EPNS_WHOLE, EPNS_FLAG, EPNS_NUMBER, EPNS_CHOICE } EpnsSettingType;

#define EPNS_NEEDED (-1.0) /* no default */

typedef struct {
  const char *name;
  EpnsSettingType type;
  gsize at; /* in the struct: guint, gboolean, double, guint */
  double minimum, maximum, fallback;
  const char *words; /* of a choice: those of 0, 1, ..., separated by '|' */
} EpnsSettingRule;

/* What else a published configuration states: either the only value there is, or nothing that bears
 * on a step. */
typedef struct {
  const char *name, *only;
} EpnsOtherSetting;

typedef struct {
  const char *kind; /* id, for messages */
  const EpnsSettingRule *settings;
  guint n;
  const EpnsOtherSetting *others;
  guint n_others;
} EpnsSettingTable;

/* Fill `config`: defaults, then the metadata, then, where `description` is not NULL, its <network>,
 * whose attributes win. All that have no default must be stated. EPNS_FAILURE_FORMAT,
 * EPNS_FAILURE_UNSUPPORTED, EPNS_FAILURE_RANGE; one line naming the file and the setting. [any] */
gboolean epns_settings_read (const EpnsSettingTable *self, gpointer config,
                             const EpnsSafetensors *weights, EpnsModelDescription *description,
                             GError **error);
