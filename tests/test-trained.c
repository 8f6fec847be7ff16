/* SPDX-License-Identifier: MIT */
/* The models that ship open as a host opens them, and step a tissue that stays one. */
#include "models/epns/kind-lattice.h"
#include "plugin/view.h"
#include "tests/suite.h"

enum { SIDE = 40, CELLS = 16, EDGE = 5, CORNER = 10, MANY = 32 };

START_TEST (cellsort_demo_keeps_cells_alive)
{
  static const epns_view absent[MANY];
  g_autofree char *folder = suite_source ("models/trained/cellsort-demo");
  gint32 id[SIDE * SIDE] = { 0 }, start[SIDE * SIDE], type[CELLS + 1] = { 0 },
                   volume[CELLS + 1] = { 0 };
  epns_view views[2] = { epns_view_contiguous (id, EPNS_I32, 3, (int64_t[]){ 1, SIDE, SIDE }),
                         epns_view_contiguous (type, EPNS_I32, 1, (int64_t[]){ CELLS + 1 }) };
  epns_frame frame = { .views = views, .n_views = 2 };
  epns_model *model;
  epns_run *run;
  epns_error error;
  guint moved = 0, n_fields;

  for (gint32 c = 0; c < CELLS; c++) {
    type[c + 1] = 1 + c % 2;
    for (gint32 s = 0; s < EDGE * EDGE; s++)
      id[(CORNER + c / 4 * EDGE + s / EDGE) * SIDE + CORNER + c % 4 * EDGE + s % EDGE] = c + 1;
  }
  memcpy (start, id, sizeof start);
  ck_assert_msg (epns_kind_lattice.open (NULL, folder, &model, &error) == EPNS_OK, "%s",
                 error.text);
  epns_kind_lattice.fields (model, &n_fields, NULL, NULL);
  ck_assert_uint_le (n_fields, MANY);
  ck_assert_msg (epns_kind_lattice.start (model, absent, n_fields - 2, 1, 0, &run, &error)
                     == EPNS_OK,
                 "%s", error.text);
  ck_assert_msg (epns_kind_lattice.step (&run, &frame, 1, 2, 50.0, &error) == EPNS_OK, "%s",
                 error.text);
  for (gsize s = 0; s < SIDE * SIDE; s++) {
    volume[id[s]]++;
    moved += id[s] != start[s];
  }
  for (gint32 c = 1; c <= CELLS; c++) /* native: 23 sites, 1.8 standard deviation */
    ck_assert_msg (volume[c] >= 12 && volume[c] <= 34, "cell %d has %d sites", c, volume[c]);
  ck_assert_uint_gt (moved, 80); /* native: nearly half of a cell's sites change hands in 50 MCS */
  ck_assert_uint_lt (moved, 600);
  epns_kind_lattice.stop (run);
  epns_kind_lattice.close (model);
}
END_TEST

SUITE ("trained", cellsort_demo_keeps_cells_alive)
