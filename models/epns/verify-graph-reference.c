/* SPDX-License-Identifier: MIT */
/* Parity with the published graph network: inputs from a reference file, every other tensor of it
 * compared. Five evaluations make all of them: inference with z at the prior's mean and with stored
 * noise; training (the true next state known) with z at the posterior's mean and with stored noise;
 * a rollout at the prior's mean. */
#include "models/epns/graph-objective.h"
#include "models/epns/source.h"
#include "models/epns/verify-graph.h"
#include "models/epns/verify-replay.h"
#include "plugin/error.h"

typedef struct {
  const EpnsGraph *net;
  const EpnsGraphConfig *config;
  const EpnsSafetensors *file;
  EpnsComparison *comparison;
  EpnsContext *ctx;
  const char *prefix; /* before the names that the probe hears now */
  double *align;      /* stored eigenvectors [B][d][d], whose signs are arbitrary; or NULL */
  EpnsReplay *replay; /* of a record of training, while it learns */
  EpnsSystems *x;
  GPtrArray *truths;
  EpnsDrawKey *keys; /* [B], all zero: reference systems are not degenerate */
} Check;

/* --- What is compared --- */

static void
compare_doubles (Check *self, const char *prefix, const char *name, const double *values,
                 gsize count)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);
  g_autofree float *rounded = g_new (float, count);

  for (gsize i = 0; i < count; i++)
    rounded[i] = (float) values[i];
  epns_comparison_values (self->comparison, full, rounded, 0, count, -1);
}

static void
saw (gpointer data, const char *name, EpnsTensor *tensor)
{
  Check *self = data;
  g_autofree char *full = g_strconcat (g_str_has_prefix (name, "debug.") ? "" : self->prefix, name,
                                       NULL);

  epns_comparison_values (self->comparison, full, tensor->data, 0, tensor->count, -1);
}

static EpnsGraphPass
watched (Check *self, const char *prefix)
{
  self->prefix = prefix;
  return (EpnsGraphPass){ self->ctx, saw, self };
}

/* [R][1 + 2 d]: the state as such files hold it. */
static double *
pack (const EpnsSystems *bodies)
{
  const gsize d = bodies->dimensions, width = 1 + 2 * d, rows = epns_systems_rows (bodies);
  double *packed = g_new (double, rows *width);

  for (gsize i = 0; i < rows; i++) {
    packed[i * width] = bodies->mass[i];
    for (gsize c = 0; c < d; c++) {
      packed[i * width + 1 + c] = bodies->position[i * d + c];
      packed[i * width + 1 + d + c] = bodies->velocity[i * d + c];
    }
  }
  return packed;
}

static void
compare_state (Check *self, const char *prefix, const char *name, const EpnsSystems *bodies)
{
  g_autofree double *packed = pack (bodies);

  compare_doubles (self, prefix, name, packed,
                   epns_systems_rows (bodies) * (1 + 2 * bodies->dimensions));
}

/* Numbers of a body's mass, and one for each component of its position and of its velocity, under a
 * name. */
static void
compare_body_numbers (Check *self, const char *prefix, const char *name, double mass,
                      const float *numbers, gsize rows, gboolean by_component)
{
  const gsize d = self->config->dimensions, width = 1 + 2 * d;
  g_autofree double *packed = g_new (double, rows *width);

  for (gsize i = 0; i < rows * width; i++) {
    const gsize row = i / width, k = i % width;
    packed[i] = k == 0 ? mass
                       : (double) (by_component ? numbers[row * 2 * d + k - 1]
                                                : numbers[row * 2 + (k - 1) / d]);
  }
  compare_doubles (self, prefix, name, packed, rows * width);
}

/* dec_x, dec_v: the next positions and velocities in the network's units. */
static void
compare_motion (Check *self, const char *prefix, const EpnsSystems *from,
                const EpnsGraphMotion *motion)
{
  const gsize d = from->dimensions, n = epns_systems_rows (from) * d;
  g_autofree double *x = g_new (double, n), *v = g_new (double, n);

  for (gsize i = 0; i < n; i++) {
    const float *change = motion->change->data + i / d * 2 * d + i % d;
    x[i] = from->position[i] / self->config->scale + (double) change[0];
    v[i] = from->velocity[i] / self->config->velocity_scale + (double) change[d];
  }
  compare_doubles (self, prefix, "dec_x", x, n);
  compare_doubles (self, prefix, "dec_v", v, n);
  compare_body_numbers (self, prefix, "sigma", epns_graph_mass_sigma (self->config),
                        motion->spread->data, epns_systems_rows (from), FALSE);
}

