/* SPDX-License-Identifier: MIT */
/* Reads a model folder's model.xml (schemas/epns-model.xsd). */
#include "adapters/parameters.h"
#include "adapters/xml-values.h"
#include "models/description-private.h"
#include "plugin/datadir.h"
#include "plugin/view.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static char *
copy_attribute (const EpnsXmlNode *node, const char *name)
{
  return node ? g_strdup (epns_xml_attribute (node, name)) : NULL;
}

static char *
copy_text (const EpnsXmlNode *node)
{
  return node->text[0] != '\0' ? g_strdup (node->text) : NULL;
}

static void
read_network (EpnsModelDescription *into, const EpnsXmlNode *node)
{
  into->kind = copy_attribute (node, "kind");
  for (guint i = 0; i < node->n_attributes; i++)
    if (!g_str_equal (node->attributes[i].name, "kind"))
      epns_model_description_put (into, node->attributes[i].name, node->attributes[i].value,
                                  node->line);
}

/* SHA-256 of a file, read in pieces; NULL with errno where it cannot be read. */
static char *
checksum (const char *path)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  FILE *file = fopen (path, "rb");
  guint8 piece[65536];
  gsize n;

  if (file == NULL)
    return NULL;
  while ((n = fread (piece, 1, sizeof piece, file)) > 0)
    g_checksum_update (sum, piece, (gssize) n);
  gboolean failed = ferror (file);
  fclose (file);
  return failed ? NULL : g_strdup (g_checksum_get_string (sum));
}

/* The schema keeps slashes out of the name, so it cannot leave the folder. */
static gboolean
read_weights (EpnsModelDescription *into, const EpnsXmlNode *node, const char *folder,
              GError **error)
{
  into->weights = g_build_filename (folder, epns_xml_attribute (node, "file"), NULL);
  into->weights_sha256 = copy_attribute (node, "sha256");
  if (!g_file_test (into->weights, G_FILE_TEST_IS_REGULAR))
    return epns_xml_refuse (node, EPNS_FAILURE_IO, error,
                            "<weights>: there is no %s; put it there or correct file",
                            into->weights);
  if (into->weights_sha256 == NULL)
    return TRUE;
  g_autofree char *sum = checksum (into->weights);
  if (sum == NULL)
    return epns_xml_refuse (node, EPNS_FAILURE_IO, error, "<weights>: %s cannot be read: %s",
                            into->weights, g_strerror (errno));
  return g_str_equal (sum, into->weights_sha256)
         || epns_xml_refuse (node, EPNS_FAILURE_MISMATCH, error,
                             "<weights>: %s has SHA-256 %s, not the one stated; these are other "
                             "weights",
                             into->weights, sum);
}

/* Another model's folder: a path from this one's. The schema has checked the rest. */
static void
read_hybrid (EpnsModelDescription *into, const EpnsXmlNode *node, const char *folder)
{
  const char *learned = epns_xml_attribute (node, "learned");

  into->kind = g_strdup (node->name);
  into->hybrid.learned = g_path_is_absolute (learned) ? g_strdup (learned)
                                                      : g_build_filename (folder, learned, NULL);
  into->hybrid.native = copy_attribute (node, "native");
  into->hybrid.steps = (guint32) g_ascii_strtoull (epns_xml_attribute (node, "steps"), NULL, 10);
  into->hybrid.relaxation = g_str_equal (epns_xml_attribute (node, "time"), "relaxation");
}

static gboolean
read_types (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error)
{
  into->types = epns_xml_types (node, &into->n_types, error);
  return into->types != NULL;
}

static gboolean
read_step (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error)
{
  into->step_unit = copy_attribute (node, "unit");
  return epns_xml_number (node, "length", 0.0, INFINITY, &into->step_length, error);
}

static gboolean
read_training (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error)
{
  into->training.data = copy_attribute (node, "data");
  into->training.machine = copy_attribute (node, "machine");
  into->training.text = copy_text (node);
  if (epns_xml_attribute (node, "seed") != NULL)
    into->training.seed = g_ascii_strtoll (epns_xml_attribute (node, "seed"), NULL, 10);
  return epns_xml_attribute (node, "minutes") == NULL
         || epns_xml_number (node, "minutes", 0.0, INFINITY, &into->training.minutes, error);
}

