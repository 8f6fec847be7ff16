/* SPDX-License-Identifier: MIT */
/* A folder of real scenario files of one host: each starts, or is refused for its true reason. */
#pragma once
#include "adapters/scenario.h"
#include "tests/reading.h"

typedef struct {
  const char *file;    /* part of the file's name */
  const char *message; /* what must be said; NULL: the file runs */
} ScenarioExpectation;

/* "path:LINE: reason" on one line. */
static inline void
scenarios_check_form (const char *path, const char *message)
{
  char *end;

  ck_assert_msg (g_str_has_prefix (message, path), "%s", message);
  message += strlen (path);
  ck_assert_int_eq (*message, ':');
  ck_assert_int_gt (g_ascii_strtoll (message + 1, &end, 10), 0);
  ck_assert (g_str_has_prefix (end, ": "));
  ck_assert_ptr_null (strpbrk (end, "\r\n"));
  ck_assert_uint_gt (strlen (end), 20);
}

static inline void
scenarios_check_known (const char *name, const char *message, const ScenarioExpectation *known,
                       gsize n_known, gboolean *met)
{
  for (gsize i = 0; i < n_known; i++) {
    if (strstr (name, known[i].file) == NULL)
      continue;
    met[i] = TRUE;
    if (known[i].message == NULL)
      ck_assert_msg (message == NULL, "%s should run: %s", name, message);
    else
      ck_assert_msg (message != NULL && strstr (message, known[i].message) != NULL, "%s: %s", name,
                     message ? message : "is read");
  }
}

static inline void
scenarios_check_start (const EpnsScenario *scenario)
{
  g_autoptr (GError) error = NULL;
  gint32 n_types = (gint32) scenario->types->len;
  g_autoptr (EpnsState) state = epns_scenario_initial_state (scenario, 1, &error);

  ck_assert_msg (state != NULL, "%s", error ? error->message : "");
  if (scenario->layout == &epns_layout_lattice)
    ck_assert (epns_lattice_state_check ((EpnsLatticeState *) state, n_types, NULL));
  else
    ck_assert (epns_particle_state_check ((EpnsParticleState *) state, n_types, NULL));
}

/* All files of a folder of the reference data; `known` ones as expected, at least `least` run. */
static inline void
scenarios_check (const char *relative, const char *host, const ScenarioExpectation *known,
                 gsize n_known, int least)
{
  g_autofree char *folder = suite_data (relative);
  g_autofree gboolean *met = g_new0 (gboolean, n_known);
  int n = 0, run = 0;

  if (folder == NULL)
    return;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  ck_assert_ptr_nonnull (dir);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; n++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
    scenarios_check_known (name, error ? error->message : NULL, known, n_known, met);
    if (scenario == NULL) {
      scenarios_check_form (path, error->message);
      continue;
    }
    scenarios_check_start (scenario);
    run++;
  }
  printf ("%d of %d %s files run, %d are refused\n", run, n, host, n - run);
  ck_assert_int_ge (run, least);
  for (gsize i = 0; i < n_known; i++)
    ck_assert_msg (met[i], "no file is called %s", known[i].file);
}
