/* SPDX-License-Identifier: MIT */
/* Frames into files; a file that can be resumed holds each run as it was at its last frame. */
#include "tools/recording.h"

#include "plugin/epns_about.h"
#include "plugin/error.h"

#include <config.h>
#include <math.h>
#include <string.h>

struct _EpnsRecording {
  GPtrArray *writers; /* EpnsTrajectoryWriter */
  GPtrArray *kept; /* GBytes by member, as of the last frame; NULL where the model cannot resume */
  guint64 first_frame;
  gboolean one_h5;
};

/* These must be the same where a file is resumed. */
static const char *const identity[] = {
  "scenario-sha256", "host-file-sha256", "kind", "kind-version",
  "model-sha256",    "parameters",       "step", "starts"
};

static void
note_checksum (EpnsTrajectoryMeta *meta, const char *key, const char *path)
{
  g_autofree char *contents = NULL;
  gsize n;

  if (path == NULL || !g_file_get_contents (path, &contents, &n, NULL))
    return;
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents,
                                                      n);
  epns_trajectory_meta_note (meta, key, "%s", sum);
}

static void
note_model (EpnsTrajectoryMeta *meta, const EpnsStepModel *model)
{
  epns_trajectory_meta_note (meta, "kind", "%s", model->kind->id);
  epns_trajectory_meta_note (meta, "kind-title", "%s", model->kind->title);
  epns_trajectory_meta_note (meta, "kind-version", "%s", model->kind->version);
  const epns_about *about = model->kind->extension (EPNS_ABOUT_EXTENSION);
  if (about != NULL && about->size >= sizeof *about && about->kernel != NULL)
    epns_trajectory_meta_note (meta, "kernel", "%s", about->kernel (model->model));
  if (model->source == NULL)
    return;
  g_autofree char *weights = g_file_test (model->source, G_FILE_TEST_IS_DIR)
                                 ? g_build_filename (model->source, "weights.safetensors", NULL)
                                 : g_strdup (model->source);
  epns_trajectory_meta_note (meta, "model", "%s", model->source);
  note_checksum (meta, "model-sha256", weights);
}

/* What an observable of the energy must know, whichever model was run. */
static void
note_physics (EpnsTrajectoryMeta *meta, const EpnsScenario *scenario)
{
  static const char *const names[] = { "gravitational-constant", "softening" };
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  epns_view view;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (epns_scenario_parameter (scenario, names[i], &view))
      epns_trajectory_meta_note (
          meta, names[i], "%s",
          g_ascii_dtostr (number, sizeof number, *(const double *) view.data));
}

static void
note_origin (EpnsTrajectoryMeta *meta, const EpnsScenario *scenario, const EpnsSettings *settings,
             const EpnsSchedule *schedule)
{
  g_autofree char *parameters = epns_settings_text (settings);

  epns_trajectory_meta_note (meta, "epns", "%s", PACKAGE_VERSION);
  epns_trajectory_meta_note (meta, "scenario", "%s", scenario->path);
  note_checksum (meta, "scenario-sha256", scenario->path);
  if (scenario->host_path != NULL && strcmp (scenario->host_path, scenario->path) != 0) {
    epns_trajectory_meta_note (meta, "host-file", "%s", scenario->host_path);
    note_checksum (meta, "host-file-sha256", scenario->host_path);
  }
  note_physics (meta, scenario);
  note_model (meta, settings->model);
  epns_trajectory_meta_note (meta, "parameters", "%s", parameters);
  epns_trajectory_meta_note (meta, "step", "%.10g %s", schedule->dt, settings->model->time_unit);
}

/* The unit of what the model calls `position`, or "1". */
static const char *
length_unit (const EpnsStepModel *model)
{
  int32_t i = epns_find_field (model->fields, model->n_fields, "position");

  return i < 0 ? "1" : model->fields[i].unit;
}

