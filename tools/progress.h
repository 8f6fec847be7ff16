/* SPDX-License-Identifier: MIT */
/* A bar with the time left, on a terminal; nothing at all in a pipe. */
#pragma once
#include <glib.h>

typedef struct {
  const char *label;  /* lent */
  gboolean shown;     /* stderr is a terminal and nobody asked for quiet */
  gint64 began, drawn;/* monotonic, microseconds */
  double start;       /* the part that was done before this run began */
} EpnsProgress;

void epns_progress_begin (EpnsProgress *self, const char *label, gboolean quiet);

/* done is in 0..1; draws at most ten times a second. The first call after begin says where this
 * run starts. */
void epns_progress_update (EpnsProgress *self, double done);

/* Wipe the bar from the terminal. */
void epns_progress_end (EpnsProgress *self);
