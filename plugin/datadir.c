/* SPDX-License-Identifier: MIT */
/* The search for shipped files. */
#include "plugin/datadir.h"

static char *
existing (const char *folder, const char *relative)
{
  if (folder == NULL || *folder == '\0')
    return NULL;
  g_autofree char *path = g_build_filename (folder, relative, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

char *
epns_data_file (const char *relative)
{
  char *path = existing (g_getenv ("EPNS_DATADIR"), relative);

  if (path == NULL)
    path = existing (PKGDATADIR, relative);
  if (path == NULL)
    path = existing (EPNS_SOURCE_DIR, relative);
  return path ? path : g_build_filename (PKGDATADIR, relative, NULL);
}
