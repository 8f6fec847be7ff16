/* SPDX-License-Identifier: MIT */
/* PhysiCell's mechanics behind the step interface. A native step is 0.1 min; mechanics itself is
 * due every mechanics-dt, at the start of it as in PhysiCell: several times in a native step, or
 * in the first of several. The velocity given back is that of the last time it was due; the one
 * lent is not read, since what the Adams-Bashforth rule needs of the past is in the run. */
#include "models/reference/kind.h"
#include "models/reference/physicell.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>
#include <string.h>

#define NATIVE_DT 0.1

enum { VIEW_MOTILITY = EPNS_PARTICLES_N_VIEWS, N_VIEWS };

static const epns_field frame_fields[N_VIEWS] = {
  EPNS_PARTICLES_FIELDS ("micron", "micron/min"),
  /* given: taken in place of a motility drawn here, whether motility-enabled or not */
  EPNS_PARTICLES_ROW ("motility", "micron/min", "body,axis", 2, EPNS_INPUT, EPNS_F64, 1),
};

struct epns_run {
  EpnsRunHead head;
  EpnsPhysicellRules *rules;
  guint64 every, times;               /* native steps for one of mechanics; or the reverse */
  EpnsPhysicellHistory history, next; /* as of the last call; of the call under way */
  EpnsParticles bodies;
  EpnsPhysicellScratch scratch;
};

static const EpnsReferenceKind about;

/* History */

static void
history_reserve (EpnsPhysicellHistory *self, gsize n, gint axes)
{
  self->n = n;
  self->axes = axes;
  if (n <= self->room)
    return;
  self->room = n;
  self->velocity = g_renew (double, self->velocity, 3 * n);
  self->motility = g_renew (double, self->motility, 3 * n);
  self->gone = g_renew (guint32, self->gone, n);
}

static void
history_clear (EpnsPhysicellHistory *self)
{
  g_free (self->velocity);
  g_free (self->motility);
  g_free (self->gone);
  *self = (EpnsPhysicellHistory){ 0 };
}

/* What the call under way has come to is what the run remembers. */
static void
exchange_histories (epns_run *run)
{
  EpnsPhysicellHistory spare = run->history;

  run->history = run->next;
  run->next = spare;
}

/* What the run remembers of the bodies lent; of new ones, nothing. One that was gone and has been
 * put back is like a new one. */
static void
history_recall (epns_run *run)
{
  const EpnsPhysicellHistory *from = &run->history;
  EpnsPhysicellHistory *to = &run->next;
  gsize n = run->bodies.n, axes = (gsize) run->bodies.axes;

  history_reserve (to, n, run->bodies.axes);
  if (from->n == 0) {
    memset (to->velocity, 0, n * axes * sizeof *to->velocity);
    memset (to->motility, 0, n * axes * sizeof *to->motility);
    memset (to->gone, 0, n * sizeof *to->gone);
    return;
  }
  memcpy (to->velocity, from->velocity, n * axes * sizeof *to->velocity);
  memcpy (to->motility, from->motility, n * axes * sizeof *to->motility);
  memcpy (to->gone, from->gone, n * sizeof *to->gone);
  for (gsize i = 0; i < n; i++)
    if (to->gone[i] && epns_physicell_outside (run->rules, run->bodies.position + i * axes) < 0) {
      to->gone[i] = 0;
      memset (to->velocity + i * axes, 0, axes * sizeof *to->velocity);
    }
}

/* Opening and starting */

static epns_status
physicell_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  GArray *params = g_array_new (FALSE, FALSE, sizeof (EpnsParamField));

  g_array_append_vals (params, epns_physicell_fields, epns_physicell_n_fields);
  return epns_reference_open (&about, host, source, params, model, error);
}

static gboolean
is_whole (double ratio)
{
  return ratio > 0.5 && fabs (ratio - round (ratio)) <= 1e-9 * ratio;
}

static void
physicell_stop (epns_run *run)
{
  epns_physicell_rules_free (run->rules);
  history_clear (&run->history);
  history_clear (&run->next);
  epns_particles_clear (&run->bodies);
  epns_physicell_scratch_clear (&run->scratch);
  g_free (run);
}

static epns_status
physicell_start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
                 uint64_t stream, epns_run **run, epns_error *error)
{
  EpnsParams read;

  if (epns_reference_params (model, params, n_params, &read, error) != EPNS_OK)
    return EPNS_DISCARD;
  double dt = epns_params_number (&read, "mechanics-dt");
  if (!is_whole (dt / NATIVE_DT) && !is_whole (NATIVE_DT / dt))
    return epns_params_refuse (&read, "mechanics-dt", error,
                               "mechanics-dt is %g min; give a whole multiple of 0.1, or a whole "
                               "fraction of it",
                               dt);
  EpnsPhysicellRules *rules = epns_physicell_rules_new (&read, error);
  if (rules == NULL)
    return EPNS_DISCARD;
  epns_run *self = g_new0 (epns_run, 1);
  epns_run_head_init (&self->head, model, seed, stream);
  self->rules = rules;
  self->every = (guint64) MAX (round (dt / NATIVE_DT), 1);
  self->times = (guint64) MAX (round (NATIVE_DT / dt), 1);
  *run = self;
  return EPNS_OK;
}

