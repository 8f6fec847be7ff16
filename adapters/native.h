/* SPDX-License-Identifier: MIT */
/* Our own scenario format, schemas/epns-scenario.xsd. [any] */
#pragma once
#include "adapters/scenario.h"
#include "adapters/xml.h"

#define EPNS_NATIVE_NAMESPACE "https://epns.org/ns/scenario/1"

/* Root <scenario> of our namespace? */
gboolean epns_native_probe (const EpnsXmlNode *root);

/* The scenario of the file, validated by the schema. NULL and one line in *error. */
EpnsScenario *epns_native_read (const char *path, EpnsXml *xml, GError **error);

/* <parameters>, by the names and shapes of adapters/scenario.h; types and layout of the scenario
 * are set. */
gboolean epns_native_read_parameters (EpnsScenario *scenario, const EpnsXmlNode *node,
                                      GError **error);

/* <cells>: regions, PIFF files and boxes. */
gboolean epns_native_read_cells (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);

/* <space>: where particles are. */
gboolean epns_native_read_space (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);

/* <bodies>: listed and drawn; space and types of the scenario are set. */
gboolean epns_native_read_bodies (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);

/* A path that counts from the folder of the file `from`. Caller frees with g_free. */
char *epns_native_path (const char *from, const char *href);

/* [types->len] names by id, lent by the scenario, NULL where an id has none. Caller frees the
 * array. */
const char **epns_native_type_names (const EpnsScenario *scenario);

/* The type an attribute names; refused with the nearest one where there is none. */
gboolean epns_native_type (const EpnsScenario *scenario, const EpnsXmlNode *node, const char *name,
                           gint32 *type, GError **error);
