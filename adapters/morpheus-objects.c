/* SPDX-License-Identifier: MIT */
/* InitCellObjects: spheres, ellipsoids, boxes and points, repeated on a grid, each a cell. A site
 * that several claim goes to the one that has the strongest claim, or to the first (mode "order");
 * claims are Morpheus' affinities (plugins/initialization/init_cell_objects, 2.2). */
#include "adapters/morpheus.h"

#include <math.h>
#include <string.h>

typedef enum { OBJECT_POINT, OBJECT_SPHERE, OBJECT_BOX, OBJECT_ELLIPSOID, N_OBJECTS } Form;

typedef struct {
  Form form;
  double centre[3], extent[3]; /* a sphere's radius first; a box's sides; an ellipsoid's axes */
} Object;

/* What objects claim: by site the strongest claim so far, and whose it is (0: nobody's). */
typedef struct {
  double *claim;
  gint32 *owner;
  gboolean by_order;
} Claims;

static const MorpheusWord arrangement_words[] = {
  { "Point", MORPHEUS_READ, "center", NULL },
  { "Sphere", MORPHEUS_READ, "center radius", NULL },
  { "Box", MORPHEUS_READ, "origin size", NULL },
  { "Ellipsoid", MORPHEUS_READ, "center axes", NULL },
  { "Cylinder", MORPHEUS_REFUSED, NULL, "is not read; take another object" },
  { "Object", MORPHEUS_REFUSED, NULL,
    "is how older versions state it; open the file in Morpheus 2.2 and save it" },
  { .name = NULL }
};

static gboolean
read_object (EpnsMorpheus *self, const MorpheusScope *scope, const EpnsXmlNode *node,
             Object *object, GError **error)
{
  static const struct {
    const char *name, *place, *extent;
  } forms[N_OBJECTS] = { { "Point", "center", NULL },
                         { "Sphere", "center", "radius" },
                         { "Box", "origin", "size" },
                         { "Ellipsoid", "center", "axes" } };

  *object = (Object) { .form = OBJECT_POINT };
  while (!g_str_equal (forms[object->form].name, node->name))
    object->form++;
  const char *extent = forms[object->form].extent;
  if (!epns_morpheus_vector (self, scope, node, forms[object->form].place, object->centre, error))
    return FALSE;
  if (object->form == OBJECT_SPHERE)
    return epns_morpheus_number (self, scope, node, extent, G_MINDOUBLE, 1e6, object->extent,
                                 error);
  if (extent != NULL && !epns_morpheus_vector (self, scope, node, extent, object->extent, error))
    return FALSE;
  for (int axis = 0; axis < 3; axis++) {
    if (object->form == OBJECT_BOX && axis >= self->axes)
      object->extent[axis] = 1.0;
    if (extent != NULL && axis < self->axes && object->extent[axis] <= 0.0)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s %s=\"...\">: along %c it is %g; make it more than 0", node->name,
                              extent, "xyz"[axis], object->extent[axis]);
    if (object->form == OBJECT_BOX) /* from its first site's corner to its middle */
      object->centre[axis] += 0.5 * object->extent[axis] - 0.5;
  }
  return TRUE;
}

/* How deep a place lies in a box: the geometric mean over the axes of the way to the nearer side,
 * in halves of the box. */
static double
depth_in_box (const EpnsMorpheus *self, const Object *object, const double apart[3])
{
  double depth = 1.0;

  for (int axis = 0; axis < 3; axis++) {
    double side = object->extent[axis], way = 0.5 * side - fabs (apart[axis]);
    if (way <= 0.0)
      return 0.0;
    if (axis < self->axes)
      depth *= 2.0 * way / side;
  }
  return self->axes == 1 ? depth : sqrt (depth);
}

