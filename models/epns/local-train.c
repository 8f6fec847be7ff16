/* SPDX-License-Identifier: MIT */
/* The local network's loss and likelihood. */
#include "models/epns/local-train.h"
#include "models/epns/local-board.h"
#include "models/epns/local-latent.h"
#include "models/epns/local-ops.h"
#include "plugin/error.h"
#include "plugin/view.h"

typedef struct {
  EpnsLocalNetwork *network;
  EpnsLocalObjective objective;
} Net;

typedef struct {
  const Net *net;
  EpnsLocalNetwork *network; /* with gradients of this worker */
  EpnsLocalBoard *board;
  float *inputs; /* what the network is told; NULL: nothing */
} Worker;

enum { MEDIUM_PLACE = -1, UNKNOWN_PLACE = -2 };

/* --- Parameters --- */

static gsize
n_parameters (gpointer net)
{
  return epns_local_network_n_parameters (((Net *) net)->network);
}

static EpnsTensor *
parameter (gpointer net, gsize i)
{
  return epns_local_network_parameter (((Net *) net)->network, i);
}

static char *
parameter_name (gpointer net, gsize i)
{
  return epns_local_network_parameter_name (((Net *) net)->network, i);
}

static void
net_free (gpointer net)
{
  epns_local_network_free (((Net *) net)->network);
  g_free (net);
}

static gpointer
worker_new (gpointer net)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->net = net;
  worker->network = epns_local_network_worker (worker->net->network);
  const EpnsLocalConfig *config = epns_local_network_config (worker->network);
  const gsize inputs = epns_local_n_inputs (config);
  worker->board = epns_local_board_new (config);
  worker->inputs = inputs > 0 ? g_new (float, inputs) : NULL;
  return worker;
}

static void
worker_free (gpointer data)
{
  Worker *worker = data;

  epns_local_network_free (worker->network);
  epns_local_board_free (worker->board);
  g_free (worker->inputs);
  g_free (worker);
}

static EpnsTensor *
worker_parameter (gpointer worker, gsize i)
{
  return epns_local_network_parameter (((Worker *) worker)->network, i);
}

static guint
passes_of (const Worker *worker)
{
  return epns_local_network_config (worker->network)->passes;
}

static gboolean
has_latents (const Worker *worker)
{
  return epns_local_network_config (worker->network)->latent != EPNS_LOCAL_LATENT_NONE
         && worker->board->windows->n_cells > 0;
}

/* Are all passes learned from at once? */
static gboolean
has_sites (const Worker *worker)
{
  return epns_local_network_config (worker->network)->decoder == EPNS_LOCAL_DECODER_SITES;
}

/* --- The truth --- */

/* The numbers [n_types as often as the rank says] of a parameter, or NULL. */
static const double *
find_told (const epns_train_parameter *parameters, gsize n, const EpnsLocalTold *told,
           gsize n_types)
{
  const gsize wanted = epns_parameter_count (told->rank, n_types);

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (parameters[i].name, told->name))
      return parameters[i].n == wanted ? parameters[i].value : NULL;
  return NULL;
}

gboolean
epns_local_train_inputs (const EpnsLocalConfig *config, const epns_train_parameter *parameters,
                         gsize n, float *inputs, GError **error)
{
  const double *values[EPNS_LOCAL_N_TOLD];

  for (guint k = 0; k < EPNS_LOCAL_N_TOLD; k++) {
    values[k] = find_told (parameters, n, &epns_local_told[k], config->n_types);
    if (values[k] != NULL)
      continue;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "the network is told of %s, and there are data that do not state it for every "
                 "type; learn from <scenario> alone, or remove inputs of <network>",
                 epns_local_told[k].name);
    return FALSE;
  }
  return epns_local_inputs (config, values, inputs, error);
}

static gboolean
tell (Worker *worker, const EpnsPair *pair, GError **error)
{
  return epns_local_train_inputs (epns_local_network_config (worker->network), pair->parameters,
                                  pair->n_parameters, worker->inputs, error);
}

