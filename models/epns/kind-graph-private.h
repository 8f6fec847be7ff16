/* SPDX-License-Identifier: MIT */
/* A graph model and its runs behind the step interface: opened, started and declared by kind-graph.c,
 * stepped by kind-graph-step.c. */
#pragma once
#include "models/epns/graph-step.h"
#include "models/epns/learned.h"
#include "plugin/epns_step.h"

enum { PARAM_DOMAIN, PARAM_PERIODIC, PARAM_PREDICTION, PARAM_PRECISION, PARAM_OUTSIDE, N_PARAMS };
enum { VIEW_POSITION, VIEW_VELOCITY, VIEW_MASS, VIEW_TYPE, VIEW_RADIUS, N_VIEWS };

struct epns_model {
  const epns_host *host;
  EpnsGraph *net;
  epns_field fields[N_PARAMS + N_VIEWS];
  double dt;
  char *unit, *types; /* types: names, separated by commas, or NULL */
  char *about;        /* one line */
  EpnsValidRange bodies;
  guint64 fingerprint; /* of the weights */
  GMutex lock;         /* guards what follows */
  GPtrArray *idle[2];  /* contexts: [0] of one thread, [1] with the host's */
};

struct epns_run {
  epns_model *model;
  EpnsDrawKey key; /* key.step counts the steps taken */
  EpnsBox box;
  EpnsGraphManner manner;
  gboolean refuses; /* numbers of bodies that the model was not trained on */
  epns_error error; /* of the call under way */
};

/* A line for the host, if it listens. */
void epns_graph_note (const epns_model *model, const char *text);
/* The `step` of the kind. */
epns_status epns_graph_kind_step (epns_run *const *runs, epns_frame *frames, uint32_t n,
                                  uint32_t n_steps, double dt, epns_error *error);
