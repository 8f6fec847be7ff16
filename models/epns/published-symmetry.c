/* SPDX-License-Identifier: MIT */
/* The symmetries of the published network: numbering the cells otherwise numbers the outputs
 * otherwise, and a lattice's outputs do not depend on which others it is computed with. (It has no
 * lattice symmetry: its borders are zeros, its kernels free.) */
#include "models/epns/lattice-network.h"
#include "models/epns/lattice.h"

#include <string.h>

typedef struct {
  float *mu, *sigma, *logits;
  gsize n_mu, n_logits;
} Outputs;

static void
outputs_clear (Outputs *self)
{
  g_free (self->mu);
  g_free (self->sigma);
  g_free (self->logits);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outputs, outputs_clear)

static void
evaluate (const EpnsLattice *net, const EpnsSlots *slots, Outputs *outputs)
{
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  EpnsPass pass = epns_lattice_pass (net, ctx, slots);
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

  epns_lattice_encode (net, &pass, slots, &encoding);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (net, &pass, &encoding, encoding.mu);
  outputs->n_mu = encoding.mu->count;
  outputs->n_logits = logits->count;
  outputs->mu = g_memdup2 (encoding.mu->data, encoding.mu->count * sizeof (float));
  outputs->sigma = g_memdup2 (encoding.sigma->data, encoding.sigma->count * sizeof (float));
  outputs->logits = g_memdup2 (logits->data, logits->count * sizeof (float));
}

static void
try_renumbering (const EpnsLattice *net, const EpnsSlots *slots, const Outputs *plain, guint64 seed,
                 const EpnsReporter *reporter)
{
  gsize n = slots->n_slots;
  gint32 order[EPNS_SYMMETRY_CELLS + 1];
  g_autoptr (EpnsSlots) renamed = epns_slots_copy (slots);
  g_auto (Outputs) found = { .mu = NULL };

  epns_symmetry_shuffle (order, 0, (gint32) n, seed); /* the medium is a cell like any other */
  for (gsize i = 0; i < slots->height * slots->width; i++)
    renamed->slot[i] = order[slots->slot[i]];
  evaluate (net, renamed, &found);

  g_autofree float *mu = epns_symmetry_reorder (found.mu, found.n_mu, order, n);
  g_autofree float *sigma = epns_symmetry_reorder (found.sigma, found.n_mu, order, n);
  g_autofree float *logits = epns_symmetry_reorder (found.logits, found.n_logits, order, n);
  epns_symmetry_report (reporter, "renumbered cells: prior mean", plain->mu, mu, plain->n_mu);
  epns_symmetry_report (reporter, "renumbered cells: prior deviation", plain->sigma, sigma,
                        plain->n_mu);
  epns_symmetry_report (reporter, "renumbered cells: logits", plain->logits, logits,
                        plain->n_logits);
}

static void
try_company (const EpnsLattice *net, const EpnsSlots *slots, const Outputs *plain, guint64 seed,
             const EpnsReporter *reporter)
{
  gsize sites = slots->height * slots->width;
  g_autoptr (EpnsSlots) two = epns_slots_new (2, slots->n_slots, slots->height, slots->width);
  g_auto (Outputs) found = { .mu = NULL };

  epns_symmetry_tissue (two->slot, slots->height, slots->width,
                        seed + 1); /* the other lattice comes first */
  for (gsize i = 0; i < sites; i++)
    two->type[i] = two->slot[i] > 0;
  memcpy (two->slot + sites, slots->slot, sites * sizeof *two->slot);
  memcpy (two->type + sites, slots->type, sites * sizeof *two->type);
  evaluate (net, two, &found);
  epns_symmetry_report (reporter, "in a batch: prior mean", plain->mu, found.mu + plain->n_mu,
                        plain->n_mu);
  epns_symmetry_report (reporter, "in a batch: logits", plain->logits,
                        found.logits + plain->n_logits, plain->n_logits);
}

gboolean
epns_published_symmetries (gconstpointer data, guint64 seed, const EpnsReporter *reporter,
                           GError **error G_GNUC_UNUSED)
{
  const EpnsLattice *net = data;
  gsize side = 24, need;
  int axis;

  while (!epns_lattice_takes (net, side, side, &axis, &need, NULL))
    side = need;
  g_autoptr (EpnsSlots) slots = epns_slots_new (1, EPNS_SYMMETRY_CELLS + 1, side, side);
  g_auto (Outputs) plain = { .mu = NULL };

  epns_symmetry_tissue (slots->slot, side, side, seed);
  for (gsize i = 0; i < side * side; i++)
    slots->type[i] = slots->slot[i]
                         ? 1
                               + slots->slot[i]
                                     % (gint32) (epns_lattice_config (net)->num_cell_types - 1)
                         : 0;
  evaluate (net, slots, &plain);
  try_renumbering (net, slots, &plain, seed, reporter);
  try_company (net, slots, &plain, seed, reporter);
  return TRUE;
}