static gboolean
set_board (Worker *worker, const EpnsPair *pair, const EpnsDrawKey *key, GError **error)
{
  const EpnsLocalState state = { .id = (gint32 *) pair->now, /* only read */
                                 .height = pair->height,
                                 .width = pair->width,
                                 .periodic = { pair->periodic[0], pair->periodic[1] },
                                 .type = pair->type,
                                 .n_ids = pair->n_ids,
                                 .inputs = worker->inputs };
  const EpnsLocalConfig *config = epns_local_network_config (worker->network);
  const EpnsLocalGrid grid = epns_local_grid_draw (key, config->passes);

  if ((worker->inputs != NULL && !tell (worker, pair, error))
      || !epns_local_board_set (worker->board, &state, error))
    return FALSE;
  epns_local_board_lay (worker->board, &grid);
  return TRUE;
}

/* The row of a window that begins at `first` and shows coordinate `at`, or -1. */
static gssize
row_of (gssize at, gint32 first, gsize extent, gsize window, gboolean periodic)
{
  gssize row = at - first;

  if (periodic)
    row = epns_local_at (row, extent, TRUE);
  return row >= 0 && row < (gssize) window ? row : -1;
}

/* Where the owner of a site bids for it: a place, MEDIUM_PLACE or UNKNOWN_PLACE. */
static gint32
place_of (const EpnsLocalWindows *w, gsize site, gint32 owner)
{
  if (owner == EPNS_LOCAL_MEDIUM)
    return MEDIUM_PLACE;
  const EpnsLocalCell *cell = &w->cells[owner];
  gssize row = row_of ((gssize) (site / w->width), cell->first_y, w->height, w->window,
                       w->periodic[0]);
  gssize column = row_of ((gssize) (site % w->width), cell->first_x, w->width, w->window,
                          w->periodic[1]);

  if (row < 0 || column < 0)
    return UNKNOWN_PLACE;
  return (gint32) (((gsize) owner * w->window + (gsize) row) * w->window + (gsize) column);
}

/* Evaluate `pass` with the truth of earlier ones revealed, or with the decoder of sites all passes.
 * Returns where every site's true owner bids for it, [height, width]; free with g_free(). */
static gint32 *
evaluate (Worker *worker, EpnsContext *ctx, const EpnsPair *pair, guint pass)
{
  EpnsLocalBoard *board = worker->board;
  gsize sites = pair->height * pair->width;

  epns_local_board_reveal (board, pair->next);
  gint32 *truth = g_memdup2 (board->drawn, sites * sizeof *truth);
  if (has_sites (worker)) {
    epns_local_board_evaluate_all (board, worker->network, ctx);
    epns_local_pass_normalise (ctx, &board->pass);
  } else {
    epns_local_board_forget (board, pass);
    epns_local_board_evaluate (board, worker->network, ctx, pass);
  }
  for (gsize s = 0; s < sites; s++)
    truth[s] = place_of (board->windows, s, truth[s]);
  return truth;
}

/* --- Loss --- */

/* The pass that a sample is about: blocks of samples go through the passes in an order of their
 * own. */
static guint
choose_pass (const EpnsDrawKey *key, guint passes)
{
  const EpnsDrawKey block = { .seed = key->seed,
                              .stream = key->stream,
                              .step = key->step / passes };
  guint order[EPNS_LOCAL_MOST_PASSES];

  for (guint i = 0; i < passes; i++) { /* Fisher and Yates, from the inside out */
    guint32 words[4];
    epns_random_words (&block, EPNS_LOCAL_DRAW_PASS, i, words);
    guint j = epns_random_below (words[0], i + 1);
    order[i] = order[j];
    order[j] = i;
  }
  return order[key->step % passes];
}

/* Weights of the sites, [height, width]. They add up to 1, or where a sample is about one pass but
 * has latents, those of this pass are passes / sites. */
static void
weigh (const Worker *worker, const gint32 *truth, guint pass, float *weight)
{
  const EpnsLocalBoard *board = worker->board;
  const double later = worker->net->objective.later_weight;
  gsize sites = board->windows->height * board->windows->width;
  double sum = 0;

  for (gsize s = 0; s < sites; s++) {
    double w = truth[s] == UNKNOWN_PLACE       ? 0
               : has_sites (worker)            ? 1
               : board->pass_of_site[s] < pass ? 0
               : board->pass_of_site[s] > pass ? later
                                               : 1;
    weight[s] = (float) w;
    sum += w;
  }
  if (has_sites (worker))
    sum = (double) sites;
  else if (has_latents (worker))
    sum = (double) sites / passes_of (worker);
  for (gsize s = 0; s < sites && sum > 0; s++)
    weight[s] = (float) ((double) weight[s] / sum);
}

