/* SPDX-License-Identifier: MIT */
/* epns run, stopped by a signal and resumed in another process: the same numbers as in one go. */
#include "adapters/trajectory.h"
#include "tests/suite.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

#define INTERRUPTED 130

typedef struct {
  char *folder, *scenario;
} Place;

static void
place_init (Place *self)
{
  g_autofree char *plugins = g_strdup_printf (
      "%s/tests/.libs/plugin-toy.so:%s", g_getenv ("EPNS_BUILDDIR"), g_getenv ("EPNS_PLUGIN_PATH"));

  g_setenv ("EPNS_PLUGIN_PATH", plugins, TRUE);
  self->folder = g_dir_make_tmp ("epns-resume-XXXXXX", NULL);
  self->scenario = suite_source ("examples/cell-sorting/sorting.xml");
}

static char *
place_file (const Place *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static guint
place_count (const Place *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
place_clear (Place *self)
{
  const char *name;

  {
    g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = place_file (self, name);
      g_unlink (path);
    }
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->scenario);
}

/* epns run SCENARIO -q -o OUT and the words given, separated by blanks. */
static GPid
begin (const Place *place, const char *words, const char *out)
{
  g_autofree char *program = g_strdup_printf ("%s/tools/epns", g_getenv ("EPNS_BUILDDIR"));
  g_autofree char *line = g_strdup_printf ("%s run %s -q -o %s %s", program, place->scenario, out,
                                           words);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  GError *error = NULL;
  GPid pid;

  if (!g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &pid, &error))
    ck_abort_msg ("%s", error->message);
  return pid;
}

static int
end (GPid pid)
{
  int status;

  while (waitpid (pid, &status, 0) < 0)
    ck_assert_int_eq (errno, EINTR);
  ck_assert_msg (WIFEXITED (status), "the command was killed by signal %d", WTERMSIG (status));
  return WEXITSTATUS (status);
}

static EpnsTrajectory *
read_all (const char *path)
{
  GError *error = NULL;
  EpnsTrajectory *read = epns_trajectory_read (path, &error);

  ck_assert_msg (read != NULL, "%s", error ? error->message : "");
  return read;
}

static void
check_equal (const char *path_a, const char *path_b)
{
  g_autoptr (EpnsTrajectory) a = read_all (path_a), b = read_all (path_b);

  ck_assert (epns_trajectory_complete (a));
  ck_assert (epns_trajectory_complete (b));
  ck_assert_uint_eq (a->meta->members, b->meta->members);
  ck_assert_uint_eq (a->meta->frames, b->meta->frames);
  ck_assert (epns_trajectory_meta_alike (a->meta, b->meta));
  for (guint32 m = 0; m < a->meta->members; m++) {
    g_autoptr (GBytes) run_a = epns_trajectory_read_archive (path_a, m, NULL);
    g_autoptr (GBytes) run_b = epns_trajectory_read_archive (path_b, m, NULL);
    ck_assert (run_a != NULL && run_b != NULL && g_bytes_equal (run_a, run_b));
    for (guint32 f = 0; f < a->meta->frames; f++) {
      g_autoptr (EpnsState) frame_a = epns_trajectory_state (a, m, f),
                            frame_b = epns_trajectory_state (b, m, f);
      ck_assert (epns_state_equal (frame_a, frame_b));
    }
    for (gsize cell = 0; cell < MIN (a->n_rows, b->n_rows); cell++)
      ck_assert_int_eq (epns_trajectory_types (a, m)[cell], epns_trajectory_types (b, m)[cell]);
  }
}

/* Stop a slow run once it is on its way; it must keep what it did and go on from there. */
static void
check_interrupt (int signal_number)
{
  Place place;
  const char *slow = "--with toy --set pause=0.01 --members 2 --until 200 --every 5";
  const char *fast = "--with toy --set pause=0.01 --members 2 --until 200 --every 5 --resume";

  place_init (&place);
  g_autofree char *stopped = place_file (&place, "stopped.h5"),
                  *whole = place_file (&place, "whole.h5");
  GPid pid = begin (&place, slow, stopped);
  while (place_count (&place) == 0) /* of the hidden file for frames: signals are heard by then */
    g_usleep (10000);
  g_usleep (400000);
  kill (pid, signal_number);
  ck_assert_int_eq (end (pid), INTERRUPTED);
  ck_assert_uint_eq (place_count (&place), 1);
  {
    g_autoptr (EpnsTrajectory) part = read_all (stopped);
    ck_assert (!epns_trajectory_complete (part));
    ck_assert_uint_ge (part->done[0], 1);
    ck_assert_uint_lt (part->done[0], 41);
    ck_assert_uint_eq (part->done[0], part->done[1]);
  }
  ck_assert_int_eq (end (begin (&place, fast, stopped)), EXIT_SUCCESS);
  ck_assert_int_eq (end (begin (&place, slow, whole)), EXIT_SUCCESS);
  check_equal (stopped, whole);
  place_clear (&place);
}

