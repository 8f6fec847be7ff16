/* SPDX-License-Identifier: MIT */
/* How recorded particles lie in HDF5: the layout of H5MD 1.1 (de Buyl, Colberg and Hofling,
 * Comput. Phys. Commun. 185, 2014; nongnu.org/h5md), one particles group for each member. */
#include "config.h"

#include "adapters/hdf5-frames.h"
#include "adapters/hdf5-layout.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

#define CHUNK_BYTES ((hsize_t) 1 << 16) /* about so many are compressed as one */

/* By EpnsBoundary, and free space after them. */
static const char *const boundaries[] = { "open", "walls", "periodic", "free" };
enum { FREE_SPACE = 3 };

static gboolean
refuse (const char *path, const char *what, GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s: %s", path, what);
  return FALSE;
}

/* The group of a member: "particles/all" of a recording that has one. */
static char *
group_name (guint32 members, guint32 member)
{
  return members == 1 ? g_strdup (EPNS_HDF5_PARTICLES "/all")
                      : g_strdup_printf (EPNS_HDF5_PARTICLES "/member-%u", member);
}

static EpnsHdf5Shape
particles_shape (const EpnsTrajectoryMeta *meta)
{
  static const double missing = NAN;
  hsize_t n = meta->bodies, axes = (hsize_t) meta->space.axes, frame = n * axes * sizeof (double);
  EpnsHdf5Shape shape = { H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,         &missing, 3, 0,
                          { meta->frames, n, axes }, { 1, n, axes } };

  if (frame > 16 * CHUNK_BYTES)
    shape.chunk[1] = 16 * CHUNK_BYTES / (axes * sizeof (double));
  else
    shape.chunk[0] = CLAMP (CHUNK_BYTES / frame, 1, meta->frames);
  return shape;
}

static char *
particles_name (const EpnsTrajectoryMeta *meta, guint array, guint32 member)
{
  g_autofree char *group = group_name (meta->members, member);

  return g_strdup_printf ("%s/%s/value", group, meta->layout->arrays[array].name);
}

/* Writing */

