/* SPDX-License-Identifier: MIT */
/* Trajectories for training, from recordings and from folders of them. */
#include "adapters/multicellds.h"
#include "adapters/openvt-recording.h"
#include "adapters/training.h"
#include "adapters/vtk.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

EpnsTrainingData *
epns_training_data_new (void)
{
  EpnsTrainingData *self = g_new0 (EpnsTrainingData, 1);

  for (guint i = 0; i < 2; i++) {
    self->sets[i] = g_array_new (FALSE, FALSE, sizeof (epns_train_set));
    self->bodies[i] = g_array_new (FALSE, FALSE, sizeof (epns_train_bodies));
  }
  self->made = g_ptr_array_new_with_free_func (g_free);
  self->trajectories = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_trajectory_free);
  return self;
}

void
epns_training_data_free (EpnsTrainingData *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < 2; i++) {
    g_array_unref (self->sets[i]);
    g_array_unref (self->bodies[i]);
  }
  g_ptr_array_unref (self->trajectories);
  g_ptr_array_unref (self->made);
  g_free (self);
}

guint
epns_training_data_sets (const EpnsTrainingData *self, gboolean validation)
{
  return self->sets[validation]->len + self->bodies[validation]->len;
}

static gboolean refuse (const char *name, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (const char *name, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH, "%s: %s", name, text);
  return FALSE;
}

static gboolean
is_of_lattices (const EpnsTrajectoryMeta *meta)
{
  return meta->layout == &epns_layout_lattice;
}

/* The names that a recording states must be the plan's; that of a lattice's medium is no matter. */
static gboolean
check_types (const EpnsTrainingPlan *plan, const EpnsTrajectoryMeta *meta, const char *name,
             GError **error)
{
  if (g_str_equal (meta->time_unit, "frame")) /* a format without names */
    return TRUE;
  for (guint i = is_of_lattices (meta); meta->type_names[i] != NULL; i++)
    if (i >= plan->train.n_types || !g_str_equal (meta->type_names[i], plan->types[i]))
      return refuse (name, error,
                     "type %u is called \"%s\" and the plan's <types> has %s%s%s; make them agree",
                     i, meta->type_names[i], i < plan->train.n_types ? "\"" : "",
                     i < plan->train.n_types ? plan->types[i] : "none",
                     i < plan->train.n_types ? "\"" : "");
  return TRUE;
}

/* How many frames a learned step spans. */
static gboolean
find_stride (const EpnsTrainingPlan *plan, const EpnsTrajectoryMeta *meta, const char *name,
             guint32 *stride, GError **error)
{
  *stride = plan->frames;
  if (g_str_equal (meta->time_unit, "frame") || meta->frames < 2)
    return TRUE;
  if (!g_str_equal (meta->time_unit, plan->step_unit))
    return refuse (name, error, "its times are in %s and the plan's <step> in %s; make them agree",
                   meta->time_unit, plan->step_unit);
  double apart = meta->time[1] - meta->time[0], frames = plan->step_length / apart;
  for (guint32 f = 1; f < meta->frames; f++)
    if (fabs (meta->time[f] - meta->time[f - 1] - apart) > 1e-6 * apart)
      return refuse (name, error,
                     "frames %u and %u are %g %s apart and others %g; record at even times", f - 1,
                     f, meta->time[f] - meta->time[f - 1], meta->time_unit, apart);
  *stride = (guint32) MIN (llround (frames), G_MAXINT32);
  if (*stride < 1 || fabs (frames - (double) *stride) > 1e-6 * frames)
    return refuse (
        name, error,
        "its frames are %g %s apart, which does not divide the learned step of %g; record others",
        apart, meta->time_unit, plan->step_length);
  return TRUE;
}

/* Leave out the first `skip` of `had` frames of each member, whose frames are `bytes` long. */
static void
drop_first (gpointer frames, guint32 members, guint32 had, guint32 skip, guint32 kept, gsize bytes)
{
  char *to = frames;

  for (guint32 m = 0; m < members; m++)
    memmove (to + m * kept * bytes, to + ((gsize) m * had + skip) * bytes, kept * bytes);
}

