/* SPDX-License-Identifier: MIT */
/* Recordings are the only word between processes: they appear whole, under names that all know. */
#include "tools/compare-parts.h"

#include "plugin/error.h"
#include "tools/interrupt.h"
#include "tools/recording.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define POLL     300000               /* microseconds between looks */
#define PATIENCE (5 * G_USEC_PER_SEC) /* with processes that are about to start: until then word of
                                         a failure may be an earlier start's */

/* What one process records of one side. */
typedef struct {
  char *path;
  EpnsTrajectoryMeta *meta;
  EpnsMembers members;
} Piece;

static void
piece_clear (Piece *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->meta, epns_trajectory_meta_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Piece, piece_clear)

typedef struct {
  EpnsSide *side;
  EpnsTrajectoryMeta *whole; /* all its members as one recording */
  char *path;                /* of that, after which its parts are named; there is no such file */
  Piece own;
  gboolean finished;         /* before */
} Half;

typedef struct {
  const EpnsEnsembleOptions *options;
  const EpnsScenario *scenario;
  const EpnsPart *part;
  char *folder;
  Half halves[2]; /* native, learned */
  gint64 since;   /* it waits; monotonic, microseconds */
  gboolean told;  /* that it does */
} Parts;

static void
parts_clear (Parts *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->halves); i++) {
    g_clear_pointer (&self->halves[i].whole, epns_trajectory_meta_free);
    g_free (self->halves[i].path);
    piece_clear (&self->halves[i].own);
  }
  g_free (self->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

gboolean
epns_parts_gathers (const EpnsPart *part)
{
  return part->number == part->of;
}

static gboolean
piece_plan (Piece *self, const Half *half, const EpnsPart *part, GError **error)
{
  self->path = epns_part_path (part, half->path);
  self->members = half->side->all;
  self->meta = epns_recording_part (half->whole, part, &self->members.first, error);
  if (self->meta != NULL)
    self->members.n = self->meta->members;
  return self->meta != NULL;
}

static gboolean
half_plan (Half *self, const Parts *parts, const char *name, GError **error)
{
  const EpnsSide *side = self->side;

  self->whole = epns_recording_meta (parts->scenario, side->settings, &side->schedule, &side->all);
  self->path = g_build_filename (parts->folder, name, NULL);
  return piece_plan (&self->own, self, parts->part, error);
}

/* Where this process leaves word of its failure: "failed.part-2-of-4.txt". */
static char *
word_path (const Parts *self)
{
  g_autofree char *path = g_build_filename (self->folder, "failed.txt", NULL);

  return epns_part_path (self->part, path);
}

/* The folder, without word of an earlier failure. */
static gboolean
make_folder (const Parts *self, GError **error)
{
  g_autofree char *word = word_path (self);

  if (g_mkdir_with_parents (self->folder, 0777) != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: the folder cannot be made: %s; name another with -o", self->folder,
                 g_strerror (errno));
    return FALSE;
  }
  g_unlink (word);
  return TRUE;
}

/* Recording */

static gboolean
look (Half *half, GError **error)
{
  g_autoptr (GError) why = NULL;

  half->finished = epns_recording_finished (half->own.path, half->own.meta, &why);
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static EpnsSimulation
record_half (const Parts *self, const Half *half, GError **error)
{
  const Piece *own = &half->own;

  return half->finished ? EPNS_SIMULATED
                        : epns_side_record (half->side, self->options, self->scenario,
                                            &own->members, own->path, own->meta, error);
}

/* Both sides are looked at before hours of stepping. */
static EpnsSimulation
record (Parts *self, GError **error)
{
  EpnsSimulation went = EPNS_SIMULATED;

  for (guint i = 0; i < G_N_ELEMENTS (self->halves); i++)
    if (!look (&self->halves[i], error))
      return EPNS_SIMULATION_FAILED;
  for (guint i = 0; i < G_N_ELEMENTS (self->halves) && went == EPNS_SIMULATED; i++)
    went = record_half (self, &self->halves[i], error);
  return went;
}

/* A full disk keeps no word, either; who waits then still says for what. */
static void
leave_word (const Parts *self, const GError *why)
{
  g_autofree char *path = word_path (self);

  g_file_set_contents (path, why->message, -1, NULL);
}

/* Gathering */

/* Word of a failure, taken away; NULL: there is none. */
static char *
take_word (const Parts *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  g_autofree char *end = g_strdup_printf ("-of-%u.txt", self->part->of);
  char *text = NULL;
  const char *name;

  while (dir != NULL && text == NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "failed.part-") && g_str_has_suffix (name, end)) {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      if (g_file_get_contents (path, &text, NULL, NULL))
        g_unlink (path);
    }
  return text;
}