/* sum_s weight[s] (z[s] - bid of the true owner of s) */
static EpnsTensor *
weighted_cost (EpnsContext *ctx, EpnsTensor *medium, EpnsTensor *logits, EpnsTensor *log_normaliser,
               const gint32 *truth, EpnsTensor *weight)
{
  g_autoptr (EpnsTensor) of_medium = epns_tensor_new (ctx, medium->rank, medium->shape);

  for (gsize s = 0; s < medium->count; s++)
    of_medium->data[s] = truth[s] == MEDIUM_PLACE;
  g_autoptr (EpnsTensor) chosen = epns_mul (ctx, medium, of_medium);
  if (logits != NULL) {
    g_autoptr (EpnsTensor) bids = epns_pick (ctx, logits, medium->rank, medium->shape, truth, 0);
    epns_tensor_set (&chosen, epns_add (ctx, chosen, bids));
  }
  g_autoptr (EpnsTensor) cost = epns_sub (ctx, log_normaliser, chosen);
  epns_tensor_set (&cost, epns_mul (ctx, cost, weight));
  return epns_sum (ctx, cost);
}

static EpnsTensor *
cross_entropy (const Worker *worker, EpnsContext *ctx, const gint32 *truth, guint pass)
{
  const EpnsLocalPass *law = &worker->board->pass;
  const EpnsLocalEncoding *encoding = &worker->board->encoding;
  const float start_weight = (float) worker->net->objective.start_weight;
  g_autoptr (EpnsTensor) weight = epns_tensor_new (ctx, law->medium->rank, law->medium->shape);

  weigh (worker, truth, pass, weight->data);
  g_autoptr (EpnsTensor)
      cost = weighted_cost (ctx, law->medium, law->logits, law->log_normaliser, truth, weight);
  if (has_sites (worker) && start_weight > 0) {
    g_autoptr (EpnsTensor) start = weighted_cost (ctx, encoding->medium_start, encoding->start,
                                                  encoding->log_normaliser, truth, weight);
    epns_tensor_set (&start, epns_affine (ctx, start, start_weight, 0));
    epns_tensor_set (&cost, epns_add (ctx, cost, start));
  }
  return g_steal_pointer (&cost);
}

static EpnsTensor *
loss (gpointer data, EpnsContext *ctx, const EpnsPair *pair, const EpnsDrawKey *key, GError **error)
{
  Worker *worker = data;
  guint pass = choose_pass (key, passes_of (worker));

  if (!set_board (worker, pair, key, error))
    return NULL;
  g_autofree gint32 *truth = evaluate (worker, ctx, pair, pass);
  return cross_entropy (worker, ctx, truth, pass);
}

/* --- Loss with latents --- */

/* Draw the latents from the posterior, for the board to use. What KL (q || p) is then, [n_cells,
 * latent size]; NULL where there are none. */
static EpnsTensor *
draw_posterior (Worker *worker, EpnsContext *ctx, const EpnsPair *pair, const EpnsDrawKey *key)
{
  EpnsLocalBoard *board = worker->board;

  if (!has_latents (worker))
    return NULL;
  epns_local_board_reveal (board, pair->next);
  g_auto (EpnsLocalGaussian)
      q = epns_local_gaussian (worker->network, ctx, board->windows, board->inputs, board->drawn),
      p = epns_local_gaussian (worker->network, ctx, board->windows, board->inputs, NULL);
  epns_tensor_set (&board->latent, epns_local_gaussian_draw (&q, ctx, board->windows, key));
  return epns_gaussian_kl (ctx, q.mu, q.sigma, p.mu, p.sigma);
}

/* Their sum, with no gradient of elements whose mean over cells is below free_bits. */
static EpnsTensor *
sum_kl (EpnsContext *ctx, EpnsTensor *kl, double free_bits)
{
  gsize n = (gsize) kl->shape[0], size = (gsize) kl->shape[1];
  g_autoptr (EpnsTensor) mask = epns_tensor_new (ctx, kl->rank, kl->shape);

  for (gsize i = 0; i < size; i++) {
    double sum = 0;
    for (gsize c = 0; c < n; c++)
      sum += (double) kl->data[c * size + i];
    for (gsize c = 0; c < n; c++)
      mask->data[c * size + i] = sum >= free_bits * (double) n;
  }
  g_autoptr (EpnsTensor) gated = epns_gate_gradient (ctx, kl, mask);
  return epns_sum (ctx, gated);
}

