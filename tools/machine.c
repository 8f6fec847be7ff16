/* SPDX-License-Identifier: MIT */
/* Processor and system. */
#include "tools/machine.h"

#include <string.h>
#include <sys/utsname.h>

char *
epns_machine_processor (void)
{
  g_autofree char *info = NULL, *model = NULL;
  static const char *const features[] = { "sse4_2", "avx2", "fma", "avx512f", "asimd" };
  g_autoptr (GString) found = g_string_new (NULL);

  if (!g_file_get_contents ("/proc/cpuinfo", &info, NULL, NULL))
    return NULL;
  char *name = strstr (info, "model name");
  if (name != NULL && (name = strchr (name, ':')) != NULL)
    model = g_strndup (name + 2, strcspn (name + 2, "\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++) {
    g_autofree char *word = g_strdup_printf (" %s", features[i]);
    if (strstr (info, word) != NULL)
      g_string_append (found, word);
  }
  return g_strdup_printf ("%s, %u threads,%s", model ? model : "unnamed", g_get_num_processors (),
                          found->len ? found->str : " no vector features known here");
}

char *
epns_machine (void)
{
  g_autofree char *processor = epns_machine_processor ();
  struct utsname system;

  if (uname (&system) != 0)
    return g_steal_pointer (&processor);
  return g_strdup_printf ("%s; %s %s %s", processor ? processor : "unknown processor",
                          system.sysname, system.release, system.machine);
}
