/* SPDX-License-Identifier: MIT */
/* The start, site for site: against CompuCell3D's own, and against what its rules say in small. */
#include "adapters/scenario.h"
#include "tests/npz.h"
#include "tests/reading.h"

enum { SITES = 64 * 64, SEEDS = 10 };

static EpnsScenario *
example (const char *relative)
{
  g_autofree char *path = suite_source (relative);
  g_autoptr (GError) error = NULL;
  EpnsScenario *scenario = epns_scenario_read (path, &error);

  ck_assert_msg (scenario != NULL, "%s", error ? error->message : "");
  return scenario;
}

/* tests/golden/cellsort-gg-seed01.u8: planes of bytes, the first the ids at the start, the fourth
 * the types. */
START_TEST (golden_start)
{
  g_autofree char *path = suite_source ("tests/golden/cellsort-gg-seed01.u8"), *text = NULL;
  g_autoptr (EpnsScenario) scenario = example ("examples/cell-sorting/sorting.xml");
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  gsize length;

  ck_assert (g_file_get_contents (path, &text, &length, NULL));
  const guint8 *plane = (const guint8 *) text;
  ck_assert_uint_eq (length, 4 * SITES);
  for (int i = 0; i < SITES; i++) {
    ck_assert_int_eq (state->id[i], plane[i]);
    ck_assert_int_eq (state->type[state->id[i]], plane[3 * SITES + i]);
  }
}
END_TEST

/* frames: [seed][frame][y][x][id, type], types of the medium 0 */
static void
same_starts (const char *relative, const char *scenario_path)
{
  g_autofree char *path = suite_data (relative);
  g_autoptr (EpnsScenario) scenario = example (scenario_path);

  if (path == NULL)
    return;
  g_autoptr (EpnsNpz) frames = epns_npz_read (path, "frames", NULL);
  ck_assert_ptr_nonnull (frames);
  ck_assert_int_eq (frames->shape[0], SEEDS);
  for (guint64 seed = 1; seed <= SEEDS; seed++) {
    const gint32 *frame = frames->data + (seed - 1) * (guint64) frames->shape[1] * SITES * 2;
    g_autoptr (EpnsLatticeState)
        state = epns_scenario_initial_lattice (scenario, seed + (7ull << 32), NULL);
    ck_assert (epns_lattice_state_check (state, 3, NULL));
    for (int i = 0; i < SITES; i++) {
      ck_assert_int_eq (state->id[i], frame[2 * i]);
      ck_assert_int_eq (state->type[state->id[i]], frame[2 * i + 1]);
    }
  }
}

START_TEST (compucell3d_blob_starts)
{
  same_starts ("cc3d/gg_seeds01-10.npz", "examples/cell-sorting/sorting.xml");
}
END_TEST

START_TEST (compucell3d_piff_starts)
{
  same_starts ("cc3d/sameinit_seeds01-10.npz", "examples/cell-sorting/sorting_pif.xml");
}
END_TEST

static EpnsScenario *
small (gint32 x, gint32 y, gint32 z)
{
  static const char *const names[] = { "Medium", "A", "B", "C" };
  EpnsScenario *scenario = epns_scenario_new ("t.xml", "epns");

  scenario->size[0] = z, scenario->size[1] = y, scenario->size[2] = x;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    EpnsCellType type = { g_strdup (names[i]), FALSE };
    g_array_append_val (scenario->types, type);
  }
  return scenario;
}

/* Boxes of 2 on a pitch of 3 from x = 1: at 1, 4 and, running over the region's end, 7. */
START_TEST (uniform_boxes)
{
  g_autoptr (EpnsScenario) scenario = small (10, 5, 1);
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);
  static const gint32 row[10] = { 0, 1, 1, 0, 2, 2, 0, 3, 3, 0 };

  region->low[0] = 1, region->high[0] = 8, region->high[1] = 1, region->high[2] = 1;
  region->width = 2, region->gap = 1;
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  ck_assert_mem_eq (state->id, row, sizeof row);
  ck_assert_mem_eq (state->id + 10, row, sizeof row);
  ck_assert_int_eq (state->id[20], 0);
  ck_assert_uint_eq (state->n_rows, 4);
  for (int id = 1; id <= 3; id++)
    ck_assert_int_eq (state->type[id], 1); /* no types named: type 1 */
}
END_TEST

