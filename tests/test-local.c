/* SPDX-License-Identifier: MIT */
/* The local lattice network: against its PyTorch twin, and what a step promises. */
#include "models/epns/local-grid.h"
#include "models/epns/local.h"
#include "plugin/error.h"
#include "tests/local-golden.h"

#include <glib/gstdio.h>
#include <math.h>

#define WINDOW 12 /* of the golden network */

typedef struct {
  EpnsSafetensors *weights, *io;
  EpnsLocal *model;
} Golden;

static Golden
golden_open_wide (guint sweeps, guint wide_passes, gsize first_window)
{
  EpnsLocalConfig config = EPNS_LOCAL_CONFIG_DEFAULT;
  Golden g = { .weights = local_golden_read ("passes", "weights"),
               .io = local_golden_read ("passes", "io") };
  g_autoptr (GError) error = NULL;

  config.window = WINDOW;
  config.wide_passes = wide_passes;
  config.first_window = first_window;
  config.redraw_sweeps = sweeps;
  config.early_temperature = 1;
  g.model = epns_local_new (&config, g.weights, &error);
  ck_assert_msg (g.model != NULL, "%s", error ? error->message : "");
  return g;
}

static Golden
golden_open (guint sweeps)
{
  return golden_open_wide (sweeps, 0, WINDOW);
}

static void
golden_close (Golden *g)
{
  epns_local_free (g->model);
  epns_safetensors_free (g->weights);
  epns_safetensors_free (g->io);
}

static const EpnsStored *
find (const Golden *g, const char *lattice, const char *what)
{
  g_autofree char *name = g_strconcat (lattice, ".", what, NULL);
  const EpnsStored *stored = epns_safetensors_find (g->io, name);

  ck_assert_msg (stored != NULL, "%s", name);
  return stored;
}

static gint32 *
integers (const Golden *g, const char *lattice, const char *what)
{
  g_autofree char *name = g_strconcat (lattice, ".", what, NULL);

  return local_golden_integers (g->io, name);
}

typedef struct {
  EpnsLocalState state;
  gint32 *id, *type;
} Tissue;

static Tissue
tissue_read (const Golden *g, const char *lattice)
{
  const EpnsStored *ids = find (g, lattice, "ids");
  g_autofree gint32 *periodic = integers (g, lattice, "periodic");
  Tissue t = { .id = integers (g, lattice, "ids"), .type = integers (g, lattice, "types") };

  t.state = (EpnsLocalState){
    .id = t.id,
    .height = ids->shape[0],
    .width = ids->shape[1],
    .periodic = { periodic[0], periodic[1] },
    .type = t.type,
    .n_ids = find (g, lattice, "types")->count,
  };
  return t;
}

static void
tissue_free (Tissue *t)
{
  g_free (t->id);
  g_free (t->type);
}

static void
assert_close (const char *what, const EpnsStored *expected, gsize pass, const float *got,
              gsize count)
{
  g_autofree float *all = g_new (float, expected->count);

  ck_assert (epns_stored_to_f32 (expected, all));
  ck_assert_uint_eq (expected->count, 12 * count);
  for (gsize i = 0; i < count; i++) {
    float want = all[pass * count + i];
    ck_assert_msg (fabsf (got[i] - want) <= 2e-5f * fmaxf (1, fabsf (want)),
                   "%s, pass %zu, element %zu: %g, not %g", what, pass, i, (double) got[i],
                   (double) want);
  }
}

static void
same_law (const Golden *g, const char *lattice)
{
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g->model, NULL);
  g_autofree gint32 *next = integers (g, lattice, "next"), *grid = integers (g, lattice, "grid");
  g_autofree gint32 *passes = integers (g, lattice, "passes");
  const guint32 lay[3] = { (guint32) grid[0], (guint32) grid[1], (guint32) grid[2] };
  const EpnsLocalGrid laid = { .passes = 12, .shift_y = lay[0], .shift_x = lay[1], .turn = lay[2] };
  Tissue t = tissue_read (g, lattice);
  gsize sites = t.state.height * t.state.width;

  for (gsize s = 0; s < sites; s++)
    ck_assert_uint_eq (epns_local_grid_pass (&laid, s / t.state.width, s % t.state.width),
                       passes[s]);
  for (guint pass = 0; pass < 12; pass++) {
    EpnsLocalLaw law;
    ck_assert (epns_local_law (scratch, &t.state, next, lay, pass, &law, NULL));
    ck_assert_uint_eq (law.n_cells, find (g, lattice, "cells")->count);
    assert_close ("logits", find (g, lattice, "logits"), pass, law.logits,
                  law.n_cells * WINDOW * WINDOW);
    assert_close ("medium", find (g, lattice, "medium"), pass, law.medium, sites);
    assert_close ("log normaliser", find (g, lattice, "log_normaliser"), pass, law.log_normaliser,
                  sites);
  }
  tissue_free (&t);
}