/* Keep the frames that all members have, without the first `skip`. Returns how many. */
static guint32
compact (EpnsTrajectory *of, guint32 skip)
{
  const EpnsTrajectoryMeta *meta = of->meta;
  guint32 frames = meta->frames;

  for (guint32 m = 0; m < meta->members; m++)
    frames = MIN (frames, of->done[m]);
  if (frames <= skip)
    return 0;
  frames -= skip;
  if (is_of_lattices (meta)) {
    drop_first (of->id, meta->members, meta->frames, skip, frames,
                epns_trajectory_meta_sites (meta) * sizeof (gint32));
    return frames;
  }
  double *const motion[] = { of->position, of->velocity };
  for (guint i = 0; i < 2; i++)
    drop_first (motion[i], meta->members, meta->frames, skip, frames,
                (gsize) meta->bodies * (gsize) meta->space.axes * sizeof (double));
  return frames;
}

static void
append (EpnsTrainingData *self, const EpnsTrajectory *of, guint32 frames, gboolean validation)
{
  const EpnsTrajectoryMeta *meta = of->meta;
  const epns_train_set set = { .id = of->id,
                               .type = of->type,
                               .members = meta->members,
                               .frames = frames,
                               .height = (guint32) meta->size[1],
                               .width = (guint32) meta->size[2],
                               .n_ids = (guint32) of->n_rows,
                               .periodic = { meta->periodic[1], meta->periodic[2] } };
  const epns_train_bodies bodies = { .position = of->position,
                                     .velocity = of->velocity,
                                     .mass = of->mass,
                                     .type = of->type,
                                     .members = meta->members,
                                     .frames = frames,
                                     .bodies = meta->bodies,
                                     .axes = (guint32) meta->space.axes };

  if (is_of_lattices (meta))
    g_array_append_val (self->sets[validation], set);
  else
    g_array_append_val (self->bodies[validation], bodies);
}

/* Could a learned step lead from frame to frame? */
static gboolean
check_frames (const EpnsTrainingPlan *plan, const EpnsTrajectory *of, const char *name,
              GError **error)
{
  if (!is_of_lattices (of->meta))
    return epns_training_check_bodies (of, plan->skip, plan->train.n_types, name, error);
  if (of->meta->size[0] != 1)
    return refuse (name, error,
                   "its lattice is %d sites deep; a learned lattice step has two dimensions",
                   of->meta->size[0]);
  if (plan->train.n_types < 2)
    return refuse (name, error,
                   "it holds cells on a lattice, whose type 0 is the medium, and the plan's "
                   "<types> has no other; list the cells' types behind it");
  return epns_training_check_cells (of, plan->skip, plan->train.n_types, name, error);
}

gboolean
epns_training_data_add (EpnsTrainingData *self, EpnsTrainingPlan *plan, EpnsTrajectory *trajectory,
                        const char *name, gboolean validation, GError **error)
{
  const EpnsTrajectoryMeta *meta = trajectory->meta;
  guint32 stride, frames;

  g_ptr_array_add (self->trajectories, trajectory);
  if (!check_types (plan, meta, name, error) || !find_stride (plan, meta, name, &stride, error))
    return FALSE;
  if (plan->train.stride != 0 && stride != plan->train.stride)
    return refuse (
        name, error,
        "a learned step spans %u of its frames and %u of the data before; record at equal times",
        stride, plan->train.stride);
  plan->train.stride = stride;
  if (!check_frames (plan, trajectory, name, error))
    return FALSE;
  frames = compact (trajectory, plan->skip);
  if (frames <= stride)
    return refuse (name, error,
                   "%u frames are left after skipping %u, and a learned step spans %u; record more",
                   frames, plan->skip, stride);
  append (self, trajectory, frames, validation);
  return TRUE;
}

