/* SPDX-License-Identifier: MIT */
/* From PhysiCell's settings to rules: what a run looks up while it steps. */
#include "models/reference/physicell.h"
#include "plugin/error.h"

#include <math.h>

#define BY_TYPE(name_, unit_, dtype_, fallback_, ...) \
  EPNS_PARAM_ARRAY (name_, unit_, "type", 1, dtype_, fallback_, __VA_ARGS__)

const EpnsParamField epns_physicell_fields[] = {
  BY_TYPE ("cell-cell-adhesion-strength", "micron/min", EPNS_F64, 0.4, 0, G_MAXDOUBLE),
  BY_TYPE ("cell-cell-repulsion-strength", "micron/min", EPNS_F64, 10, 0, G_MAXDOUBLE),
  BY_TYPE ("relative-maximum-adhesion-distance", "1", EPNS_F64, 1.25, 0, 1e6),
  EPNS_PARAM_ARRAY ("cell-adhesion-affinity", "1", "type,type", 2, EPNS_F64, 1, 0, G_MAXDOUBLE),
  BY_TYPE ("motility-enabled", "1", EPNS_I32, 0, 0, 1),
  BY_TYPE ("use-2d", "1", EPNS_I32, 0, 0, 1),
  BY_TYPE ("speed", "micron/min", EPNS_F64, 1, 0, G_MAXDOUBLE),
  BY_TYPE ("persistence-time", "min", EPNS_F64, 1, 0, G_MAXDOUBLE),
  BY_TYPE ("migration-bias", "1", EPNS_F64, 0, 0, 1),
  EPNS_PARAM_ARRAY ("migration-bias-direction", "1", "type,axis", 2, EPNS_F64, 0, EPNS_PARAM_ANY),
  EPNS_PARAM_ARRAY ("domain", "micron", "axis,side", 2, EPNS_F64, 0, EPNS_PARAM_ANY),
  EPNS_PARAM_INTEGER ("virtual-wall", 0, 0, 1),
  EPNS_PARAM_BY_AXIS ("periodic", EPNS_I32, 0, 1), /* only to be refused */
  { { .name = "mechanics-dt", .unit = "min", .axes = "", .role = EPNS_PARAM, .dtype = EPNS_F64,
      .optional = 1, .fallback = 0.1 },
    1e-6, 1e6 },
};
const guint epns_physicell_n_fields = G_N_ELEMENTS (epns_physicell_fields);

static epns_status
read_domain (EpnsPhysicellRules *self, const EpnsParams *params, epns_error *error)
{
  if (epns_params_any (params, "periodic"))
    return epns_params_refuse (params, "periodic", error,
                               "periodic is 1, and PhysiCell's domain has sides; give it a virtual "
                               "wall, or sides that do nothing");
  self->wall = epns_params_number (params, "virtual-wall") > 0;
  if (!epns_params_given (params, "domain"))
    return !self->wall ? EPNS_OK
                       : epns_params_refuse (params, "virtual-wall", error,
                                             "virtual-wall is 1 and there is no domain; give the "
                                             "domain, or virtual-wall 0");
  gint64 axes = epns_params_extent (params, "domain", 0);
  gint64 sides = epns_params_extent (params, "domain", 1);
  if ((axes != 2 && axes != 3) || sides != 2)
    return epns_params_refuse (params, "domain", error,
                               "domain is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                               " numbers; give a lower and an upper end for 2 or 3 axes",
                               axes, sides);
  self->axes = (gint) axes;
  for (gint a = 0; a < self->axes; a++) {
    for (gint side = 0; side < 2; side++)
      self->domain[a][side] = epns_params_at (params, "domain", a, side);
    if (!(self->domain[a][0] < self->domain[a][1]))
      return epns_params_refuse (params, "domain", error,
                                 "domain runs from %g to %g along %c; give the lower end first",
                                 self->domain[a][0], self->domain[a][1], "xyz"[a]);
  }
  return EPNS_OK;
}

static EpnsPhysicellType
read_type (const EpnsParams *params, guint t)
{
  EpnsPhysicellType type = {
    .adhesion_reach = epns_params_at (params, "relative-maximum-adhesion-distance", t, 0),
    .motile = epns_params_at (params, "motility-enabled", t, 0) > 0,
    .flat = epns_params_at (params, "use-2d", t, 0) > 0,
    .speed = epns_params_at (params, "speed", t, 0),
    .persistence = epns_params_at (params, "persistence-time", t, 0),
    .bias = epns_params_at (params, "migration-bias", t, 0),
  };

  if (epns_params_given (params, "migration-bias-direction"))
    for (gint64 a = 0; a < epns_params_extent (params, "migration-bias-direction", 1); a++)
      type.direction[a] = epns_params_at (params, "migration-bias-direction", t, a);
  return type;
}

static void
read_types (EpnsPhysicellRules *self, const EpnsParams *params)
{
  guint n = self->n_types;

  for (guint t = 0; t < n; t++) {
    self->types[t] = read_type (params, t);
    for (guint u = 0; u < n; u++) {
      double repulsion[2], adhesion[2];
      for (guint k = 0; k < 2; k++) {
        guint one = k == 0 ? t : u, other = k == 0 ? u : t;
        repulsion[k] = epns_params_at (params, "cell-cell-repulsion-strength", one, 0);
        adhesion[k] = epns_params_at (params, "cell-cell-adhesion-strength", one, 0)
                      * epns_params_at (params, "cell-adhesion-affinity", one, other);
      }
      self->repulsion[t * n + u] = sqrt (repulsion[0] * repulsion[1]);
      self->adhesion[t * n + u] = sqrt (adhesion[0] * adhesion[1]);
    }
  }
}

EpnsPhysicellRules *
epns_physicell_rules_new (const EpnsParams *params, epns_error *error)
{
  g_autofree EpnsPhysicellRules *self = g_new0 (EpnsPhysicellRules, 1);

  if (read_domain (self, params, error) != EPNS_OK)
    return NULL;
  if (epns_params_given (params, "migration-bias-direction")) {
    gint64 axes = epns_params_extent (params, "migration-bias-direction", 1);
    if ((axes != 2 && axes != 3) || (self->axes > 0 && axes != self->axes)) {
      epns_params_refuse (params, "migration-bias-direction", error,
                          "migration-bias-direction has %" G_GINT64_FORMAT " axes; give %s", axes,
                          self->axes > 0 ? "as many as domain has" : "2 or 3");
      return NULL;
    }
  }
  self->dt = epns_params_number (params, "mechanics-dt");
  self->any_type = params->n_types == 0;
  self->n_types = MAX (params->n_types, 1);
  self->types = g_new0 (EpnsPhysicellType, self->n_types);
  self->repulsion = g_new0 (double, (gsize) self->n_types * self->n_types);
  self->adhesion = g_new0 (double, (gsize) self->n_types * self->n_types);
  read_types (self, params);
  return g_steal_pointer (&self);
}

void
epns_physicell_rules_free (EpnsPhysicellRules *self)
{
  if (self == NULL)
    return;
  g_free (self->types);
  g_free (self->repulsion);
  g_free (self->adhesion);
  g_free (self);
}

gint
epns_physicell_outside (const EpnsPhysicellRules *self, const double *point)
{
  for (gint a = 0; a < self->axes; a++)
    if (point[a] < self->domain[a][0] || point[a] > self->domain[a][1])
      return a;
  return -1;
}
