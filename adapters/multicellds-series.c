/* SPDX-License-Identifier: MIT */
/* The saves of one run of PhysiCell as a recording. */
#include "adapters/multicellds.h"

#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <string.h>

#define PREFIX "output"
#define SUFFIX ".xml"

static gboolean
is_numbered (const char *name)
{
  gsize n = strlen (name), digits = strspn (name + MIN (n, strlen (PREFIX)), "0123456789");

  return g_str_has_prefix (name, PREFIX) && digits > 0
         && n == strlen (PREFIX) + digits + strlen (SUFFIX) && g_str_has_suffix (name, SUFFIX);
}

/* Numbers have leading zeros, more digits come later. */
static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const char *x = *(const char *const *) a, *y = *(const char *const *) b;
  gsize n = strlen (x), m = strlen (y);

  return n < m ? -1 : n > m ? 1 : strcmp (x, y);
}

/* The paths of a folder's numbered saves, in order; NULL where it cannot be read. */
static GPtrArray *
list_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  if (dir == NULL)
    return NULL;
  GPtrArray *saves = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    if (is_numbered (name))
      g_ptr_array_add (saves, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (saves, compare_names);
  return saves;
}

char *
epns_multicellds_first_save (const char *folder)
{
  g_autoptr (GPtrArray) saves = list_folder (folder);

  return saves != NULL && saves->len > 0 ? g_strdup (saves->pdata[0]) : NULL;
}

/* The paths of the saves of the run. */
static GPtrArray *
list_saves (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *base = g_path_get_basename (path);

  if (!is_numbered (base)) {
    GPtrArray *alone = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (alone, g_strdup (path));
    return alone;
  }
  GPtrArray *saves = list_folder (folder);
  if (saves == NULL)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: the folder cannot be read", folder);
  return saves;
}

static gboolean
refuse (const EpnsMulticellds *save, EpnsFailure code, GError **error, const char *what)
{
  g_set_error (error, EPNS_FAILURE, code, "%s:1: %s", save->path, what);
  return FALSE;
}

static gboolean
follows (const EpnsMulticellds *save, const EpnsMulticellds *before, GError **error)
{
  if (!(save->time > before->time))
    return refuse (
        save, EPNS_FAILURE_FORMAT, error,
        "is not later than the save before it; files of two runs lie in one folder, keep "
        "those of one");
  if (save->n != before->n || memcmp (save->id, before->id, save->n * sizeof *save->id) != 0)
    return refuse (save, EPNS_FAILURE_UNSUPPORTED, error,
                   "other cells than in the save before it: cells were born or died, which no "
                   "recording of particles here holds; read saves of a time without");
  return TRUE;
}

static GPtrArray *
read_saves (const char *path, GError **error)
{
  g_autoptr (GPtrArray) paths = list_saves (path, error);
  g_autoptr (GPtrArray)
      saves = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_multicellds_free);

  for (guint i = 0; paths != NULL && i < paths->len; i++) {
    EpnsMulticellds *save = epns_multicellds_read (paths->pdata[i], error);
    if (save == NULL)
      return NULL;
    g_ptr_array_add (saves, save);
    if (i > 0 && !follows (save, saves->pdata[i - 1], error))
      return NULL;
  }
  if (paths == NULL)
    return NULL;
  if (saves->len > 0)
    return g_steal_pointer (&saves);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: there is no such file", path);
  return NULL;
}

/* 2D where nothing ever leaves the height of the first cell. */
static gint32
count_axes (const GPtrArray *saves)
{
  const EpnsMulticellds *first = saves->pdata[0];

  for (guint frame = 0; frame < saves->len; frame++) {
    const EpnsMulticellds *save = saves->pdata[frame];
    for (gsize i = 0; i < save->n; i++)
      if (save->position[i][2] != first->position[0][2])
        return 3;
  }
  return 2;
}

