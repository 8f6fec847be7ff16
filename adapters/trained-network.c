/* SPDX-License-Identifier: MIT */
/* <network>, <weights> and <types> of a model.xml. */
#include "adapters/trained-network.h"

#include "adapters/xml.h"
#include "plugin/error.h"

#include <string.h>

static guint32
count_types (const EpnsXmlNode *types)
{
  guint32 n = 0;
  const EpnsXmlNode *type = types ? epns_xml_child (types, "type") : NULL;

  for (; type != NULL; type = epns_xml_again (type))
    n++;
  return MAX (n, 1);
}

static void
take_values (EpnsTrainedNetwork *self, const EpnsXmlNode *network)
{
  self->values = g_new0 (epns_train_value, network->n_attributes);
  for (guint i = 0; i < network->n_attributes; i++) {
    const EpnsXmlAttribute *from = &network->attributes[i];
    if (strcmp (from->name, "kind") != 0)
      self->values[self->n_values++] = (epns_train_value){ g_strdup (from->name),
                                                           g_strdup (from->value), network->line };
  }
}

EpnsTrainedNetwork *
epns_trained_network_read (const char *folder, GError **error)
{
  g_autoptr (EpnsTrainedNetwork) self = g_new0 (EpnsTrainedNetwork, 1);

  self->path = g_build_filename (folder, "model.xml", NULL);
  g_autoptr (EpnsXml) xml = epns_xml_read (self->path, error);
  if (xml == NULL)
    return NULL;
  const EpnsXmlNode *root = epns_xml_root (xml), *network = epns_xml_child (root, "network"),
                    *weights = epns_xml_child (root, "weights");
  const char *file = weights ? epns_xml_attribute (weights, "file") : NULL;
  if (network == NULL || file == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "%s: it names no network and weights; name a folder of a trained model",
                 self->path);
    return NULL;
  }
  self->weights = g_build_filename (folder, file, NULL);
  self->n_types = count_types (epns_xml_child (root, "types"));
  take_values (self, network);
  return g_steal_pointer (&self);
}

void
epns_trained_network_free (EpnsTrainedNetwork *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_values; i++) {
    g_free ((char *) self->values[i].name);
    g_free ((char *) self->values[i].value);
  }
  g_free (self->values);
  g_free (self->path);
  g_free (self->weights);
  g_free (self);
}
