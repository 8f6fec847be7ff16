/* SPDX-License-Identifier: MIT */
/* The host's side of the plugin: a step model opened through epns_step.h, and how it is found by
 * what a user calls it. */
#pragma once
#include "adapters/scenario.h"
#include "plugin/epns_loader.h"
#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
  const epns_kind *kind; /* static, in the plugin */
  char *source;          /* what was opened; NULL where the kind needs none */
  epns_host host;        /* lent to the plugin, so the struct stays where it is */
  epns_model *model;
  const epns_field *fields;     /* PARAMs first; lent by the model */
  guint32 n_fields, n_params;
  double native_dt;             /* > 0, in time_unit */
  const char *time_unit;
  const EpnsPlanModel *planned; /* the scenario's entry that was asked for, or NULL */
  GMutex lock;                  /* guards what follows against calls under way */
  GPtrArray *warnings;          /* char *: what the plugin has warned of since it was opened */
} EpnsStepModel;

/* Open `source` (NULL where the kind needs none) with a kind; calls may occupy `threads`
 * threads. Notes and warnings of the plugin go to stderr. EPNS_FAILURE_PLUGIN with the kind's own
 * words. [any] */
EpnsStepModel *epns_step_model_open (const epns_kind *kind, const char *source, guint32 threads,
                                     GError **error);
void           epns_step_model_close (EpnsStepModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsStepModel, epns_step_model_close)

/* Open what a user names: the first of
 *   a model of the scenario's plan, by name (NULL names the first);
 *   a kind on the plugin search path;
 *   a path of a model folder or weights file, which every kind that takes one is asked to open;
 *   a model that ships, by the name of its folder.
 * scenario may be NULL. EPNS_FAILURE_MISMATCH naming all four where it is none of them,
 * EPNS_FAILURE_PLUGIN where there is no plugin. [any] */
EpnsStepModel *epns_step_model_find (const EpnsScenario *scenario, const char *name,
                                     guint32 threads, GError **error);

/* Add the member "warnings", an array of what the plugin has warned of, to a JSON object, while no
 * call of the model is under way. */
void epns_step_model_add_warnings (const EpnsStepModel *self, JsonBuilder *json);

/* Is there any plugin on the search path? [any] */
gboolean epns_step_model_any_plugin (void);

/* Take *from, the plugin's error, into a GError: "KIND: member N: text". Always returns FALSE. */
gboolean epns_step_model_failed (const EpnsStepModel *self, const epns_error *from, GError **error);

/* The field of this role called `name`, or NULL. */
const epns_field *epns_step_model_field (const EpnsStepModel *self, const char *name, int32_t role);

/* Which array of the layout is lent as each field that is no PARAM, in the order of fields(); -1
 * for one that is left out. NULL and EPNS_FAILURE_MISMATCH where the model steps something else, or
 * needs what such states do not have. Free with g_free. [any] */
gint *epns_step_model_arrays (const EpnsStepModel *self, const EpnsLayout *layout, GError **error);
