/* SPDX-License-Identifier: MIT */
/* Steps are taken in pieces of about a tenth of a second, so that a signal is answered and a bar
 * moves; how a run is cut into pieces never changes its bits. */
#include "tools/simulate.h"

#include "tools/interrupt.h"
#include "tools/progress.h"

#include <math.h>

#define PIECE_SECONDS 0.1

/* The next piece's steps, from how long the last one took. */
static guint32
next_piece (guint32 piece, double seconds)
{
  if (seconds > PIECE_SECONDS)
    return MAX (1, (guint32) (piece * (PIECE_SECONDS / seconds)));
  return seconds < PIECE_SECONDS / 2 && piece < G_MAXINT32 / 2 ? piece * 2 : piece;
}

static EpnsSimulation
advance_to (EpnsSimulator *self, guint64 frame, guint32 *piece, EpnsProgress *progress,
            GError **error)
{
  guint32 left = self->schedule->steps_a_frame;

  while (left > 0) {
    guint32 n = MIN (left, *piece);
    gint64 began = g_get_monotonic_time ();
    if (epns_interrupted ())
      return EPNS_INTERRUPTED;
    if (!(self->guard != NULL ? epns_guard_advance (self->guard, n, error)
                              : epns_stepper_advance (self->stepper, n, error)))
      return EPNS_SIMULATION_FAILED;
    double seconds = (double) (g_get_monotonic_time () - began) / 1e6;
    self->seconds += seconds;
    self->steps += n;
    left -= n;
    if (n == *piece)
      *piece = next_piece (n, seconds);
    double part = 1 - (double) left / self->schedule->steps_a_frame;
    epns_progress_update (progress,
                          ((double) (frame - 1) + part) / (double) (self->schedule->n_frames - 1));
  }
  return EPNS_SIMULATED;
}

/* Keep how long the frame's steps took. */
static void
time_frame (EpnsSimulator *self, double seconds)
{
  double each = seconds / self->schedule->steps_a_frame;

  self->least = fmin (self->least, each);
  self->most = fmax (self->most, each);
}

static EpnsSimulation
run_frames (EpnsSimulator *self, EpnsProgress *progress, GError **error)
{
  guint32 piece = 1;

  if (self->first_frame == 0 && !self->take (self->ctx, 0, 0, self->stepper, error))
    return EPNS_SIMULATION_FAILED;
  for (guint64 frame = self->first_frame + 1; frame < self->schedule->n_frames; frame++) {
    double before = self->seconds;
    EpnsSimulation went = advance_to (self, frame, &piece, progress, error);
    if (went != EPNS_SIMULATED)
      return went;
    time_frame (self, self->seconds - before);
    if (!self->take (self->ctx, frame, (double) frame * self->schedule->every, self->stepper,
                     error))
      return EPNS_SIMULATION_FAILED;
  }
  return EPNS_SIMULATED;
}

EpnsSimulation
epns_simulate (EpnsSimulator *self, GError **error)
{
  EpnsProgress progress;

  self->seconds = self->most = 0;
  self->least = INFINITY;
  self->steps = 0;
  epns_progress_begin (&progress, self->label, self->quiet);
  epns_progress_update (&progress,
                        (double) self->first_frame / (double) (self->schedule->n_frames - 1));
  EpnsSimulation went = run_frames (self, &progress, error);
  epns_progress_end (&progress);
  return went;
}