static gboolean
compare_prediction (Check *self, const char *prefix, const EpnsSystems *from,
                    const EpnsGraphMotion *motion, GError **error)
{
  g_autoptr (EpnsSystems) next = epns_systems_copy (from);

  compare_motion (self, prefix, from, motion);
  if (!epns_graph_follow (self->config, motion, next, error))
    return FALSE;
  compare_state (self, prefix, "mu", next);
  compare_state (self, prefix, "pred", next);
  return TRUE;
}

/* --- What is read --- */

static EpnsSystems *
read_state (Check *self, const char *name, const EpnsSystems *like, GError **error)
{
  const EpnsStored *stored = epns_safetensors_need (self->file, name, error);
  const gsize d = self->config->dimensions, width = 1 + 2 * d;

  if (stored == NULL)
    return NULL;
  g_autofree double *values = g_new (double, stored->count + 1);
  if (stored->rank != 3 || stored->shape[2] != width || stored->count == 0
      || (like != NULL && (stored->shape[0] != like->n_systems || stored->shape[1] != like->n))
      || !epns_stored_to_f64 (stored, values)) {
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
        "%s: tensor '%s' must be states of mass, position and velocity, [B, n, %" G_GSIZE_FORMAT
        "], as many as 'x' has",
        epns_safetensors_path (self->file), name, width);
    return NULL;
  }
  EpnsSystems *bodies = epns_systems_new (stored->shape[0], stored->shape[1], (guint) d);
  for (gsize i = 0; i < stored->count; i++) {
    const gsize row = i / width, k = i % width;
    double *to = k == 0  ? &bodies->mass[row]
                 : k > d ? &bodies->velocity[row * d + k - 1 - d]
                         : &bodies->position[row * d + k - 1];
    *to = values[i];
  }
  epns_comparison_input (self->comparison, name);
  return bodies;
}

static EpnsTensor *
read_noise (Check *self, const char *name, EpnsTensor *like, GError **error)
{
  g_autoptr (EpnsTensor) noise = epns_tensor_new (self->ctx, like->rank, like->shape);

  return epns_comparison_noise (self->comparison, name, noise, error) ? g_steal_pointer (&noise)
                                                                      : NULL;
}

/* Eigenvectors as stored: of frames that turn out the same but for signs. */
static void
read_axes (Check *self)
{
  const EpnsStored *stored = epns_safetensors_find (self->file, "pca_proc.eigvec");
  const gsize d = self->config->dimensions;

  if (stored == NULL || stored->count != self->x->n_systems * d * d)
    return;
  self->align = g_new0 (double, stored->count);
  epns_stored_to_f64 (stored, self->align);
}

/* --- Inference --- */

static void
compare_scene (Check *self, const EpnsGraphScene *scene)
{
  const gsize d = self->config->dimensions, b = scene->n_systems;
  g_autofree double *values = g_new (double, b *d), *vectors = g_new (double, b *d *d);
  static const char *const prefixes[] = { "pca_proc.", "pca_dec." };

  for (gsize i = 0; i < b * d * d; i++)
    vectors[i] = scene->frames[i / (d * d)].axes[i / d % d][i % d];
  for (gsize i = 0; i < b * d; i++)
    values[i] = scene->frames[i / d].values[i % d] / (self->config->scale * self->config->scale);
  for (guint k = 0; k < G_N_ELEMENTS (prefixes); k++) {
    compare_doubles (self, prefixes[k], "eigval", values, b * d);
    compare_doubles (self, prefixes[k], "eigvec", vectors, b * d * d);
  }
  compare_doubles (self, "", "edge_feat", scene->edges, 2 * scene->neighbours.list.n_edges);
}

static gboolean
check_inference (Check *self, GError **error)
{
  EpnsGraphPass pass = watched (self, "");
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL }, noisy = { .change = NULL };
  gint axis;

  if (!epns_graph_scene_init (&scene, self->config, self->x, self->align, self->keys, &axis, error))
    return FALSE;
  compare_scene (self, &scene);
  epns_graph_encode (self->net, &pass, &scene, &encoding);
  pass = watched (self, "infer_mean.");
  epns_graph_decode (self->net, &pass, &encoding, encoding.mu, &motion);
  if (!compare_prediction (self, "infer_mean.", self->x, &motion, error))
    return FALSE;
  if (!epns_comparison_wants (self->comparison, "eps_prior"))
    return TRUE;
  g_autoptr (EpnsTensor) noise = read_noise (self, "eps_prior", encoding.mu, error);
  if (noise == NULL)
    return FALSE;
  g_autoptr (EpnsTensor) z = epns_reparameterise (self->ctx, encoding.mu, encoding.sigma, noise);
  self->prefix = "infer_eps.";
  saw (self, "z", z);
  pass.probe = NULL; /* frames were compared at the prior's mean */
  epns_graph_decode (self->net, &pass, &encoding, z, &noisy);
  return compare_prediction (self, "infer_eps.", self->x, &noisy, error);
}