/* After a while, say what is waited for, and look whether it will ever come. */
static gboolean
be_patient (Parts *self, const char *path, GError **error)
{
  if (g_get_monotonic_time () - self->since < PATIENCE)
    return TRUE;
  if (!self->told && !self->options->quiet)
    g_printerr ("epns compare: waiting for %s and what other parts are still to record\n", path);
  self->told = TRUE;
  g_autofree char *word = take_word (self);
  if (word != NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s; start all parts again, what they have finished stays", word);
  return word == NULL;
}

/* Has the file come, or another one in its place, since it was last seen? */
static gboolean
is_news (const char *path, GStatBuf *seen)
{
  GStatBuf now;

  if (g_stat (path, &now) != 0
      || (now.st_ino == seen->st_ino && now.st_mtime == seen->st_mtime
          && now.st_size == seen->st_size))
    return FALSE;
  *seen = now;
  return TRUE;
}

/* Until the recording is there with all frames. What cannot be read is looked at again: who
 * records it refuses it if it has to. */
static EpnsSimulation
wait_for (Parts *self, const Piece *piece, GError **error)
{
  GStatBuf seen = { 0 };

  while (!epns_interrupted ()) {
    g_autoptr (GError) why = NULL;
    if (is_news (piece->path, &seen) && epns_recording_finished (piece->path, piece->meta, &why))
      return EPNS_SIMULATED;
    if (g_error_matches (why, EPNS_FAILURE, EPNS_FAILURE_MISMATCH)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return EPNS_SIMULATION_FAILED;
    }
    if (why != NULL)
      seen = (GStatBuf){ 0 };
    if (!be_patient (self, piece->path, error))
      return EPNS_SIMULATION_FAILED;
    g_usleep (POLL);
  }
  return EPNS_INTERRUPTED;
}

static EpnsSimulation
gather_piece (Parts *self, const Half *half, const EpnsPart *part, GError **error)
{
  g_auto (Piece) piece = { 0 };

  if (!piece_plan (&piece, half, part, error))
    return EPNS_SIMULATION_FAILED;
  EpnsSimulation went = wait_for (self, &piece, error);
  if (went == EPNS_SIMULATED
      && !epns_side_read (half->side, piece.path, piece.members.first, error))
    return EPNS_SIMULATION_FAILED;
  return went;
}

static EpnsSimulation
gather (Parts *self, GError **error)
{
  EpnsSimulation went = EPNS_SIMULATED;
  const guint32 members = (guint32) self->options->members;

  self->since = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (self->halves) && went == EPNS_SIMULATED; i++) {
    const Half *half = &self->halves[i];
    EpnsPart part = { .number = 1, .of = self->part->of };
    if (!epns_side_make_room (half->side, half->whole, members, error))
      return EPNS_SIMULATION_FAILED;
    for (; part.number <= part.of && went == EPNS_SIMULATED; part.number++)
      went = gather_piece (self, half, &part, error);
  }
  return went;
}

EpnsSimulation
epns_parts_step (EpnsSide *native, EpnsSide *learned, const EpnsEnsembleOptions *options,
                 const EpnsScenario *scenario, const char *dir, GError **error)
{
  g_auto (Parts) self = { .options = options,
                          .scenario = scenario,
                          .part = &options->part,
                          .folder = g_build_filename (dir, "parts", NULL),
                          .halves = { { .side = native }, { .side = learned } } };

  if (!half_plan (&self.halves[0], &self, "native.h5", error)
      || !half_plan (&self.halves[1], &self, "learned.h5", error) || !make_folder (&self, error))
    return EPNS_SIMULATION_FAILED;
  EpnsSimulation went = record (&self, error);
  if (went == EPNS_SIMULATION_FAILED) {
    g_prefix_error (error, "part %u of %u: ", self.part->number, self.part->of);
    leave_word (&self, *error);
  }
  return went == EPNS_SIMULATED && epns_parts_gathers (self.part) ? gather (&self, error) : went;
}
