/* SPDX-License-Identifier: MIT */
/* The law of the dynamics. On lattices small enough to list every state, the distribution after one
 * MCS is worked out from the definition and compared with many runs; on a real tissue all ways to
 * draw must agree. (Detailed balance is no test here: how often a copy is tried depends on the
 * neighbours' owners, so the copy rule does not keep the Boltzmann distribution.) */
#include "tests/cpm-brute.h"
#include "tests/cpm-setup.h"
#include "tests/suite.h"

enum { OWNERS = 3 }; /* medium, cell 1 of type 1, cell 2 of type 2 */

static guint
pick (guint full, guint quick)
{
  return g_getenv ("EPNS_UNDER_VALGRIND") != NULL ? quick : full;
}

typedef struct {
  Brute rules;
  double temperature, offset, boltzmann, amplitude[BRUTE_TYPES], attempts_per_site;
  int combine; /* -1: temperature */
  gboolean open; /* medium spreads in across the borders */
} Law;

static double
law_amplitude (const Law *law, gint32 winner, gint32 loser)
{
  double a = law->amplitude[law->rules.type[winner]], b = law->amplitude[law->rules.type[loser]];

  if (law->combine < 0)
    return law->temperature;
  if (winner == 0 || loser == 0)
    return winner == 0 ? b : a;
  return law->combine == 0 ? fmin (a, b) : law->combine == 1 ? fmax (a, b) : (a + b) / 2;
}

static void
decode (guint state, gint32 *ids, int sites)
{
  for (int s = 0; s < sites; s++, state /= OWNERS)
    ids[s] = (gint32) (state % OWNERS);
}

static guint
encode (const gint32 *ids, int sites)
{
  guint state = 0;

  for (int s = sites - 1; s >= 0; s--)
    state = state * OWNERS + (guint) ids[s];
  return state;
}

/* Spread p [n_states] by one attempt: every (source, neighbour) is tried with equal chance. */
static void
one_attempt (const Law *law, const double *energy, guint n_states, const double *p, double *next)
{
  const Brute *rules = &law->rules;
  int sites = rules->size[0] * rules->size[1] * rules->size[2], n;
  g_autofree int *near = brute_neighbours (rules, rules->copy_order, &n);
  gint32 ids[16];

  memset (next, 0, n_states * sizeof (double));
  for (guint state = 0; state < n_states; state++) {
    decode (state, ids, sites);
    for (int k = 0; k < sites * n && p[state] > 0; k++) {
      double share = p[state] / (sites * n), moved = 0;
      gint32 winner = ids[k / n], target = near[2 * k], loser = target < 0 ? winner : ids[target];
      if (target < 0 && law->open) {
        winner = 0;
        target = k / n;
      }
      if (winner != loser) {
        ids[target] = winner;
        guint after = encode (ids, sites);
        ids[target] = loser;
        double x = (energy[after] - energy[state] - law->offset) /
                   (law->boltzmann * law_amplitude (law, winner, loser));
        moved = share * fmin (1, exp (-x));
        next[after] += moved;
      }
      next[state] += share - moved;
    }
  }
}

static double *
exact_law (const Law *law, guint start, guint n_states, guint attempts)
{
  int sites = law->rules.size[0] * law->rules.size[1] * law->rules.size[2];
  g_autofree double *energy = g_new (double, n_states), *next = g_new (double, n_states);
  double *p = g_new0 (double, n_states);
  gint32 ids[16];

  for (guint state = 0; state < n_states; state++) {
    decode (state, ids, sites);
    energy[state] = brute_energy (&law->rules, ids);
  }
  p[start] = 1;
  for (guint a = 0; a < attempts; a++) {
    one_attempt (law, energy, n_states, p, next);
    memcpy (p, next, n_states * sizeof (double));
  }
  return p;
}

static CpmSetup
set_up (const Law *law, int way)
{
  const Brute *rules = &law->rules;
  CpmSetup setup = cpm_setup_open (NULL);
  double periodic[3] = { rules->periodic[0], rules->periodic[1], rules->periodic[2] };

  cpm_setup_number (&setup, "temperature", law->temperature);
  if (law->combine >= 0) {
    cpm_setup_give (&setup, "fluctuation-amplitude", BRUTE_TYPES, law->amplitude);
    cpm_setup_number (&setup, "fluctuation-combine", law->combine);
  }
  cpm_setup_number (&setup, "acceptance-offset", law->offset);
  cpm_setup_number (&setup, "boltzmann-constant", law->boltzmann);
  cpm_setup_number (&setup, "attempts-per-site", law->attempts_per_site);
  cpm_setup_number (&setup, "neighbor-order", rules->copy_order);
  cpm_setup_give (&setup, "periodic", 3, periodic);
  cpm_setup_give (&setup, "target-volume", BRUTE_TYPES, rules->target_volume);
  cpm_setup_give (&setup, "volume-strength", BRUTE_TYPES, rules->volume_strength);
  cpm_setup_give (&setup, "target-surface", BRUTE_TYPES, rules->target_surface);
  cpm_setup_give (&setup, "surface-strength", BRUTE_TYPES, rules->surface_strength);
  cpm_setup_number (&setup, "surface-neighbor-order", rules->surface_order);
  cpm_setup_give (&setup, "contact-energy", BRUTE_TYPES, rules->contact);
  cpm_setup_number (&setup, "contact-neighbor-order", rules->contact_order);
  if (law->open)
    kind_setup_give (&setup, "border", (const int64_t[2]){ 3, 2 },
                     (const double[6]){ EPNS_CPM_OPEN, EPNS_CPM_OPEN, EPNS_CPM_OPEN, EPNS_CPM_OPEN,
                                        EPNS_CPM_OPEN, EPNS_CPM_OPEN });
  cpm_setup_way (&setup, way);
  return setup;
}