static gboolean
read_range (const EpnsXmlNode *validity, const char *element, EpnsValidRange *range, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (validity, element);

  if (node == NULL)
    return TRUE;
  if ((epns_xml_attribute (node, "min") != NULL
       && !epns_xml_number (node, "min", 0.0, INFINITY, &range->minimum, error))
      || (epns_xml_attribute (node, "max") != NULL
          && !epns_xml_number (node, "max", 0.0, INFINITY, &range->maximum, error)))
    return FALSE;
  return range->minimum <= range->maximum
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<%s>: min is larger than max; exchange them", element);
}

/* One number each, or where that is not stated, the smallest and the largest. */
static void
add_trained (EpnsModelDescription *into, guint known, EpnsStatements *const stated[3])
{
  const EpnsKnownParameter *about = &epns_known_parameters[known];
  const EpnsStatement *one = &stated[0]->of[known], *least = &stated[1]->of[known],
                      *most = &stated[2]->of[known];
  EpnsTrainedParameter trained = { about->name, about->values, about->dtype == EPNS_I32,
                                   about->rank, NULL };
  gsize n = epns_parameter_count (about->rank, into->n_types);

  if (!one->any && !least->any)
    return;
  trained.range = g_new (EpnsValidRange, n);
  for (gsize i = 0; i < n; i++)
    trained.range[i] = one->stated[i]     ? (EpnsValidRange){ one->value[i], one->value[i] }
                       : least->stated[i] ? (EpnsValidRange){ least->value[i], most->value[i] }
                                          : (EpnsValidRange){ NAN, NAN };
  g_array_append_val (into->validity.parameters, trained);
}

static gboolean
check_row (const EpnsXmlNode *row, GError **error)
{
  const gboolean one = epns_xml_attribute (row, "value") != NULL,
                 least = epns_xml_attribute (row, "min") != NULL,
                 most = epns_xml_attribute (row, "max") != NULL;

  return (one != least && least == most)
         || epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                             "<parameter name=\"%s\"> takes value=\"...\", or both min=\"...\" and "
                             "max=\"...\"",
                             epns_xml_attribute (row, "name"));
}

/* Types are those of <types>, which is read before. */
static gboolean
read_trained (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error)
{
  static const char *const attributes[3] = { "value", "min", "max" };
  EpnsStatements *stated[3] = { NULL };
  guint n = 0;

  for (const EpnsXmlNode *row = epns_xml_child (node, "parameter"); row != NULL;
       row = epns_xml_again (row))
    if (!check_row (row, error))
      return FALSE;
  while (n < 3
         && (stated[n] = epns_statements_read (node, (const char *const *) into->types,
                                               into->n_types, EPNS_OF_ANY, attributes[n], error)))
    n++;
  for (guint i = 0; n == 3 && i < epns_n_known_parameters; i++)
    add_trained (into, i, stated);
  for (guint k = 0; k < 3; k++)
    epns_statements_free (stated[k]);
  return n == 3;
}

static gboolean
read_validity (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error)
{
  into->validity.boundary = copy_attribute (node, "boundary");
  into->validity.text = copy_text (node);
  return read_range (node, "cells", &into->validity.cells, error)
         && read_range (node, "lattice", &into->validity.lattice, error)
         && read_range (node, "volume", &into->validity.volume, error)
         && read_trained (into, node, error);
}

static gboolean
read_root (EpnsModelDescription *into, const EpnsXmlNode *root, const char *folder, GError **error)
{
  static const struct {
    const char *element;
    gboolean (*read) (EpnsModelDescription *into, const EpnsXmlNode *node, GError **error);
  } parts[] = { { "types", read_types }, { "step", read_step }, { "training", read_training },
                { "validity", read_validity } };

  const EpnsXmlNode *hybrid = epns_xml_child (root, "hybrid");

  into->name = copy_attribute (root, "name");
  if (hybrid != NULL) {
    read_hybrid (into, hybrid, folder);
    return TRUE;
  }
  read_network (into, epns_xml_child (root, "network"));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    const EpnsXmlNode *node = epns_xml_child (root, parts[i].element);
    if (node != NULL && !parts[i].read (into, node, error))
      return FALSE;
  }
  return read_weights (into, epns_xml_child (root, "weights"), folder, error);
}

EpnsModelDescription *
epns_model_description_load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "model.xml", NULL);
  g_autofree char *schema = epns_data_file ("schemas/epns-model.xsd");
  g_autoptr (EpnsXml) xml = epns_xml_read (path, error);

  if (xml == NULL || !epns_xml_validate (xml, schema, error))
    return NULL;
  g_autoptr (EpnsModelDescription) self = epns_model_description_new (path);
  return read_root (self, epns_xml_root (xml), folder, error) ? g_steal_pointer (&self) : NULL;
}