static EpnsTensor *
bound (Worker *worker, EpnsContext *ctx, const EpnsPair *pair, double beta, const EpnsDrawKey *key)
{
  guint pass = choose_pass (key, passes_of (worker));
  g_autoptr (EpnsTensor) kl = draw_posterior (worker, ctx, pair, key);
  g_autofree gint32 *truth = evaluate (worker, ctx, pair, pass);
  g_autoptr (EpnsTensor) cost = cross_entropy (worker, ctx, truth, pass);

  if (kl != NULL) {
    double sites = (double) (pair->height * pair->width);
    epns_tensor_set (&kl, sum_kl (ctx, kl, worker->net->objective.free_bits));
    epns_tensor_set (&kl, epns_affine (ctx, kl, (float) (beta / sites), 0));
    epns_tensor_set (&cost, epns_add (ctx, cost, kl));
  }
  return g_steal_pointer (&cost);
}

static gboolean
learn (gpointer data, EpnsContext *ctx, const EpnsPair *pair, double beta, const EpnsDrawKey *key,
       double *loss, GError **error)
{
  Worker *worker = data;

  if (!set_board (worker, pair, key, error))
    return FALSE;
  epns_context_record (ctx, TRUE);
  g_autoptr (EpnsTensor) cost = bound (worker, ctx, pair, beta, key);
  *loss = (double) epns_tensor_item (cost);
  epns_context_backward (ctx, cost);
  epns_context_record (ctx, FALSE);
  epns_context_clear (ctx);
  return TRUE;
}

/* --- Likelihood --- */

/* Of the sites of the pass, or of all that were evaluated. */
static double
nats_of (const Worker *worker, const gint32 *truth, guint pass)
{
  const EpnsLocalBoard *board = worker->board;
  gsize sites = board->windows->height * board->windows->width;
  const EpnsLocalPass *law = &board->pass;
  double sum = 0;

  for (gsize s = 0; s < sites; s++)
    if ((has_sites (worker) || board->pass_of_site[s] == pass) && truth[s] != UNKNOWN_PLACE) {
      float bid = truth[s] == MEDIUM_PLACE ? law->medium->data[s] : law->logits->data[truth[s]];
      sum += (double) law->log_normaliser->data[s] - (double) bid;
    }
  return sum;
}

static gboolean
measure (gpointer data, EpnsContext *ctx, const EpnsPair *pair, const EpnsDrawKey *key,
         EpnsTrainMeasure *sum, GError **error)
{
  Worker *worker = data;

  if (!set_board (worker, pair, key, error))
    return FALSE;
  g_autoptr (EpnsTensor) kl = draw_posterior (worker, ctx, pair, key);
  if (kl != NULL) {
    epns_tensor_set (&kl, epns_sum (ctx, kl));
    sum->kl += (double) epns_tensor_item (kl);
    sum->nats += (double) epns_tensor_item (kl);
  }
  for (guint pass = 0; pass < (has_sites (worker) ? 1 : passes_of (worker)); pass++) {
    g_autofree gint32 *truth = evaluate (worker, ctx, pair, pass);
    sum->nats += nats_of (worker, truth, pass);
  }
  sum->cells += (double) worker->board->windows->n_cells;
  return TRUE;
}

static const EpnsTrainableForm form = {
  .n_parameters = n_parameters,
  .parameter = parameter,
  .parameter_name = parameter_name,
  .worker_new = worker_new,
  .worker_free = worker_free,
  .worker_parameter = worker_parameter,
  .loss = loss,
  .measure = measure,
  .free = net_free,
};

static const EpnsTrainableForm latent_form = {
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
epns_local_trainable (EpnsLocalNetwork *network, const EpnsLocalObjective *objective)
{
  const EpnsLocalConfig *config = epns_local_network_config (network);
  Net *net = g_new (Net, 1);

  *net = (Net){ .network = network, .objective = *objective };
  return (EpnsTrainable){ .form = config->latent == EPNS_LOCAL_LATENT_NONE ? &form : &latent_form,
                          .net = net };
}

void
epns_local_trainable_hold (gpointer data)
{
  EpnsLocalBoard *board = ((Worker *) data)->board;

  if (board->encoding.expected != NULL)
    epns_tensor_set (&board->held, epns_tensor_ref (board->encoding.expected));
}