static EpnsTrajectoryMeta *
describe (const GPtrArray *saves)
{
  const EpnsMulticellds *first = saves->pdata[0];
  g_autofree double *time = g_new (double, saves->len);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  EpnsSpace space = { .axes = count_axes (saves), .bounded = TRUE, .boundary = EPNS_BOUNDARY_NONE };

  for (guint frame = 0; frame < saves->len; frame++)
    time[frame] = ((const EpnsMulticellds *) saves->pdata[frame])->time;
  for (gint32 axis = 0; axis < space.axes; axis++) {
    space.low[axis] = first->low[axis];
    space.high[axis] = first->high[axis];
  }
  for (guint i = 0; i < first->type_names->len; i++)
    g_ptr_array_add (names, first->type_names->pdata[i]);
  g_ptr_array_add (names, NULL);
  EpnsTrajectoryMeta *meta = epns_trajectory_meta_new_particles (
      1, saves->len, &space, (guint32) first->n, TRUE, "micron", time, "min",
      (const char *const *) names->pdata, 0);
  epns_trajectory_meta_note (meta, "scenario", "%s", first->path);
  epns_trajectory_meta_note (meta, "kind-title", "PhysiCell");
  return meta;
}

/* The two saves whose difference is the velocity at `frame`; FALSE where it is 0. */
static gboolean
choose_pair (const GPtrArray *saves, guint frame, const EpnsMulticellds *pair[2])
{
  guint later = MAX (frame, 1);

  if (later >= saves->len)
    return FALSE;
  pair[0] = saves->pdata[later - 1];
  pair[1] = saves->pdata[later];
  return frame > 0 || pair[0]->time > 0.0;
}

static EpnsParticleState *
make_state (const GPtrArray *saves, guint frame, gint32 axes)
{
  const EpnsMulticellds *save = saves->pdata[frame], *pair[2];
  EpnsParticleState *state = epns_particle_state_new (save->n, axes, TRUE);
  gboolean moves = choose_pair (saves, frame, pair);

  for (gsize i = 0; i < save->n; i++) {
    state->id[i] = save->id[i];
    state->type[i] = save->type[i];
    state->radius[i] = save->radius[i];
    for (gint32 axis = 0; axis < axes; axis++) {
      gsize at = i * (gsize) axes + (gsize) axis;
      state->position[at] = save->position[i][axis];
      if (moves)
        state->velocity[at] = (pair[1]->position[i][axis] - pair[0]->position[i][axis])
                              / (pair[1]->time - pair[0]->time);
    }
  }
  return state;
}

EpnsTrajectory *
epns_multicellds_read_series (const char *path, GError **error)
{
  g_autoptr (GPtrArray) saves = read_saves (path, error);

  if (saves == NULL)
    return NULL;
  g_autoptr (EpnsTrajectoryMeta) meta = describe (saves);
  g_autoptr (EpnsTrajectory) self = epns_trajectory_new (meta, error);
  for (guint frame = 0; self != NULL && frame < saves->len; frame++) {
    g_autoptr (EpnsParticleState) state = make_state (saves, frame, meta->space.axes);
    if (!epns_trajectory_record (self, 0, &state->base, error)) {
      g_prefix_error (error, "%s:1: ", ((const EpnsMulticellds *) saves->pdata[frame])->path);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

static gboolean
is_save (const char *path)
{
  g_autoptr (EpnsXml) xml = epns_xml_read (path, NULL);

  return xml != NULL && epns_multicellds_probe (epns_xml_root (xml));
}

static EpnsTrajectory *
read_format (const char *path, gboolean frames, GError **error)
{
  EpnsTrajectory *self = epns_multicellds_read_series (path, error);

  if (self != NULL && !frames)
    epns_trajectory_drop_frames (self);
  return self;
}

const EpnsTrajectoryFormat epns_trajectory_multicellds = {
  .suffix = SUFFIX,
  .layout = &epns_layout_particles,
  .probe = is_save,
  .read = read_format,
};
