/* SPDX-License-Identifier: MIT */
/* Recordings of particles in extended XYZ, as ASE and OVITO read it: for each frame of each member
 * the number of bodies, a line of KEY=VALUE, and a line for each body. Frames come in the order of
 * time, members within; in a plane z and vz are 0. */
#include "adapters/trajectory-private.h"

typedef struct {
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  GString *text;
} Writer;

static gpointer
xyz_begin (const char *path G_GNUC_UNUSED, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
           GError **error G_GNUC_UNUSED)
{
  Writer *self = g_new0 (Writer, 1);

  self->meta = meta;
  self->file = file;
  self->text = g_string_new (NULL);
  return self;
}

static void
xyz_free (gpointer state)
{
  Writer *self = state;

  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
append_number (GString *text, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ' ');
  g_string_append (text, g_ascii_dtostr (number, sizeof number, value));
}

/* The box as three vectors and where it begins; a plane's is 1 high. */
static void
append_box (GString *text, const EpnsSpace *space)
{
  gboolean wraps = space->boundary == EPNS_BOUNDARY_PERIODIC;

  g_string_append_printf (text, "pbc=\"%c %c %c\"", wraps ? 'T' : 'F', wraps ? 'T' : 'F',
                          wraps && space->axes == 3 ? 'T' : 'F');
  if (!space->bounded)
    return;
  g_string_append (text, " Lattice=\"");
  for (int i = 0; i < 9; i++) {
    int axis = i / 3;
    double edge = axis < space->axes ? space->high[axis] - space->low[axis] : 1.0;
    append_number (text, i % 4 == 0 ? edge : 0.0);
  }
  g_string_append (text, "\" Origin=\"");
  for (int axis = 0; axis < 3; axis++)
    append_number (text, axis < space->axes ? space->low[axis] : 0.0);
  g_string_append (text, "\"");
}

static void
append_head (GString *text, const EpnsTrajectoryMeta *meta, guint32 member, guint32 frame)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_printf (text, "%u\n", meta->bodies);
  append_box (text, &meta->space);
  g_string_append_printf (text,
                          " Time=%s time_unit=\"%s\" length_unit=\"%s\" member=%u "
                          "Properties=species:S:1:pos:R:3:velo:R:3:mass:R:1%s:id:I:1\n",
                          g_ascii_dtostr (number, sizeof number, meta->time[frame]),
                          meta->time_unit, meta->length_unit, member,
                          meta->radii ? ":radius:R:1" : "");
}

static void
append_vector (GString *text, const double *vector, gint32 axes)
{
  for (gint32 axis = 0; axis < 3; axis++)
    append_number (text, axis < axes ? vector[axis] : 0.0);
}

static gboolean
xyz_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from, GError **error)
{
  Writer *self = state;
  const EpnsParticleState *bodies = (const EpnsParticleState *) from;

  append_head (self->text, self->meta, member, frame);
  for (gsize i = 0; i < bodies->n; i++) {
    gsize at = i * (gsize) bodies->axes;
    g_string_append (self->text, self->meta->type_names[bodies->type[i]]);
    append_vector (self->text, bodies->position + at, bodies->axes);
    append_vector (self->text, bodies->velocity + at, bodies->axes);
    append_number (self->text, bodies->mass[i]);
    if (bodies->radius != NULL)
      append_number (self->text, bodies->radius[i]);
    g_string_append_printf (self->text, " %d\n", bodies->id[i]);
  }
  return epns_output_file_write (self->file, self->text->str, self->text->len, error);
}

static gboolean
xyz_finish (gpointer state, const guint32 *done G_GNUC_UNUSED, GError **error)
{
  Writer *self = state;

  return epns_output_file_commit (self->file, error);
}

const EpnsTrajectoryFormat epns_trajectory_xyz = {
  .suffix = ".xyz",
  .layout = &epns_layout_particles,
  .begin = xyz_begin,
  .frame = xyz_frame,
  .finish = xyz_finish,
  .free = xyz_free,
};
