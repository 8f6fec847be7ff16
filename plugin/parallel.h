/* SPDX-License-Identifier: MIT */
/* Independent tasks on the host's pool, or on threads of our own where it lends none. */
#pragma once
#include "plugin/epns_step.h"
#include <glib.h>

typedef void (*EpnsTask) (void *arg, guint32 i);

/* Call task (arg, i) once for each i < n, in any order and on any thread, and return when all are
 * done: by host->parallel where the host has one; otherwise on up to host->threads threads, the
 * caller's being one; one after the other in the caller's thread for n < 2, one thread, or a NULL
 * host. Tasks must not depend on each other, and what they compute must not depend on which thread
 * runs them. To be called only inside step(), and not from within a task. [run] */
void epns_parallel_for (const epns_host *host, guint32 n, EpnsTask task, void *arg);