START_TEST (follows_pytorch)
{
  Golden g = golden_open (0);

  same_law (&g, "walled");
  same_law (&g, "wrapped");
  same_law (&g, "torus");
  golden_close (&g);
}
END_TEST

/* n steps of a lattice with so many threads. */
static void
run_steps (const Golden *g, Tissue *t, guint threads, guint64 n)
{
  const epns_host host = { .size = sizeof host, .threads = threads };
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g->model, &host);

  for (guint64 i = 0; i < n; i++) {
    EpnsDrawKey key = { .seed = 7, .stream = 3, .step = i };
    ck_assert (epns_local_step (scratch, &t->state, &key, NULL));
  }
}

START_TEST (threads_change_nothing)
{
  Golden g = golden_open (3);
  Tissue one = tissue_read (&g, "walled"), three = tissue_read (&g, "walled"),
         start = tissue_read (&g, "walled");
  gsize bytes = one.state.height * one.state.width * sizeof (gint32);

  run_steps (&g, &one, 1, 3);
  run_steps (&g, &three, 3, 3);
  ck_assert_mem_eq (one.id, three.id, bytes);
  ck_assert_mem_ne (one.id, start.id, bytes);
  tissue_free (&one);
  tissue_free (&three);
  tissue_free (&start);
  golden_close (&g);
}
END_TEST

/* Windows that are told again to be where they are anyway. */
START_TEST (wide_passes_can_change_nothing)
{
  Golden plain = golden_open (0), wide = golden_open_wide (0, 12, WINDOW);
  Tissue a = tissue_read (&plain, "wrapped"), b = tissue_read (&wide, "wrapped");
  gsize bytes = a.state.height * a.state.width * sizeof (gint32);

  run_steps (&plain, &a, 1, 3);
  run_steps (&wide, &b, 1, 3);
  ck_assert_mem_eq (a.id, b.id, bytes);
  tissue_free (&a);
  tissue_free (&b);
  golden_close (&plain);
  golden_close (&wide);
}
END_TEST

START_TEST (threads_change_nothing_where_passes_are_wide)
{
  Golden g = golden_open_wide (3, 3, 20), plain = golden_open (3);
  Tissue one = tissue_read (&g, "walled"), three = tissue_read (&g, "walled"),
         other = tissue_read (&g, "walled");
  gsize bytes = one.state.height * one.state.width * sizeof (gint32);

  run_steps (&g, &one, 1, 3);
  run_steps (&g, &three, 3, 3);
  run_steps (&plain, &other, 1, 3);
  ck_assert_mem_eq (one.id, three.id, bytes);
  ck_assert_mem_ne (one.id, other.id, bytes);
  tissue_free (&one);
  tissue_free (&three);
  tissue_free (&other);
  golden_close (&g);
  golden_close (&plain);
}
END_TEST

