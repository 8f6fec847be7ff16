/* SPDX-License-Identifier: MIT */
/* What two or three recordings have in common, and samples of it. */
#include "compare/ensemble.h"

#include "compare/statistics.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

/* What differs between two recordings so that they cannot be compared, or NULL. */
static const char *
difference (const EpnsTrajectoryMeta *a, const EpnsTrajectoryMeta *b)
{
  if (a->layout != b->layout)
    return "layout: one is of lattices, the other of particles";
  if (a->layout == &epns_layout_particles && !epns_trajectory_meta_alike (a, b))
    return "number of bodies or axes, or in whether bodies have radii";
  if (memcmp (a->size, b->size, sizeof a->size) != 0)
    return "size of the lattice";
  if (memcmp (a->periodic, b->periodic, sizeof a->periodic) != 0)
    return "borders of the lattice";
  if (!g_strv_equal ((const char *const *) a->type_names, (const char *const *) b->type_names))
    return "cell types";
  return strcmp (a->time_unit, b->time_unit) != 0 ? "unit of time" : NULL;
}

/* Frames that every member has. */
static guint32
shared_frames (const EpnsTrajectory *of)
{
  guint32 frames = of->meta->frames;

  for (guint32 m = 0; m < of->meta->members; m++)
    frames = MIN (frames, of->done[m]);
  return frames;
}

/* The frame of `of` at a time, or -1. Times are equal up to rounding: they are multiples of a
 * step. */
static gint64
frame_at (const EpnsTrajectory *of, double time)
{
  guint32 frames = shared_frames (of);

  for (guint32 f = 0; f < frames; f++)
    if (fabs (of->meta->time[f] - time) <= 1e-9 * MAX (1, fabs (time)))
      return f;
  return -1;
}

static EpnsEnsemble
ensemble (const EpnsTrajectory *of, GPtrArray *series, guint32 first, guint32 n, guint32 n_times)
{
  return (EpnsEnsemble){ of, g_ptr_array_ref (series), first, n, g_new (guint32, n_times) };
}

static void
clear_ensemble (EpnsEnsemble *self)
{
  g_clear_pointer (&self->series, g_ptr_array_unref);
  g_clear_pointer (&self->frame, g_free);
}

static void
measure_all (EpnsComparison *self, const EpnsTrajectory *native, const EpnsTrajectory *native2,
             const EpnsTrajectory *learned)
{
  g_autoptr (GPtrArray) of_native = epns_series_measure (native),
                        of_learned = epns_series_measure (learned);
  g_autoptr (GPtrArray) of_second = native2 ? epns_series_measure (native2)
                                            : g_ptr_array_ref (of_native);
  guint32 n = native->meta->members, half = native2 ? 0 : n / 2, room = native->meta->frames;

  self->native = ensemble (native, of_native, 0, n, room);
  self->learned = ensemble (learned, of_learned, 0, learned->meta->members, room);
  self->floor_a = ensemble (native, of_native, 0, native2 ? n : half, room);
  self->floor_b = native2 ? ensemble (native2, of_second, 0, native2->meta->members, room)
                          : ensemble (native, of_native, half, n - half, room);
}

static void
align (EpnsComparison *self)
{
  EpnsEnsemble *all[] = { &self->native, &self->learned, &self->floor_a, &self->floor_b };
  const EpnsTrajectory *native = self->native.of;
  guint32 frames = shared_frames (native);

  self->time = g_new (double, native->meta->frames);
  for (guint32 f = 0; f < frames; f++) {
    gboolean common = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
      gint64 at = frame_at (all[i]->of, native->meta->time[f]);
      common = common && at >= 0;
      all[i]->frame[self->n_times] = (guint32) MAX (at, 0);
    }
    if (common)
      self->time[self->n_times++] = native->meta->time[f];
  }
}

EpnsComparison *
epns_comparison_new (const EpnsTrajectory *native, const EpnsTrajectory *native2,
                     const EpnsTrajectory *learned, GError **error)
{
  const char *differs = difference (native->meta, learned->meta);
  const char *which = "learned";

  if (differs == NULL && native2 != NULL) {
    differs = difference (native->meta, native2->meta);
    which = "second native";
  }
  if (differs != NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "the native and the %s recording differ in the %s; record both from one scenario",
                 which, differs);
    return NULL;
  }
  g_autoptr (EpnsComparison) self = g_new0 (EpnsComparison, 1);
  self->second = native2 != NULL;
  epns_comparison_call (self, "native", "learned");
  measure_all (self, native, native2, learned);
  align (self);
  if (self->n_times < 2) {
    g_set_error (
        error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
        "the recordings have %u times in common; record them at the same times, at least two",
        self->n_times);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static void
clear_names (EpnsComparison *self)
{
  g_clear_pointer (&self->floor, g_free);
  g_clear_pointer (&self->again, g_free);
  g_clear_pointer (&self->against, g_free);
}

void
epns_comparison_call (EpnsComparison *self, const char *observed, const char *forecast)
{
  clear_names (self);
  self->observed = observed;
  self->forecast = forecast;
  self->again = g_strconcat ("second ", observed, NULL);
  self->against = g_strdup_printf ("%s against %s", forecast, observed);
  self->floor = self->second ? g_strdup_printf ("two %s ensembles", observed)
                             : g_strdup_printf ("the halves of the %s ensemble", observed);
}

void
epns_comparison_free (EpnsComparison *self)
{
  if (self == NULL)
    return;
  clear_ensemble (&self->native);
  clear_ensemble (&self->learned);
  clear_ensemble (&self->floor_a);
  clear_ensemble (&self->floor_b);
  g_free (self->time);
  clear_names (self);
  g_free (self);
}

gsize
epns_ensemble_sample (const EpnsEnsemble *self, guint series, guint32 time, double *into)
{
  const EpnsSeries *from = self->series->pdata[series];
  gsize n = 0;

  for (guint32 m = self->first; m < self->first + self->n; m++) {
    double value = from->value[m * self->of->meta->frames + self->frame[time]];
    if (!isnan (value))
      into[n++] = value;
  }
  epns_sort (into, n);
  return n;
}

gsize
epns_comparison_times (const EpnsComparison *self, const double *share, gsize n, guint32 *index)
{
  double start = self->time[0], whole = self->time[self->n_times - 1] - start;
  gsize taken = 0;

  for (gsize i = 0; i < n; i++) {
    guint32 nearest = 0;
    for (guint32 t = 1; t < self->n_times; t++)
      if (fabs (self->time[t] - start - share[i] * whole)
          < fabs (self->time[nearest] - start - share[i] * whole))
        nearest = t;
    if (taken == 0 || index[taken - 1] < nearest)
      index[taken++] = nearest;
  }
  return taken;
}
