/* SPDX-License-Identifier: MIT */
/* Reads TRAINING.xml. The schema has checked names and ranges, and filled in what is left out. */
#include "adapters/training.h"
#include "adapters/native.h"
#include "adapters/xml-values.h"
#include "plugin/datadir.h"

#include <math.h>

static void
data_source_free (gpointer data)
{
  EpnsDataSource *source = data;

  g_free (source->path);
  g_free (source->model);
  epns_statements_free (source->least);
  epns_statements_free (source->most);
  g_free (source);
}

static void
free_values (const epns_train_value *values, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_free ((char *) values[i].name);
    g_free ((char *) values[i].value);
  }
  g_free ((epns_train_value *) values);
}

void
epns_training_plan_free (EpnsTrainingPlan *self)
{
  if (self == NULL)
    return;
  free_values (self->train.network, self->train.n_network);
  free_values (self->train.layers, self->train.n_layers);
  free_values (self->train.objective, self->train.n_objective);
  g_free ((char *) self->train.start);
  g_free (self->path);
  g_free (self->name);
  g_free (self->kind);
  g_free (self->output);
  g_free (self->judged);
  g_free (self->step_unit);
  g_strfreev (self->types);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

/* An attribute, or what the schema says where it is absent. */
static gboolean
number (const EpnsXmlNode *node, const char *attribute, double fallback, double *value,
        GError **error)
{
  *value = fallback;
  return node == NULL || epns_xml_attribute (node, attribute) == NULL
         || epns_xml_number (node, attribute, -G_MAXDOUBLE, G_MAXDOUBLE, value, error);
}

static gboolean
count (const EpnsXmlNode *node, const char *attribute, guint32 fallback, guint32 *value,
       GError **error)
{
  gint64 integer = fallback;

  if (node != NULL && epns_xml_attribute (node, attribute) != NULL
      && !epns_xml_integer (node, attribute, 0, G_MAXUINT32, &integer, error))
    return FALSE;
  *value = (guint32) integer;
  return TRUE;
}

/* xs:unsignedLong: any 64 bits. */
static guint64
seed_of (const EpnsXmlNode *node)
{
  const char *text = epns_xml_attribute (node, "seed");

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 1;
}

/* All attributes but those named. */
static const epns_train_value *
copy_values (const EpnsXmlNode *node, const char *const *but, guint *n)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (epns_train_value));

  for (guint i = 0; node != NULL && i < node->n_attributes; i++)
    if (!g_strv_contains (but, node->attributes[i].name)) {
      const epns_train_value value = { g_strdup (node->attributes[i].name),
                                       g_strdup (node->attributes[i].value), node->line };
      g_array_append_val (values, value);
    }
  *n = values->len;
  return (const epns_train_value *) (gpointer) g_array_free (values, FALSE);
}

static gboolean
read_types (EpnsTrainingPlan *into, const EpnsXmlNode *node, GError **error)
{
  gsize n = 0;

  into->types = epns_xml_types (node, &n, error);
  into->train.n_types = (guint32) n;
  return into->types != NULL;
}

/* What every member of a scenario draws anew, between two numbers. */
static gboolean
read_varied (const EpnsTrainingPlan *plan, EpnsDataSource *source, const EpnsXmlNode *node,
             GError **error)
{
  const char *const *types = (const char *const *) plan->types;

  if (epns_xml_child (node, "parameter") == NULL)
    return TRUE;
  source->least = epns_statements_read (node, types, plan->train.n_types, EPNS_OF_ANY, "min",
                                        error);
  source->most = source->least == NULL
                     ? NULL
                     : epns_statements_read (node, types, plan->train.n_types, EPNS_OF_ANY, "max",
                                             error);
  for (guint i = 0; source->most != NULL && i < epns_n_known_parameters; i++) {
    const EpnsKnownParameter *about = &epns_known_parameters[i];
    if (source->least->of[i].any && about->dtype != EPNS_F64)
      return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                              "<parameter name=\"%s\">: only real numbers are drawn; state it in "
                              "the scenario",
                              about->name);
    for (gsize k = 0; k < plan->train.n_types * plan->train.n_types; k++)
      if (source->least->of[i].value[k] > source->most->of[i].value[k])
        return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                                "<parameter name=\"%s\">: min is larger than max; exchange them",
                                about->name);
  }
  return source->most != NULL;
}

static gboolean
read_source (EpnsTrainingPlan *into, const EpnsXmlNode *node, GError **error)
{
  static const char *const elements[] = { [EPNS_DATA_RECORDING] = "recording",
                                          [EPNS_DATA_FOLDER] = "folder",
                                          [EPNS_DATA_SNAPSHOTS] = "snapshots",
                                          [EPNS_DATA_SCENARIO] = "scenario" };
  EpnsDataSource *source = g_new0 (EpnsDataSource, 1);

  g_ptr_array_add (into->sources, source);
  while (!g_str_equal (elements[source->kind], node->name))
    source->kind++;
  source->path = epns_native_path (into->path, epns_xml_attribute (node, "href"));
  source->line = node->line;
  source->model = g_strdup (epns_xml_attribute (node, "model"));
  source->validation = g_strcmp0 (epns_xml_attribute (node, "use"), "validation") == 0;
  source->periodic = g_strcmp0 (epns_xml_attribute (node, "boundary"), "periodic") == 0;
  source->seed = seed_of (node);
  return count (node, "members", 0, &source->members, error)
         && number (node, "until", 0, &source->until, error)
         && number (node, "every", 0, &source->every, error)
         && read_varied (into, source, node, error);
}

