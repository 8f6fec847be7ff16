/* SPDX-License-Identifier: MIT */
/* The published network on a host's lattice.
 *
 * Slot 0 is the medium, slots 1.. are the ids present, ascending; so ids may have gaps, and a cell
 * that has lost its last site has no slot and stays dead. (The published rollout keeps slots of the
 * dead; epns_verify_reference() does so too.) */
#include "models/epns/lattice-loss.h"
#include "models/epns/lattice-network.h"
#include "plugin/error.h"

#include <math.h>
#include <unistd.h>

enum { DRAW_LATENT, DRAW_SITE }; /* purposes */

typedef struct {
  EpnsContext *ctx;
  EpnsSlotIds ids;
} Scratch;

static gpointer
scratch_new (gconstpointer net G_GNUC_UNUSED, const epns_host *host)
{
  Scratch *scratch = g_new0 (Scratch, 1);

  scratch->ctx = epns_context_new (host);
  return scratch;
}

static void
scratch_free (gpointer data)
{
  Scratch *scratch = data;

  epns_context_free (scratch->ctx);
  epns_slot_ids_clear (&scratch->ids);
  g_free (scratch);
}

static gsize
count_slots (const EpnsSites *sites)
{
  g_autofree gboolean *present = g_new0 (gboolean, sites->n_ids);
  gsize n = 1;

  for (gsize i = 0; i < sites->height * sites->width; i++) {
    gboolean *seen = &present[sites->id[i]];
    n += sites->id[i] > 0 && !*seen;
    *seen = TRUE;
  }
  return n;
}

/* The two maps that exist for all nodes at once must fit the machine. */
static gboolean
fits_memory (const EpnsLattice *net, const EpnsSites *sites, GError **error)
{
  gsize slots = count_slots (sites);
  double bytes = 2.0 * sizeof (float) * (double) slots * (double) sites->height
                 * (double) sites->width * (double) epns_lattice_config (net)->emb_dim;
  double machine = (double) sysconf (_SC_PHYS_PAGES) * (double) sysconf (_SC_PAGESIZE);

  if (bytes < machine)
    return TRUE;
  g_set_error (
      error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
      "%" G_GSIZE_FORMAT
      " cells need %.0f GiB in a network without windows, this machine has %.0f; use a model "
      "with window > 0",
      slots - 1, ceil (bytes / 0x1p30), floor (machine / 0x1p30));
  return FALSE;
}

static gboolean
takes (gconstpointer net, const EpnsSites *sites, EpnsObstacle *obstacle, GError **error)
{
  gsize need = 0;

  if (!epns_lattice_takes (net, sites->height, sites->width, &obstacle->axis, &need, error)) {
    obstacle->need = (gint64) need;
    return FALSE;
  }
  obstacle->axis = -1;
  return fits_memory (net, sites, error);
}

static EpnsTensor *
draw_latents (EpnsContext *ctx, const EpnsLatticeEncoding *encoding, const EpnsDrawKey *key)
{
  g_autoptr (EpnsTensor) eps = epns_tensor_new (ctx, encoding->mu->rank, encoding->mu->shape);

  for (gsize i = 0; i < eps->count; i++) /* i = node * Z + latent */
    eps->data[i] = (float) epns_random_normal (key, DRAW_LATENT, i);
  return epns_reparameterise (ctx, encoding->mu, encoding->sigma, eps);
}

static gboolean
all_finite (const EpnsTensor *logits, GError **error)
{
  for (gsize i = 0; i < logits->count; i++)
    if (!isfinite (logits->data[i])) {
      g_set_error (
          error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
          "the network's logits are not finite; its weights are broken or this state is far from "
          "its training");
      return FALSE;
    }
  return TRUE;
}

/* A slot for each site by its probabilities (softmax + EPS) / (1 + C EPS). */
static void
draw_sites (const EpnsLattice *net, EpnsContext *ctx, EpnsTensor *logits, const EpnsDrawKey *key,
            gint32 *slot)
{
  gsize slots = (gsize) logits->shape[1], n = (gsize) (logits->shape[2] * logits->shape[3]);
  double eps = epns_lattice_config (net)->EPS;
  g_autoptr (EpnsTensor) p = epns_softmax (ctx, logits, 1);

  for (gsize i = 0; i < n; i++) {
    double left = epns_random_uniform (key, DRAW_SITE, i) * (1.0 + (double) slots * eps);
    gsize c = 0;

    while (c + 1 < slots && (left -= (double) p->data[c * n + i] + eps) >= 0)
      c++;
    slot[i] = (gint32) c;
  }
}

static gboolean
step (gconstpointer net, gpointer data, EpnsSites *sites, gboolean drawn, const EpnsDrawKey *key,
      GError **error)
{
  Scratch *scratch = data;
  gsize n = sites->height * sites->width;

  epns_context_set_half (scratch->ctx, sites->half);
  epns_slot_ids_set (&scratch->ids, sites->id, n, sites->n_ids);
  g_autoptr (EpnsSlots)
      state = epns_slots_of_ids (&scratch->ids, sites->id, sites->type, sites->height, sites->width);
  EpnsPass pass = epns_lattice_pass (net, scratch->ctx, state);
  g_auto (EpnsLatticeEncoding) encoding = { .e = NULL };

  epns_lattice_encode (net, &pass, state, &encoding);
  g_autoptr (EpnsTensor) z = draw_latents (scratch->ctx, &encoding, key);
  g_autoptr (EpnsTensor) logits = epns_lattice_decode (net, &pass, &encoding, z);

  if (!all_finite (logits, error))
    return FALSE;
  if (drawn)
    draw_sites (net, scratch->ctx, logits, key, state->slot);
  else
    epns_lattice_argmax (logits, state->slot);
  for (gsize i = 0; i < n; i++)
    sites->id[i] = scratch->ids.id_of[state->slot[i]];
  return TRUE;
}

static void
free_net (gpointer net)
{
  epns_lattice_free (net);
}

gboolean
epns_published_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error)
{
  EpnsLattice *net = epns_lattice_new (source->weights, source->description, FALSE, error);

  if (net == NULL)
    return FALSE;
  self->net = net;
  self->n_types = epns_lattice_config (net)->num_cell_types;
  self->form = (EpnsLatticeForm){ .chooses = TRUE,
                                  .default_drawn = epns_lattice_config (net)->sample_from_pred,
                                  .free = free_net,
                                  .scratch_new = scratch_new,
                                  .scratch_free = scratch_free,
                                  .takes = takes,
                                  .step = step,
                                  .symmetries = epns_published_symmetries };
  return TRUE;
}
