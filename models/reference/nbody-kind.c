/* SPDX-License-Identifier: MIT */
/* Gravitating bodies behind the step interface: a native step is an output every 0.01. */
#include "models/reference/kind.h"
#include "models/reference/nbody.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <math.h>

#define NATIVE_DT 0.01
#define MAX_SUBSTEPS 1e6

enum {
  VIEW_KINETIC = EPNS_PARTICLES_N_VIEWS,
  VIEW_POTENTIAL,
  VIEW_TOTAL,
  VIEW_MOMENTUM,
  N_VIEWS
};

#define ENERGY(name_) \
  { .name = name_, .unit = "1", .axes = "", .role = EPNS_OUTPUT, .dtype = EPNS_F64, .optional = 1 }

static const epns_field frame_fields[N_VIEWS] = {
  EPNS_PARTICLES_FIELDS ("1", "1"),
  ENERGY ("kinetic-energy"),
  ENERGY ("potential-energy"),
  ENERGY ("total-energy"),
  EPNS_PARTICLES_ROW ("momentum", "1", "axis", 1, EPNS_OUTPUT, EPNS_F64, 1),
};

static const EpnsParamField params[] = {
  EPNS_PARAM_NUMBER ("gravitational-constant", 1, 0, G_MAXDOUBLE),
  EPNS_PARAM_NUMBER ("softening", 0.01, G_MINDOUBLE, G_MAXDOUBLE),
  EPNS_PARAM_NUMBER ("integrator-step", 1e-4, NATIVE_DT / MAX_SUBSTEPS, NATIVE_DT),
  EPNS_PARAM_NUMBER ("noise", 0.1, 0, G_MAXDOUBLE),
  EPNS_PARAM_BY_AXIS ("periodic", EPNS_I32, 0, 1), /* these two only to be refused: space is free */
  EPNS_PARAM_INTEGER ("virtual-wall", 0, 0, 1),
};

struct epns_run {
  EpnsRunHead head;
  EpnsNbodyRules rules;
  guint64 substeps;                 /* integrator steps in a native step */
  EpnsParticles bodies;                /* scratch, as what follows [n][axes] */
  double *dw, *dz, *acceleration;
  gsize room;
};

static const EpnsReferenceKind about;

static epns_status
nbody_open (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  GArray *fields = g_array_new (FALSE, FALSE, sizeof (EpnsParamField));

  g_array_append_vals (fields, params, G_N_ELEMENTS (params));
  return epns_reference_open (&about, host, source, fields, model, error);
}

static epns_status
refuse_sides (const EpnsParams *read, epns_error *error)
{
  static const char *const sides[] = { "periodic", "virtual-wall" };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (epns_params_any (read, sides[i]))
      return epns_params_refuse (read, sides[i], error,
                                 "%s is 1, and gravitating bodies move in free space; give a space "
                                 "without sides",
                                 sides[i]);
  return EPNS_OK;
}

static epns_status
nbody_start (const epns_model *model, const epns_view *views, uint32_t n_views, uint64_t seed,
             uint64_t stream, epns_run **run, epns_error *error)
{
  EpnsParams read;

  if (epns_reference_params (model, views, n_views, &read, error) != EPNS_OK
      || refuse_sides (&read, error) != EPNS_OK)
    return EPNS_DISCARD;
  double step = epns_params_number (&read, "integrator-step"), ratio = NATIVE_DT / step;
  if (fabs (ratio - round (ratio)) > 1e-9 * ratio)
    return epns_params_refuse (&read, "integrator-step", error,
                               "integrator-step is %g, and %g is not a whole number of it; give "
                               "%g, say",
                               step, NATIVE_DT, NATIVE_DT / ceil (ratio));
  epns_run *self = g_new0 (epns_run, 1);
  epns_run_head_init (&self->head, model, seed, stream);
  self->substeps = (guint64) round (ratio);
  self->rules = (EpnsNbodyRules){ .gravity = epns_params_number (&read, "gravitational-constant"),
                                  .softening = epns_params_number (&read, "softening"),
                                  .noise = epns_params_number (&read, "noise") };
  *run = self;
  return EPNS_OK;
}

static void
nbody_stop (epns_run *run)
{
  epns_particles_clear (&run->bodies);
  g_free (run->dw);
  g_free (run->dz);
  g_free (run->acceleration);
  g_free (run);
}

static void
reserve (epns_run *run)
{
  gsize n = run->bodies.n * (gsize) run->bodies.axes;

  if (n <= run->room)
    return;
  run->room = n;
  run->dw = g_renew (double, run->dw, n);
  run->dz = g_renew (double, run->dz, n);
  run->acceleration = g_renew (double, run->acceleration, n);
}

