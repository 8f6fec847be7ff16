/* SPDX-License-Identifier: MIT */
/* A parallel for loop: tasks are handed out one by one, so uneven ones balance. */
#include "plugin/parallel.h"

typedef struct {
  EpnsTask task;
  void *arg;
  guint32 n;
  int next; /* the first task that nobody has taken; atomic */
} Loop;

static gpointer
work (gpointer data)
{
  Loop *loop = data;

  for (;;) {
    guint32 i = (guint32) g_atomic_int_add (&loop->next, 1);
    if (i >= loop->n)
      return NULL;
    loop->task (loop->arg, i);
  }
}

/* A thread that cannot be had is no failure: the ones we have do its share. */
static void
run_on_threads (Loop *loop, guint32 n_threads)
{
  GThread **helpers = g_newa (GThread *, n_threads);
  guint32 n_helpers = 0;

  while (n_helpers + 1 < n_threads) {
    helpers[n_helpers] = g_thread_try_new ("epns-step", work, loop, NULL);
    if (helpers[n_helpers] == NULL)
      break;
    n_helpers++;
  }
  work (loop);
  for (guint32 t = 0; t < n_helpers; t++)
    g_thread_join (helpers[t]);
}

void
epns_parallel_for (const epns_host *host, guint32 n, EpnsTask task, void *arg)
{
  g_return_if_fail (n < G_MAXINT32);
  Loop loop = { .task = task, .arg = arg, .n = n };

  if (n > 1 && host != NULL && host->parallel != NULL)
    host->parallel (host->ctx, n, task, arg);
  else if (n > 1 && host != NULL && host->threads > 1)
    run_on_threads (&loop, MIN (MIN (host->threads, n), 1024));
  else
    work (&loop);
}
