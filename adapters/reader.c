/* SPDX-License-Identifier: MIT */
/* A file's root element says whose it is; its adapter reads it. */
#include "adapters/reader.h"

#include "adapters/cc3dml.h"
#include "adapters/morpheus.h"
#include "adapters/multicellds.h"
#include "adapters/native.h"
#include "adapters/physicell.h"

static gboolean
is_project (const EpnsXmlNode *root)
{
  return g_str_equal (root->name, "Simulation");
}

static const EpnsScenarioFormat formats[] = {
  { "cc3dml", "CompuCell3D (CC3DML)", epns_cc3dml_probe, epns_cc3dml_read },
  { "physicell", "PhysiCell settings", epns_physicell_probe, epns_physicell_read },
  { "morpheus", "Morpheus (MorpheusML)", epns_morpheus_probe, epns_morpheus_read },
  { NULL, "epns scenario", epns_native_probe, epns_native_read },
  { NULL, "CompuCell3D (.cc3d project, not the XML it names)", is_project, NULL },
  { NULL, "PhysiCell's saves (MultiCellDS: a recording)", epns_multicellds_probe, NULL },
};

const EpnsScenarioFormat *
epns_scenario_formats (gsize *n)
{
  *n = G_N_ELEMENTS (formats);
  return formats;
}

EpnsScenario *
epns_scenario_read (const char *path, GError **error)
{
  g_autoptr (EpnsXml) xml = epns_xml_read (path, error);

  if (xml == NULL)
    return NULL;
  const EpnsXmlNode *root = epns_xml_root (xml);
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (!formats[i].probe (root))
      continue;
    if (formats[i].read != NULL)
      return formats[i].read (path, xml, error);
    epns_xml_refuse (root, EPNS_FAILURE_UNSUPPORTED, error,
                     "a file of %s is not read by this version; give one of CC3DML, "
                     "PhysiCell settings or MorpheusML",
                     formats[i].name);
    return NULL;
  }
  epns_xml_refuse (root, EPNS_FAILURE_FORMAT, error,
                   "the root <%.60s> is no scenario's; <CompuCell3D>, <PhysiCell_settings>, "
                   "<MorpheusModel> or <scenario xmlns=\"" EPNS_NATIVE_NAMESPACE "\"> is read",
                   root->name);
  return NULL;
}
