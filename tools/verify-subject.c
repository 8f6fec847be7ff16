/* SPDX-License-Identifier: MIT */
/* A scenario that no file holds. */
#include "tools/verify-subject.h"

#include "plugin/epns_validity.h"

#include <math.h>

#define BODIES 7
#define USUAL_WIDTH 5.0 /* sites of a cell */

static void
add_type (EpnsScenario *to, const char *name)
{
  const EpnsCellType type = { .name = g_strdup (name) };

  g_array_append_val (to->types, type);
}

/* The types that the model names; where it names none: two of cells, one of bodies. */
static void
add_types (EpnsScenario *to, const EpnsStepModel *model, gboolean lattice)
{
  const epns_field *field = epns_step_model_field (model, "cell-type", EPNS_INPUT);
  const char *usual = lattice ? "Medium,One,Two" : "One";
  g_auto (GStrv) names = g_strsplit (field && field->values ? field->values : usual, ",", -1);

  g_array_set_size (to->types, 0);
  for (guint i = 0; names[i] != NULL; i++)
    add_type (to, names[i]);
}

/* Cells as wide as training's where the model says; the tissue fills half of the lattice. */
static void
add_tissue (EpnsScenario *to, const EpnsStepModel *model)
{
  const epns_validity *validity = model->kind->extension (EPNS_VALIDITY_EXTENSION);
  EpnsRegion *region = epns_scenario_add_region (to, EPNS_REGION_BLOB);
  double low = 0, high = INFINITY;
  gint32 side = 32;

  region->width = (gint32) USUAL_WIDTH;
  if (validity != NULL)
    validity->cell_volume (model->model, &low, &high);
  if (low > 0 && isfinite (high)) {
    region->width = (gint32) fmax (2, round (sqrt ((low + high) / 2)));
    side = 64;
  }
  to->size[0] = 1;
  to->size[1] = to->size[2] = side;
  region->centre[0] = region->centre[1] = side / 2;
  region->radius = side / 3.0;
  for (gint32 type = 1; type < (gint32) to->types->len; type++)
    g_array_append_val (region->types, type);
}

/* What the model's network is told of; 0 where training states nothing. */
static void
add_needed (EpnsScenario *to, const EpnsStepModel *model)
{
  const epns_validity *validity = model->kind->extension (EPNS_VALIDITY_EXTENSION);
  const guint32 n = to->types->len;

  for (guint32 p = 0; validity != NULL && p < model->n_params; p++) {
    const epns_field *field = &model->fields[p];
    const gint64 shape[2] = { n, n };
    const guint32 rows = field->rank > 0 ? n : 1, columns = field->rank > 1 ? n : 1;
    if (field->optional || field->dtype != EPNS_F64 || field->rank > 2)
      continue;
    g_autofree double *values = g_new (double, (gsize) rows * columns);
    for (guint32 i = 0; i < rows * columns; i++) {
      const double value = validity->parameter (model->model, field->name, i / columns,
                                                i % columns);
      values[i] = isnan (value) ? 0 : value;
    }
    epns_scenario_put (to, field->name, EPNS_F64, field->rank, shape, values);
  }
}

static void
add_bodies (EpnsScenario *to, const EpnsStepModel *model)
{
  const epns_field *position = epns_step_model_field (model, "position", EPNS_STATE),
                   *radius = epns_step_model_field (model, "radius", EPNS_INPUT);
  const EpnsSpace space = { .axes = position->extent[1] > 0 ? (gint32) position->extent[1] : 3 };

  epns_scenario_set_space (to, &space);
  EpnsBodies *bodies = epns_scenario_add_bodies (to, EPNS_BODIES_NORMAL);
  bodies->n = BODIES;
  bodies->radius = 1;
  bodies->mass = bodies->mass_to = 1;
  to->radii = radius != NULL && !radius->optional;
  bodies->size = to->radii ? 0.5 : 0;
  for (gint32 type = 0; type < (gint32) to->types->len; type++)
    g_array_append_val (bodies->types, type);
}

EpnsScenario *
epns_verify_subject (const EpnsStepModel *model)
{
  gboolean lattice = epns_step_model_field (model, "cell-id", EPNS_STATE) != NULL;
  EpnsScenario *self = epns_scenario_new ("a subject of verification", "epns");

  add_types (self, model, lattice);
  (lattice ? add_tissue : add_bodies) (self, model);
  add_needed (self, model);
  return self;
}