EpnsTrajectoryMeta *
epns_recording_meta (const EpnsScenario *scenario, const EpnsSettings *settings,
                     const EpnsSchedule *schedule, const EpnsMembers *members)
{
  const char *time_unit = settings->model->time_unit;
  guint32 frames = (guint32) schedule->n_frames;
  g_autofree double *time = g_new (double, frames);
  g_autofree const char **names = g_new0 (const char *, scenario->types->len + 1);

  for (guint32 i = 0; i < frames; i++)
    time[i] = (double) i * schedule->every;
  for (guint i = 0; i < scenario->types->len; i++) {
    const char *name = epns_scenario_type_name (scenario, (gint32) i);
    names[i] = name ? name : "";
  }
  EpnsTrajectoryMeta *meta
      = scenario->layout == &epns_layout_lattice
            ? epns_trajectory_meta_new (members->n, frames, scenario->size, scenario->periodic,
                                        time, time_unit, names, members->seed)
            : epns_trajectory_meta_new_particles (
                members->n, frames, &scenario->space, (guint32) epns_scenario_n_bodies (scenario),
                scenario->radii, length_unit (settings->model), time, time_unit, names,
                members->seed);
  note_origin (meta, scenario, settings, schedule);
  epns_trajectory_meta_note (meta, "starts", "%s", members->n_starts == 1 ? "one" : "varied");
  return meta;
}

EpnsTrajectoryMeta *
epns_recording_part (const EpnsTrajectoryMeta *whole, const EpnsPart *part, guint32 *first,
                     GError **error)
{
  guint32 n;

  if (!epns_part_members (part, whole->members, first, &n, error))
    return NULL;
  EpnsTrajectoryMeta *meta = epns_trajectory_meta_copy (whole);
  meta->members = n;
  if (part->of > 1) {
    g_autofree char *which = epns_part_describe (*first, n, whole->members);
    epns_trajectory_meta_note (meta, EPNS_PART_KEY, "%s", which);
  }
  return meta;
}

static gboolean
check_note (const char *path, const char *key, const EpnsTrajectoryMeta *was,
            const EpnsTrajectoryMeta *now, GError **error)
{
  const char *before = g_hash_table_lookup (was->provenance, key);
  const char *after = g_hash_table_lookup (now->provenance, key);

  if (g_strcmp0 (before, after) == 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: %s was %.80s and is now %.80s; go on with what it was begun with, or name "
               "another output",
               path, key, before ? before : "not stated", after ? after : "not stated");
  return FALSE;
}

gboolean
epns_recording_same (const char *path, const EpnsTrajectoryMeta *was,
                     const EpnsTrajectoryMeta *now, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (identity); i++)
    if (!check_note (path, identity[i], was, now, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_times (const char *path, const EpnsTrajectory *was, const EpnsTrajectoryMeta *now,
             GError **error)
{
  for (guint32 i = 0; i < was->done[0]; i++)
    if (i >= now->frames || fabs (was->meta->time[i] - now->time[i]) > 1e-9 * now->time[i]) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: it holds a frame at %.10g %s, which this run would not take; resume with "
                   "the same --every and no "
                   "smaller --until",
                   path, was->meta->time[i], was->meta->time_unit);
      return FALSE;
    }
  for (guint32 m = 0; m < was->meta->members; m++)
    if (was->done[m] != was->done[0] || was->done[m] == 0) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s: its members do not end together; run anew", path);
      return FALSE;
    }
  return TRUE;
}

/* What a member is of, in words. */
static char *
extent_of (const EpnsTrajectoryMeta *meta)
{
  if (meta->layout == &epns_layout_lattice)
    return g_strdup_printf ("%d x %d x %d sites", meta->size[2], meta->size[1], meta->size[0]);
  return g_strdup_printf ("%u bodies", meta->bodies);
}

/* What is restored must fit before the writer has compared the rest. */
static gboolean
check_members (const char *path, const EpnsTrajectoryMeta *was, const EpnsTrajectoryMeta *now,
               GError **error)
{
  if (was->members == now->members && epns_trajectory_meta_alike (was, now))
    return TRUE;
  g_autofree char *before = extent_of (was), *after = extent_of (now);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it holds %u members of %s, and this run has %u of %s; go on with what it was "
               "begun with, or name another output",
               path, was->members, before, now->members, after);
  return FALSE;
}

static gboolean
check_seed (const char *path, const EpnsTrajectoryMeta *was, const EpnsTrajectoryMeta *now,
            GError **error)
{
  if (was->seed == now->seed)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: its seed was %" G_GUINT64_FORMAT " and is now %" G_GUINT64_FORMAT
               "; go on with what it was begun with, or name another output",
               path, was->seed, now->seed);
  return FALSE;
}

/* May what the file holds be gone on with? */
static gboolean
check_continues (const char *path, const EpnsTrajectory *was, const EpnsTrajectoryMeta *now,
                 GError **error)
{
  return epns_recording_same (path, was->meta, now, error)
         && check_note (path, EPNS_PART_KEY, was->meta, now, error)
         && check_seed (path, was->meta, now, error) && check_members (path, was->meta, now, error)
         && check_times (path, was, now, error);
}

