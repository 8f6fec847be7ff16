/* SPDX-License-Identifier: MIT */
/* Trajectories for training, from recordings and from folders of them. */
#include "adapters/training.h"
#include "adapters/vtk.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

EpnsTrainingData *
epns_training_data_new (void)
{
  EpnsTrainingData *self = g_new0 (EpnsTrainingData, 1);

  for (guint i = 0; i < 2; i++)
    self->sets[i] = g_array_new (FALSE, FALSE, sizeof (epns_train_set));
  self->conditions = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  self->trajectories = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_trajectory_free);
  return self;
}

void
epns_training_data_free (EpnsTrainingData *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    g_array_unref (self->sets[i]);
  g_ptr_array_unref (self->trajectories);
  g_ptr_array_unref (self->conditions);
  g_free (self);
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

/* The names that a recording states must be the plan's. */
static gboolean
check_types (const EpnsTrainingPlan *plan, const EpnsTrajectoryMeta *meta, const char *name,
             GError **error)
{
  if (g_str_equal (meta->time_unit, "frame")) /* a format without names */
    return TRUE;
  for (guint i = 1; meta->type_names[i] != NULL; i++)
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

/* Keep the frames that all members have, without the first `skip`. Returns how many. */
static guint32
compact (EpnsTrajectory *trajectory, guint32 skip)
{
  gsize sites = epns_trajectory_meta_sites (trajectory->meta);
  guint32 frames = trajectory->meta->frames;

  for (guint32 m = 0; m < trajectory->meta->members; m++)
    frames = MIN (frames, trajectory->done[m]);
  if (frames <= skip)
    return 0;
  for (guint32 m = 0; m < trajectory->meta->members; m++)
    memmove (trajectory->id + (gsize) m * (frames - skip) * sites,
             epns_trajectory_frame (trajectory, m, skip),
             (frames - skip) * sites * sizeof (gint32));
  return frames - skip;
}

gboolean
epns_training_data_add (EpnsTrainingData *self, EpnsTrainingPlan *plan, EpnsTrajectory *trajectory,
                        const char *name, gboolean validation, GError **error)
{
  const EpnsTrajectoryMeta *meta = trajectory->meta;
  guint32 stride, frames;

  g_ptr_array_add (self->trajectories, trajectory);
  if (meta->layout != &epns_layout_lattice)
    return refuse (name, error,
                   "it holds bodies, and training reads lattices of cells so far; give those");
  if (meta->size[0] != 1)
    return refuse (name, error,
                   "its lattice is %d sites deep; a learned lattice step has two dimensions",
                   meta->size[0]);
  if (!check_types (plan, meta, name, error) || !find_stride (plan, meta, name, &stride, error))
    return FALSE;
  if (plan->train.stride != 0 && stride != plan->train.stride)
    return refuse (
        name, error,
        "a learned step spans %u of its frames and %u of the data before; record at equal times",
        stride, plan->train.stride);
  plan->train.stride = stride;
  if (!epns_training_check_cells (trajectory, plan->skip, plan->train.n_types, name, error))
    return FALSE;
  frames = compact (trajectory, plan->skip);
  if (frames <= stride)
    return refuse (name, error,
                   "%u frames are left after skipping %u, and a learned step spans %u; record more",
                   frames, plan->skip, stride);
  const epns_train_set set = { .id = trajectory->id,
                               .type = trajectory->type,
                               .members = meta->members,
                               .frames = frames,
                               .height = (guint32) meta->size[1],
                               .width = (guint32) meta->size[2],
                               .n_ids = (guint32) trajectory->n_rows,
                               .periodic = { meta->periodic[1], meta->periodic[2] } };
  g_array_append_val (self->sets[validation], set);
  return TRUE;
}

static gboolean
load_file (EpnsTrainingData *self, EpnsTrainingPlan *plan, const char *path, gboolean validation,
           GError **error)
{
  EpnsTrajectory *trajectory = epns_trajectory_read (path, error);

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

/* The .npy files of FOLDER/PART, by name. */
static gboolean
load_part (EpnsTrainingData *self, EpnsTrainingPlan *plan, const char *folder, const char *part,
           gboolean validation, GError **error)
{
  g_autofree char *path = g_build_filename (folder, part, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &failure);

  if (dir == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO,
                 "%s: %s; give a folder with train/*.npy and val/*.npy", path, failure->message);
    return FALSE;
  }
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    if (g_str_has_suffix (name, ".npy"))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  if (names->len == 0)
    return refuse (path, error,
                   "there is no .npy file in it; give a folder with train/*.npy and val/*.npy");
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    if (!load_file (self, plan, g_ptr_array_index (names, i), validation, error))
      return FALSE;
  return TRUE;
}

gboolean
epns_training_data_load (EpnsTrainingData *self, EpnsTrainingPlan *plan,
                         const EpnsDataSource *source, GError **error)
{
  g_return_val_if_fail (source->kind != EPNS_DATA_SCENARIO, FALSE);

  if (source->kind == EPNS_DATA_RECORDING)
    return load_file (self, plan, source->path, source->validation, error);
  if (source->kind == EPNS_DATA_SNAPSHOTS)
    return load_snapshots (self, plan, source, error);
  return load_part (self, plan, source->path, "train", FALSE, error)
         && load_part (self, plan, source->path, "val", TRUE, error);
}