/* Boxes are made in the order z, y, x, the x axis fastest. */
START_TEST (uniform_in_three_dimensions)
{
  g_autoptr (EpnsScenario) scenario = small (4, 4, 4);
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);
  gsize n;

  region->high[0] = region->high[1] = region->high[2] = 4;
  region->width = 2;
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  g_autofree gint32 *present = epns_lattice_state_present (state, &n);
  g_autofree guint32 *volume = epns_lattice_state_volumes (state);
  ck_assert_uint_eq (n, 8);
  ck_assert_int_eq (present[7], 8);
  for (gsize id = 1; id <= 8; id++)
    ck_assert_uint_eq (volume[id], 8);
  ck_assert_uint_eq (volume[0], 0);
  ck_assert_int_eq (state->id[2], 2);
  ck_assert_int_eq (state->id[2 * 4], 3);
  ck_assert_int_eq (state->id[2 * 16], 5);
}
END_TEST

/* A listed-twice type is drawn twice as often; all are drawn; other seeds give other draws. */
START_TEST (types_are_drawn_by_weight)
{
  g_autoptr (EpnsScenario) scenario = small (120, 100, 1);
  EpnsRegion *region = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);
  int count[4] = { 0 };

  region->high[0] = 120, region->high[1] = 100, region->high[2] = 1;
  g_array_append_vals (region->types, (const gint32[]) { 1, 2, 2, 3 }, 4);
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 5, NULL);
  g_autoptr (EpnsLatticeState) again = epns_scenario_initial_lattice (scenario, 5, NULL);
  g_autoptr (EpnsLatticeState) other = epns_scenario_initial_lattice (scenario, 6, NULL);
  for (gsize id = 1; id < state->n_rows; id++)
    count[state->type[id]]++;
  ck_assert_uint_eq (state->n_rows, 12001);
  ck_assert_int_eq (count[0], 0);
  ck_assert (ABS (count[1] - 3000) < 250 && ABS (count[2] - 6000) < 250
             && ABS (count[3] - 3000) < 250);
  ck_assert_mem_eq (state->type, again->type, state->n_rows * sizeof (gint32));
  ck_assert_mem_ne (state->type, other->type, state->n_rows * sizeof (gint32));
}
END_TEST

/* Later regions go over earlier ones; a cell left without a site has no type and its number is not
 * used again. */
START_TEST (regions_over_regions)
{
  g_autoptr (EpnsScenario) scenario = small (20, 20, 1);
  EpnsRegion *first = epns_scenario_add_region (scenario, EPNS_REGION_UNIFORM);
  EpnsRegion *second = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);

  first->high[0] = first->high[1] = 4, first->high[2] = 1;
  first->width = 2;
  second->radius = 4.0, second->width = 4;
  g_array_append_vals (second->types, (const gint32[]) { 2 }, 1);
  g_autoptr (EpnsLatticeState) state = epns_scenario_initial_lattice (scenario, 1, NULL);
  ck_assert_int_eq (state->id[0], 5);
  ck_assert_int_eq (state->type[5], 2);
  ck_assert_int_eq (state->type[1], 0);
  ck_assert_uint_eq (state->n_rows, 6);
}
END_TEST

START_TEST (an_empty_start_is_refused)
{
  g_autoptr (EpnsScenario) scenario = small (20, 20, 1);
  EpnsRegion *blob = epns_scenario_add_region (scenario, EPNS_REGION_BLOB);
  g_autoptr (GError) error = NULL;

  blob->centre[2] = 50, blob->radius = 5.0;
  ck_assert_ptr_null (epns_scenario_initial_lattice (scenario, 1, &error));
  reading_failed (&error, "the start holds no cell");
}
END_TEST

SUITE ("initial-state", golden_start, compucell3d_blob_starts, compucell3d_piff_starts,
       uniform_boxes, uniform_in_three_dimensions, types_are_drawn_by_weight, regions_over_regions,
       an_empty_start_is_refused)
