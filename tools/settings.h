/* SPDX-License-Identifier: MIT */
/* The values of a step model's parameters for one scenario: what is set by hand, else what the
 * scenario states, else the model's own defaults. */
#pragma once
#include "tools/step-model.h"

typedef struct {
  const EpnsStepModel *model;
  epns_view *views; /* [model->n_params], in the order of fields(); data NULL: the default */
  gboolean *owned;  /* does view i own its data? else the scenario does */
} EpnsSettings;

/* By hand: the settings of the plan's entry that was opened, then `overrides` (NAME=VALUE,
 * NULL-terminated, may be NULL). A value is a number, a word of the field's enumeration, a list
 * of either separated by commas (row-major), or one of either for every element. The axis `type`
 * has the scenario's types, other open axes take the list's length. EPNS_FAILURE_MISMATCH where
 * the model steps something else, declares no such parameter or misses a required one, EPNS_FAILURE_RANGE where a
 * value is not of the declared kind; one line that says what is declared. Lent: model and
 * scenario outlive the result. */
EpnsSettings *epns_settings_resolve (const EpnsStepModel *model, const EpnsScenario *scenario,
                                     const char *const *overrides, GError **error);

/* The same for a model that steps beside the one that `overrides` are meant for: those that a
 * scenario may state (adapters/parameters.h) hold for both, where this one declares them and the
 * plan's entry for it says nothing else; how the other one steps is not its business. */
EpnsSettings *epns_settings_resolve_beside (const EpnsStepModel *model,
                                            const EpnsScenario *scenario,
                                            const char *const *overrides, GError **error);
void          epns_settings_free (EpnsSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSettings, epns_settings_free)

/* Set element i of a parameter that has a value here. EPNS_FAILURE_MISMATCH where it has none, or
 * not so many elements. */
gboolean epns_settings_put (EpnsSettings *self, const char *name, gsize i, double value,
                            GError **error);

/* Is the enumeration parameter `name` set to `word`? FALSE where the model declares neither. */
gboolean epns_settings_chosen (const EpnsSettings *self, const char *name, const char *word);

/* Are the draws CompuCell3D's own (rng=compucell3d), so that a seed means a RandomSeed? */
gboolean epns_settings_host_numbers (const EpnsSettings *self);

/* "name=value name=value,value ..." of every parameter that has a value here, in declared order.
 * Caller frees with g_free. */
char *epns_settings_text (const EpnsSettings *self);