gboolean
epns_recording_finished (const char *path, const EpnsTrajectoryMeta *meta, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  g_autoptr (EpnsTrajectory) was = epns_trajectory_describe (path, error);
  return was != NULL && check_continues (path, was, meta, error)
         && was->done[0] == meta->frames;
}

static gboolean
restore_members (EpnsRecording *self, const char *path, const EpnsTrajectory *was,
                 EpnsStepper *stepper, GError **error)
{
  guint32 last = was->done[0] - 1;

  for (guint32 m = 0; m < was->meta->members; m++) {
    g_autoptr (GBytes) archive = epns_trajectory_read_archive (path, m, error);
    g_autoptr (EpnsState) state = epns_trajectory_state (was, m, last);
    if (archive == NULL || !epns_stepper_restore (stepper, m, archive, state, error))
      return FALSE;
    g_ptr_array_add (self->kept, g_bytes_ref (archive));
  }
  self->first_frame = last;
  return TRUE;
}

static gboolean
is_h5 (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".h5");
}

static gboolean
resume (EpnsRecording *self, const char *path, const EpnsTrajectoryMeta *meta, EpnsStepper *stepper,
        GError **error)
{
  if (!is_h5 (path)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: only an .h5 file can be resumed; run anew without --resume", path);
    return FALSE;
  }
  g_autoptr (EpnsTrajectory) was = epns_trajectory_read (path, error);
  if (was == NULL || !check_continues (path, was, meta, error)
      || !restore_members (self, path, was, stepper, error))
    return FALSE;
  EpnsTrajectoryWriter *writer = epns_trajectory_writer_resume (
      path, meta, error); /* locks the file: read it before */
  if (writer != NULL)
    g_ptr_array_add (self->writers, writer);
  return writer != NULL;
}

EpnsRecording *
epns_recording_new (const char *const *paths, const EpnsTrajectoryMeta *meta, gboolean resumed,
                    EpnsStepper *stepper, GError **error)
{
  g_autoptr (EpnsRecording) self = g_new0 (EpnsRecording, 1);

  self->writers = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_trajectory_writer_free);
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->one_h5 = paths[1] == NULL && is_h5 (paths[0]);
  if (resumed && paths[1] != NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "--resume: it goes on with one .h5 file; name one output");
    return NULL;
  }
  if (resumed)
    return resume (self, paths[0], meta, stepper, error) ? g_steal_pointer (&self) : NULL;
  for (guint i = 0; paths[i] != NULL; i++) {
    EpnsTrajectoryWriter *writer = epns_trajectory_writer_new (paths[i], meta, error);
    if (writer == NULL)
      return NULL;
    g_ptr_array_add (self->writers, writer);
  }
  return g_steal_pointer (&self);
}

void
epns_recording_free (EpnsRecording *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->writers);
  g_ptr_array_unref (self->kept);
  g_free (self);
}

guint64
epns_recording_first_frame (const EpnsRecording *self)
{
  return self->first_frame;
}

gboolean
epns_recording_take (gpointer ctx, guint64 frame, double time, EpnsStepper *stepper, GError **error)
{
  EpnsRecording *self = ctx;
  guint32 members = epns_stepper_n_members (stepper);

  (void) frame;
  (void) time;
  for (guint i = 0; i < self->writers->len; i++)
    for (guint32 m = 0; m < members; m++)
      if (!epns_trajectory_writer_frame (g_ptr_array_index (self->writers, i), m,
                                         epns_stepper_state (stepper, m), error))
        return FALSE;
  if (!epns_stepper_resumes (stepper))
    return TRUE;
  g_ptr_array_set_size (self->kept, 0);
  for (guint32 m = 0; m < members; m++) {
    GBytes *kept = epns_stepper_save (stepper, m, error);
    if (kept == NULL)
      return FALSE;
    g_ptr_array_add (self->kept, kept);
  }
  return TRUE;
}

gboolean
epns_recording_resumable (const EpnsRecording *self)
{
  return self->one_h5 && self->kept->len > 0;
}

gboolean
epns_recording_finish (EpnsRecording *self, GError **error)
{
  for (guint i = 0; i < self->writers->len; i++) {
    EpnsTrajectoryWriter *writer = g_ptr_array_index (self->writers, i);
    for (guint32 m = 0; m < self->kept->len; m++)
      if (!epns_trajectory_writer_archive (writer, m, g_ptr_array_index (self->kept, m), error))
        return FALSE;
    if (!epns_trajectory_writer_finish (writer, error))
      return FALSE;
  }
  return TRUE;
}
