/* SPDX-License-Identifier: MIT */
/* epns export: a recorded lattice, or a scenario's start, as a file that Morpheus goes on from. */
#include "adapters/morpheus.h"
#include "adapters/output-file.h"
#include "adapters/trajectory.h"
#include "plugin/error.h"
#include "tools/command.h"

#include <string.h>

typedef struct {
  char *into, *frame, *member, *seed;
} Options;

/* What is written: a lattice and what there is to know of it. */
typedef struct {
  EpnsLatticeState *state;
  gint32 periodic[3];
  char **type_names;
} Snapshot;

static void
clear_snapshot (Snapshot *self)
{
  epns_lattice_state_free (self->state);
  g_strfreev (self->type_names);
}

static gboolean
refuse_layout (const char *path, GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: it holds particles; only lattices of cells are exported", path);
  return FALSE;
}

/* A recorded frame: the last one there is unless --frame says otherwise. */
static gboolean
take_frame (const char *path, const Options *options, Snapshot *snapshot, GError **error)
{
  g_autoptr (EpnsTrajectory) recording = epns_trajectory_read (path, error);
  guint64 member, frame;

  if (recording == NULL)
    return FALSE;
  if (recording->meta->layout != &epns_layout_lattice)
    return refuse_layout (path, error);
  if (!epns_command_integer ("--member", options->member, 0, recording->meta->members - 1, 0,
                             &member, error))
    return FALSE;
  guint32 done = recording->done[member];
  if (done == 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: member %u has no frame", path,
                 (guint) member);
    return FALSE;
  }
  if (!epns_command_integer ("--frame", options->frame, 0, done - 1, done - 1, &frame, error))
    return FALSE;
  snapshot->state = epns_trajectory_lattice (recording, (guint32) member, (guint32) frame);
  snapshot->type_names = g_strdupv (recording->meta->type_names);
  for (int axis = 0; axis < 3; axis++)
    snapshot->periodic[axis] = recording->meta->periodic[axis];
  return TRUE;
}

static gboolean
take_start (const char *path, const Options *options, Snapshot *snapshot, GError **error)
{
  g_autoptr (EpnsScenario) scenario = epns_scenario_read (path, error);
  guint64 seed;

  if (scenario == NULL)
    return FALSE;
  if (scenario->layout != &epns_layout_lattice)
    return refuse_layout (path, error);
  if (!epns_command_integer ("--seed", options->seed, 0, G_MAXUINT32, scenario->plan.seed, &seed,
                             error))
    return FALSE;
  snapshot->state = epns_scenario_initial_lattice (scenario, seed, error);
  snapshot->type_names = g_new0 (char *, scenario->types->len + 1);
  for (guint type = 0; type < scenario->types->len; type++) {
    const char *name = epns_scenario_type_name (scenario, (gint32) type);
    snapshot->type_names[type] = g_strdup (name ? name : "");
  }
  for (int axis = 0; axis < 3; axis++)
    snapshot->periodic[axis] = scenario->periodic[axis];
  return snapshot->state != NULL;
}

static gboolean
write_snapshot (const Snapshot *snapshot, const char *into, const char *path, GError **error)
{
  g_autoptr (EpnsXml) model = into ? epns_xml_read (into, error) : NULL;

  if (into != NULL && model == NULL)
    return FALSE;
  g_autofree char *text
      = epns_morpheus_write (snapshot->state, snapshot->periodic,
                             (const char *const *) snapshot->type_names, model, error);
  return text != NULL && epns_output_write (path, text, strlen (text), error);
}

static gboolean
export_file (const char *from, const char *to, const Options *options, GError **error)
{
  Snapshot snapshot = { 0 };
  gboolean fine = epns_trajectory_readable (from) ? take_frame (from, options, &snapshot, error)
                                                  : take_start (from, options, &snapshot, error);

  fine = fine && write_snapshot (&snapshot, options->into, to, error);
  clear_snapshot (&snapshot);
  return fine;
}

static int
export (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "into", 'i', 0, G_OPTION_ARG_FILENAME, &options.into,
      "The Morpheus model whose cells are to be these; all else in it stays", "MODEL.xml" },
    { "frame", 'f', 0, G_OPTION_ARG_STRING, &options.frame,
      "Of a recording, which frame, from 0; default: the last", "N" },
    { "member", 'm', 0, G_OPTION_ARG_STRING, &options.member,
      "Of a recording, which member, from 0; default 0", "N" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &options.seed,
      "Of a scenario, the seed of its start; default: the scenario's", "SEED" },
    { 0 },
  };
  GError *error = NULL;
  int status = EPNS_EXIT_OK;

  if (!epns_command_parse (&epns_command_export, entries, &argc, &argv, 2, 2, &error)
      || !export_file (argv[1], argv[2], &options, &error))
    status = epns_command_fail (&epns_command_export, error);
  g_free (options.into);
  g_free (options.frame);
  g_free (options.member);
  g_free (options.seed);
  return status;
}

const EpnsCommand epns_command_export = {
  .name = "export",
  .arguments = "FILE OUT.xml",
  .summary = "Write a recorded lattice, or a scenario's start, as a model for Morpheus",
  .main = export,
};
