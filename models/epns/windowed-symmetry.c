/* SPDX-License-Identifier: MIT */
/* The symmetries of the local form: numbering the cells otherwise numbers the outputs otherwise,
 * and on a periodic lattice moving the tissue moves the outputs. */
#include "models/epns/lattice-network.h"
#include "models/epns/local-inputs.h"

#include <string.h>

typedef struct {
  gint32 *id, *type;
  gsize side;
  const float *inputs; /* as of EpnsLocalState */
} Tissue;

/* Logits of a pass, the sites of earlier passes staying as they are: [cells][window][window]. */
static float *
local_logits (const EpnsLocal *net, const Tissue *tissue, guint pass, gsize *n, GError **error)
{
  g_autoptr (EpnsLocalScratch) scratch = epns_local_scratch_new (net, NULL);
  EpnsLocalState state = { .id = tissue->id,
                           .height = tissue->side,
                           .width = tissue->side,
                           .periodic = { TRUE, TRUE },
                           .type = tissue->type,
                           .n_ids = EPNS_SYMMETRY_CELLS + 1,
                           .inputs = tissue->inputs };
  g_autofree gint32 *next = g_memdup2 (tissue->id, tissue->side * tissue->side * sizeof *next);
  EpnsLocalLaw law;

  if (!epns_local_law (scratch, &state, next, (const guint32[3]){ 0, 0, 0 }, pass, &law, error))
    return NULL;
  *n = law.n_cells * law.window * law.window;
  return g_memdup2 (law.logits, *n * sizeof (float));
}

/* The rows of living cells 1, 2, ... once cell c is numbered order[c]. */
static gsize
rows_after (const Tissue *tissue, const gint32 *order, gint32 *rows)
{
  gboolean alive[EPNS_SYMMETRY_CELLS + 1] = { FALSE };
  gsize n = 0;

  for (gsize i = 0; i < tissue->side * tissue->side; i++)
    alive[tissue->id[i]] = TRUE;
  for (gint32 c = 1; c <= EPNS_SYMMETRY_CELLS; c++) {
    if (!alive[c])
      continue;
    rows[n] = 0;
    for (gint32 other = 1; other <= EPNS_SYMMETRY_CELLS; other++)
      rows[n] += alive[other] && order[other] < order[c];
    n++;
  }
  return n;
}

typedef struct { /* what is tried out */
  const EpnsLocal *net;
  const Tissue *tissue;
  guint pass;
  const char *logits; /* what they are called */
  const float *plain; /* [n] of the tissue as it is */
  gsize n;
  const EpnsReporter *reporter;
} Trial;

static void
report (const Trial *trial, const char *what, const float *found)
{
  g_autofree char *name = g_strconcat (what, trial->logits, NULL);

  epns_symmetry_report (trial->reporter, name, trial->plain, found, trial->n);
}

static gboolean
try_renumbering (const Trial *trial, guint64 seed, GError **error)
{
  const Tissue *tissue = trial->tissue;
  gint32 order[EPNS_SYMMETRY_CELLS + 1], rows[EPNS_SYMMETRY_CELLS], type[EPNS_SYMMETRY_CELLS + 1];
  gsize n, sites = tissue->side * tissue->side;
  g_autofree gint32 *id = g_new (gint32, sites);
  Tissue renamed = { .id = id, .type = type, .side = tissue->side, .inputs = tissue->inputs };

  epns_symmetry_shuffle (order, 1, EPNS_SYMMETRY_CELLS + 1, seed);
  for (gsize i = 0; i < sites; i++)
    id[i] = order[tissue->id[i]];
  for (gint32 c = 0; c <= EPNS_SYMMETRY_CELLS; c++)
    type[order[c]] = tissue->type[c];
  g_autofree float *found = local_logits (trial->net, &renamed, trial->pass, &n, error);
  if (found == NULL)
    return FALSE;
  gsize n_rows = rows_after (tissue, order, rows);
  g_autofree float *back = epns_symmetry_reorder (found, n, rows, n_rows);
  report (trial, "renumbered cells: ", back);
  return TRUE;
}

static gboolean
try_move (const Trial *trial, GError **error)
{
  const Tissue *tissue = trial->tissue;
  gsize n, side = tissue->side;
  g_autofree gint32 *id = g_new (gint32, side * side);
  Tissue moved = { .id = id, .type = tissue->type, .side = side, .inputs = tissue->inputs };

  for (gsize y = 0; y < side; y++)
    for (gsize x = 0; x < side; x++)
      id[(y + 8) % side * side + (x + 24) % side] = tissue->id[y * side + x];
  g_autofree float *found = local_logits (trial->net, &moved, trial->pass, &n, error);
  if (found == NULL)
    return FALSE;
  report (trial, "moved tissue: ", found);
  return TRUE;
}

static gboolean
try_pass (Trial trial, guint pass, const char *logits, guint64 seed, GError **error)
{
  g_autofree float *plain = local_logits (trial.net, trial.tissue, pass, &trial.n, error);

  trial.pass = pass;
  trial.logits = logits;
  trial.plain = plain;
  return plain != NULL && try_renumbering (&trial, seed, error) && try_move (&trial, error);
}

gboolean
epns_windowed_symmetries (gconstpointer data, guint64 seed, const EpnsReporter *reporter,
                          GError **error)
{
  const EpnsLocal *net = data;
  gint32 type[EPNS_SYMMETRY_CELLS + 1] = { 0 };
  const EpnsLocalConfig *config = epns_local_config (net);
  gsize side = (2 * epns_local_first_window (config) + 31) / 16 * 16; /* whole blocks of passes */
  g_autofree gint32 *id = g_new (gint32, side * side);
  g_autofree float *inputs = g_new (float, epns_local_n_inputs (config) + 1);
  Tissue tissue = { .id = id, .type = type, .side = side, .inputs = inputs };

  for (gsize k = 0; k < epns_local_n_inputs (config); k++)
    inputs[k] = 1; /* any energies do */
  epns_symmetry_tissue (id, side, side, seed);
  for (gint32 c = 1; c <= EPNS_SYMMETRY_CELLS; c++)
    type[c] = 1 + c % (gint32) (config->n_types - 1);
  const Trial trial = { .net = net, .tissue = &tissue, .reporter = reporter };
  if (config->wide_passes > 0 && !try_pass (trial, 0, "logits of a wide pass", seed, error))
    return FALSE;
  return config->wide_passes == config->passes
         || try_pass (trial, MAX (5, config->wide_passes), "logits", seed, error);
}