/* How many of n runs of one MCS ended in each state. */
static guint *
histogram (const Law *law, int way, guint start, guint n_states, guint n)
{
  const gint32 *size = law->rules.size;
  CpmSetup setup = set_up (law, way);
  CpmTissue tissue;
  guint *counts = g_new0 (guint, n_states);

  cpm_tissue_init (&tissue, size[0], size[1], size[2], OWNERS);
  memcpy (tissue.types, law->rules.type, OWNERS * sizeof (gint32));
  int sites = (int) cpm_tissue_sites (&tissue);
  for (guint i = 0; i < n; i++) {
    epns_run *run = cpm_setup_start (&setup, 5, i);
    decode (start, tissue.ids, sites);
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, 1, NULL), EPNS_OK);
    counts[encode (tissue.ids, sites)]++;
    epns_kind_cpm.stop (run);
  }
  cpm_tissue_clear (&tissue);
  cpm_setup_close (&setup);
  return counts;
}

/* Pearson's chi-square; rare states share one bin. The bound is 5 standard deviations of the
 * statistic. */
static void
compare (const double *p, const guint *counts, guint n_states, guint n)
{
  double rare_p = 0, rare_count = 0, chi = 0;
  int bins = 0;

  for (guint s = 0; s < n_states; s++) {
    double expected = p[s] * n;
    ck_assert_msg (p[s] > 0 || counts[s] == 0, "state %u cannot be reached, but was", s);
    if (expected < 10) {
      rare_p += p[s];
      rare_count += counts[s];
      continue;
    }
    chi += (counts[s] - expected) * (counts[s] - expected) / expected;
    bins++;
  }
  if (rare_p * n >= 10) {
    chi += (rare_count - rare_p * n) * (rare_count - rare_p * n) / (rare_p * n);
    bins++;
  }
  ck_assert_int_gt (bins, 20);
  ck_assert_msg (chi < bins - 1 + 5 * sqrt (2.0 * (bins - 1)), "chi-square is %g in %d bins", chi,
                 bins);
}

static void
check_law (Law *law, const gint32 *start_ids)
{
  int sites = law->rules.size[0] * law->rules.size[1] * law->rules.size[2];
  guint n_states = (guint) pow (OWNERS, sites), start = encode (start_ids, sites),
        n = pick (30000, 3000);

  brute_prepare (&law->rules);
  g_autofree double *p = exact_law (law, start, n_states, (guint) (sites * law->attempts_per_site));
  for (int way = 0; way < CPM_WAYS; way++) {
    g_autofree guint *counts = histogram (law, way, start, n_states, n);
    compare (p, counts, n_states, n);
  }
  brute_clear (&law->rules);
}

static Law
tiny_law (void)
{
  return (Law){ .rules = { .size = { 1, 2, 3 },
                           .type = { 0, 1, 2 },
                           .n_cells = OWNERS,
                           .dead_pay = TRUE, /* a cell's last site is charged as any other */
                           .target_volume = { 0, 2, 3 },
                           .volume_strength = { 0, 1, 0.5 },
                           .target_surface = { 0, 4, 5 },
                           .surface_strength = { 0, 0.2, 0.1 },
                           .surface_scale = 1,
                           .contact = { 0, 2, 3, 2, 1, 2.5, 3, 2.5, 1 },
                           .surface_order = 1,
                           .contact_order = 2,
                           .copy_order = 2 },
                .temperature = 4,
                .boltzmann = 1,
                .attempts_per_site = 1,
                .combine = -1 };
}

START_TEST (exact_law_with_walls)
{
  const gint32 start[6] = { 1, 1, 0, 2, 2, 2 };
  Law law = tiny_law ();

  check_law (&law, start);
  law.attempts_per_site = 2.5;
  law.combine = 0;
  law.amplitude[1] = 2;
  law.amplitude[2] = 7;
  law.offset = -0.5;
  law.boltzmann = 1.5;
  check_law (&law, start);
  law.combine = 1;
  check_law (&law, start);
  law.combine = 2;
  law.offset = 1;
  check_law (&law, start);
}
END_TEST