/* rollout.x: states [steps + 1, B, n, 1 + 2 d], the first being x. */
static gboolean
check_rollout (Check *self, GError **error)
{
  const EpnsStored *stored = epns_safetensors_find (self->file, "rollout.x");
  const gsize frame = epns_systems_rows (self->x) * (1 + 2 * self->x->dimensions);
  g_autoptr (EpnsSystems) state = epns_systems_copy (self->x);
  const EpnsGraphPass pass = { self->ctx, NULL, NULL };
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (double));

  for (gsize step = 0; stored != NULL && step < stored->count / frame; step++) {
    g_autofree double *packed = NULL;
    if (step > 0) {
      g_auto (EpnsGraphScene) scene = { .config = NULL };
      g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
      g_auto (EpnsGraphMotion) motion = { .change = NULL };
      gint axis;
      if (!epns_graph_scene_init (&scene, self->config, state, NULL, self->keys, &axis, error))
        return FALSE;
      epns_graph_encode (self->net, &pass, &scene, &encoding);
      epns_graph_decode (self->net, &pass, &encoding, encoding.mu, &motion);
      if (!epns_graph_follow (self->config, &motion, state, error))
        return FALSE;
      if (step + 1 == stored->count / frame)
        compare_body_numbers (self, "rollout.", "last_sigma", epns_graph_mass_sigma (self->config),
                              motion.spread->data, epns_systems_rows (state), FALSE);
    }
    packed = pack (state);
    g_array_append_vals (states, packed, (guint) frame);
  }
  compare_doubles (self, "rollout.", "x", (const double *) (gpointer) states->data, states->len);
  return TRUE;
}

/* --- Training --- */

static void
compare_loss (Check *self, const char *prefix, const EpnsGraphLoss *loss)
{
  const gsize each = loss->kl->count / self->x->n_systems;
  const double total = (double) epns_tensor_item (loss->loss);

  epns_comparison_values (self->comparison, "kl", loss->kl->data, 0, loss->kl->count, -1);
  epns_comparison_values (self->comparison, "kl_avg", loss->kl_average, 0, each, -1);
  epns_comparison_whole (self->comparison, "kl_detached", loss->kl_free, each, NULL);
  compare_body_numbers (self, prefix, "logprob", epns_graph_mass_log_prob (self->config),
                        loss->log_prob->data, epns_systems_rows (self->x), TRUE);
  compare_doubles (self, prefix, "nll", &loss->nll, 1);
  compare_doubles (self, prefix, "kl", &loss->kl_loss, 1);
  compare_doubles (self, prefix, "loss", &total, 1);
}

/* With noise, or at the posterior's mean if `noise_name` is NULL. */
static gboolean
check_loss (Check *self, const EpnsSystems *truth, const char *prefix, const char *noise_name,
            const char *gradient_prefix, GError **error)
{
  EpnsGraphPass pass = watched (self, "train.");
  g_auto (EpnsGraphScene) scene = { .config = NULL };
  g_auto (EpnsGraphEncoding) encoding = { .e = NULL };
  g_auto (EpnsGraphMotion) motion = { .change = NULL };
  g_auto (EpnsGraphLoss) loss = { .kl = NULL };
  g_autoptr (EpnsTensor) mu = NULL, sigma = NULL, z = NULL;
  gint axis;

  if (!epns_graph_scene_init (&scene, self->config, self->x, self->align, self->keys, &axis, error))
    return FALSE;
  epns_graph_encode (self->net, &pass, &scene, &encoding);
  epns_graph_posterior (self->net, &pass, &encoding, truth, &mu, &sigma);
  self->prefix = "post.";
  saw (self, "mu", mu);
  saw (self, "sigma", sigma);
  z = epns_tensor_ref (mu);
  if (noise_name != NULL) {
    g_autoptr (EpnsTensor) noise = read_noise (self, noise_name, mu, error);
    if (noise == NULL)
      return FALSE;
    epns_tensor_set (&z, epns_reparameterise (self->ctx, mu, sigma, noise));
  }
  pass.probe = NULL;
  epns_graph_decode (self->net, &pass, &encoding, z, &motion);
  const EpnsGraphLatents latents = { encoding.mu, encoding.sigma, mu, sigma };
  epns_graph_loss (self->config, self->ctx, self->x, &motion, &latents, truth, 1.0, &loss);
  compare_loss (self, prefix, &loss);
  if (epns_context_is_recording (self->ctx)) {
    epns_context_backward (self->ctx, loss.loss);
    epns_comparison_gradients (self->comparison, epns_graph_weights (self->net), gradient_prefix);
  }
  return compare_prediction (self, prefix, self->x, &motion, error);
}