START_TEST (interrupted_runs_go_on)
{
  check_interrupt (SIGINT);
}
END_TEST

START_TEST (terminated_runs_go_on)
{
  check_interrupt (SIGTERM);
}
END_TEST

/* A finished run goes on to a later end; both modes of the random numbers, with other threads. */
START_TEST (finished_runs_go_further)
{
  static const char *const modes[] = { "positional", "compucell3d" };
  Place place;

  place_init (&place);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree char *further = place_file (&place, "further.h5"),
                    *whole = place_file (&place, "whole.h5");
    g_autofree char *first = g_strdup_printf ("--set rng=%s -n 3 -t 1 --every 5 --until 15",
                                              modes[i]);
    g_autofree char *second = g_strdup_printf (
        "--set rng=%s -n 3 -t 2 --every 5 --until 40 --resume", modes[i]);
    g_autofree char *at_once = g_strdup_printf ("--set rng=%s -n 3 --every 5 --until 40", modes[i]);
    ck_assert_int_eq (end (begin (&place, first, further)), EXIT_SUCCESS);
    ck_assert_int_eq (end (begin (&place, second, further)), EXIT_SUCCESS);
    ck_assert_int_eq (end (begin (&place, at_once, whole)), EXIT_SUCCESS);
    check_equal (further, whole);
  }
  place_clear (&place);
}
END_TEST

/* Particles go on as lattices do. */
START_TEST (particles_go_further)
{
  Place place;

  place_init (&place);
  g_free (place.scenario);
  place.scenario = suite_source ("tests/conformance/nbody.epns.xml");
  g_autofree char *further = place_file (&place, "further.h5"),
                  *whole = place_file (&place, "whole.h5");
  ck_assert_int_eq (end (begin (&place, "-n 3 -t 1 --every 0.02 --until 0.04", further)),
                    EXIT_SUCCESS);
  ck_assert_int_eq (end (begin (&place, "-n 3 -t 2 --every 0.02 --until 0.1 --resume", further)),
                    EXIT_SUCCESS);
  ck_assert_int_eq (end (begin (&place, "-n 3 --every 0.02 --until 0.1", whole)), EXIT_SUCCESS);
  check_equal (further, whole);
  ck_assert_int_eq (end (begin (&place, "-n 4 --every 0.02 --until 0.2 --resume", further)),
                    EXIT_FAILURE);
  place_clear (&place);
}
END_TEST

/* What a file was not begun with it is not continued with, and stays as it is. */
START_TEST (other_runs_are_refused)
{
  static const char *const others[] = {
    "--until 20 --every 5 --resume --seed 2",
    "--until 20 --every 5 --resume --members 3",
    "--until 20 --every 4 --resume",
    "--until 5 --every 5 --resume",
    "--until 20 --every 5 --resume --with toy",
    "--until 20 --every 5 --resume --set temperature=1",
    "--until 20 --every 5 --resume -o not-an-h5.npy",
    "--until 20 --every 5 --resume --set rng=compucell3d",
  };
  Place place;

  place_init (&place);
  g_autofree char *path = place_file (&place, "kept.h5"),
                  *missing = place_file (&place, "missing.h5"), *was = NULL;
  gsize size;
  ck_assert_int_eq (end (begin (&place, "--until 10 --every 5", path)), EXIT_SUCCESS);
  ck_assert (g_file_get_contents (path, &was, &size, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *is = NULL;
    gsize now;
    ck_assert_msg (end (begin (&place, others[i], path)) == EXIT_FAILURE, "accepted: %s",
                   others[i]);
    ck_assert (g_file_get_contents (path, &is, &now, NULL));
    ck_assert_uint_eq (now, size);
    ck_assert_mem_eq (is, was, size);
  }
  ck_assert_int_eq (end (begin (&place, "--resume", missing)), EXIT_FAILURE);
  ck_assert_uint_eq (place_count (&place), 1);
  place_clear (&place);
}
END_TEST

SUITE ("command-resume", interrupted_runs_go_on, terminated_runs_go_on, finished_runs_go_further,
       particles_go_further, other_runs_are_refused)