START_TEST (exact_law_on_a_ring)
{
  const gint32 start[6] = { 1, 2, 2, 0, 1, 2 };
  Law law = tiny_law ();

  law.rules.size[1] = 1;
  law.rules.size[2] = 6;
  law.rules.periodic[2] = TRUE;
  law.rules.surface_order = law.rules.copy_order = 1;
  law.rules.contact_order = 1;
  check_law (&law, start);
}
END_TEST

/* Medium beyond the borders of so small a lattice takes part in more than half of the attempts. */
START_TEST (exact_law_with_open_borders)
{
  const gint32 start[6] = { 1, 1, 0, 2, 2, 2 };
  Law law = tiny_law ();

  law.open = law.rules.coast = TRUE;
  check_law (&law, start);
  law.rules.size[1] = 1;
  law.rules.size[2] = 5;
  law.rules.copy_order = law.rules.contact_order = 1;
  check_law (&law, start);
}
END_TEST

/* What one looks at in a sorting tissue. */
enum { VOLUME, BOUNDARY, HETEROTYPIC, DISPLACEMENT, ENERGY, N_OBSERVABLES };
enum { SIDE = 64, ROWS = 60 };

static void
centres (const CpmTissue *tissue, double (*centre)[3])
{
  memset (centre, 0, ROWS * sizeof *centre);
  for (int s = 0; s < SIDE * SIDE; s++) {
    double *cell = centre[tissue->ids[s]];
    cell[0] += s / SIDE;
    cell[1] += s % SIDE;
    cell[2]++;
  }
}

static void
observe (const CpmTissue *tissue, const CpmTissue *start, double *seen)
{
  double now[ROWS][3], then[ROWS][3];
  int cells = 0;

  memset (seen, 0, N_OBSERVABLES * sizeof *seen);
  centres (tissue, now);
  centres (start, then);
  for (int cell = 1; cell < ROWS; cell++)
    if (now[cell][2] > 0) {
      cells++;
      seen[VOLUME] += now[cell][2];
      seen[DISPLACEMENT] += hypot (now[cell][0] / now[cell][2] - then[cell][0] / then[cell][2],
                                   now[cell][1] / now[cell][2] - then[cell][1] / then[cell][2]);
    }
  seen[VOLUME] /= cells;
  seen[DISPLACEMENT] /= cells;
  seen[ENERGY] = tissue->hamiltonian;
  for (int s = 0; s < SIDE * (SIDE - 1); s++) { /* a site and the one below */
    gint32 a = tissue->ids[s], b = tissue->ids[s + SIDE];
    seen[BOUNDARY] += a != b;
    seen[HETEROTYPIC] += tissue->types[a] != tissue->types[b];
  }
}

static void
moments (int way, guint n, double *mean, double *error)
{
  CpmSetup setup = cpm_setup_open (NULL);
  CpmTissue start;
  double seen[N_OBSERVABLES], sum[N_OBSERVABLES] = { 0 }, squares[N_OBSERVABLES] = { 0 };

  cpm_setup_cell_sorting (&setup);
  cpm_setup_way (&setup, way);
  cpm_tissue_init (&start, 1, SIDE, SIDE, ROWS);
  cpm_tissue_blob (&start, 22);
  for (guint i = 0; i < n; i++) {
    CpmTissue tissue;
    cpm_tissue_init (&tissue, 1, SIDE, SIDE, ROWS);
    cpm_tissue_blob (&tissue, 22);
    epns_run *run = cpm_setup_start (&setup, 1000, i);
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, pick (300, 20), NULL), EPNS_OK);
    observe (&tissue, &start, seen);
    for (int o = 0; o < N_OBSERVABLES; o++) {
      sum[o] += seen[o];
      squares[o] += seen[o] * seen[o];
    }
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
  }
  for (int o = 0; o < N_OBSERVABLES; o++) {
    mean[o] = sum[o] / n;
    error[o] = sqrt ((squares[o] / n - mean[o] * mean[o]) / (n - 1));
  }
  cpm_tissue_clear (&start);
  cpm_setup_close (&setup);
}

START_TEST (all_ways_sort_alike)
{
  static const char *names[] = { "volume", "boundary", "heterotypic boundary", "displacement",
                                 "energy" };
  static const char *ways[] = { "by place", "in CompuCell3D's sequence", "along borders" };
  double mean[CPM_WAYS][N_OBSERVABLES], error[CPM_WAYS][N_OBSERVABLES];
  guint n = pick (60, 4);

  for (int way = 0; way < CPM_WAYS; way++)
    moments (way, n, mean[way], error[way]);
  for (int way = 1; way < CPM_WAYS; way++)
    for (int o = 0; o < N_OBSERVABLES; o++)
      ck_assert_msg (fabs (mean[0][o] - mean[way][o]) < 4 * hypot (error[0][o], error[way][o]),
                     "%s: %g +- %g %s, %g +- %g %s", names[o], mean[0][o], error[0][o], ways[0],
                     mean[way][o], error[way][o], ways[way]);
}
END_TEST

SUITE ("cpm-statistics", exact_law_with_walls, exact_law_on_a_ring, exact_law_with_open_borders,
       all_ways_sort_alike)