static gboolean
put_module (hid_t file, const char *path, GError **error)
{
  static const gint32 version[2] = { 1, 1 }, units[2] = { 1, 0 };
  static const struct {
    const char *group, *name, *version;
  } who[] = { { "h5md/author", "not stated", NULL },
              { "h5md/creator", "epns", PACKAGE_VERSION } };
  g_auto (EpnsHdf5Group) top = epns_hdf5_group (file, "h5md", path, error);
  g_auto (EpnsHdf5Group) module = epns_hdf5_group (file, "h5md/modules/units", path, error);

  if (top < 0 || module < 0
      || !epns_hdf5_put (top, "version", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, version, path, error)
      || !epns_hdf5_put (module, "version", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, units, path, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (who); i++) {
    g_auto (EpnsHdf5Group) group = epns_hdf5_group (file, who[i].group, path, error);
    if (group < 0 || !epns_hdf5_put_text (group, "name", who[i].name, path, error)
        || (who[i].version != NULL
            && !epns_hdf5_put_text (group, "version", who[i].version, path, error)))
      return FALSE;
  }
  return TRUE;
}

/* Our own words for the space; H5MD has no place for a box's corner. */
static gboolean
put_space (hid_t file, const EpnsTrajectoryMeta *meta, const char *path, GError **error)
{
  const EpnsSpace *space = &meta->space;
  const char *boundary = boundaries[space->bounded ? (guint) space->boundary : FREE_SPACE];

  return epns_hdf5_put_text (file, "axes", "time,body,axis", path, error)
         && epns_hdf5_put_text (file, "boundary", boundary, path, error)
         && (!space->bounded
             || (epns_hdf5_put (file, "low", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                (gsize) space->axes, space->low, path, error)
                 && epns_hdf5_put (file, "high", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                   (gsize) space->axes, space->high, path, error)));
}

static gboolean
put_box (hid_t group, const EpnsTrajectoryMeta *meta, const char *path, GError **error)
{
  const EpnsSpace *space = &meta->space;
  char *kind = space->boundary == EPNS_BOUNDARY_PERIODIC ? (char *) "periodic" : (char *) "none";
  char *kinds[4] = { kind, kind, space->axes == 3 ? kind : NULL, NULL };
  double edges[3];
  g_auto (EpnsHdf5Group) box = epns_hdf5_group (group, "box", path, error);

  for (int axis = 0; axis < 3; axis++)
    edges[axis] = space->high[axis] - space->low[axis];
  return box >= 0
         && epns_hdf5_put (box, "dimension", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &space->axes,
                           path, error)
         && epns_hdf5_put_texts (box, "boundary", kinds, path, error)
         && (!space->bounded
             || epns_hdf5_write (box, "edges", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1,
                                 (hsize_t[]){ (hsize_t) space->axes }, edges, path, error));
}

/* An element's step and time are those of the whole file. */
static gboolean
link_times (hid_t file, hid_t group, const char *element, const char *unit, const char *path,
            GError **error)
{
  static const char *const names[] = { EPNS_HDF5_STEP, EPNS_HDF5_TIME };
  g_auto (EpnsHdf5Group) at = H5Gopen2 (group, element, H5P_DEFAULT);
  g_auto (EpnsHdf5Dataset) value = at < 0 ? -1 : H5Dopen2 (at, "value", H5P_DEFAULT);

  for (guint i = 0; i < G_N_ELEMENTS (names) && at >= 0; i++) {
    if (H5Lexists (at, names[i], H5P_DEFAULT) > 0)
      H5Ldelete (at, names[i], H5P_DEFAULT);
    if (H5Lcreate_hard (file, names[i], at, names[i], H5P_DEFAULT, H5P_DEFAULT) < 0)
      return epns_hdf5_fail (path, element, error);
  }
  return value >= 0 ? epns_hdf5_put_text (value, "unit", unit, path, error)
                    : epns_hdf5_fail (path, element, error);
}

static gboolean
put_member (hid_t file, const EpnsTrajectory *tables, guint32 member, const char *path,
            GError **error)
{
  const EpnsTrajectoryMeta *meta = tables->meta;
  g_autofree char *name = group_name (meta->members, member);
  g_autofree char *speed = g_strdup_printf ("%s %s-1", meta->length_unit, meta->time_unit);
  g_auto (EpnsHdf5Group) group = epns_hdf5_group (file, name, path, error);
  const hsize_t n[1] = { meta->bodies };
  gsize at = member * tables->n_rows;

  return group >= 0 && put_box (group, meta, path, error)
         && link_times (file, group, "position", meta->length_unit, path, error)
         && link_times (file, group, "velocity", speed, path, error)
         && epns_hdf5_write (group, "mass", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, n,
                             tables->mass + at, path, error)
         && epns_hdf5_write (group, "species", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, n,
                             tables->type + at, path, error)
         && epns_hdf5_write (group, "id", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, n, tables->body + at,
                             path, error)
         && (tables->radius == NULL
             || epns_hdf5_write (group, "radius", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, n,
                                 tables->radius + at, path, error));
}

static gboolean
put_times (hid_t file, const EpnsTrajectoryMeta *meta, guint32 frames, const char *path,
           GError **error)
{
  g_autofree gint64 *step = g_new (gint64, frames + 1);
  g_auto (EpnsHdf5Dataset) time = H5Dopen2 (file, EPNS_HDF5_TIME, H5P_DEFAULT);

  for (guint32 f = 0; f < frames; f++)
    step[f] = f;
  return time >= 0 && epns_hdf5_put_text (time, "unit", meta->time_unit, path, error)
         && epns_hdf5_write (file, EPNS_HDF5_STEP, H5T_STD_I64LE, H5T_NATIVE_INT64, 1,
                             (hsize_t[]){ frames }, step, path, error);
}

static gboolean
particles_describe (hid_t file, const EpnsTrajectory *tables, guint32 frames, const char *path,
                    GError **error)
{
  gboolean fine = put_module (file, path, error) && put_space (file, tables->meta, path, error)
                  && put_times (file, tables->meta, frames, path, error);

  for (guint32 m = 0; m < tables->meta->members && fine; m++)
    fine = put_member (file, tables, m, path, error);
  return fine;
}

/* Reading */

static gboolean
read_space (hid_t file, EpnsSpace *space, const char *path, GError **error)
{
  g_autofree char *boundary = epns_hdf5_get_text (file, "boundary", path, error);
  guint i = 0;

  if (boundary == NULL)
    return FALSE;
  while (i < G_N_ELEMENTS (boundaries) && strcmp (boundary, boundaries[i]) != 0)
    i++;
  if (i == G_N_ELEMENTS (boundaries))
    return refuse (path, "boundary is none of open, walls, periodic, free", error);
  if (i == FREE_SPACE)
    return TRUE;
  space->bounded = TRUE;
  space->boundary = (EpnsBoundary) i;
  return epns_hdf5_get (file, "low", H5T_NATIVE_DOUBLE, (gsize) space->axes, space->low, path,
                        error)
         && epns_hdf5_get (file, "high", H5T_NATIVE_DOUBLE, (gsize) space->axes, space->high, path,
                           error);
}

static gboolean
particles_read_extent (hid_t file, EpnsTrajectoryMeta *about, const char *path, GError **error)
{
  hsize_t members, shape[3];
  int rank;
  g_auto (EpnsHdf5Dataset)
      done = epns_hdf5_open_dataset (file, EPNS_HDF5_FRAMES_DONE, 1, &rank, &members, path, error);

  if (done < 0)
    return FALSE;
  g_autofree char *group = group_name ((guint32) MIN (members, 2), 0),
                  *name = g_strconcat (group, "/position/value", NULL),
                  *radius = g_strconcat (group, "/radius", NULL);
  g_auto (EpnsHdf5Dataset) set = epns_hdf5_open_dataset (file, name, 3, &rank, shape, path, error);
  if (set < 0)
    return FALSE;
  if (rank != 3 || members > G_MAXINT32 || shape[0] > G_MAXINT32 || shape[1] < 1
      || shape[1] > G_MAXINT32 || (shape[2] != 2 && shape[2] != 3))
    return refuse (path, "positions do not have the axes time, body, axis (2 or 3)", error);
  about->layout = &epns_layout_particles;
  about->members = (guint32) members;
  about->frames = (guint32) shape[0];
  about->bodies = (guint32) shape[1];
  about->space.axes = (gint32) shape[2];
  about->radii = H5Lexists (file, radius, H5P_DEFAULT) > 0;
  about->length_unit = epns_hdf5_get_text (file, "length_unit", path, error);
  if (about->length_unit == NULL || !read_space (file, &about->space, path, error))
    return FALSE;
  return epns_hdf5_fits (file, members, shape[1], sizeof (double))
         || refuse (path, "has more bodies than masses of them", error);
}

static gboolean
particles_read_tables (hid_t file, EpnsTrajectory *into, const char *path, GError **error)
{
  const EpnsTrajectoryMeta *meta = into->meta;

  for (guint32 m = 0; m < meta->members; m++) {
    g_autofree char *name = group_name (meta->members, m);
    g_auto (EpnsHdf5Group) group = H5Gopen2 (file, name, H5P_DEFAULT);
    gsize at = m * into->n_rows;
    if (group < 0)
      return epns_hdf5_fail (path, name, error);
    if (!epns_hdf5_read (group, "mass", H5T_NATIVE_DOUBLE, meta->bodies, into->mass + at, path,
                         error)
        || !epns_hdf5_read (group, "species", H5T_NATIVE_INT32, meta->bodies, into->type + at,
                            path, error)
        || !epns_hdf5_read (group, "id", H5T_NATIVE_INT32, meta->bodies, into->body + at, path,
                            error)
        || (meta->radii
            && !epns_hdf5_read (group, "radius", H5T_NATIVE_DOUBLE, meta->bodies,
                                into->radius + at, path, error)))
      return FALSE;
  }
  return TRUE;
}

const EpnsHdf5Part epns_hdf5_particles = {
  .layout = &epns_layout_particles,
  .shape = particles_shape,
  .name = particles_name,
  .describe = particles_describe,
  .read_extent = particles_read_extent,
  .read_tables = particles_read_tables,
};