/* A cell drawn ten sites off bids there once windows follow, and not before. */
START_TEST (windows_follow_cells)
{
  enum { SIDE = 48 };
  Golden g = golden_open_wide (0, 2, 20);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g.model, NULL);
  static gint32 now[SIDE * SIDE], next[SIDE * SIDE];
  const gint32 type[2] = { 0, 1 };
  const guint32 lay[3] = { 0, 0, 0 };
  EpnsLocalState state = { .id = now, .height = SIDE, .width = SIDE, .type = type, .n_ids = 2 };
  EpnsLocalLaw law;
  gsize beyond = 24 * SIDE + 36; /* 14 to the right of where the cell is now */

  for (gsize y = 20; y < 26; y++)
    for (gsize x = 20; x < 26; x++) {
      now[y * SIDE + x] = 1;
      next[y * SIDE + x + 9] = 1;
    }
  ck_assert (epns_local_law (scratch, &state, next, lay, 1, &law, NULL));
  ck_assert_uint_eq (law.window, 20);
  ck_assert_float_eq_tol (law.log_normaliser[beyond], law.medium[beyond], 1e-6f);
  ck_assert (epns_local_law (scratch, &state, next, lay, 11, &law, NULL));
  ck_assert_uint_eq (law.window, WINDOW);
  ck_assert_float_gt (law.log_normaliser[beyond], law.medium[beyond] + 1e-6f);
  golden_close (&g);
}
END_TEST

/* Numbering the cells otherwise, in the same order, numbers the result otherwise; the dead stay
 * dead. */
START_TEST (ids_are_only_names)
{
  Golden g = golden_open (2);
  Tissue a = tissue_read (&g, "wrapped"), b = tissue_read (&g, "wrapped");
  gsize sites = a.state.height * a.state.width, n = a.state.n_ids;
  g_autofree gint32 *type = g_new0 (gint32, 5 * n);
  g_autofree gboolean *alive = g_new0 (gboolean, n);

  for (gsize id = 1; id < n; id++)
    type[5 * id - 2] = a.type[id];
  for (gsize s = 0; s < sites; s++) {
    alive[a.id[s]] = TRUE;
    b.id[s] = b.id[s] > 0 ? 5 * b.id[s] - 2 : 0;
  }
  b.state.type = type;
  b.state.n_ids = 5 * n;
  run_steps (&g, &a, 1, 4);
  run_steps (&g, &b, 1, 4);
  for (gsize s = 0; s < sites; s++) {
    ck_assert_int_eq (b.id[s], a.id[s] > 0 ? 5 * a.id[s] - 2 : 0);
    ck_assert (a.id[s] == 0 || alive[a.id[s]]);
  }
  tissue_free (&a);
  tissue_free (&b);
  golden_close (&g);
}
END_TEST

/* Sites of the first pass must be medium as often as the law of that pass says. */
START_TEST (draws_follow_the_law)
{
  Golden g = golden_open (0);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g.model, NULL);
  Tissue t = tissue_read (&g, "torus");
  gsize sites = t.state.height * t.state.width;
  g_autofree gint32 *start = g_memdup2 (t.id, sites * sizeof *start);
  g_autofree double *p = g_new (double, sites);
  const guint32 lay[3] = { 0, 0, 0 };
  double excess = 0, variance = 0;
  guint trials = suite_trials (300, 15);
  EpnsLocalLaw law;

  ck_assert (epns_local_law (scratch, &t.state, start, lay, 0, &law, NULL));
  for (gsize s = 0; s < sites; s++)
    p[s] = exp ((double) (law.medium[s] - law.log_normaliser[s]));
  for (guint64 i = 0; i < trials; i++) {
    EpnsDrawKey key = { .seed = 11, .stream = 1, .step = i };
    EpnsLocalGrid grid = epns_local_grid_draw (&key, 12);

    memcpy (t.id, start, sites * sizeof *start);
    ck_assert (epns_local_step (scratch, &t.state, &key, NULL));
    for (gsize s = 0; s < sites; s++)
      if (epns_local_grid_pass (&grid, s / t.state.width, s % t.state.width) == 0) {
        excess += (t.id[s] == 0) - p[s];
        variance += p[s] * (1 - p[s]);
      }
  }
  ck_assert_double_gt (variance, trials / 3.0);
  ck_assert_msg (fabs (excess) < 4 * sqrt (variance), "%g standard errors off",
                 excess / sqrt (variance));
  tissue_free (&t);
  golden_close (&g);
}
END_TEST

/* Passes share out all sites as local-grid.c says, wherever the grid lies; and eight sweeps bring
 * every site into the last pass once. */