#define TABLE ".csv"

/* A folder is one run of PhysiCell, by its saves; a table of OpenVT's is in the plan's words. */
static EpnsTrajectory *
read_recording (const EpnsTrainingPlan *plan, const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autofree char *save = epns_multicellds_first_save (path);
    if (save != NULL)
      return epns_multicellds_read_series (save, error);
    refuse (path, error,
            "there is no save of PhysiCell (output00000000.xml) in this folder; name a recording or "
            "a folder of saves; folders of Step_*.vtk are <snapshots>");
    return NULL;
  }
  if (g_str_has_suffix (path, TABLE))
    return epns_openvt_recording_read (path, plan->step_unit, (const char *const *) plan->types,
                                       error);
  return epns_trajectory_read (path, error);
}

static gboolean
load_recording (EpnsTrainingData *self, EpnsTrainingPlan *plan, const char *path,
                gboolean validation, GError **error)
{
  EpnsTrajectory *trajectory = read_recording (plan, path, error);

  return trajectory != NULL
         && epns_training_data_add (self, plan, trajectory, path, validation, error);
}

/* The folder of one run of CompuCell3D, whose types have the plan's numbers. */
static gboolean
load_snapshots (EpnsTrainingData *self, EpnsTrainingPlan *plan, const EpnsDataSource *source,
                GError **error)
{
  const gint32 periodic[3] = { 0, source->periodic, source->periodic };
  EpnsTrajectory *trajectory = epns_vtk_read_folder (
      source->path, periodic, (const char *const *) plan->types, error);

  return trajectory != NULL
         && epns_training_data_add (self, plan, trajectory, source->path, source->validation,
                                    error);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Is this in FOLDER/PART a recording? Single saves are not: they are of the folder they lie in. */
static gboolean
is_recording (const char *name, const char *path)
{
  static const char *const suffixes[] = { ".h5", ".npy", TABLE };

  if (*name == '.')
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* Paths of what FOLDER/PART holds, by name; the folder's own where saves lie in it. */
static GPtrArray *
list_part (const char *path, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *save = epns_multicellds_first_save (path);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &failure);

  if (dir == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: %s; give a folder with recordings in train/ and val/", path,
                 failure->message);
    return NULL;
  }
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *inner = g_build_filename (path, name, NULL);
    if (is_recording (name, inner))
      g_ptr_array_add (found, g_steal_pointer (&inner));
  }
  if (save != NULL)
    g_ptr_array_add (found, g_strdup (path));
  if (found->len == 0) {
    refuse (path, error,
            "there is no recording in it: no .h5, .npy or .csv file, no save of PhysiCell and no "
            "folder of such; put them there");
    return NULL;
  }
  g_ptr_array_sort (found, by_name);
  return g_steal_pointer (&found);
}

static gboolean
load_part (EpnsTrainingData *self, EpnsTrainingPlan *plan, const char *folder, const char *part,
           gboolean validation, GError **error)
{
  g_autofree char *path = g_build_filename (folder, part, NULL);
  g_autoptr (GPtrArray) found = list_part (path, error);

  for (guint i = 0; found != NULL && i < found->len; i++)
    if (!load_recording (self, plan, g_ptr_array_index (found, i), validation, error))
      return FALSE;
  return found != NULL;
}

gboolean
epns_training_data_load (EpnsTrainingData *self, EpnsTrainingPlan *plan,
                         const EpnsDataSource *source, GError **error)
{
  g_return_val_if_fail (source->kind != EPNS_DATA_SCENARIO, FALSE);

  if (source->kind == EPNS_DATA_RECORDING)
    return load_recording (self, plan, source->path, source->validation, error);
  if (source->kind == EPNS_DATA_SNAPSHOTS)
    return load_snapshots (self, plan, source, error);
  return load_part (self, plan, source->path, "train", FALSE, error)
         && load_part (self, plan, source->path, "val", TRUE, error);
}
