/* SPDX-License-Identifier: MIT */
/* The graph network behind the step interface. */
#include "models/epns/kind-graph.h"
#include "models/epns/graph-train.h"
#include "models/epns/kind-graph-private.h"
#include "models/epns/source.h"
#include "models/epns/verify-graph.h"
#include "plugin/epns_about.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

/* clang-format off */
#define FIELD(r, n, t, a, k) .name = n, .unit = "1", .axes = a, .role = r, .dtype = t, .rank = k
static const epns_field all_fields[N_PARAMS + N_VIEWS] = {
  [PARAM_DOMAIN] = { FIELD (EPNS_PARAM, "domain", EPNS_F64, "axis,bound", 2), .optional = 1,
                     .extent = { -1, 2 } },
  [PARAM_PERIODIC] = { FIELD (EPNS_PARAM, "periodic", EPNS_I32, "axis", 1), .optional = 1,
                       .extent = { -1 } },
  [PARAM_PREDICTION] = { FIELD (EPNS_PARAM, "prediction", EPNS_I32, "", 0), .optional = 1,
                         .values = "mean,drawn" },
  [PARAM_PRECISION] = { FIELD (EPNS_PARAM, "precision", EPNS_I32, "", 0), .optional = 1,
                        .values = "single,double" },
  [PARAM_OUTSIDE] = { FIELD (EPNS_PARAM, "outside", EPNS_I32, "", 0), .optional = 1,
                      .values = "warn,refuse" },
  [N_PARAMS + VIEW_POSITION] = { FIELD (EPNS_STATE, "position", EPNS_F64, "body,axis", 2),
                                 .extent = { -1, -1 } },
  [N_PARAMS + VIEW_VELOCITY] = { FIELD (EPNS_STATE, "velocity", EPNS_F64, "body,axis", 2),
                                 .extent = { -1, -1 } },
  [N_PARAMS + VIEW_MASS] = { FIELD (EPNS_INPUT, "mass", EPNS_F64, "body", 1), .optional = 1,
                             .extent = { -1 } },
  [N_PARAMS + VIEW_TYPE] = { FIELD (EPNS_INPUT, "cell-type", EPNS_I32, "body", 1), .optional = 1,
                             .extent = { -1 } },
  [N_PARAMS + VIEW_RADIUS] = { FIELD (EPNS_INPUT, "radius", EPNS_F64, "body", 1), .optional = 1,
                               .extent = { -1 } },
};
#undef FIELD
/* clang-format on */

/* --- Opening --- */

static gboolean
read_description (epns_model *self, EpnsModelDescription *description, GError **error)
{
  const guint species = epns_graph_config (self->net)->species;

  if (!g_str_equal (description->kind, epns_kind_graph.id)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: the model is of kind '%s'; open it with that kind", description->path,
                 description->kind);
    return FALSE;
  }
  if (description->types != NULL && species > 1 && description->n_types != species) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: <types> lists %" G_GSIZE_FORMAT " types and the network knows %u; make them "
                 "agree",
                 description->path, description->n_types, species);
    return FALSE;
  }
  if (description->step_length > 0)
    self->dt = description->step_length;
  if (description->step_unit != NULL) {
    g_free (self->unit);
    self->unit = g_strdup (description->step_unit);
  }
  if (description->types != NULL)
    self->types = g_strjoinv (",", description->types);
  self->bodies = description->validity.cells;
  return epns_model_description_all_used (description, error);
}

static gboolean
open_source (epns_model *self, const char *path, GError **error)
{
  g_auto (EpnsSource) source = { NULL, NULL };

  if (!epns_source_open (&source, path, error))
    return FALSE;
  self->net = epns_graph_new (source.weights, source.description, FALSE, error);
  if (self->net == NULL)
    return FALSE;
  self->fingerprint = epns_weights_fingerprint (source.weights);
  self->about = epns_model_description_about (source.description);
  self->dt = 1;
  self->unit = g_strdup ("step");
  self->bodies = (EpnsValidRange){ 0, INFINITY };
  return source.description == NULL || read_description (self, source.description, error);
}

static void
graph_close (epns_model *self)
{
  for (guint i = 0; i < 2; i++)
    g_ptr_array_unref (self->idle[i]);
  epns_graph_free (self->net);
  g_mutex_clear (&self->lock);
  g_free (self->unit);
  g_free (self->types);
  g_free (self->about);
  g_free (self);
}

static void
declare (epns_model *self)
{
  const EpnsGraphConfig *config = epns_graph_config (self->net);
  const gint32 d = (gint32) config->dimensions;

  memcpy (self->fields, all_fields, sizeof all_fields);
  self->fields[PARAM_DOMAIN].extent[0] = self->fields[PARAM_PERIODIC].extent[0] = d;
  self->fields[PARAM_PREDICTION].fallback = config->sample_from_pred;
  self->fields[N_PARAMS + VIEW_POSITION].extent[1] = d;
  self->fields[N_PARAMS + VIEW_VELOCITY].extent[1] = d;
  self->fields[N_PARAMS + VIEW_TYPE].values = self->types;
  self->fields[N_PARAMS + VIEW_RADIUS].optional = !config->radius;
}

