/* SPDX-License-Identifier: MIT */
/* epns list: the step models there are. */
#include "tools/command.h"
#include "tools/shipped.h"
#include "tools/step-model.h"

typedef struct {
  gboolean verbose;
  guint n_plugins;
} Listing;

static void
print_caps (guint32 caps)
{
  static const struct {
    guint32 cap;
    const char *word;
  } words[] = {
    { EPNS_STOCHASTIC, "stochastic" },     { EPNS_ANY_DT, "any step length" },
    { EPNS_GROWS, "rows may grow" },       { EPNS_ARCHIVES, "archives" },
    { EPNS_EXACT_RESUME, "exact resume" },
  };
  const char *separator = "  [";

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (caps & words[i].cap) {
      g_print ("%s%s", separator, words[i].word);
      separator = ", ";
    }
  g_print ("%s\n", caps ? "]" : "");
}

static int
print_plugin (void *ctx, const char *path, const epns_plugin *plugin, const char *refusal)
{
  Listing *listing = ctx;

  if (plugin == NULL) {
    if (listing->verbose)
      g_print ("%s: not used: %s\n", path, refusal);
    return 0;
  }
  listing->n_plugins++;
  if (listing->verbose)
    g_print ("%s: %s %s (%s)\n", path, plugin->vendor, plugin->version, plugin->licence);
  for (guint32 i = 0; i < plugin->n_kinds; i++) {
    const epns_kind *kind = plugin->kinds[i];
    g_print ("%-16s %-8s %s", kind->id, kind->version, kind->title);
    print_caps (kind->caps);
  }
  return 0;
}

static void
print_shipped (void)
{
  g_auto (GStrv) names = epns_shipped_models ();

  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GError) why = NULL;
    g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, names[i], 1, &why);
    if (model != NULL)
      g_print ("%-16s %-8s a model that ships, %g %s a step\n", names[i], model->kind->id,
               model->native_dt, model->time_unit);
    else
      g_print ("%-16s does not open: %s\n", names[i], why->message);
  }
}

static int
list (int argc, char **argv)
{
  Listing listing = { 0 };
  const GOptionEntry entries[] = {
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &listing.verbose,
      "Also say where plugins were sought, and what was refused", NULL },
    { 0 },
  };
  GError *error = NULL;

  if (!epns_command_parse (&epns_command_list, entries, &argc, &argv, 0, 0, &error))
    return epns_command_fail (&epns_command_list, error);
  epns_visit_plugins (NULL, print_plugin, &listing);
  print_shipped ();
  if (listing.n_plugins > 0)
    return EPNS_EXIT_OK;
  g_printerr ("epns list: no step plugin was found; set EPNS_PLUGIN_PATH (epns list -v says where "
              "it was sought)\n");
  return EPNS_EXIT_FAILED;
}

const EpnsCommand epns_command_list = {
  .name = "list",
  .arguments = "",
  .summary = "List the kinds of step models and the models that ship",
  .main = list,
};
