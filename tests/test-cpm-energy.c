/* SPDX-License-Identifier: MIT */
/* What a copy is said to cost is what the Hamiltonian says it cost: random lattices, every border,
 * every term. */
#include "tests/cpm-brute.h"
#include "tests/cpm-setup.h"
#include "tests/suite.h"

enum { VARIANTS = 64, N_COSTS = 3 };

/* Numbers without simple ratios, so that no two terms can stand in for each other. */
static Brute
some_rules (int variant)
{
  Brute rules = {
    .size = { variant % 2 ? 4 : 1, 5, 6 },
    .periodic = { (variant >> 1) & 1, (variant >> 2) & 1, (variant >> 3) & 1 },
    .n_cells = 12,
    .target_volume = { 3.5, 9.25, 14 },
    .volume_strength = { 0.7, 1.3, 0.9 },
    .target_surface = { 11, 17.5, 23 },
    .surface_strength = { 0.21, 0.13, 0.37 },
    .surface_scale = 0.83,
    .contact = { 1.1, 16.3, 12.7, 16.3, 2.9, 11.3, 12.7, 11.3, 14.1 },
    .by_distance = (variant >> 4) & 1,
    .surface_order = 1 + variant % 3,
    .contact_order = 1 + (variant / 3) % 4,
    .copy_order = 1 + (variant / 5) % 4,
    .coast = (variant >> 5) & 1,
    .hexagonal = variant % 2 == 0 && variant >= 32,
    .round = variant % 3 == 1,
  };

  for (gint32 cell = 1; cell < rules.n_cells; cell++)
    rules.type[cell] = cell % BRUTE_TYPES; /* some cells have the medium's type */
  brute_prepare (&rules);
  return rules;
}

static CpmSetup
set_up (const Brute *rules)
{
  CpmSetup setup = cpm_setup_open (NULL);
  double periodic[3] = { rules->periodic[0], rules->periodic[1], rules->periodic[2] };
  double border[6];

  for (int i = 0; i < 6; i++)
    border[i] = rules->coast ? EPNS_CPM_COAST : EPNS_CPM_WALL;

  cpm_setup_number (&setup, "temperature", 20);
  cpm_setup_number (&setup, "neighbor-order", rules->copy_order);
  cpm_setup_give (&setup, "periodic", 3, periodic);
  kind_setup_give (&setup, "border", (const int64_t[2]){ 3, 2 }, border);
  cpm_setup_number (&setup, "grid", rules->hexagonal);
  cpm_setup_number (&setup, "surface-target", rules->round);
  cpm_setup_give (&setup, "target-volume", BRUTE_TYPES, rules->target_volume);
  cpm_setup_give (&setup, "volume-strength", BRUTE_TYPES, rules->volume_strength);
  cpm_setup_give (&setup, "target-surface", BRUTE_TYPES, rules->target_surface);
  cpm_setup_give (&setup, "surface-strength", BRUTE_TYPES, rules->surface_strength);
  cpm_setup_number (&setup, "surface-neighbor-order", rules->surface_order);
  cpm_setup_number (&setup, "surface-scale", rules->surface_scale);
  cpm_setup_give (&setup, "contact-energy", BRUTE_TYPES, rules->contact);
  cpm_setup_number (&setup, "contact-neighbor-order", rules->contact_order);
  cpm_setup_number (&setup, "contact-weight-by-distance", rules->by_distance);
  return setup;
}

/* Patches of cells rather than noise: each site takes its left neighbour's owner more often than
 * not. */
static void
scatter_cells (const Brute *rules, CpmTissue *tissue, guint64 seed)
{
  EpnsDrawKey key = { .seed = seed };

  cpm_tissue_init (tissue, rules->size[0], rules->size[1], rules->size[2], rules->n_cells);
  memcpy (tissue->types, rules->type, (gsize) rules->n_cells * sizeof (gint32));
  for (gsize site = 0; site < cpm_tissue_sites (tissue); site++) {
    guint32 words[4];
    epns_random_words (&key, 1, site, words);
    gboolean follow = site > 0 && words[0] % 8 < 5;
    tissue->ids[site] = follow ? tissue->ids[site - 1]
                               : (gint32) epns_random_below (words[1], (guint32) rules->n_cells);
  }
}

