/* SPDX-License-Identifier: MIT */
/* A stored record of updates, replayed. */
#include "models/epns/verify-replay.h"
#include "models/nn/optim.h"
#include "models/nn/plain-json.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 1e-4
#define OF_THE_WAY 1e-2
#define ROUNDING 1e-6 /* of the largest gradient: below it, a tensor's are taken for zero */
#define ONE_STEP_BETA 1.0
#define MULTI_STEP_BETA 0.5

struct _EpnsReplay {
  const EpnsReplayed *of;
  EpnsAdam *adam;
  double rate;
  float **start;    /* [n_weights] values before the first update */
  guint updates;    /* so far */
  const char *part; /* "one_step" or "multi_step" */
  gsize first;      /* what the part's name counts the next step as */
  double loss;      /* sum over the steps of an update */
};

/* --- The optimiser --- */

/* A number from 0 to below `limit`. */
static gboolean
read_number (JsonNode *node, double limit, double *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *value = json_node_get_double (node);
  return *value >= 0 && *value < limit;
}

static gboolean
read_pair (JsonNode *node, double limit, double *values)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return pair != NULL && json_array_get_length (pair) == 2
         && read_number (json_array_get_element (pair, 0), limit, &values[0])
         && read_number (json_array_get_element (pair, 1), limit, &values[1]);
}

enum { RATE, DECAY, EPS, BETAS, N_VALUES = BETAS + 2 };
static const struct {
  const char *name;
  double limit;
  gboolean (*read) (JsonNode *node, double limit, double *values);
} settings[] = { [RATE] = { "lr", G_MAXFLOAT, read_number },
                 [DECAY] = { "weight_decay", G_MAXFLOAT, read_number },
                 [EPS] = { "eps", G_MAXFLOAT, read_number },
                 [BETAS] = { "betas", 1, read_pair } };

/* {"lr": ..., "weight_decay": ..., "eps": ..., "betas": [.., ..]}; what is absent is as in
 * EPNS_ADAM_DEFAULTS, but for lr. */
static gboolean
read_adam (const EpnsSafetensors *file, EpnsAdamOptions *options, double *rate, GError **error)
{
  const char *path = epns_safetensors_path (file), *text = epns_safetensors_metadata (file, "adam");
  double values[N_VALUES] = { NAN, options->decay, options->eps, options->beta1, options->beta2 };
  g_autoptr (JsonParser) parser = epns_plain_json_parse (text, strlen (text), 2, error);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (parser == NULL) {
    g_prefix_error (error, "%s: adam in __metadata__ ", path);
    return FALSE;
  }
  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (json_object_iter_next (&iter, &name, &node)) {
    guint s = 0;

    while (s < G_N_ELEMENTS (settings) && !g_str_equal (settings[s].name, name))
      s++;
    if (s == G_N_ELEMENTS (settings) || !settings[s].read (node, settings[s].limit, &values[s])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: adam in __metadata__ has '%s', which must be lr, weight_decay or eps, a "
                   "number from 0, or betas, two below 1",
                   path, name);
      return FALSE;
    }
  }
  if (isnan (values[RATE])) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: adam in __metadata__ does not state lr; add it", path);
    return FALSE;
  }
  *rate = values[RATE];
  *options = (EpnsAdamOptions){
    .decay = values[DECAY], .eps = values[EPS], .beta1 = values[BETAS], .beta2 = values[BETAS + 1]
  };
  return TRUE;
}

/* All weights take part, so a record that holds some back is of another network. */
static gboolean
nothing_is_held_back (const EpnsSafetensors *file, GError **error)
{
  const char *held = epns_safetensors_metadata (file, "params_without_grad");

  if (held == NULL || g_str_equal (held, "[]"))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: params_without_grad in __metadata__ is %s; this network trains all its weights",
               epns_safetensors_path (file), held);
  return FALSE;
}

/* --- What is compared --- */

static double
largest_of (const double *values, gsize n)
{
  double largest = 0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (values[i]));
  return largest;
}

/* All numbers of a stored tensor; empty where there is none of that name. */
static GArray *
stored_values (const EpnsReplay *self, const char *name)
{
  const EpnsStored *stored = epns_safetensors_find (self->of->file, name);
  GArray *values = g_array_new (FALSE, TRUE, sizeof (double));

  if (stored == NULL)
    return values;
  g_array_set_size (values, (guint) stored->count);
  epns_stored_to_f64 (stored, (double *) (gpointer) values->data);
  return values;
}

static void
compare_number (const EpnsReplay *self, const char *name, double value)
{
  g_autoptr (GArray) wanted = stored_values (self, name);
  double largest = largest_of ((double *) (gpointer) wanted->data, wanted->len);

  epns_comparison_values (self->of->comparison, name, &(float){ (float) value }, 0, 1,
                          TOLERANCE * largest);
}