static double
affinity (const EpnsMorpheus *self, const Object *object, const double apart[3])
{
  double length = hypot (hypot (apart[0], apart[1]), apart[2]), square = 0.0;

  switch (object->form) {
  case OBJECT_POINT: return length <= 0.5 ? 1.0 : 0.0;
  case OBJECT_SPHERE: return MAX (1.0 - length / object->extent[0], 0.0);
  case OBJECT_BOX: return depth_in_box (self, object, apart);
  default:
    for (int axis = 0; axis < 3; axis++)
      if (axis < 2 || object->extent[axis] > 0.0)
        square += apart[axis] * apart[axis] / (object->extent[axis] * object->extent[axis]);
    return MAX (1.0 - square, 0.0);
  }
}

/* The sites that an object may reach, low to high, to be wrapped where the lattice is periodic;
 * generous. On hexagons a row's columns shift with it, so that all are looked at. */
static void
reach_of (const EpnsMorpheus *self, const Object *object, gint32 low[3], gint32 high[3])
{
  double reach = object->form == OBJECT_POINT ? 0.5 : object->extent[0];

  if (object->form != OBJECT_SPHERE)
    reach = MAX (reach, MAX (object->extent[1], object->extent[2]));
  for (int axis = 0; axis < 3; axis++) {
    double middle = axis == 1 && self->hexagonal ? object->centre[1] / sqrt (0.75)
                                                 : object->centre[axis];
    double from = floor (middle - 1.2 * reach - 1.0), to = ceil (middle + 1.2 * reach + 1.0);
    double size = self->size[axis];
    if (to - from >= size || (axis == 0 && self->hexagonal)) {
      from = 0.0;
      to = size - 1.0;
    } else if (self->periodic[axis]) {
      double turns = floor (from / size);
      from -= turns * size;
      to -= turns * size;
    }
    low[axis] = (gint32) CLAMP (from, 0.0, size);
    high[axis] = (gint32) CLAMP (to, -1.0, self->periodic[axis] ? 2.0 * size : size - 1.0);
  }
}

static void
claim_sites (EpnsMorpheus *self, const Object *object, gint32 number, Claims *claims)
{
  gint32 low[3], high[3], at[3];

  reach_of (self, object, low, high);
  for (at[2] = low[2]; at[2] <= high[2]; at[2]++)
    for (at[1] = low[1]; at[1] <= high[1]; at[1]++)
      for (at[0] = low[0]; at[0] <= high[0]; at[0]++) {
        const double place[3] = { at[0], at[1], at[2] };
        double orth[3], apart[3];
        gint32 site;
        if (!epns_morpheus_site (self, at, &site))
          continue;
        epns_morpheus_to_orth (self, place, orth);
        epns_morpheus_apart (self, orth, object->centre, apart);
        double claim = affinity (self, object, apart);
        if (claim <= claims->claim[site] || (claims->by_order && claims->owner[site] != 0))
          continue;
        claims->claim[site] = claim;
        claims->owner[site] = number;
      }
}

typedef struct {
  gint32 repetitions[3];
  double displacement[3];
} Grid;

static gboolean
read_grid (EpnsMorpheus *self, const MorpheusScope *scope, const EpnsXmlNode *node, Grid *grid,
           GError **error)
{
  enum { MOST = 10000 };
  double repetitions[3], shift = 0.0;

  if (!epns_morpheus_vector (self, scope, node, "repetitions", repetitions, error)
      || !epns_morpheus_vector (self, scope, node, "displacements", grid->displacement, error))
    return FALSE;
  if (epns_xml_attribute (node, "random_displacement") != NULL
      && !epns_morpheus_number (self, scope, node, "random_displacement", 0.0, 1e9, &shift, error))
    return FALSE;
  if (shift > 0.0)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<Arrangement random_displacement=\"%g\"> shifts each object by "
                            "chance, which is not read; make it 0",
                            shift);
  double all = 1.0;
  for (int axis = 0; axis < 3; axis++) {
    double times = trunc (repetitions[axis]) > 0.0 || trunc (repetitions[axis]) < 0.0
                       ? trunc (repetitions[axis])
                       : 1.0; /* 0 counts as once */
    all *= MAX (times, 0.0);
    grid->repetitions[axis] = (gint32) CLAMP (times, 0.0, MOST);
  }
  return all <= MOST
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<Arrangement repetitions=\"...\"> makes %g objects; at most %d are "
                             "accepted",
                             all, MOST);
}

