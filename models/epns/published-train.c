/* SPDX-License-Identifier: MIT */
/* The published network's loss and likelihood. */
#include "models/epns/published-train.h"
#include "models/epns/lattice-objective.h"

enum { DRAW_NOISE = 0x60 }; /* purpose */

typedef struct {
  EpnsLattice *network; /* with gradients of this worker */
  EpnsSlotIds ids;      /* of the sample */
} Worker;

/* --- Parameters --- */

static gsize
n_parameters (gpointer net)
{
  return epns_weights_n (epns_lattice_weights (net));
}

static EpnsTensor *
parameter (gpointer net, gsize i)
{
  return epns_weights_tensor (epns_lattice_weights (net), (guint) i);
}

static char *
parameter_name (gpointer net, gsize i)
{
  return g_strdup (epns_weights_name (epns_lattice_weights (net), (guint) i));
}

static void
net_free (gpointer net)
{
  epns_lattice_free (net);
}

static gpointer
worker_new (gpointer net)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->network = epns_lattice_worker (net);
  return worker;
}

static void
worker_free (gpointer data)
{
  Worker *worker = data;

  epns_lattice_free (worker->network);
  epns_slot_ids_clear (&worker->ids);
  g_free (worker);
}

static EpnsTensor *
worker_parameter (gpointer data, gsize i)
{
  return parameter (((Worker *) data)->network, i);
}

/* --- A sample --- */

typedef struct { /* user of what the objective calls */
  EpnsDrawKey key;
  double loss; /* sum over the steps */
} Heard;

/* An EpnsLatticeNoise. */
static gboolean
draw_noise (gpointer user, gsize k, EpnsTensor *eps, GError **error G_GNUC_UNUSED)
{
  const EpnsDrawKey *key = &((const Heard *) user)->key;

  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) epns_random_normal (key, DRAW_NOISE, (guint64) k << 32 | i);
  return TRUE;
}

static EpnsSlots *
state (const Worker *worker, const EpnsPair *pair, guint step)
{
  return epns_slots_of_ids (&worker->ids, pair->now + step * pair->apart, pair->type, pair->height,
                            pair->width);
}

static void
number_slots (Worker *worker, const EpnsPair *pair)
{
  epns_slot_ids_set (&worker->ids, pair->now, pair->height * pair->width, pair->n_ids);
}

/* An EpnsLatticeHeard. */
static void
add_loss (gpointer user, gsize k G_GNUC_UNUSED, const EpnsLatticeTerms *terms,
          const EpnsSlots *predicted G_GNUC_UNUSED, const EpnsTensor *logits G_GNUC_UNUSED)
{
  ((Heard *) user)->loss += terms->loss;
}

static gboolean
learn (gpointer data, EpnsContext *ctx, const EpnsPair *pair, double beta, const EpnsDrawKey *key,
       double *loss, GError **error)
{
  Worker *worker = data;
  const EpnsLatticeObjective objective = { worker->network, ctx, beta };
  g_autoptr (GPtrArray) truths = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_slots_free);
  Heard heard = { .key = *key };

  number_slots (worker, pair);
  for (guint k = 1; k <= pair->steps; k++)
    g_ptr_array_add (truths, state (worker, pair, k));
  g_autoptr (EpnsSlots) now = state (worker, pair, 0);
  if (!epns_lattice_learn (&objective, now, (EpnsSlots *const *) truths->pdata, pair->steps,
                           draw_noise, add_loss, &heard, error))
    return FALSE;
  *loss = heard.loss / pair->steps;
  return TRUE;
}

static gboolean
measure (gpointer data, EpnsContext *ctx, const EpnsPair *pair, const EpnsDrawKey *key,
         EpnsTrainMeasure *sum, GError **error)
{
  Worker *worker = data;
  const EpnsLatticeObjective objective = { worker->network, ctx, 1 };
  Heard heard = { .key = *key };
  EpnsLatticeTerms terms;

  number_slots (worker, pair);
  g_autoptr (EpnsSlots) now = state (worker, pair, 0);
  g_autoptr (EpnsSlots) next = state (worker, pair, 1);
  if (!epns_lattice_weigh (&objective, now, next, draw_noise, &heard, &terms, error))
    return FALSE;
  double kl = terms.kl * (double) worker->ids.n_slots;
  sum->nats += terms.nll_id + kl;
  sum->kl += kl;
  sum->cells += (double) (worker->ids.n_slots - 1);
  return TRUE;
}

static const EpnsTrainableForm form = {
  .n_parameters = n_parameters,
  .parameter = parameter,
  .parameter_name = parameter_name,
  .worker_new = worker_new,
  .worker_free = worker_free,
  .worker_parameter = worker_parameter,
  .learn = learn,
  .measure = measure,
  .free = net_free,
};

EpnsTrainable
epns_published_trainable (EpnsLattice *network)
{
  return (EpnsTrainable){ .form = &form, .net = network };
}
