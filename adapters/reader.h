/* SPDX-License-Identifier: MIT */
/* The table of scenario formats. epns_scenario_read is declared in adapters/scenario.h. */
#pragma once
#include "adapters/scenario.h"
#include "adapters/xml.h"

typedef struct {
  const char *key;                              /* <host format="...">; NULL: not for others to name */
  const char *name;                             /* of the format, for people */
  gboolean (*probe) (const EpnsXmlNode *root);  /* is the root element its own? */
  EpnsScenario *(*read) (const char *path, EpnsXml *xml,
                         GError **error); /* NULL: known, but not read */
} EpnsScenarioFormat;

/* n formats, the first that claims a root reads it. [any] */
const EpnsScenarioFormat *epns_scenario_formats (gsize *n);