static EpnsParams
params_of (const CpmSetup *setup, EpnsParamField **fields)
{
  *fields = g_new0 (EpnsParamField, setup->n_params);
  for (uint32_t p = 0; p < setup->n_params; p++)
    (*fields)[p] = (EpnsParamField){ .field = setup->fields[p], EPNS_PARAM_ANY };
  EpnsParams params = { .fields = *fields, .views = setup->params, .n = setup->n_params };
  ck_assert_int_eq (epns_params_check (&params, NULL), EPNS_OK);
  return params;
}

/* Every copy that could be tried on this lattice. */
static guint
check_all_copies (const Brute *rules, const EpnsCpmRules *bound, EpnsCpmState *state,
                  CpmTissue *tissue)
{
  const EpnsCpmLattice *lattice = &state->lattice;
  double before = brute_energy (rules, tissue->ids);
  guint checked = 0;

  ck_assert_int_eq (epns_cpm_state_load (state, bound, &tissue->views[0], &tissue->views[1], NULL),
                    EPNS_OK);
  ck_assert_double_eq_tol (epns_cpm_hamiltonian (state), before, 1e-9 * fabs (before));
  for (gsize site = 0; site < cpm_tissue_sites (tissue); site++) {
    gsize source = (gsize) lattice->row[site / (gsize) rules->size[2]] +
                   site % (gsize) rules->size[2];
    gint32 loser = tissue->ids[site];
    for (guint k = 0; k < state->copies.n && (loser == 0 || state->volume[loser] > 1); k++) {
      gint32 winner = lattice->ids[(gssize) source + state->copies.step[k]];
      EpnsCpmCopy copy = { .target = source, .winner = winner, .loser = loser };
      double change = 0;

      if (winner == loser || winner == EPNS_CPM_NOBODY)
        continue;
      if (lattice->home[(gssize) source + state->copies.step[k]] < 0)
        continue; /* coasts do not spread */
      for (guint p = 0; p < state->n_parts; p++)
        change += state->parts[p].energy->change (&state->parts[p], state, copy);
      tissue->ids[site] = winner;
      ck_assert_double_eq_tol (change, brute_energy (rules, tissue->ids) - before,
                               1e-9 * fabs (before));
      tissue->ids[site] = loser;
      checked++;
    }
  }
  return checked;
}

START_TEST (change_is_difference_of_totals)
{
  for (int variant = 0; variant < VARIANTS; variant++) {
    Brute rules = some_rules (variant);
    CpmSetup setup = set_up (&rules);
    g_autofree EpnsParamField *fields = NULL;
    EpnsParams params = params_of (&setup, &fields);
    EpnsCpmRules *bound = epns_cpm_rules_new (&params, NULL);
    EpnsCpmState *state = epns_cpm_state_new (bound);
    CpmTissue tissue;

    scatter_cells (&rules, &tissue, (guint64) variant);
    ck_assert_uint_eq (state->n_parts, N_COSTS);
    ck_assert_uint_gt (check_all_copies (&rules, bound, state, &tissue), 30);
    cpm_tissue_clear (&tissue);
    epns_cpm_state_free (state);
    epns_cpm_rules_free (bound);
    cpm_setup_close (&setup);
    brute_clear (&rules);
  }
}
END_TEST

/* After many copies the running volumes and surfaces are still those of the lattice, whatever wraps
 * round where. */
START_TEST (tallies_keep_up)
{
  for (int variant = 0; variant < VARIANTS; variant++) {
    Brute rules = some_rules (variant);
    CpmSetup setup = set_up (&rules);
    CpmTissue tissue;

    scatter_cells (&rules, &tissue, (guint64) variant);
    g_autofree gint32 *start = g_memdup2 (tissue.ids, cpm_tissue_sites (&tissue) * sizeof (gint32));
    epns_run *run = cpm_setup_start (&setup, 3, (guint64) variant);
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, 5, NULL), EPNS_OK);
    double energy = brute_energy (&rules, tissue.ids);
    ck_assert_double_eq_tol (tissue.hamiltonian, energy, 1e-9 * fabs (energy));
    ck_assert_mem_ne (tissue.ids, start, cpm_tissue_sites (&tissue) * sizeof (gint32));
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
    brute_clear (&rules);
  }
}
END_TEST

SUITE ("cpm-energy", change_is_difference_of_totals, tallies_keep_up)
