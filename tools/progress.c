/* SPDX-License-Identifier: MIT */
/* The progress bar. */
#include "tools/progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define WIDTH 32

void
epns_progress_begin (EpnsProgress *self, const char *label, gboolean quiet)
{
  *self = (EpnsProgress){ .label = label, .shown = !quiet && isatty (STDERR_FILENO), .start = -1 };
  self->began = g_get_monotonic_time ();
}

static void
draw (const EpnsProgress *self, double done, gint64 now)
{
  char bar[WIDTH + 1];
  double elapsed = (double) (now - self->began) / 1e6, fresh = done - self->start;

  for (int i = 0; i < WIDTH; i++)
    bar[i] = i < (int) (done * WIDTH) ? '#' : '.';
  bar[WIDTH] = '\0';
  fprintf (stderr, "\r%s [%s] %3.0f %%", self->label, bar, floor (100 * done));
  if (fresh > 0) {
    int left = (int) fmin (elapsed * (1 - done) / fresh, 359999);
    fprintf (stderr, "  %d:%02d:%02d left ", left / 3600, left / 60 % 60, left % 60);
  }
  fflush (stderr);
}

void
epns_progress_update (EpnsProgress *self, double done)
{
  gint64 now = g_get_monotonic_time ();

  if (self->start < 0)
    self->start = done;
  if (!self->shown || (self->drawn != 0 && now - self->drawn < 100000))
    return;
  self->drawn = now;
  draw (self, done, now);
}

void
epns_progress_end (EpnsProgress *self)
{
  if (self->shown && self->drawn != 0)
    fprintf (stderr, "\r\033[K");
}
