/* SPDX-License-Identifier: MIT */
/* What `cpm` learnt for Morpheus: hexagonal lattices, medium beyond borders, last sites kept, cells
 * that stay connected. Small lattices, numbers worked out by hand. */
#include "tests/cpm-setup.h"
#include "tests/suite.h"

/* Rows of a picture, from row 0 down: '.' medium, 'a' cell 1, 'b' cell 2. */
static void
paint (CpmTissue *tissue, const char *const *rows, gint32 height)
{
  gint32 width = (gint32) strlen (rows[0]);

  cpm_tissue_init (tissue, 1, height, width, 3);
  tissue->types[1] = 1;
  tissue->types[2] = 2;
  for (gint32 y = 0; y < height; y++)
    for (gint32 x = 0; x < width; x++)
      tissue->ids[y * width + x] = rows[y][x] == '.' ? 0 : rows[y][x] - 'a' + 1;
}

static void
border (CpmSetup *setup, double kind)
{
  const double sides[6] = { kind, kind, kind, kind, kind, kind };

  kind_setup_give (setup, "border", (const int64_t[2]){ 3, 2 }, sides);
}

/* Bonds of 1 between a cell and medium, surfaces squared: what the Hamiltonian then counts. */
static CpmSetup
counting (double surface_strength)
{
  const double contact[9] = { 0, 1, 1, 1, 1, 1, 1, 1, 1 }, none[3] = { 0 },
               strength[3] = { 0, surface_strength, surface_strength };
  CpmSetup setup = cpm_setup_open (NULL);

  cpm_setup_number (&setup, "temperature", 1);
  cpm_setup_give (&setup, "contact-energy", 3, contact);
  cpm_setup_give (&setup, "target-surface", 3, none);
  cpm_setup_give (&setup, "surface-strength", 3, strength);
  return setup;
}

static double
hamiltonian (const CpmSetup *setup, const char *const *rows, gint32 height)
{
  CpmTissue tissue;
  epns_run *run = cpm_setup_start (setup, 1, 0);

  paint (&tissue, rows, height);
  ck_assert_int_eq (cpm_tissue_step (&tissue, run, 0, NULL), EPNS_OK);
  double energy = tissue.hamiltonian;
  epns_kind_cpm.stop (run);
  cpm_tissue_clear (&tissue);
  return energy;
}

/* On hexagons a single site has 6 bonds; two along x, along y or across, 10; two at (1, 1) from
 * each other are no nearest neighbours: 12. Of order 2 each has 12, and those two are neighbours.
 * The lattice wraps round, so that no bond meets a wall. */
START_TEST (hexagons_by_hand)
{
  static const char *const one[] = { ".....", ".....", "..a..", ".....", "....." },
                    *const along_x[] = { ".....", ".....", ".aa..", ".....", "....." },
                    *const along_y[] = { ".....", "..a..", "..a..", ".....", "....." },
                    *const across[] = { ".....", "..a..", ".a...", ".....", "....." },
                    *const apart[] = { ".....", ".a...", "..a..", ".....", "....." };
  const double periodic[3] = { 0, 1, 1 };
  CpmSetup setup = counting (0);

  cpm_setup_number (&setup, "grid", EPNS_GRID_HEXAGONAL);
  cpm_setup_give (&setup, "periodic", 3, periodic);
  ck_assert_double_eq (hamiltonian (&setup, one, 5), 6);
  ck_assert_double_eq (hamiltonian (&setup, along_x, 5), 10);
  ck_assert_double_eq (hamiltonian (&setup, along_y, 5), 10);
  ck_assert_double_eq (hamiltonian (&setup, across, 5), 10);
  ck_assert_double_eq (hamiltonian (&setup, apart, 5), 12);
  cpm_setup_number (&setup, "contact-neighbor-order", 2);
  ck_assert_double_eq (hamiltonian (&setup, one, 5), 12);
  ck_assert_double_eq (hamiltonian (&setup, apart, 5), 22);
  cpm_setup_close (&setup);
}
END_TEST

/* A cell in a corner of a square lattice: 2 bonds where walls are, 4 where medium is; its surface
 * squared is 4 and 16. */
START_TEST (medium_beyond_borders)
{
  static const char *const corner[] = { "a..", "...", "..." };
  CpmSetup setup = counting (1);

  ck_assert_double_eq (hamiltonian (&setup, corner, 3), 2 + 4);
  border (&setup, EPNS_CPM_COAST);
  ck_assert_double_eq (hamiltonian (&setup, corner, 3), 4 + 16);
  border (&setup, EPNS_CPM_OPEN);
  ck_assert_double_eq (hamiltonian (&setup, corner, 3), 4 + 16);
  cpm_setup_close (&setup);
}
END_TEST

