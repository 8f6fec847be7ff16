/* SPDX-License-Identifier: MIT */
/* Through the plugin, as the command does it: CompuCell3D's own runs, pixel for pixel, from its
 * own files. */
#include "adapters/scenario.h"
#include "tests/npz.h"
#include "tests/suite.h"
#include "tools/stepper.h"

#include <string.h>

#define SEEDS 10
#define FRAMES 51
#define EVERY 10

/* frames: (seed, frame, y, x, [id, type]) */
static void
check_frame (const EpnsNpz *frames, guint32 seed, guint32 frame, const EpnsLatticeState *state)
{
  gsize sites = epns_lattice_state_sites (state);
  const gint32 *want = frames->data + ((gsize) seed * FRAMES + frame) * sites * 2;

  for (gsize s = 0; s < sites; s++) {
    gint32 id = state->id[s];
    if (id != want[2 * s] || state->type[id] != want[2 * s + 1])
      ck_abort_msg ("seed %u, frame %u, site %zu: cell %d of type %d, and %d of %d in CompuCell3D",
                    seed + 1, frame, s, id, state->type[id], want[2 * s], want[2 * s + 1]);
  }
}

/* Members of one ensemble are the seeds 1 to 10: member i runs as RandomSeed 1 + i. */
static void
check_runs (const char *scenario_name, const char *frames_name)
{
  static const char *const overrides[] = { "rng=compucell3d", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *frames_path = suite_data (frames_name);
  if (frames_path == NULL)
    return;
  g_autofree char *path = suite_source (scenario_name);
  g_autoptr (EpnsNpz) frames = epns_npz_read (frames_path, "frames", &error);
  ck_assert_msg (frames != NULL, "%s", error ? error->message : "");
  ck_assert_int_eq (frames->shape[0], SEEDS);
  ck_assert_int_eq (frames->shape[1], FRAMES);
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, &error);
  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsStepModel) model = epns_step_model_find (scenario, "cpm", 2, &error);
  ck_assert_msg (model != NULL, "%s", error ? error->message : "");
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, overrides, &error);
  ck_assert_msg (settings != NULL, "%s", error ? error->message : "");
  const EpnsMembers members = { .n = SEEDS, .seed = 1 };
  g_autoptr (EpnsStepper) stepper = epns_stepper_new (settings, scenario, &members, &error);
  ck_assert_msg (stepper != NULL, "%s", error ? error->message : "");
  guint32 n_frames = suite_trials (FRAMES, 3);
  for (guint32 frame = 0; frame < n_frames; frame++) {
    if (frame > 0 && !epns_stepper_advance (stepper, EVERY, &error))
      ck_abort_msg ("%s", error->message);
    for (guint32 i = 0; i < SEEDS; i++)
      check_frame (frames, i, frame, (const EpnsLatticeState *) epns_stepper_state (stepper, i));
  }
}

START_TEST (random_types)
{
  check_runs ("examples/cell-sorting/sorting.xml", "cc3d/gg_seeds01-10.npz");
}
END_TEST

START_TEST (same_start)
{
  check_runs ("examples/cell-sorting/sorting_pif.xml", "cc3d/sameinit_seeds01-10.npz");
}
END_TEST

SUITE ("run-cc3d", random_types, same_start)
