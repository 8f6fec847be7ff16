/* SPDX-License-Identifier: MIT */
/* The command's signal handler: one flag. */
#include <config.h> /* before all else: it asks the C library for signals */

#include "tools/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t arrived;

static void
note (int number)
{
  (void) number;
  arrived = 1;
}

void
epns_interrupt_watch (void)
{
  struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESTART | (int) SA_RESETHAND };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

gboolean
epns_interrupted (void)
{
  return arrived != 0;
}
