/* SPDX-License-Identifier: MIT */
/* The examples that kinds are tested on: a scenario file each, naming the kind; and copies of its state to step. */
#pragma once
#include "adapters/scenario.h"
#include "plugin/epns_loader.h"
#include "tests/suite.h"

#define SUBJECT_VIEWS 12

typedef struct { /* a file of tests/conformance/; lives until the process ends */
  char *name, *path;
  const epns_kind *kind; /* of the scenario's first model */
} Example;

/* All examples, by name; and the table of kinds of the first plugin found. Exit with a message where there is none. To be called
 * outside tests, before any of them. */
Example                *examples_load (guint *n);
const epns_kind *const *examples_kinds (guint *n);
const Example          *example_find (const Example *examples, guint n, const char *name);

typedef struct {
  const Example *example;
  const epns_kind *kind;
  epns_host host;
  epns_model *model;
  const epns_field *fields; /* PARAMs first */
  guint32 n_fields, n_params;
  double dt;
  EpnsScenario *scenario;
  EpnsState *start; /* a lattice or particles */
} Subject;

/* Open the kind on its example with a host of so many threads. */
Subject *subject_open (const Example *example, guint threads);
void     subject_close (Subject *self);

/* A run on the example's parameters. */
epns_run *subject_start (const Subject *self, guint64 seed, guint64 stream);

/* A member: its own copy of the start, and views on it in the order of the fields. */
typedef struct {
  EpnsState *state;
  epns_view views[SUBJECT_VIEWS];
} Member;

void        member_init (Member *self, const Subject *subject);
void        member_clear (Member *self);
epns_frame  member_frame (Member *self, const Subject *subject);
gboolean    member_equal (const Member *a, const Member *b);

/* Everything of a state that a step changes, as bytes; and back into a state of the same shape. */
GByteArray *state_bytes (const EpnsState *self);
void        state_set_bytes (EpnsState *self, const void *bytes, gsize n);