static double
largest_gradient (const EpnsTensor *weight)
{
  double largest = 0;

  for (gsize i = 0; i < weight->count; i++)
    largest = fmax (largest, fabs ((double) weight->grad->data[i]));
  return largest;
}

/* What a weight tensor must hold to, given what is stored and where it came from. */
static double
weight_tolerance (const EpnsReplay *self, const GArray *stored, const float *start,
                  gboolean rounding)
{
  double *values = (double *) (gpointer) stored->data;
  double tolerance = TOLERANCE * largest_of (values, stored->len);

  if (rounding)
    return 2 * self->rate * self->updates;
  for (gsize i = 0; i < stored->len; i++)
    values[i] -= (double) start[i];
  return fmin (tolerance, OF_THE_WAY * largest_of (values, stored->len));
}

static void
compare_weights (const EpnsReplay *self)
{
  const EpnsWeights *weights = self->of->weights;
  double largest = 0;

  for (guint i = 0; i < epns_weights_n (weights); i++)
    largest = fmax (largest, largest_gradient (epns_weights_tensor (weights, i)));
  for (guint i = 0; i < epns_weights_n (weights); i++) {
    EpnsTensor *weight = epns_weights_tensor (weights, i);
    g_autofree char *name = g_strdup_printf ("after_%s.%s", self->part,
                                             epns_weights_name (weights, i));
    g_autoptr (GArray) wanted = stored_values (self, name);
    gboolean rounding = largest_gradient (weight) <= ROUNDING * largest;

    if (wanted->len == weight->count)
      epns_comparison_values (self->of->comparison, name, weight->data, 0, weight->count,
                              weight_tolerance (self, wanted, self->start[i], rounding));
  }
}

/* --- Updates --- */

char *
epns_replay_name (const EpnsReplay *self, gsize k, const char *what)
{
  return g_strdup_printf ("%s.%" G_GSIZE_FORMAT ".%s", self->part, self->first + k, what);
}

char *
epns_replay_truth (gsize k)
{
  return k == 1 ? g_strdup ("x_true") : g_strdup_printf ("x_true%" G_GSIZE_FORMAT, k);
}

void
epns_replay_took (EpnsReplay *self, gsize k, double loss, double kl)
{
  g_autofree char *loss_name = epns_replay_name (self, k, "loss"),
                  *kl_name = epns_replay_name (self, k, "kl");

  compare_number (self, loss_name, loss);
  compare_number (self, kl_name, kl);
  self->loss += loss;
}

/* Steps that the part has noise for. */
static gsize
count_steps (EpnsReplay *self)
{
  for (self->first = 0;; self->first++) {
    g_autofree char *name = epns_replay_name (self, 0, "eps");

    if (!epns_comparison_wants (self->of->comparison, name))
      break;
  }
  gsize n = self->first;
  self->first = 0;
  return n;
}

static gboolean
update (EpnsReplay *self, double beta, gsize n_steps, GError **error)
{
  self->loss = 0;
  epns_grads_zero (self->adam->parameters, self->adam->n);
  if (!self->of->learn (self->of->user, self, beta, n_steps, error))
    return FALSE;
  epns_adam_step (self->adam, self->rate);
  self->updates++;
  return TRUE;
}

static gboolean
replay (EpnsReplay *self, GError **error)
{
  self->part = "multi_step";
  gsize n_multi = count_steps (self);

  if (!self->of->read (self->of->user, MAX (n_multi, 1), error))
    return FALSE;
  self->part = "one_step";
  for (gsize n = count_steps (self); self->first < n; self->first++)
    if (!update (self, ONE_STEP_BETA, 1, error))
      return FALSE;
  compare_weights (self);
  self->part = "multi_step";
  self->first = 0;
  if (n_multi == 0)
    return TRUE;
  if (!update (self, MULTI_STEP_BETA, n_multi, error))
    return FALSE;
  compare_number (self, "multi_step.reported_loss", self->loss / (double) n_multi);
  compare_weights (self);
  return TRUE;
}

gboolean
epns_replay (const EpnsReplayed *of, GError **error)
{
  guint n = epns_weights_n (of->weights);
  g_autofree EpnsTensor **parameters = g_new (EpnsTensor *, n);
  g_autoptr (GPtrArray) start = g_ptr_array_new_with_free_func (g_free);
  EpnsAdamOptions options = EPNS_ADAM_DEFAULTS;
  EpnsReplay self = { .of = of };

  if (!read_adam (of->file, &options, &self.rate, error) || !nothing_is_held_back (of->file, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    parameters[i] = epns_weights_tensor (of->weights, i);
    g_ptr_array_add (start, g_memdup2 (parameters[i]->data, parameters[i]->count * sizeof (float)));
  }
  g_autoptr (EpnsAdam) adam = epns_adam_new (parameters, n, options);
  self.adam = adam;
  self.start = (float **) start->pdata;
  return replay (&self, error);
}