START_TEST (grids_share_out_the_sites)
{
  static const struct {
    guint passes, sites[20]; /* of 8 x 8 */
  } grids[] = {
    { 12, { 2, 2, 2, 2, 4, 4, 8, 8, 8, 8, 8, 8 } },
    { 20, { 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8 } },
  };

  for (gsize g = 0; g < G_N_ELEMENTS (grids); g++)
    for (guint64 i = 0; i < 20; i++) {
      const EpnsDrawKey key = { .seed = 3, .step = i };
      const EpnsLocalGrid grid = epns_local_grid_draw (&key, grids[g].passes);
      guint count[20] = { 0 }, redrawn[64] = { 0 };

      ck_assert (epns_local_grid_knows (grids[g].passes));
      for (gsize s = 0; s < 64; s++)
        count[epns_local_grid_pass (&grid, 16 + s / 8, s % 8)]++;
      ck_assert_mem_eq (count, grids[g].sites, sizeof count);
      for (guint32 k = 0; k < 8; k++) {
        const EpnsLocalGrid sweep = epns_local_grid_sweep (&grid, k);
        for (gsize s = 0; s < 64; s++)
          redrawn[s] += epns_local_grid_pass (&sweep, s / 8, s % 8) == grids[g].passes - 1;
      }
      for (gsize s = 0; s < 64; s++)
        ck_assert_uint_eq (redrawn[s], 1);
    }
  ck_assert (!epns_local_grid_knows (0) && !epns_local_grid_knows (13));
}
END_TEST

/* What is far away does not matter: the same cells, deep inside a lattice of any size, face the
 * same law. */
START_TEST (law_is_local)
{
  enum { SMALL = 40, LARGE = 96, SHIFT = 31 };
  Golden g = golden_open (0);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g.model, NULL);
  static gint32 small[SMALL * SMALL], large[LARGE * LARGE];
  const gint32 type[4] = { 0, 1, 2, 1 };
  const guint32 lay[3] = { 0, 0, 0 };
  g_autofree float *logits = g_new (float, 2 * WINDOW * WINDOW);
  EpnsLocalState state = { .id = small, .height = SMALL, .width = SMALL, .type = type, .n_ids = 4 };
  EpnsLocalLaw law;

  for (gsize y = 0; y < 5; y++)
    for (gsize x = 0; x < 10; x++) {
      small[(y + 17) * SMALL + x + 15] = x < 5 ? 1 : 2;
      large[(y + 17 + SHIFT) * LARGE + x + 15 + SHIFT] = x < 5 ? 1 : 2;
    }
  large[3 * LARGE + 4] = 3;
  ck_assert (epns_local_law (scratch, &state, small, lay, 0, &law, NULL));
  memcpy (logits, law.logits, 2 * WINDOW * WINDOW * sizeof *logits);
  state =
      (EpnsLocalState){ .id = large, .height = LARGE, .width = LARGE, .type = type, .n_ids = 4 };
  ck_assert (epns_local_law (scratch, &state, large, lay, 0, &law, NULL));
  ck_assert_uint_eq (law.n_cells, 3);
  for (gsize i = 0; i < 2 * WINDOW * WINDOW; i++)
    ck_assert_float_eq_tol (law.logits[i], logits[i], 1e-5f);
  golden_close (&g);
}
END_TEST

static void
assert_refused (EpnsLocalScratch *scratch, Tissue *t, const char *names)
{
  gsize bytes = t->state.height * t->state.width * sizeof (gint32);
  g_autofree gint32 *before = g_memdup2 (t->id, bytes);
  g_autoptr (GError) error = NULL;
  EpnsDrawKey key = { .seed = 1 };

  ck_assert (!epns_local_step (scratch, &t->state, &key, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH));
  ck_assert_msg (strstr (error->message, names) != NULL, "%s", error->message);
  ck_assert_mem_eq (t->id, before, bytes);
}

