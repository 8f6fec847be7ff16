/* SPDX-License-Identifier: MIT */
/* The losses of both forms of the lattice network, on a tissue whose borders have moved. */
#include "models/description-private.h"
#include "models/epns/lattice-network.h"
#include "models/epns/lattice-objective.h"
#include "models/epns/local-train.h"
#include "models/epns/verify-gradient.h"
#include "plugin/view.h"

#define PUBLISHED_SIDE 24

enum { DRAW_NOISE, DRAW_NEIGHBOUR };

/* --- A sample --- */

typedef struct {
  gint32 *id; /* [2][side][side]: now, next */
  gint32 type[EPNS_SYMMETRY_CELLS + 1];
  gsize side;
} Tissue;

static void
tissue_clear (Tissue *self)
{
  g_free (self->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tissue, tissue_clear)

/* Square cells, three by three, in the middle. */
static void
lay_squares (Tissue *self, gsize width)
{
  const gsize first = (self->side - 3 * width) / 2;

  for (gsize y = 0; y < 3 * width; y++)
    for (gsize x = 0; x < 3 * width; x++)
      self->id[(first + y) * self->side + first + x] = (gint32) (y / width * 3 + x / width + 1);
}

/* Every site becomes what it or one of its four neighbours was. */
static void
stir (Tissue *self, guint64 seed)
{
  const EpnsDrawKey key = { .seed = seed };
  const gint32 side = (gint32) self->side;

  for (gint32 y = 0; y < side; y++)
    for (gint32 x = 0; x < side; x++) {
      static const gint32 way[5][2] = { { 0, 0 }, { 0, 1 }, { 0, -1 }, { 1, 0 }, { -1, 0 } };
      const guint64 at = (guint64) y * self->side + (guint64) x;
      const gint32 *to = way[(gsize) (5 * epns_random_uniform (&key, DRAW_NEIGHBOUR, at))];
      const gint32 from_y = CLAMP (y + to[0], 0, side - 1), from_x = CLAMP (x + to[1], 0, side - 1);
      self->id[side * side + y * side + x] = self->id[from_y * side + from_x];
    }
}

/* window 0: discs rather than cells of a quarter of a window. */
static void
make_tissue (Tissue *self, gsize side, gsize window, gsize n_types, guint64 seed)
{
  self->side = side;
  self->id = g_new0 (gint32, 2 * side * side);
  if (window > 0)
    lay_squares (self, MAX (window / 4, 2));
  else
    epns_symmetry_tissue (self->id, side, side, seed);
  stir (self, seed);
  for (gint32 c = 1; c <= EPNS_SYMMETRY_CELLS; c++)
    self->type[c] = 1 + c % (gint32) (n_types - 1);
}

/* --- The local form --- */

typedef struct {
  EpnsTrainable net;
  gpointer worker;
  EpnsContext *ctx;
  EpnsPair pair;
  EpnsDrawKey key;
} Local;

static EpnsTensor *
local_parameter (gpointer of, gsize i)
{
  const Local *self = of;

  return self->net.form->worker_parameter (self->worker, i);
}

static char *
local_name (gpointer of, gsize i)
{
  const Local *self = of;

  return self->net.form->parameter_name (self->net.net, i);
}

static gboolean
local_evaluate (gpointer of, double *loss, GError **error)
{
  const Local *self = of;

  if (self->net.form->learn != NULL)
    return self->net.form->learn (self->worker, self->ctx, &self->pair, 1, &self->key, loss, error);
  epns_context_record (self->ctx, TRUE);
  g_autoptr (EpnsTensor) cost = self->net.form->loss (self->worker, self->ctx, &self->pair,
                                                      &self->key, error);
  if (cost != NULL) {
    *loss = (double) epns_tensor_item (cost);
    epns_context_backward (self->ctx, cost);
  }
  epns_context_record (self->ctx, FALSE);
  epns_context_clear (self->ctx);
  return cost != NULL;
}

/* What a network that is told anything is told: a scenario of ones. */
static void
tell (const EpnsLocalConfig *config, epns_train_parameter told[EPNS_LOCAL_N_TOLD], double *ones)
{
  const gsize n = config->n_types;

  for (gsize i = 0; i < n * n; i++)
    ones[i] = 1;
  for (guint k = 0; k < EPNS_LOCAL_N_TOLD; k++) {
    const int rank = epns_local_told[k].rank;
    told[k] = (epns_train_parameter){ epns_local_told[k].name, ones,
                                      (guint32) epns_parameter_count (rank, n), rank };
  }
}

static gboolean
try_local (EpnsSource *source, guint64 seed, const EpnsReporter *reporter, GError **error)
{
  static const EpnsLocalObjective objective = { .later_weight = 0.15, .start_weight = 0.1 };
  g_auto (Tissue) tissue = { .id = NULL };
  epns_train_parameter told[EPNS_LOCAL_N_TOLD];
  EpnsLocalConfig config;

  if (!epns_windowed_config (&config, source->description, error))
    return FALSE;
  config.volume_lean = 0; /* training knows of none */
  EpnsLocalNetwork *network = epns_local_network_new (&config, source->weights, error);
  if (network == NULL)
    return FALSE;
  make_tissue (&tissue, 2 * config.window, config.window, config.n_types, seed);
  g_autofree double *ones = g_new (double, config.n_types *config.n_types);
  tell (&config, told, ones);
  Local self = { .net = epns_local_trainable (network, &objective),
                 .ctx = epns_context_new (NULL),
                 .key = { .seed = seed },
                 .pair = { .steps = 1,
                           .parameters = told,
                           .n_parameters = EPNS_LOCAL_N_TOLD,
                           .now = tissue.id,
                           .next = tissue.id + tissue.side * tissue.side,
                           .apart = tissue.side * tissue.side,
                           .type = tissue.type,
                           .height = tissue.side,
                           .width = tissue.side,
                           .n_ids = G_N_ELEMENTS (tissue.type) } };
  self.worker = self.net.form->worker_new (self.net.net);
  double once;
  gboolean done = local_evaluate (&self, &once, error);
  epns_local_trainable_hold (self.worker);
  const EpnsLossOf loss = { &self, self.net.form->n_parameters (self.net.net), local_parameter,
                            local_name, local_evaluate };
  done = done && epns_verify_gradient_of (&loss, seed, reporter, error);
  self.net.form->worker_free (self.worker);
  self.net.form->free (self.net.net);
  epns_context_free (self.ctx);
  return done;
}

/* --- The published form --- */

typedef struct {
  EpnsLatticeObjective objective;
  EpnsSlots *now, *next;
  EpnsDrawKey key;
} Published;

static EpnsTensor *
published_parameter (gpointer of, gsize i)
{
  const Published *self = of;

  return epns_weights_tensor (epns_lattice_weights (self->objective.net), (guint) i);
}

static char *
published_name (gpointer of, gsize i)
{
  const Published *self = of;

  return g_strdup (epns_weights_name (epns_lattice_weights (self->objective.net), (guint) i));
}

typedef struct {
  const EpnsDrawKey *key;
  double beta, loss;
} Heard;

/* An EpnsLatticeNoise. */
static gboolean
draw_noise (gpointer user, gsize k G_GNUC_UNUSED, EpnsTensor *eps, GError **error G_GNUC_UNUSED)
{
  for (gsize i = 0; i < eps->count; i++)
    eps->data[i] = (float) epns_random_normal (((const Heard *) user)->key, DRAW_NOISE, i);
  return TRUE;
}

/* An EpnsLatticeHeard. */
static void
hear (gpointer user, gsize k G_GNUC_UNUSED, const EpnsLatticeTerms *terms,
      const EpnsSlots *predicted G_GNUC_UNUSED, const EpnsTensor *logits G_GNUC_UNUSED)
{
  Heard *heard = user;

  heard->loss = terms->nll_id + heard->beta * terms->kl;
}

static gboolean
published_evaluate (gpointer of, double *loss, GError **error)
{
  const Published *self = of;
  Heard heard = { &self->key, self->objective.beta, 0 };
  EpnsSlots *const truths[] = { self->next };

  gboolean done = epns_lattice_learn (&self->objective, self->now, truths, 1, draw_noise, hear,
                                      &heard, error);
  *loss = heard.loss;
  return done;
}

static gboolean
try_published (EpnsSource *source, const char *path, guint64 seed, const EpnsReporter *reporter,
               GError **error)
{
  g_auto (Tissue) tissue = { .id = NULL };
  g_auto (EpnsSlotIds) ids = { .slot_of = NULL };
  gsize side = PUBLISHED_SIDE, need;
  int axis;

  if (source->description == NULL)
    source->description = epns_model_description_new (path);
  epns_model_description_put (source->description, "free-bits", "0", 0);
  g_autoptr (EpnsLattice)
      net = epns_lattice_new (source->weights, source->description, TRUE, error);
  if (net == NULL)
    return FALSE;
  while (!epns_lattice_takes (net, side, side, &axis, &need, NULL))
    side = need;
  make_tissue (&tissue, side, 0, epns_lattice_config (net)->num_cell_types, seed);
  epns_slot_ids_set (&ids, tissue.id, side * side, G_N_ELEMENTS (tissue.type));
  g_autoptr (EpnsSlots) now = epns_slots_of_ids (&ids, tissue.id, tissue.type, side, side);
  g_autoptr (EpnsSlots) next = epns_slots_of_ids (&ids, tissue.id + side * side, tissue.type, side,
                                                  side);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  Published self = { { net, ctx, 1 }, now, next, { .seed = seed } };
  const EpnsLossOf loss = { &self, epns_weights_n (epns_lattice_weights (net)), published_parameter,
                            published_name, published_evaluate };
  return epns_verify_gradient_of (&loss, seed, reporter, error);
}

gboolean
epns_verify_lattice_gradient (const char *path, guint64 seed, epns_verify_report report,
                              gpointer data, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };
  const EpnsReporter reporter = { report, data };
  gsize window;

  if (!epns_source_open (&source, path, error) || !epns_source_window (&source, &window, error))
    return FALSE;
  return window > 0 ? try_local (&source, seed, &reporter, error)
                    : try_published (&source, path, seed, &reporter, error);
}