/* Where a cell fills the lattice and shrinking pays, only an open border lets it: nothing spreads
 * in past a coast. */
START_TEST (open_borders_spread)
{
  static const char *const full[] = { "aaaa", "aaaa", "aaaa", "aaaa" };
  const double target[3] = { 0, 2, 2 }, strength[3] = { 0, 1, 1 };

  for (int kind = EPNS_CPM_WALL; kind <= EPNS_CPM_OPEN; kind++) {
    CpmSetup setup = cpm_setup_open (NULL);
    CpmTissue tissue;
    gint32 left = 0;

    cpm_setup_number (&setup, "temperature", 0.1);
    cpm_setup_give (&setup, "target-volume", 3, target);
    cpm_setup_give (&setup, "volume-strength", 3, strength);
    border (&setup, kind);
    paint (&tissue, full, 4);
    epns_run *run = cpm_setup_start (&setup, 1, 0);
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, 50, NULL), EPNS_OK);
    for (gsize site = 0; site < 16; site++)
      left += tissue.ids[site] == 1;
    ck_assert_int_eq (left, kind == EPNS_CPM_OPEN ? 2 : 16);
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
}
END_TEST

/* A target volume of 0 makes a cell vanish, unless last sites are kept. */
START_TEST (last_sites)
{
  static const char *const rows[] = { ".....", ".aa..", ".aa..", ".....", "....." };
  const double target[3] = { 0, 0, 0 }, strength[3] = { 0, 5, 5 };

  for (int kept = 0; kept < 2; kept++) {
    CpmSetup setup = cpm_setup_open (NULL);
    CpmTissue tissue;
    gint32 left = 0;

    cpm_setup_number (&setup, "temperature", 0.5);
    cpm_setup_give (&setup, "target-volume", 3, target);
    cpm_setup_give (&setup, "volume-strength", 3, strength);
    cpm_setup_number (&setup, "last-site", kept);
    paint (&tissue, rows, 5);
    epns_run *run = cpm_setup_start (&setup, 1, 0);
    ck_assert_int_eq (cpm_tissue_step (&tissue, run, 100, NULL), EPNS_OK);
    for (gsize site = 0; site < 25; site++)
      left += tissue.ids[site] == 1;
    ck_assert_int_eq (left, kept);
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
}
END_TEST

/* How many pieces, joined by edges, cell 1 is in. */
static guint
pieces (const gint32 *ids, gint32 side)
{
  g_autofree gboolean *seen = g_new0 (gboolean, side * side);
  g_autofree gint32 *queue = g_new (gint32, side * side);
  guint found = 0;

  for (gint32 start = 0; start < side * side; start++) {
    if (seen[start] || ids[start] != 1)
      continue;
    gint32 n = 0;
    queue[n++] = start;
    seen[start] = TRUE;
    found++;
    for (gint32 at = 0; at < n; at++)
      for (int k = 0; k < 4; k++) {
        gint32 x = queue[at] % side + (k == 0) - (k == 1);
        gint32 y = queue[at] / side + (k == 2) - (k == 3), to = y * side + x;
        if (x < 0 || y < 0 || x >= side || y >= side || seen[to] || ids[to] != 1)
          continue;
        seen[to] = TRUE;
        queue[n++] = to;
      }
  }
  return found;
}

/* Hot cells fall apart; connected ones stay in one piece through the same heat. */
START_TEST (connected_cells_stay_whole)
{
  enum { SIDE = 24 };
  const double target[3] = { 0, 60, 60 }, strength[3] = { 0, 1, 1 }, connected[3] = { 0, 1, 0 };
  guint most[2] = { 0 };

  for (int on = 0; on < 2; on++) {
    CpmSetup setup = cpm_setup_open (NULL);
    CpmTissue tissue;

    cpm_setup_number (&setup, "temperature", 20);
    cpm_setup_number (&setup, "neighbor-order", 2);
    cpm_setup_number (&setup, "last-site", 1);
    cpm_setup_give (&setup, "target-volume", 3, target);
    cpm_setup_give (&setup, "volume-strength", 3, strength);
    if (on) {
      cpm_setup_give (&setup, "connected", 3, connected);
      cpm_setup_number (&setup, "connectivity-neighbor-order", 2);
    }
    cpm_tissue_init (&tissue, 1, SIDE, SIDE, 3);
    tissue.types[1] = 1;
    for (gint32 y = 8; y < 16; y++)
      for (gint32 x = 8; x < 16; x++)
        tissue.ids[y * SIDE + x] = 1;
    g_autofree gint32 *start = g_memdup2 (tissue.ids, SIDE * SIDE * sizeof (gint32));
    epns_run *run = cpm_setup_start (&setup, 5, 0);
    for (int i = 0; i < 50; i++) {
      ck_assert_int_eq (cpm_tissue_step (&tissue, run, 1, NULL), EPNS_OK);
      most[on] = MAX (most[on], pieces (tissue.ids, SIDE));
    }
    ck_assert_mem_ne (tissue.ids, start, SIDE * SIDE * sizeof (gint32));
    epns_kind_cpm.stop (run);
    cpm_tissue_clear (&tissue);
    cpm_setup_close (&setup);
  }
  ck_assert_uint_gt (most[0], 3);
  ck_assert_uint_eq (most[1], 1);
}
END_TEST

typedef struct {
  const char *rows[5];
  gboolean hexagonal;
  int may_lose, may_gain; /* of cell 1, the site in the middle: whose it is does not matter */
} Case;

/* The rule itself, at the middle of five rows. On a square lattice of order 2 a ring of eight is
 * gone round; on hexagons one of six, (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1), (-1, 0). */
static const Case cases[] = {
  { { ".....", "..a..", ".....", ".....", "....." }, FALSE, TRUE, TRUE },
  { { ".....", "...a.", ".....", ".....", "....." }, FALSE, TRUE, FALSE }, /* by a corner only */
  { { ".....", "..a..", ".....", "..a..", "....." }, FALSE, FALSE, FALSE }, /* a bridge */
  { { ".....", ".aa..", ".a...", "...a.", "....." }, FALSE, FALSE, FALSE },
  { { ".....", ".aaa.", ".a.a.", ".a...", "....." }, FALSE, TRUE, TRUE },
  { { ".....", ".aaa.", ".a.a.", ".aa..", "....." }, FALSE, FALSE, TRUE },  /* all four: a hole */
  { { ".....", "..a..", ".a.a.", "..a..", "....." }, FALSE, FALSE, FALSE }, /* and four runs */
  { { ".....", ".aaa.", ".a.a.", ".aaa.", "....." }, FALSE, FALSE, TRUE },  /* filling it */
  { { ".....", "..a..", "...a.", ".....", "....." }, TRUE, FALSE, FALSE }, /* (1, -1) is between */
  { { ".....", "..aa.", "...a.", ".....", "....." }, TRUE, TRUE, TRUE },
  { { ".....", ".a...", ".....", ".....", "....." }, TRUE, TRUE, FALSE },  /* (-1, -1): far */
};

START_TEST (the_rule_by_hand)
{
  const double connected[3] = { 0, 1, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    CpmSetup setup = counting (0);
    CpmTissue tissue;
    g_autofree EpnsParamField *fields = g_new0 (EpnsParamField, setup.n_params);

    cpm_setup_number (&setup, "grid", cases[i].hexagonal);
    cpm_setup_give (&setup, "connected", 3, connected);
    cpm_setup_number (&setup, "connectivity-neighbor-order", cases[i].hexagonal ? 1 : 2);
    for (uint32_t p = 0; p < setup.n_params; p++)
      fields[p] = (EpnsParamField){ .field = setup.fields[p], EPNS_PARAM_ANY };
    EpnsParams params = { .fields = fields, .views = setup.params, .n = setup.n_params };
    ck_assert_int_eq (epns_params_check (&params, NULL), EPNS_OK);
    EpnsCpmRules *rules = epns_cpm_rules_new (&params, NULL);
    EpnsCpmState *state = epns_cpm_state_new (rules);
    paint (&tissue, cases[i].rows, 5);
    ck_assert_int_eq (
        epns_cpm_state_load (state, rules, &tissue.views[0], &tissue.views[1], NULL), EPNS_OK);
    const EpnsCpmPart *part = &state->parts[state->n_parts - 1];
    ck_assert_str_eq (part->energy->name, "connectivity");
    EpnsCpmCopy copy = { .target = (gsize) state->lattice.row[2] + 2, .winner = 0, .loser = 1 };
    ck_assert_msg (part->energy->forbids (part, state, copy) == !cases[i].may_lose, "loss %u", i);
    copy = (EpnsCpmCopy){ .target = copy.target, .winner = 1, .loser = 0 };
    ck_assert_msg (part->energy->forbids (part, state, copy) == !cases[i].may_gain, "gain %u", i);
    cpm_tissue_clear (&tissue);
    epns_cpm_state_free (state);
    epns_cpm_rules_free (rules);
    cpm_setup_close (&setup);
  }
}
END_TEST

SUITE ("cpm-morpheus", hexagons_by_hand, medium_beyond_borders, open_borders_spread, last_sites,
       connected_cells_stay_whole, the_rule_by_hand)