static void
advance (epns_run *run, guint64 n_native)
{
  EpnsDrawKey key = run->head.key;
  double h = NATIVE_DT / (double) run->substeps;

  epns_nbody_accelerate (&run->rules, &run->bodies, run->acceleration);
  key.step *= run->substeps;
  for (guint64 s = 0; s < n_native * run->substeps; s++, key.step++) {
    if (run->rules.noise > 0)
      epns_nbody_draw (&key, h, run->bodies.n * (gsize) run->bodies.axes, run->dw, run->dz);
    epns_nbody_advance (&run->rules, &run->bodies, h, run->dw, run->dz, run->acceleration);
  }
}

static epns_status
check_finite (const epns_run *run, epns_error *error)
{
  gsize axes = (gsize) run->bodies.axes;

  for (gsize i = 0; i < run->bodies.n * axes; i++)
    if (!isfinite (run->bodies.position[i]) || !isfinite (run->bodies.velocity[i]))
      return epns_error_set (error, EPNS_DISCARD,
                             "body %" G_GSIZE_FORMAT " would leave the range of numbers; start "
                             "from less extreme bodies or give a smaller noise",
                             i / axes);
  return EPNS_OK;
}

static void
put_outputs (const epns_run *run, const epns_view *views)
{
  double kinetic = epns_nbody_kinetic (&run->bodies);
  double potential = epns_nbody_potential (&run->rules, &run->bodies);
  const double energy[] = { kinetic, potential, kinetic + potential };
  double momentum[3];

  for (int v = VIEW_KINETIC; v <= VIEW_TOTAL; v++)
    if (views[v].data != NULL)
      epns_view_scatter (&views[v], &energy[v - VIEW_KINETIC]);
  epns_nbody_momentum (&run->bodies, momentum);
  if (views[VIEW_MOMENTUM].data != NULL)
    epns_view_scatter (&views[VIEW_MOMENTUM], momentum);
}

static epns_status
check_momentum (const epns_run *run, const epns_view *view, epns_error *error)
{
  if (view->data == NULL || view->shape[0] == run->bodies.axes)
    return EPNS_OK;
  epns_error_set (error, EPNS_DISCARD,
                  "momentum has %" G_GINT64_FORMAT " axes and position has %d; give as many",
                  view->shape[0], run->bodies.axes);
  error->field = (gint32) run->head.model->n_params + VIEW_MOMENTUM;
  error->axis = 0;
  error->need = run->bodies.axes;
  return EPNS_DISCARD;
}

static epns_status
step_member (epns_run *run, const epns_frame *frame, guint64 n, epns_error *error)
{
  gint32 first = (gint32) run->head.model->n_params;

  if (epns_particles_load (&run->bodies, frame->views, first, 0, 0, error) != EPNS_OK
      || check_momentum (run, &frame->views[VIEW_MOMENTUM], error) != EPNS_OK)
    return EPNS_DISCARD;
  reserve (run);
  advance (run, n);
  if (check_finite (run, error) != EPNS_OK)
    return EPNS_DISCARD;
  run->head.key.step += n;
  epns_particles_store (&run->bodies, frame->views);
  put_outputs (run, frame->views);
  return EPNS_OK;
}

static epns_status
nbody_archive (epns_run *run, const epns_archive *archive, epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, epns_kind_nbody.id, 1);
  EpnsDrawKey key = run->head.key;

  epns_run_head_archive (archiver, &key);
  if (epns_archiver_end (archiver, error) != EPNS_OK)
    return EPNS_DISCARD;
  run->head.key = key;
  return EPNS_OK;
}

static const EpnsReferenceKind about = {
  .kind = &epns_kind_nbody,
  .native_dt = NATIVE_DT,
  .step_is = "an output of the bodies is due every 0.01",
  .frames = frame_fields,
  .n_frames = N_VIEWS,
  .member = step_member,
};

const epns_kind epns_kind_nbody = {
  .size = sizeof (epns_kind),
  .caps = EPNS_STOCHASTIC | EPNS_ANY_DT | EPNS_ARCHIVES | EPNS_EXACT_RESUME,
  .id = "nbody",
  .version = "1",
  .title = "Gravitating bodies with a stochastic force",
  .time_unit = "1",
  .open = nbody_open,
  .close = epns_reference_close,
  .fields = epns_reference_fields,
  .start = nbody_start,
  .stop = nbody_stop,
  .step = epns_reference_step,
  .archive = nbody_archive,
  .extension = epns_reference_extension,
};
