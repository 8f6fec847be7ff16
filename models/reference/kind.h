/* SPDX-License-Identifier: MIT */
/* What the mechanistic kinds share at the step interface: rules that come as parameters instead of
 * files, fields from tables, members that are stepped apart and refused one by one. Each kind
 * brings a struct epns_run, led by EpnsRunHead, and how one member is stepped. */
#pragma once
#include "models/reference/params.h"
#include "plugin/archive.h"
#include "plugin/random.h"

typedef struct {
  const epns_kind *kind; /* EPNS_ANY_DT among its caps: whole multiples of native_dt are taken */
  double native_dt;
  const char *step_is;      /* for messages: "a Cellular Potts step is 1 MCS" */
  const epns_field *frames; /* [n_frames] STATE, INPUT and OUTPUT */
  guint n_frames;
  /* Step one member n native steps; its views have been checked one by one. EPNS_OK, or
   * EPNS_DISCARD with the host's arrays as they were and *error filled. [run] */
  epns_status (*member) (epns_run *run, const epns_frame *frame, guint64 n, epns_error *error);
} EpnsReferenceKind;

struct epns_model {
  const EpnsReferenceKind *about;
  const epns_host *host;
  EpnsParamField *params; /* [n_params] */
  guint n_params;
  epns_field *fields; /* [n_params + about->n_frames] */
};

typedef struct { /* the first member of every kind's struct epns_run */
  const epns_model *model;
  EpnsDrawKey key;  /* key.step counts the native steps taken */
  epns_error error; /* of the call under way */
} EpnsRunHead;

/* A model from tables of parameters; takes the array of EpnsParamField. EPNS_DISCARD where a source
 * is given. [any] */
epns_status epns_reference_open (const EpnsReferenceKind *about, const epns_host *host,
                                 const char *source, GArray *params, epns_model **model,
                                 epns_error *error);
void epns_reference_close (epns_model *model);

/* The kind's functions of these names, for its table. */
const epns_field *epns_reference_fields (const epns_model *model, uint32_t *n, double *native_dt,
                                         const char **time_unit);
epns_status epns_reference_step (epns_run *const *runs, epns_frame *frames, uint32_t n,
                                 uint32_t n_steps, double dt, epns_error *error);
const void *epns_reference_extension (const char *id);

/* The first half of start(): count the views and check them, ready for reading. [any] */
epns_status epns_reference_params (const epns_model *model, const epns_view *params,
                                   uint32_t n_params, EpnsParams *read, epns_error *error);

/* The head of a new run. [any] */
void epns_run_head_init (EpnsRunHead *self, const epns_model *model, uint64_t seed,
                         uint64_t stream);

/* Save, or load into *key, a run's place in its random stream. [run] */
void epns_run_head_archive (EpnsArchiver *archiver, EpnsDrawKey *key);