static epns_status
graph_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  g_autoptr (GError) failure = NULL;

  if (source == NULL || *source == '\0')
    return epns_error_set (error, EPNS_DISCARD,
                           "epns-graph needs a model; give a model folder or a weights file");
  epns_model *self = g_new0 (epns_model, 1);
  self->host = host;
  g_mutex_init (&self->lock);
  for (guint i = 0; i < 2; i++)
    self->idle[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_context_free);
  if (!open_source (self, source, &failure)) {
    graph_close (self);
    return epns_error_take (error, EPNS_DISCARD, &failure);
  }
  declare (self);
  *model = self;
  return EPNS_OK;
}

static const epns_field *
graph_fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = N_PARAMS + N_VIEWS;
  if (native_dt != NULL)
    *native_dt = model->dt;
  if (time_unit != NULL)
    *time_unit = model->unit;
  return model->fields;
}

/* --- Runs --- */

void
epns_graph_note (const epns_model *model, const char *text)
{
  if (model->host != NULL && model->host->log != NULL)
    model->host->log (model->host->ctx, 1, text);
}

static epns_status
read_box (epns_run *run, const epns_view *params, epns_error *error)
{
  const EpnsGraphConfig *config = epns_graph_config (run->model->net);
  g_autofree double *domain = epns_param_values (&params[PARAM_DOMAIN]);
  g_autofree gint32 *periodic = epns_param_values (&params[PARAM_PERIODIC]);
  gboolean walled = FALSE;

  for (guint a = 0; a < config->dimensions; a++) {
    const gboolean wraps = periodic != NULL && periodic[a] != 0;

    if (wraps && (domain == NULL || config->frames != EPNS_FRAMES_BOX))
      return epns_refuse (error, domain == NULL ? PARAM_DOMAIN : PARAM_PERIODIC, -1, -1,
                          domain == NULL
                              ? "axis %u is periodic and there is no domain; give one"
                              : "axis %u is periodic, and principal axes mean nothing in "
                                "a periodic box; use a model with frames=\"box\"",
                          a);
    if (domain == NULL)
      continue;
    run->box.low[a] = domain[2 * a];
    run->box.high[a] = domain[2 * a + 1];
    run->box.wraps[a] = wraps;
    run->box.walled[a] = !wraps && config->walls;
    walled |= !wraps && !config->walls;
    if (!(isfinite (domain[2 * a]) && isfinite (domain[2 * a + 1])
          && domain[2 * a] < domain[2 * a + 1]))
      return epns_refuse (error, PARAM_DOMAIN, 0, -1,
                          "the domain reaches from %g to %g along axis %u; give a lower and a "
                          "higher bound",
                          domain[2 * a], domain[2 * a + 1], a);
  }
  if (config->walls && domain == NULL)
    return epns_refuse (error, PARAM_DOMAIN, -1, -1,
                        "this model feels walls and there is no domain; give one");
  if (walled && run->key.stream == 0) /* once an ensemble */
    epns_graph_note (run->model, "this model knows no walls: bodies move as if the domain went on");
  return EPNS_OK;
}

static epns_status
graph_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
             uint64_t stream, epns_run **run, epns_error *error)
{
  if (n_params != N_PARAMS)
    return epns_refuse (error, -1, -1, N_PARAMS,
                        "this model has %d parameters and %u views were lent; lend one for each",
                        N_PARAMS, n_params);
  for (gint32 p = 0; p < N_PARAMS; p++)
    if (epns_view_check (&params[p], &model->fields[p], p, error) != EPNS_OK)
      return EPNS_DISCARD;

  g_autofree epns_run *self = g_new0 (epns_run, 1);
  self->model = (epns_model *) model; /* for the idle contexts, under the lock */
  self->key = (EpnsDrawKey){ .seed = seed, .stream = stream };
  const epns_field *fields = model->fields;
  if (epns_param_choice (fields, params, PARAM_PREDICTION, &self->manner.drawn, error) != EPNS_OK
      || epns_param_choice (fields, params, PARAM_PRECISION, &self->manner.exact, error) != EPNS_OK
      || epns_param_choice (fields, params, PARAM_OUTSIDE, &self->refuses, error) != EPNS_OK
      || read_box (self, params, error) != EPNS_OK)
    return EPNS_DISCARD;
  *run = g_steal_pointer (&self);
  return EPNS_OK;
}

static void
graph_stop (epns_run *run)
{
  g_free (run);
}

static epns_status
graph_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  return epns_learned_archive (epns_kind_graph.id, run->model->fingerprint, &run->key, archive,
                               error);
}

static const char *
about_text (const epns_model *model)
{
  return model->about;
}

static const epns_about graph_about = { .size = sizeof (epns_about),
                                        .text = about_text,
                                        .kernel = epns_learned_kernel };

static const void *
graph_extension (const char *id)
{
  if (g_str_equal (id, EPNS_ABOUT_EXTENSION))
    return &graph_about;
  if (g_str_equal (id, EPNS_VERIFY_EXTENSION))
    return &epns_graph_verify;
  return g_str_equal (id, EPNS_TRAIN_EXTENSION) ? &epns_graph_train : NULL;
}

const epns_kind epns_kind_graph = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "epns-graph",
  .version = "1",
  .title = "EPNS-graph, a learned stochastic step of bodies in space",
  .time_unit = NULL,
  .open = graph_open,
  .close = graph_close,
  .fields = graph_fields,
  .start = graph_start,
  .stop = graph_stop,
  .step = epns_graph_kind_step,
  .archive = graph_archive,
  .extension = graph_extension,
};
