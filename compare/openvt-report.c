/* SPDX-License-Identifier: MIT */
/* Tables into recordings. */
#include "compare/openvt-report.h"

#include <config.h>
#include <math.h>
#include <string.h>

static gboolean
same_times (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b)
{
  return a->n_times == b->n_times && memcmp (a->time, b->time, a->n_times * sizeof *a->time) == 0;
}

/* Names of as many types as either has, NULL-terminated. */
static char **
type_names (gint32 n)
{
  char **names = g_new0 (char *, (gsize) n + 1);

  for (gint32 i = 0; i < n; i++)
    names[i] = g_strdup_printf ("type %d", i + 1);
  return names;
}

static void
note_origin (EpnsTrajectoryMeta *meta, const EpnsOpenvtTable *of, const char *both)
{
  g_autofree char *name = g_path_get_basename (of->path), *contents = NULL;
  gsize n;

  epns_trajectory_meta_note (meta, "epns", "%s", PACKAGE_VERSION);
  epns_trajectory_meta_note (meta, "scenario", "%s", both);
  epns_trajectory_meta_note (meta, "kind", "%s", name);
  epns_trajectory_meta_note (meta, "table", "%s", of->path);
  epns_trajectory_meta_note (meta, "simulations", "%u of %u cells at %u times from %.10g to %.10g",
                             of->n_members, of->n_cells, of->n_times, of->time[0],
                             of->time[of->n_times - 1]);
  if (!g_file_get_contents (of->path, &contents, &n, NULL))
    return;
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents,
                                                      n);
  epns_trajectory_meta_note (meta, "table-sha256", "%s", sum);
}

/* Rows become bodies; velocities stay unknown. */
static void
fill (EpnsTrajectory *self, const EpnsOpenvtTable *of)
{
  gsize bodies = self->meta->bodies, cells = of->n_cells;

  for (gsize m = 0; m < of->n_members; m++) {
    for (gsize c = 0; c < bodies; c++) {
      gsize at = m * bodies + c;
      self->mass[at] = 1;
      self->radius[at] = 0.5;
      self->body[at] = (gint32) c;
      self->type[at] = c < cells ? MAX (of->type[m * cells + c], 0) : 0;
    }
    for (gsize t = 0; t < of->n_times; t++) /* the rest is NaN */
      memcpy (self->position + (m * of->n_times + t) * bodies * 2,
              of->at[(m * of->n_times + t) * cells], cells * sizeof *of->at);
    self->done[m] = of->n_times;
  }
}

typedef struct { /* what both recordings have in common */
  guint32 bodies;
  gboolean shares; /* times in per cent */
  char **types;
  const char *both;
} Frame;

static EpnsTrajectory *
record (const EpnsOpenvtTable *of, const Frame *as, GError **error)
{
  const EpnsSpace space = { .axes = 2 };
  g_autofree double *time = g_memdup2 (of->time, of->n_times * sizeof *time);
  double start = of->time[0], whole = of->time[of->n_times - 1] - start;

  for (guint32 t = 0; as->shares && t < of->n_times; t++)
    time[t] = 100 * (of->time[t] - start) / whole;
  g_autoptr (EpnsTrajectoryMeta) meta = epns_trajectory_meta_new_particles (
      of->n_members, of->n_times, &space, as->bodies, TRUE, "diameter", time,
      as->shares ? "%" : "1", (const char *const *) as->types, 0);
  note_origin (meta, of, as->both);
  EpnsTrajectory *self = epns_trajectory_new (meta, error);
  if (self != NULL)
    fill (self, of);
  return self;
}

EpnsComparison *
epns_openvt_comparison (const EpnsOpenvtTable *a, const EpnsOpenvtTable *b, EpnsTrajectory *own[2],
                        GError **error)
{
  g_autofree char *one = g_path_get_basename (a->path), *other = g_path_get_basename (b->path);
  g_autofree char *both = g_strdup_printf ("%s, %s", one, other);
  g_auto (GStrv) types = type_names (MAX (a->n_types, b->n_types));
  const Frame as = { MAX (a->n_cells, b->n_cells), !same_times (a, b), types, both };
  EpnsComparison *of = NULL;

  own[0] = record (a, &as, error);
  own[1] = own[0] ? record (b, &as, error) : NULL;
  if (own[1] != NULL)
    of = epns_comparison_new (own[0], NULL, own[1], error);
  if (of != NULL)
    epns_comparison_call (of, "A", "B");
  return of;
}