static void
repeat (EpnsMorpheus *self, const Object *object, const Grid *grid, gint32 *n, Claims *claims)
{
  gint32 r[3];

  for (r[0] = 0; r[0] < grid->repetitions[0]; r[0]++)
    for (r[1] = 0; r[1] < grid->repetitions[1]; r[1]++)
      for (r[2] = 0; r[2] < grid->repetitions[2]; r[2]++) {
        Object shifted = *object;
        for (int axis = 0; axis < 3; axis++)
          shifted.centre[axis] += r[axis] * grid->displacement[axis];
        claim_sites (self, &shifted, ++*n, claims);
      }
}

static gboolean
read_arrangements (EpnsMorpheus *self, const EpnsXmlNode *node, const MorpheusScope *scope,
                   gint32 *n, Claims *claims, GError **error)
{
  for (const EpnsXmlNode *row = epns_xml_child (node, "Arrangement"); row != NULL;
       row = epns_xml_again (row)) {
    Grid grid;
    if (!epns_morpheus_check (self, row, arrangement_words, error)
        || !read_grid (self, scope, row, &grid, error))
      return FALSE;
    for (const EpnsXmlNode *form = row->children; form != NULL; form = form->next) {
      Object object;
      if (g_str_equal (form->name, "Disabled") || g_str_equal (form->name, "Annotation"))
        continue;
      if (!read_object (self, scope, form, &object, error))
        return FALSE;
      repeat (self, &object, &grid, n, claims);
    }
  }
  return TRUE;
}

static int
compare_cells (gconstpointer a, gconstpointer b)
{
  const EpnsCellSite *l = a, *r = b;

  return l->cell != r->cell ? (l->cell < r->cell) - (l->cell > r->cell)
                            : (l->site > r->site) - (l->site < r->site);
}

/* Cell after cell, and what they claim in the order of sites. */
static void
lay_claims (EpnsMorpheus *self, gint32 type, gsize n_sites, const Claims *claims)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);

  for (gsize site = 0; site < n_sites; site++)
    if (claims->owner[site] != 0) {
      EpnsCellSite cell = { -claims->owner[site], type, (gint32) site };
      g_array_append_val (region->sites, cell);
    }
  g_array_sort (region->sites, compare_cells);
}

gboolean
epns_morpheus_objects (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                       GError **error)
{
  static const char *const modes[] = { "distance", "order", NULL };
  static const MorpheusWord words[] = {
    { "Arrangement", MORPHEUS_READ, "repetitions displacements random_displacement", NULL },
    { .name = NULL }
  };
  gsize n_sites = (gsize) self->size[0] * (gsize) self->size[1] * (gsize) self->size[2];
  Claims claims = { g_try_new0 (double, n_sites), g_try_new0 (gint32, n_sites), FALSE };
  int mode = 0;

  *n = 0;
  gboolean fine = claims.claim != NULL && claims.owner != NULL;
  if (!fine)
    epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                     "<InitCellObjects>: no memory for a lattice of this size; make it smaller");
  fine = fine && epns_morpheus_check (self, node, words, error)
         && epns_morpheus_choice (node, "mode", modes, 0, &mode, error);
  claims.by_order = mode == 1;
  fine = fine
         && read_arrangements (self, node, epns_morpheus_scope (self, type), n, &claims, error);
  if (fine)
    lay_claims (self, type, n_sites, &claims);
  g_free (claims.claim);
  g_free (claims.owner);
  return fine;
}
