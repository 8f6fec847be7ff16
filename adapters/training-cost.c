/* SPDX-License-Identifier: MIT */
/* <training minutes=...> of a model.xml. */
#include "adapters/training-cost.h"

#include "adapters/xml-values.h"

#include <math.h>

double
epns_training_minutes (const char *folder)
{
  g_autofree char *path = folder ? g_build_filename (folder, "model.xml", NULL) : NULL;
  g_autoptr (EpnsXml) xml = path ? epns_xml_read (path, NULL) : NULL;
  const EpnsXmlNode *training = xml ? epns_xml_child (epns_xml_root (xml), "training") : NULL;
  double minutes;

  if (training == NULL || epns_xml_attribute (training, "minutes") == NULL
      || !epns_xml_number (training, "minutes", 0, INFINITY, &minutes, NULL))
    return NAN;
  return minutes;
}