/* Stepping */

static epns_status
refuse_extent (const epns_run *run, int view, int axis, gint64 need, epns_error *error)
{
  error->field = (gint32) run->head.model->n_params + view;
  error->axis = axis;
  error->need = need;
  return EPNS_DISCARD;
}

static epns_status
check_shape (const epns_run *run, const epns_view *motility, epns_error *error)
{
  const EpnsParticles *bodies = &run->bodies;
  const EpnsPhysicellHistory *history = &run->history;

  if (run->rules->axes > 0 && run->rules->axes != bodies->axes) {
    epns_error_set (error, EPNS_DISCARD, "position has %d axes and domain has %d; give as many",
                    bodies->axes, run->rules->axes);
    return refuse_extent (run, EPNS_PARTICLES_POSITION, 1, run->rules->axes, error);
  }
  if (history->n > 0 && (history->n != bodies->n || history->axes != bodies->axes)) {
    gboolean rows = history->n != bodies->n;
    epns_error_set (error, EPNS_DISCARD,
                    "position has %" G_GSIZE_FORMAT " bodies with %d axes and this run began with %"
                    G_GSIZE_FORMAT " and %d; start another run for others",
                    bodies->n, bodies->axes, history->n, history->axes);
    return refuse_extent (run, EPNS_PARTICLES_POSITION, rows ? 0 : 1,
                          rows ? (gint64) history->n : history->axes, error);
  }
  for (int a = 0; motility->data != NULL && a < 2; a++) {
    gint64 need = a == 0 ? (gint64) bodies->n : bodies->axes;
    if (motility->shape[a] == need)
      continue;
    epns_error_set (error, EPNS_DISCARD,
                    "motility has %" G_GINT64_FORMAT " %s and position has %" G_GINT64_FORMAT
                    "; give as many",
                    motility->shape[a], a == 0 ? "bodies" : "axes", need);
    return refuse_extent (run, VIEW_MOTILITY, a, need, error);
  }
  return EPNS_OK;
}

/* Bodies may be gone because they left in this run; others have no business beyond the domain
 * unless a wall pushes them back. */
static epns_status
check_places (const epns_run *run, epns_error *error)
{
  gsize axes = (gsize) run->bodies.axes;

  for (gsize i = 0; !run->rules->wall && i < run->bodies.n; i++) {
    const double *at = run->bodies.position + i * axes;
    gint a = epns_physicell_outside (run->rules, at);
    if (a < 0 || run->next.gone[i])
      continue;
    epns_error_set (error, EPNS_DISCARD,
                    "body %" G_GSIZE_FORMAT " is at %c = %g, outside the domain and without a wall "
                    "to push it back; put it within %g and %g, or give virtual-wall 1",
                    i, "xyz"[a], at[a], run->rules->domain[a][0], run->rules->domain[a][1]);
    return refuse_extent (run, EPNS_PARTICLES_POSITION, 0, -1, error);
  }
  return EPNS_OK;
}

static epns_status
take_motility (epns_run *run, const epns_view *view, epns_error *error)
{
  gsize n = run->bodies.n * (gsize) run->bodies.axes;

  if (view->data == NULL)
    return EPNS_OK;
  epns_view_gather (view, run->next.motility);
  for (gsize i = 0; i < n; i++)
    if (!isfinite (run->next.motility[i])) {
      epns_error_set (error, EPNS_DISCARD,
                      "motility of body %" G_GSIZE_FORMAT " is %g; give a finite number",
                      i / (gsize) run->bodies.axes, run->next.motility[i]);
      return refuse_extent (run, VIEW_MOTILITY, 0, -1, error);
    }
  return EPNS_OK;
}

/* x += h (1.5 v - 0.5 v_before), in PhysiCell's order of additions. */
static void
move (epns_run *run)
{
  gsize axes = (gsize) run->bodies.axes;
  double now = run->rules->dt * 1.5, before = run->rules->dt * -0.5;
  EpnsPhysicellHistory *history = &run->next;

  for (gsize i = 0; i < run->bodies.n; i++) {
    double *at = run->bodies.position + i * axes;
    gboolean within = epns_physicell_outside (run->rules, at) < 0;
    for (gsize a = 0; !history->gone[i] && a < axes; a++) {
      gsize k = i * axes + a;
      at[a] += now * run->bodies.velocity[k];
      at[a] += before * history->velocity[k];
      history->velocity[k] = run->bodies.velocity[k];
    }
    if (within && epns_physicell_outside (run->rules, at) >= 0)
      history->gone[i] = 1;
  }
}