static gboolean
read_data (EpnsTrainingPlan *into, const EpnsXmlNode *node, GError **error)
{
  const char *symmetries = epns_xml_attribute (node, "symmetries");

  into->train.symmetries = symmetries == NULL || g_str_equal (symmetries, "true")
                           || g_str_equal (symmetries, "1");
  for (const EpnsXmlNode *row = node->children; row != NULL; row = row->next)
    if (!read_source (into, row, error))
      return FALSE;
  return count (node, "skip", 0, &into->skip, error)
         && count (node, "frames", 1, &into->frames, error);
}

static EpnsScaling
scaling_of (const char *text)
{
  static const char *const words[] = { [EPNS_SCALING_NONE] = "none",
                                       [EPNS_SCALING_SQRT] = "sqrt",
                                       [EPNS_SCALING_LINEAR] = "linear" };
  EpnsScaling scaling = EPNS_SCALING_SHARE;

  for (guint i = EPNS_SCALING_NONE; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (text, words[i]) == 0)
      scaling = (EpnsScaling) i;
  return scaling;
}

static gboolean
read_optimiser (EpnsTrainingPlan *into, const EpnsXmlNode *node, GError **error)
{
  epns_train_plan *train = &into->train;
  guint32 steps;

  into->scaling = scaling_of (epns_xml_attribute (node, "scaling"));
  train->schedule = g_strcmp0 (epns_xml_attribute (node, "schedule"), "constant") == 0
                        ? EPNS_RATE_CONSTANT
                        : EPNS_RATE_COSINE;
  if (!count (node, "steps", 0, &steps, error))
    return FALSE;
  train->steps = steps;
  return count (node, "batch", 8, &train->batch, error)
         && count (node, "warm-up", 100, &train->warm_up, error)
         && number (node, "rate", 3e-3, &train->rate, error)
         && number (node, "last-rate", 3e-5, &train->last_rate, error)
         && number (node, "beta1", 0.9, &train->beta1, error)
         && number (node, "beta2", 0.98, &train->beta2, error)
         && number (node, "epsilon", 1e-8, &train->epsilon, error)
         && number (node, "decay", 0, &train->decay, error)
         && number (node, "clip", 1, &train->clip, error)
         && number (node, "average", 0.998, &train->average, error);
}

static gboolean
read_validation (EpnsTrainingPlan *into, const EpnsXmlNode *node, GError **error)
{
  guint32 every;

  if (!count (node, "every", 200, &every, error))
    return FALSE;
  into->validation_every = every;
  into->by_rollout = node != NULL && g_strcmp0 (epns_xml_attribute (node, "by"), "rollout") == 0;
  if (!count (node, "samples", 24, &into->train.validation_samples, error)
      || !count (node, "patience", 0, &into->train.patience, error)
      || !count (node, "rollouts", 0, &into->rollouts, error)
      || !count (node, "rollout-steps", 20, &into->rollout_steps, error)
      || !count (node, "rollout-every", 5, &into->rollout_every, error))
    return FALSE;
  if (into->by_rollout && into->rollouts == 0)
    return epns_xml_refuse (node, EPNS_FAILURE_MISMATCH, error,
                            "<validation by=\"rollout\">: there are none; give rollouts=\"4\"");
  into->judged = into->by_rollout
                     ? g_strdup_printf ("rollouts %u, %u steps, every %u of %u", into->rollouts,
                                        into->rollout_steps, into->rollout_every, every)
                     : g_strdup ("nats");
  into->train.judged = into->judged;
  return TRUE;
}

static gboolean
read_root (EpnsTrainingPlan *into, const EpnsXmlNode *root, GError **error)
{
  const EpnsXmlNode *network = epns_xml_child (root, "network"),
                    *step = epns_xml_child (root, "step");
  const char *start = epns_xml_attribute (network, "start");

  into->name = g_strdup (epns_xml_attribute (root, "name"));
  into->train.seed = seed_of (root);
  into->kind = g_strdup (epns_xml_attribute (network, "kind"));
  into->train.start = start != NULL ? epns_native_path (into->path, start) : NULL;
  into->train.network = copy_values (network, (const char *const[]){ "kind", "start", NULL },
                                     &into->train.n_network);
  into->train.layers = copy_values (epns_xml_child (root, "layers"), (const char *const[]){ NULL },
                                    &into->train.n_layers);
  into->train.objective = copy_values (epns_xml_child (root, "objective"),
                                       (const char *const[]){ NULL }, &into->train.n_objective);
  into->step_unit = g_strdup (epns_xml_attribute (step, "unit"));
  into->output = epns_native_path (into->path,
                                   epns_xml_attribute (epns_xml_child (root, "output"), "folder"));
  into->train.folder = into->output;
  into->train.path = into->path;
  return number (step, "length", 0, &into->step_length, error)
         && read_types (into, epns_xml_child (root, "types"), error)
         && read_data (into, epns_xml_child (root, "data"), error)
         && read_optimiser (into, epns_xml_child (root, "optimiser"), error)
         && read_validation (into, epns_xml_child (root, "validation"), error);
}

EpnsTrainingPlan *
epns_training_plan_read (const char *path, GError **error)
{
  g_autoptr (EpnsXml) xml = epns_xml_read (path, error);
  g_autofree char *schema = epns_data_file ("schemas/epns-training.xsd");

  if (xml == NULL || !epns_xml_validate (xml, schema, error))
    return NULL;
  g_autoptr (EpnsTrainingPlan) self = g_new0 (EpnsTrainingPlan, 1);
  self->path = g_strdup (path);
  self->sources = g_ptr_array_new_with_free_func (data_source_free);
  self->train.size = sizeof self->train;
  return read_root (self, epns_xml_root (xml), error) ? g_steal_pointer (&self) : NULL;
}
