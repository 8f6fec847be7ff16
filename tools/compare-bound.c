/* SPDX-License-Identifier: MIT */
/* A training that takes no step: begun with the model's weights, it validates them on one member
 * after another. */
#include "tools/compare-bound.h"

#include "adapters/trained-network.h"
#include "compare/statistics.h"
#include "plugin/view.h"

#include <glib/gstdio.h>
#include <math.h>

#define MEMBERS 8  /* looked at, at most */
#define PAIRS   10 /* of each, evenly over its time, at most */

typedef struct {
  const EpnsStepModel *model;
  const epns_train *train;
  const EpnsTrainedNetwork *network;
  const EpnsTrajectory *native;
  const char *folder; /* empty; nothing comes to lie there */
  GArray *parameters; /* epns_train_parameter: what the learned model is told, numbers are its own */
} Subject;

/* One member as validation data of either sort. */
typedef struct {
  epns_train_set set;
  epns_train_bodies bodies;
  epns_train_data data;
} Held;

static void
clear_parameter (gpointer data)
{
  g_free ((gpointer) ((epns_train_parameter *) data)->value);
}

/* What the settings hold of real numbers. */
static GArray *
parameters_of (const EpnsSettings *settings)
{
  GArray *parameters = g_array_new (FALSE, FALSE, sizeof (epns_train_parameter));

  g_array_set_clear_func (parameters, clear_parameter);
  for (guint32 i = 0; i < settings->model->n_params; i++) {
    const epns_view *view = &settings->views[i];
    if (view->data == NULL || view->dtype != EPNS_F64)
      continue;
    double *value = g_new (double, epns_view_count (view));
    epns_view_gather (view, value);
    const epns_train_parameter parameter = { settings->model->fields[i].name, value,
                                             (guint32) epns_view_count (view), view->rank };
    g_array_append_val (parameters, parameter);
  }
  return parameters;
}

static void
hold (const EpnsTrajectory *of, guint32 member, const GArray *parameters, Held *held)
{
  const EpnsTrajectoryMeta *meta = of->meta;
  gsize rows = member * of->n_rows, first = (gsize) member * meta->frames;

  *held = (Held){ .data = { .size = sizeof held->data } };
  if (of->id != NULL) {
    held->set = (epns_train_set){
      .id = epns_trajectory_frame (of, member, 0), .type = of->type + rows, .members = 1,
      .frames = of->done[member], .height = (guint32) meta->size[1],
      .width = (guint32) meta->size[2], .n_ids = (guint32) of->n_rows,
      .periodic = { meta->periodic[1], meta->periodic[2] },
      .parameters = (gpointer) parameters->data, .n_parameters = parameters->len
    };
    held->data.sets = &held->set;
    held->data.n_sets = 1;
    return;
  }
  gsize numbers = first * meta->bodies * (gsize) meta->space.axes;
  held->bodies = (epns_train_bodies){
    .position = of->position + numbers, .velocity = of->velocity + numbers,
    .mass = of->mass + rows, .type = of->type + rows, .members = 1, .frames = of->done[member],
    .bodies = meta->bodies, .axes = (guint32) meta->space.axes
  };
  held->data.bodies = &held->bodies;
  held->data.n_bodies = 1;
}

static gboolean
score_member (const Subject *self, guint32 member, epns_train_score *score, GError **error)
{
  const epns_train_plan plan = {
    .size = sizeof plan, .n_network = self->network->n_values, .network = self->network->values,
    .path = self->network->path, .start = self->network->weights, .folder = self->folder,
    .seed = 1, .steps = 1, .n_types = self->network->n_types, .batch = 1, .stride = 1,
    .rate = 1e-6, .last_rate = 1e-6, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip = 1,
    .validation_samples = MIN (PAIRS, self->native->done[member] - 1)
  };
  epns_training *training = NULL;
  epns_error failure = { .member = -1 };
  Held held;

  hold (self->native, member, self->parameters, &held);
  epns_status status = self->train->begin (&self->model->host, &plan, &held.data, &held.data,
                                           &training, &failure);
  if (status == EPNS_OK)
    status = self->train->validate (training, score, &failure);
  if (training != NULL)
    self->train->end (training);
  return status == EPNS_OK || epns_step_model_failed (self->model, &failure, error);
}

static gboolean
score_members (const Subject *self, EpnsReportBound *bound, GError **error)
{
  double nats[MEMBERS];
  guint32 n = MIN (MEMBERS, self->native->meta->members);

  for (guint32 m = 0; m < n; m++) {
    epns_train_score score;
    if (!score_member (self, m, &score, error))
      return FALSE;
    nats[m] = score.nats;
    bound->kl += score.kl / n;
  }
  bound->members = n;
  bound->steps = MIN (PAIRS, self->native->done[0] - 1);
  bound->nats = epns_mean (nats, n);
  bound->error = epns_deviation (nats, n) / sqrt (n);
  return TRUE;
}

EpnsReportBound *
epns_bound_measure (const EpnsSettings *settings, const EpnsTrajectory *native, guint32 steps)
{
  const EpnsStepModel *learned = settings->model;
  const epns_train *train = learned->kind->extension (EPNS_TRAIN_EXTENSION);
  g_autoptr (GError) why = NULL;

  if (train == NULL || train->size < sizeof *train)
    return NULL;
  EpnsReportBound *bound = g_new0 (EpnsReportBound, 1);
  bound->nats = bound->error = bound->kl = NAN;
  if (steps != 1) {
    bound->why = g_strdup_printf ("frames are %u learned steps apart; give --every %g", steps,
                                  learned->native_dt);
    return bound;
  }
  g_autoptr (EpnsTrainedNetwork) network = epns_trained_network_read (learned->source, &why);
  g_autofree char *folder = network ? g_dir_make_tmp ("epns-bound-XXXXXX", &why) : NULL;
  if (folder != NULL) {
    g_autoptr (GArray) parameters = parameters_of (settings);
    bound->kl = 0;
    score_members (&(Subject){ learned, train, network, native, folder, parameters }, bound, &why);
    g_rmdir (folder);
  }
  if (why != NULL)
    bound->why = g_strdup (why->message);
  return bound;
}