static void
advance (epns_run *run, guint64 n, gboolean given)
{
  EpnsDrawKey key = run->head.key;

  for (guint64 s = 0; s < n; s++)
    for (guint64 t = 0; (run->head.key.step + s) % run->every == 0 && t < run->times; t++) {
      key.step = (run->head.key.step + s) * run->times + t;
      if (!given)
        epns_physicell_motility (run->rules, &run->bodies, &key, &run->next);
      epns_physicell_velocities (run->rules, &run->bodies, &run->next, &run->scratch,
                                 run->bodies.velocity);
      move (run);
    }
}

static epns_status
check_finite (const epns_run *run, epns_error *error)
{
  gsize axes = (gsize) run->bodies.axes;

  for (gsize i = 0; i < run->bodies.n * axes; i++)
    if (!isfinite (run->bodies.position[i]) || !isfinite (run->bodies.velocity[i]))
      return epns_error_set (error, EPNS_DISCARD,
                             "body %" G_GSIZE_FORMAT " would leave the range of numbers; give "
                             "smaller strengths, or a shorter mechanics-dt",
                             i / axes);
  return EPNS_OK;
}

static epns_status
step_member (epns_run *run, const epns_frame *frame, guint64 n, epns_error *error)
{
  gint32 first = (gint32) run->head.model->n_params;
  const epns_view *motility = &frame->views[VIEW_MOTILITY];
  guint n_types = run->rules->any_type ? 0 : run->rules->n_types;

  if (epns_particles_load (&run->bodies, frame->views, first, EPNS_PHYSICELL_RADIUS, n_types, error)
          != EPNS_OK
      || check_shape (run, motility, error) != EPNS_OK)
    return EPNS_DISCARD;
  history_recall (run);
  if (check_places (run, error) != EPNS_OK || take_motility (run, motility, error) != EPNS_OK)
    return EPNS_DISCARD;
  advance (run, n, motility->data != NULL);
  if (check_finite (run, error) != EPNS_OK)
    return EPNS_DISCARD;
  run->head.key.step += n;
  exchange_histories (run);
  epns_particles_store (&run->bodies, frame->views);
  return EPNS_OK;
}

/* Archive */

/* The run's place and size, in a section of its own: no memory is taken on the word of a number
 * that has no checksum. */
static epns_status
archive_size (const epns_archive *archive, EpnsDrawKey *key, guint64 *n, guint64 *axes,
              epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, epns_kind_physicell_mechanics.id, 1);

  epns_run_head_archive (archiver, key);
  epns_archiver_u64 (archiver, n);
  epns_archiver_u64 (archiver, axes);
  return epns_archiver_end (archiver, error);
}

static epns_status
archive_history (const epns_archive *archive, EpnsPhysicellHistory *history, epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, "physicell-history", 1);
  gsize numbers = history->n * (gsize) history->axes;

  epns_archiver_f64s (archiver, history->velocity, numbers);
  epns_archiver_f64s (archiver, history->motility, numbers);
  epns_archiver_u32s (archiver, history->gone, history->n);
  return epns_archiver_end (archiver, error);
}

static epns_status
physicell_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  EpnsDrawKey key = run->head.key;
  guint64 n = run->history.n, axes = (guint64) run->history.axes;

  if (archive_size (archive, &key, &n, &axes, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (!archive->loading)
    return archive_history (archive, &run->history, error);
  history_reserve (&run->next, (gsize) n, (gint) axes);
  if (archive_history (archive, &run->next, error) != EPNS_OK)
    return EPNS_DISCARD;
  exchange_histories (run);
  run->head.key = key;
  return EPNS_OK;
}

static const EpnsReferenceKind about = {
  .kind = &epns_kind_physicell_mechanics,
  .native_dt = NATIVE_DT,
  .step_is = "cells take native steps of 0.1 min",
  .frames = frame_fields,
  .n_frames = N_VIEWS,
  .member = step_member,
};

const epns_kind epns_kind_physicell_mechanics = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ANY_DT | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "physicell-mechanics",
  .version = "1",
  .title = "PhysiCell's mechanics of cells as soft spheres",
  .time_unit = "min",
  .open = physicell_open,
  .close = epns_reference_close,
  .fields = epns_reference_fields,
  .start = physicell_start,
  .stop = physicell_stop,
  .step = epns_reference_step,
  .archive = physicell_archive,
  .extension = epns_reference_extension,
};
