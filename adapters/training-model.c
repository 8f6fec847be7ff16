/* SPDX-License-Identifier: MIT */
/* Writes the model.xml of a trained model. */
#include "adapters/training.h"

#include "adapters/output-file.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

/* NAME="VALUE" with what XML demands of it. */
static void
put (GString *xml, const char *name, const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value, -1);

  g_string_append_printf (xml, " %s=\"%s\"", name, escaped);
}

static void
put_number (GString *xml, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  put (xml, name, g_ascii_formatd (text, sizeof text, "%.10g", value));
}

static void
put_range (GString *xml, const char *element, double least, double most)
{
  g_string_append_printf (xml, "    <%s", element);
  put_number (xml, "min", least);
  put_number (xml, "max", most);
  g_string_append (xml, "/>\n");
}

/* Cells alive in the first frame of a member. */
static guint
count_cells (const epns_train_set *set, guint32 member)
{
  gsize sites = (gsize) set->height * set->width;
  const gint32 *id = set->id + (gsize) member * set->frames * sites;
  g_autofree guint8 *seen = g_malloc0 (set->n_ids);
  guint cells = 0;

  for (gsize s = 0; s < sites; s++)
    if (id[s] > 0 && !seen[id[s]]) {
      seen[id[s]] = 1;
      cells++;
    }
  return cells;
}

/* Widen to the smallest and largest of all cells in all frames, in sites. */
static void
find_volumes (const epns_train_set *set, guint *least, guint *most)
{
  gsize sites = (gsize) set->height * set->width;
  g_autofree guint *volume = g_new (guint, set->n_ids);

  for (gsize f = 0; f < (gsize) set->members * set->frames; f++) {
    memset (volume, 0, set->n_ids * sizeof *volume);
    for (gsize s = 0; s < sites; s++)
      volume[set->id[f * sites + s]]++;
    for (guint32 id = 1; id < set->n_ids; id++) {
      if (volume[id] == 0)
        continue;
      *least = MIN (*least, volume[id]);
      *most = MAX (*most, volume[id]);
    }
  }
}

/* What networks saw of lattices. */
static void
put_lattices (GString *xml, const GArray *sets)
{
  guint smaller = G_MAXUINT, larger = 0;
  guint least = G_MAXUINT, most = 0, smallest = G_MAXUINT, largest = 0, walls = 0, wraps = 0;

  for (guint i = 0; i < sets->len; i++) {
    const epns_train_set *set = &g_array_index (sets, epns_train_set, i);
    for (guint32 m = 0; m < set->members; m++) {
      guint cells = count_cells (set, m);
      least = MIN (least, cells);
      most = MAX (most, cells);
    }
    find_volumes (set, &smaller, &larger);
    smallest = MIN (smallest, MAX (set->height, set->width));
    largest = MAX (largest, MAX (set->height, set->width));
    walls += !set->periodic[0] && !set->periodic[1];
    wraps += set->periodic[0] && set->periodic[1];
  }
  put (xml, "boundary",
       walls == sets->len   ? "noflux"
       : wraps == sets->len ? "periodic"
                            : "any");
  g_string_append (xml, ">\n");
  put_range (xml, "cells", least, most);
  put_range (xml, "lattice", smallest, largest);
  put_range (xml, "volume", smaller, larger);
}

/* And of bodies, which are the "cells" of a validity. */
static void
put_bodies (GString *xml, const GArray *sets)
{
  guint32 least = G_MAXUINT32, most = 0;

  for (guint i = 0; i < sets->len; i++) {
    guint32 bodies = g_array_index (sets, epns_train_bodies, i).bodies;
    least = MIN (least, bodies);
    most = MAX (most, bodies);
  }
  g_string_append (xml, ">\n");
  put_range (xml, "cells", least, most);
}

/* What the network saw: beyond it nothing is promised. */
static void
put_validity (GString *xml, const EpnsTrainingPlan *plan, const EpnsTrainingData *data)
{
  g_string_append (xml, "  <validity");
  if (data->sets[0]->len > 0)
    put_lattices (xml, data->sets[0]);
  else
    put_bodies (xml, data->bodies[0]);
  epns_training_put_conditions (xml, data, (const char *const *) plan->types, plan->train.n_types);
  g_string_append (xml, "  </validity>\n");
}

static void
put_types (GString *xml, const EpnsTrainingPlan *plan)
{
  g_string_append (xml, "  <types>\n");
  for (guint i = 0; i < plan->train.n_types; i++) {
    g_string_append_printf (xml, "    <type id=\"%u\"", i);
    put (xml, "name", plan->types[i]);
    g_string_append (xml, "/>\n");
  }
  g_string_append (xml, "  </types>\n");
}

/* "4 x NAME", as Linux tells it. */
static char *
processors (void)
{
  g_autofree char *info = NULL;
  const char *name = "processor of unknown name";
  gsize length = strlen (name);

  if (g_file_get_contents ("/proc/cpuinfo", &info, NULL, NULL)
      && strstr (info, "model name") != NULL) {
    name = strstr (info, "model name");
    name += strcspn (name, ":");
    name += strspn (name, ": ");
    length = strcspn (name, "\n");
  }
  return g_strdup_printf ("%u x %.*s", g_get_num_processors (), (int) length, name);
}

static void
put_training (GString *xml, const EpnsTrainingPlan *plan, double minutes, const char *text)
{
  g_autofree char *machine = processors ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, plan->train.seed);
  g_autofree char *from = g_path_get_basename (plan->path);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (xml, "  <training");
  put (xml, "data", from);
  if (plan->train.seed <= G_MAXINT64)
    put (xml, "seed", seed);
  put (xml, "machine", machine);
  put_number (xml, "minutes", round (minutes * 100) / 100);
  g_string_append_printf (xml, ">%s</training>\n", escaped);
}

gboolean
epns_training_write_model (const EpnsTrainingPlan *plan, const EpnsTrainingData *data,
                           const char *folder, double minutes, const char *text, GError **error)
{
  g_autoptr (GString) xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                          "<model xmlns=\"https://epns.org/ns/model/1\" "
                                          "version=\"1\"");
  g_autofree char *weights = g_build_filename (folder, "weights.safetensors", NULL);
  g_autofree char *path = g_build_filename (folder, "model.xml", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) failure = NULL;
  gsize size;

  if (!g_file_get_contents (weights, &bytes, &size, &failure)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s", failure->message);
    return FALSE;
  }
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes,
                                                      size);
  put (xml, "name", plan->name);
  g_string_append (xml, ">\n  <network");
  put (xml, "kind", plan->kind);
  for (guint i = 0; i < plan->train.n_network; i++)
    put (xml, plan->train.network[i].name, plan->train.network[i].value);
  g_string_append (xml, "/>\n  <weights file=\"weights.safetensors\"");
  put (xml, "sha256", sum);
  g_string_append (xml, "/>\n");
  put_types (xml, plan);
  g_string_append (xml, "  <step");
  put_number (xml, "length", plan->step_length);
  put (xml, "unit", plan->step_unit);
  g_string_append (xml, "/>\n");
  put_training (xml, plan, minutes, text);
  put_validity (xml, plan, data);
  g_string_append (xml, "</model>\n");
  return epns_output_write (path, xml->str, xml->len, error);
}
