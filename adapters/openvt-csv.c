/* SPDX-License-Identifier: MIT */
/* Cell centres as the OpenVT cell-sorting benchmark exchanges them. */
#include "adapters/openvt-csv.h"

#include "adapters/centres.h"
#include "adapters/trajectory-private.h"
#include "plugin/error.h"

#include <math.h>

typedef struct {
  const EpnsTrajectoryMeta *meta;
  EpnsOutputFile *file;
  double diameter; /* 0: no frame yet */
  GString *text;
} Writer;

double
epns_openvt_diameter (const EpnsLatticeState *state)
{
  g_autofree guint32 *volumes = epns_lattice_state_volumes (state);
  gsize cells = 0;
  double sites = 0;

  for (gsize id = 1; id < state->n_rows; id++)
    if (volumes[id] > 0) {
      cells++;
      sites += volumes[id];
    }
  return cells > 0 ? sqrt (sites / (double) cells) : 1;
}

static void
append_number (GString *text, const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (text, ',');
  g_string_append (text, g_ascii_formatd (number, sizeof number, format, value));
}

void
epns_openvt_append (GString *text, const EpnsLatticeState *state, const gint32 periodic[3],
                    guint32 member, double time, double diameter)
{
  g_autofree guint32 *volume = g_new (guint32, state->n_rows);
  g_autofree double (*centre)[3] = g_malloc_n (state->n_rows, sizeof *centre);

  epns_lattice_centres (state->size, periodic, state->id, state->n_rows, volume, centre);
  for (gsize id = 1; id < state->n_rows; id++) {
    if (volume[id] == 0)
      continue;
    g_string_append_printf (text, "%u", member);
    append_number (text, "%.15g", time);
    g_string_append_printf (text, ",%zu,%d", id, state->type[id]);
    append_number (text, "%.10g", centre[id][2] / diameter);
    append_number (text, "%.10g", centre[id][1] / diameter);
    g_string_append_c (text, '\n');
  }
}

double
epns_openvt_bodies_diameter (const EpnsParticleState *state)
{
  double sum = 0.0;

  for (gsize i = 0; i < state->n && state->radius != NULL; i++)
    sum += state->radius[i];
  return sum > 0.0 ? 2.0 * sum / (double) state->n : 1.0;
}

void
epns_openvt_append_bodies (GString *text, const EpnsParticleState *state, guint32 member,
                           double time, double diameter)
{
  for (gsize i = 0; i < state->n; i++) {
    g_string_append_printf (text, "%u", member);
    append_number (text, "%.15g", time);
    g_string_append_printf (text, ",%d,%d", state->id[i], state->type[i] + 1);
    append_number (text, "%.10g", state->position[2 * i] / diameter);
    append_number (text, "%.10g", state->position[2 * i + 1] / diameter);
    g_string_append_c (text, '\n');
  }
}

static gboolean
csv_accepts (const char *path, const EpnsTrajectoryMeta *meta, GError **error)
{
  if (meta->layout == &epns_layout_particles) {
    if (meta->space.axes == 2)
      return TRUE;
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "%s: the space has 3 axes and the OpenVT table knows x and y; write .h5 or .xyz "
                 "instead",
                 path);
    return FALSE;
  }
  if (meta->size[0] == 1)
    return TRUE;
  g_set_error (
      error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
      "%s: the lattice has %d planes and the OpenVT table knows x and y; write .h5 instead", path,
      meta->size[0]);
  return FALSE;
}

static void
csv_free (gpointer state)
{
  Writer *self = state;

  g_string_free (self->text, TRUE);
  g_free (self);
}

static gpointer
csv_begin (const char *path G_GNUC_UNUSED, const EpnsTrajectoryMeta *meta, EpnsOutputFile *file,
           GError **error)
{
  Writer *self = g_new0 (Writer, 1);

  self->meta = meta;
  self->file = file;
  self->text = g_string_new (EPNS_OPENVT_HEADER);
  if (epns_output_file_write (file, self->text->str, self->text->len, error))
    return self;
  csv_free (self);
  return NULL;
}

static gboolean
csv_frame (gpointer state, guint32 member, guint32 frame, const EpnsState *from,
           GError **error)
{
  Writer *self = state;
  double time = self->meta->time[frame];

  g_string_truncate (self->text, 0);
  if (from->layout == &epns_layout_particles) {
    const EpnsParticleState *bodies = (const EpnsParticleState *) from;
    if (self->diameter == 0)
      self->diameter = epns_openvt_bodies_diameter (bodies);
    epns_openvt_append_bodies (self->text, bodies, member, time, self->diameter);
  } else {
    const EpnsLatticeState *lattice = (const EpnsLatticeState *) from;
    if (self->diameter == 0)
      self->diameter = epns_openvt_diameter (lattice);
    epns_openvt_append (self->text, lattice, self->meta->periodic, member, time, self->diameter);
  }
  return epns_output_file_write (self->file, self->text->str, self->text->len, error);
}

static gboolean
csv_finish (gpointer state, const guint32 *done G_GNUC_UNUSED, GError **error)
{
  Writer *self = state;

  return epns_output_file_commit (self->file, error);
}

const EpnsTrajectoryFormat epns_trajectory_openvt_csv = {
  .suffix = ".csv",
  .accepts = csv_accepts,
  .begin = csv_begin,
  .frame = csv_frame,
  .finish = csv_finish,
  .free = csv_free,
};
