/* SPDX-License-Identifier: MIT */
/* Centres at times into bodies that move. */
#include "adapters/openvt-recording.h"

#include "adapters/openvt-table.h"
#include "plugin/error.h"

#include <math.h>

enum { AXES = 2 };

static const double *
centre (const EpnsOpenvtTable *table, guint32 member, guint32 time, guint32 cell)
{
  return table->at[((gsize) member * table->n_times + time) * table->n_cells + cell];
}

/* Bodies are the same in all frames of all members. */
static gboolean
check_cells (const EpnsOpenvtTable *table, GError **error)
{
  for (guint32 m = 0; m < table->n_members; m++)
    for (guint32 t = 0; t < table->n_times; t++)
      for (guint32 c = 0; c < table->n_cells; c++) {
        if (!isnan (centre (table, m, t, c)[0]))
          continue;
        g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                     "%s: cell %d has no row at time %.10g of simulation %s; recordings of bodies "
                     "have the same ones at all times, so leave it out, or split the table",
                     table->path, table->cell[c], table->time[t], table->members[m]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check (const EpnsOpenvtTable *table, guint names, GError **error)
{
  if (table->n_times < 2) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: has one time only, which says nothing of velocities; write more",
                 table->path);
    return FALSE;
  }
  if ((guint) table->n_types <= names)
    return check_cells (table, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: has %d types of cells and there are names for %u; list them all", table->path,
               table->n_types, names);
  return FALSE;
}

static EpnsTrajectoryMeta *
describe (const EpnsOpenvtTable *table, const char *time_unit, const char *const *type_names)
{
  const EpnsSpace space = { .axes = AXES, .boundary = EPNS_BOUNDARY_NONE };
  EpnsTrajectoryMeta *meta = epns_trajectory_meta_new_particles (
      table->n_members, table->n_times - 1, &space, table->n_cells, FALSE, "cell diameter",
      table->time + 1, time_unit, type_names, 0);

  epns_trajectory_meta_note (meta, "scenario", "%s", table->path);
  return meta;
}

static EpnsParticleState *
make_state (const EpnsOpenvtTable *table, guint32 member, guint32 time)
{
  EpnsParticleState *state = epns_particle_state_new (table->n_cells, AXES, FALSE);

  for (guint32 c = 0; c < table->n_cells; c++) {
    const double *now = centre (table, member, time, c);
    const double *then = centre (table, member, time - 1, c);
    state->id[c] = table->cell[c];
    state->type[c] = table->type[(gsize) member * table->n_cells + c];
    for (guint32 axis = 0; axis < AXES; axis++) {
      state->position[AXES * c + axis] = now[axis];
      state->velocity[AXES * c + axis]
          = (now[axis] - then[axis]) / (table->time[time] - table->time[time - 1]);
    }
  }
  return state;
}

EpnsTrajectory *
epns_openvt_recording_read (const char *path, const char *time_unit, const char *const *type_names,
                            GError **error)
{
  g_autoptr (EpnsOpenvtTable) table = epns_openvt_table_read (path, error);

  if (table == NULL || !check (table, g_strv_length ((char **) type_names), error))
    return NULL;
  g_autoptr (EpnsTrajectoryMeta) meta = describe (table, time_unit, type_names);
  g_autoptr (EpnsTrajectory) self = epns_trajectory_new (meta, error);
  for (guint32 m = 0; self != NULL && m < table->n_members; m++)
    for (guint32 t = 1; t < table->n_times; t++) {
      g_autoptr (EpnsParticleState) state = make_state (table, m, t);
      if (!epns_trajectory_record (self, m, &state->base, error)) {
        g_prefix_error (error, "%s: ", path);
        return NULL;
      }
    }
  return g_steal_pointer (&self);
}
