/* SPDX-License-Identifier: MIT */
/* The two kinds that a hybrid is made of, opened, and their fields as one list. */
#pragma once
#include "models/description.h"
#include "plugin/epns_step.h"
#include <glib.h>

enum { EPNS_HYBRID_LEARNED, EPNS_HYBRID_NATIVE, EPNS_HYBRID_N_PARTS };

typedef struct {
  const epns_kind *kind;
  epns_model *model;
  const epns_field *fields; /* [n_fields], PARAMs first; the model's */
  guint32 n_fields, n_params;
  double dt;
  const char *unit; /* of dt; the model's or the kind's */
  guint32 *place;   /* [n_fields]: where a field is among the hybrid's */
} EpnsHybridPart;

typedef struct {
  EpnsHybridPart part[EPNS_HYBRID_N_PARTS];
  epns_field *fields; /* [n_fields], PARAMs first */
  guint32 n_fields, n_params;
} EpnsHybridParts;

/* Open what the description names, `host` being handed on. EPNS_FAILURE_MISMATCH where there is no
 * such kind, where one cannot be kept and resumed, or where the two do not step the same state in
 * the same unit of time; EPNS_FAILURE_PLUGIN where one refuses. After a failure, clear. [any] */
gboolean epns_hybrid_parts_open (EpnsHybridParts *self, const EpnsModelDescription *description,
                                 const epns_host *host, GError **error);
void     epns_hybrid_parts_clear (EpnsHybridParts *self);

/* A refusal by part `p` with its field counted among the hybrid's. */
void epns_hybrid_parts_translate (const EpnsHybridParts *self, guint p, epns_error *error);
