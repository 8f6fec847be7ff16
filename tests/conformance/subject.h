/* SPDX-License-Identifier: MIT */
/* One kind of the plugin under test: its example scenario, and copies of the example's state to step. */
#pragma once
#include "adapters/scenario.h"
#include "plugin/epns_loader.h"
#include "tests/suite.h"

#define SUBJECT_VIEWS 8

typedef struct {
  const epns_kind *kind;
  epns_host host;
  epns_model *model;
  const epns_field *fields; /* PARAMs first */
  guint32 n_fields, n_params;
  double dt;
  EpnsScenario *scenario; /* tests/conformance/KIND.epns.xml */
  EpnsLatticeState *start;
} Subject;

/* Open the kind on its example with a host of so many threads. A kind without an example fails the test. */
Subject *subject_open (const epns_kind *kind, guint threads);
void     subject_close (Subject *self);

/* A run on the example's parameters. */
epns_run *subject_start (const Subject *self, guint64 seed, guint64 stream);

/* A member: its own copy of the start, and views on it in the order of the fields. */
typedef struct {
  EpnsLatticeState *state;
  epns_view views[SUBJECT_VIEWS];
} Member;

void        member_init (Member *self, const Subject *subject);
void        member_clear (Member *self);
epns_frame  member_frame (Member *self, const Subject *subject);
gboolean    member_equal (const Member *a, const Member *b);
