/* SPDX-License-Identifier: MIT */
/* The models that ship open as a host opens them, and step a tissue that stays one. */
#include "models/epns/kind-graph.h"
#include "models/epns/kind-lattice.h"
#include "plugin/view.h"
#include "tests/suite.h"

#include <math.h>

enum { SIDE = 40, CELLS = 16, EDGE = 5, CORNER = 10, MANY = 32 };

typedef struct {
  const char *name;
  double dt;
  guint least, most; /* sites that change hands in two steps */
} Sorting;

/* Native: nearly half of a cell's sites change hands in 50 MCS, three quarters in 500. */
static const Sorting sorting[] = {
  { "cellsort", 50, 80, 600 },
  { "cellsort-long", 500, 150, 900 },
};

START_TEST (sorting_keeps_cells_alive)
{
  static const epns_view absent[MANY];
  const Sorting *of = &sorting[_i];
  g_autofree char *relative = g_build_filename ("models/trained", of->name, NULL),
                  *folder = suite_source (relative);
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
  ck_assert_msg (epns_kind_lattice.open (NULL, folder, &model, &error) == EPNS_OK, "%s", error.text);
  epns_kind_lattice.fields (model, &n_fields, NULL, NULL);
  ck_assert_uint_le (n_fields, MANY);
  ck_assert_msg (epns_kind_lattice.start (model, absent, n_fields - 2, 1, 0, &run, &error)
                     == EPNS_OK,
                 "%s", error.text);
  ck_assert_msg (epns_kind_lattice.step (&run, &frame, 1, 2, of->dt, &error) == EPNS_OK, "%s",
                 error.text);
  for (gsize s = 0; s < SIDE * SIDE; s++) {
    volume[id[s]]++;
    moved += id[s] != start[s];
  }
  for (gint32 c = 1; c <= CELLS; c++) /* native: 23 sites, 1.8 standard deviation */
    ck_assert_msg (volume[c] >= 12 && volume[c] <= 34, "cell %d has %d sites", c, volume[c]);
  ck_assert_uint_gt (moved, of->least);
  ck_assert_uint_lt (moved, of->most);
  epns_kind_lattice.stop (run);
  epns_kind_lattice.close (model);
}
END_TEST

/* Two steps of a model of bodies, of which PARAMs are left to it. */
static void
step_bodies (const char *name, double dt, gsize n, gsize axes, double *position, double *velocity,
             int32_t *type)
{
  static const epns_view absent[MANY];
  g_autofree char *folder = suite_source (name);
  const int64_t shape[2] = { (int64_t) n, (int64_t) axes };
  epns_view views[5] = { epns_view_contiguous (position, EPNS_F64, 2, shape),
                         epns_view_contiguous (velocity, EPNS_F64, 2, shape),
                         { .dtype = EPNS_F64, .rank = 1 },
                         epns_view_contiguous (type, EPNS_I32, 1, shape),
                         { .dtype = EPNS_F64, .rank = 1 } };
  epns_frame frame = { .views = views, .n_views = 5 };
  epns_model *model;
  epns_run *run;
  epns_error error;
  guint n_fields;

  ck_assert_msg (epns_kind_graph.open (NULL, folder, &model, &error) == EPNS_OK, "%s", error.text);
  epns_kind_graph.fields (model, &n_fields, NULL, NULL);
  ck_assert_msg (epns_kind_graph.start (model, absent, n_fields - 5, 1, 0, &run, &error) == EPNS_OK,
                 "%s", error.text);
  ck_assert_msg (epns_kind_graph.step (&run, &frame, 1, 2, dt, &error) == EPNS_OK, "%s",
                 error.text);
  epns_kind_graph.stop (run);
  epns_kind_graph.close (model);
}

/* Far apart, bodies fly on, a little towards each other. */
START_TEST (nbody_demo_flies_on)
{
  double position[5][3], velocity[5][3];
  int32_t type[5] = { 0 };

  for (guint i = 0; i < 5; i++)
    for (guint a = 0; a < 3; a++) {
      position[i][a] = 3 * cos (1.3 * i + a);
      velocity[i][a] = 0.5 * sin (2.1 * i + a);
    }
  step_bodies ("models/trained/nbody-demo", 0.1, 5, 3, &position[0][0], &velocity[0][0], type);
  for (guint i = 0; i < 5; i++)
    for (guint a = 0; a < 3; a++) {
      const double flown = 3 * cos (1.3 * i + a) + 0.2 * 0.5 * sin (2.1 * i + a);
      ck_assert_msg (fabs (position[i][a] - flown) < 0.15, "body %u is %g off along axis %u", i,
                     position[i][a] - flown, a);
    }
}
END_TEST

/* A pair that is squeezed into each other parts, and stays in touch. */
START_TEST (physicell_sorting_parts_cells)
{
  double position[2][2] = { { 0, 0 }, { 3, 0 } }, velocity[2][2] = { { 0 } };
  int32_t type[2] = { 0 };

  step_bodies ("models/trained/physicell-sorting", 10, 2, 2, &position[0][0], &velocity[0][0],
               type);
  const double apart = hypot (position[1][0] - position[0][0], position[1][1] - position[0][1]);
  ck_assert_msg (apart > 6 && apart < 25, "they are %g micron apart", apart);
}
END_TEST

SUITE_CASES ("trained", LOOP (sorting_keeps_cells_alive, 0, G_N_ELEMENTS (sorting)),
             ONCE (nbody_demo_flies_on), ONCE (physicell_sorting_parts_cells))