static gboolean
check_training (Check *self, gboolean gradients, GError **error)
{
  if (!epns_comparison_wants (self->comparison, "x_true"))
    return TRUE;
  g_autoptr (EpnsSystems) truth = read_state (self, "x_true", self->x, error);
  if (truth == NULL)
    return FALSE;
  epns_context_record (self->ctx, gradients);
  gboolean done = check_loss (self, truth, "train_mean.", NULL, "grad_zmean.", error)
                  && check_loss (self, truth, "train_eps.", "eps_post", "grad.", error);
  epns_context_record (self->ctx, FALSE);
  epns_context_clear (self->ctx);
  return done;
}

/* --- Records of training --- */

static gboolean
stored_noise (gpointer user, gsize k, EpnsTensor *eps, GError **error)
{
  const Check *self = user;
  g_autofree char *name = epns_replay_name (self->replay, k, "eps");

  return epns_comparison_noise (self->comparison, name, eps, error);
}

static void
heard (gpointer user, gsize k, const EpnsGraphTerms *terms, const EpnsSystems *predicted)
{
  Check *self = user;
  g_autofree char *pred = epns_replay_name (self->replay, k, "pred");

  epns_replay_took (self->replay, k, terms->loss, terms->kl);
  compare_state (self, "", pred, predicted);
}

static gboolean
learn (gpointer user, EpnsReplay *replay, double beta, gsize n, GError **error)
{
  Check *self = user;
  const EpnsGraphObjective objective = { self->net, self->ctx, beta, self->keys };

  self->replay = replay;
  return epns_graph_learn (&objective, self->x, (EpnsSystems *const *) self->truths->pdata, n,
                           stored_noise, heard, self, error);
}

static gboolean
read_truths (gpointer user, gsize n, GError **error)
{
  Check *self = user;

  for (gsize k = 1; k <= n; k++) {
    g_autofree char *name = epns_replay_truth (k);
    EpnsSystems *truth = read_state (self, name, self->x, error);
    if (truth == NULL)
      return FALSE;
    g_ptr_array_add (self->truths, truth);
  }
  return TRUE;
}

static gboolean
check_record (Check *self, GError **error)
{
  const EpnsReplayed of = { .weights = epns_graph_weights (self->net),
                            .file = self->file,
                            .comparison = self->comparison,
                            .user = self,
                            .read = read_truths,
                            .learn = learn };

  self->truths = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_systems_free);
  gboolean done = epns_replay (&of, error);
  g_ptr_array_unref (self->truths);
  return done;
}

/* --- All of a file --- */

static gboolean
check_file (Check *self, gboolean gradients, GError **error)
{
  self->x = read_state (self, "x", NULL, error);
  if (self->x == NULL)
    return FALSE;
  read_axes (self);
  self->keys = g_new0 (EpnsDrawKey, self->x->n_systems);
  if (epns_safetensors_metadata (self->file, "adam") == NULL)
    return check_inference (self, error) && check_rollout (self, error)
           && check_training (self, gradients, error);
  if (gradients)
    return check_record (self, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it records training, which takes gradients; verify with --gradients",
               epns_safetensors_path (self->file));
  return FALSE;
}

gboolean
epns_verify_graph_reference (const char *source, const char *reference, gboolean gradients,
                             epns_verify_report report, gpointer data, GError **error)
{
  static const char *const with_gradients[] = { NULL };
  static const char *const without[] = { "grad.", "grad_zmean.", NULL };
  g_auto (EpnsSource) model = { NULL, NULL };

  if (!epns_source_open (&model, source, error))
    return FALSE;
  g_autoptr (EpnsGraph) net = epns_graph_new (model.weights, model.description, gradients, error);
  g_autoptr (EpnsSafetensors) file = net ? epns_safetensors_read (reference, error) : NULL;
  if (file == NULL)
    return FALSE;
  g_autoptr (EpnsComparison) comparison = epns_comparison_new (file);
  g_autoptr (EpnsContext) ctx = epns_context_new (NULL);
  Check check = { .net = net,
                  .config = epns_graph_config (net),
                  .file = file,
                  .comparison = comparison,
                  .ctx = ctx };
  gboolean done = check_file (&check, gradients, error);

  epns_systems_free (check.x);
  g_free (check.align);
  g_free (check.keys);
  if (done)
    epns_comparison_report (comparison, gradients ? with_gradients : without, report, data);
  return done;
}
