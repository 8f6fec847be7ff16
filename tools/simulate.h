/* SPDX-License-Identifier: MIT */
/* The loop that steps an ensemble from frame to frame. */
#pragma once
#include "tools/guard.h"
#include "tools/schedule.h"
#include "tools/stepper.h"

/* Called at every frame's time, the start included, with the members as they are then. */
typedef gboolean (*EpnsTakeFrame) (gpointer ctx, guint64 frame, double time, EpnsStepper *stepper,
                                   GError **error);

typedef enum {
  EPNS_SIMULATED,   /* all frames taken */
  EPNS_INTERRUPTED, /* a signal came; frames up to the last one taken are whole */
  EPNS_SIMULATION_FAILED
} EpnsSimulation;

typedef struct {
  EpnsStepper *stepper;
  EpnsGuard *guard; /* of the stepper; NULL: none */
  const EpnsSchedule *schedule;
  guint64 first_frame; /* the members stand at this frame; it is taken only if it is 0, the start */
  EpnsTakeFrame take;
  gpointer ctx;
  const char *label;   /* of the progress bar */
  gboolean quiet;
  double seconds;      /* out: time spent in the plugin's step */
  double least, most;  /* out: seconds of one step, mean over a frame's: least and most of all */
  guint64 steps;       /* out: native steps every member took */
} EpnsSimulator;

EpnsSimulation epns_simulate (EpnsSimulator *self, GError **error);