START_TEST (refuses_what_does_not_fit)
{
  Golden g = golden_open (0);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g.model, NULL);
  Tissue t = tissue_read (&g, "walled");
  gint32 cell = t.id[0];
  g_autoptr (GError) error = NULL;
  EpnsLocalConfig config = *epns_local_config (g.model);

  for (gsize s = 0; cell == 0; s++)
    cell = t.id[s];
  gint32 type = t.type[cell];
  t.type[cell] = 3;
  assert_refused (scratch, &t, "type 3");
  t.type[cell] = type;
  t.state.n_ids = 2;
  assert_refused (scratch, &t, "rows for 0 to 1");
  t.state.n_ids = find (&g, "walled", "types")->count;
  t.state.periodic[0] = TRUE;
  t.state.height = WINDOW - 2;
  assert_refused (scratch, &t, "periodic y axis");
  tissue_free (&t);

  config.n_types = 4;
  ck_assert_ptr_null (epns_local_new (&config, g.weights, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT));
  g_clear_error (&error);
  config.n_types = 3;
  config.window = 13;
  ck_assert_ptr_null (epns_local_new (&config, g.weights, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_RANGE));
  config.window = WINDOW;
  for (gsize i = 0; i < 3; i++) {
    config.wide_passes = i == 0 ? 13 : 2;
    config.first_window = i == 1 ? WINDOW - 2 : i == 2 ? 21 : 20;
    g_clear_error (&error);
    ck_assert_ptr_null (epns_local_new (&config, g.weights, &error));
    ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_RANGE));
    ck_assert_msg (strstr (error->message, i == 0 ? "wide-passes" : "first-window") != NULL, "%s",
                   error->message);
  }
  golden_close (&g);
}
END_TEST

/* Weights that are no numbers are an error, not a tissue. */
START_TEST (broken_weights_change_nothing)
{
  EpnsSafetensors *io = local_golden_read ("passes", "weights");
  g_autofree EpnsStored *tensors = g_new (EpnsStored, epns_safetensors_n (io));
  g_autofree char *path = g_strdup ("/tmp/epns-local-XXXXXX");
  EpnsLocalConfig config = EPNS_LOCAL_CONFIG_DEFAULT;
  const float broken[1] = { NAN };
  g_autoptr (GError) error = NULL;
  Golden g = golden_open (0);
  Tissue t = tissue_read (&g, "walled");
  g_autofree gint32 *before = g_memdup2 (t.id, t.state.height * t.state.width * sizeof *before);
  EpnsDrawKey key = { .seed = 1 };

  for (guint i = 0; i < epns_safetensors_n (io); i++) {
    tensors[i] = *epns_safetensors_nth (io, i);
    if (g_str_equal (tensors[i].name, "medium_out.bias"))
      tensors[i].data = broken;
  }
  g_close (g_mkstemp (path), NULL);
  ck_assert (epns_safetensors_write (path, tensors, epns_safetensors_n (io), NULL, NULL));
  EpnsSafetensors *weights = epns_safetensors_read (path, NULL);
  g_unlink (path);
  config.window = WINDOW;
  EpnsLocal *model = epns_local_new (&config, weights, NULL);
  EpnsLocalScratch *scratch = epns_local_scratch_new (model, NULL);
  ck_assert (!epns_local_step (scratch, &t.state, &key, &error));
  ck_assert (g_error_matches (error, EPNS_FAILURE, EPNS_FAILURE_RANGE));
  ck_assert_mem_eq (t.id, before, t.state.height * t.state.width * sizeof *before);
  epns_local_scratch_free (scratch);
  epns_local_free (model);
  epns_safetensors_free (weights);
  epns_safetensors_free (io);
  tissue_free (&t);
  golden_close (&g);
}
END_TEST

/* Walls, a lattice smaller than the window, nobody in it. */
START_TEST (an_empty_lattice_stays_empty)
{
  Golden g = golden_open (8);
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (g.model, NULL);
  gint32 id[5 * 7] = { 0 };
  const gint32 type[1] = { 0 };
  EpnsLocalState state = { .id = id, .height = 5, .width = 7, .type = type, .n_ids = 1 };
  EpnsDrawKey key = { .seed = 1 };

  ck_assert (epns_local_step (scratch, &state, &key, NULL));
  for (gsize s = 0; s < 5 * 7; s++)
    ck_assert_int_eq (id[s], 0);
  golden_close (&g);
}
END_TEST

SUITE ("local", follows_pytorch, threads_change_nothing, wide_passes_can_change_nothing,
       threads_change_nothing_where_passes_are_wide, windows_follow_cells, ids_are_only_names,
       draws_follow_the_law, grids_share_out_the_sites, law_is_local, refuses_what_does_not_fit,
       broken_weights_change_nothing, an_empty_lattice_stays_empty)
