/* SPDX-License-Identifier: MIT */
/* InitCircle and InitRectangle: cells of one site, by a rule or by chance. The rules are Morpheus'
 * (plugins/initialization, 2.2), so that a regular start is its start site for site. */
#include "adapters/morpheus.h"

#include <math.h>

enum { MOST_CELLS = 1 << 24 };

static gboolean
read_count (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n, GError **error)
{
  double value, sites = (double) self->size[0] * self->size[1] * self->size[2];

  if (!epns_morpheus_number (self, epns_morpheus_scope (self, type), node, "number-of-cells", 0.0,
                             MIN (sites, MOST_CELLS), &value, error))
    return FALSE;
  *n = (gint32) value;
  return TRUE;
}

static gboolean
find_dimensions (const EpnsXmlNode *node, const EpnsXmlNode **dimensions, GError **error)
{
  *dimensions = epns_xml_child (node, "Dimensions");
  return *dimensions != NULL
         || epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s> has no <Dimensions>; add it",
                             node->name);
}

/* A cell at the site nearest to a place. */
static gboolean
lay (EpnsMorpheus *self, const EpnsXmlNode *node, EpnsRegion *region, gint32 type,
     const double orth[3], GError **error)
{
  EpnsCellSite cell = { .cell = -(gint32) region->sites->len - 1, .type = type };
  gint32 at[3];

  epns_morpheus_from_orth (self, orth, at);
  if (!epns_morpheus_site (self, at, &cell.site))
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s> lays a cell at site %d,%d,%d, beyond the lattice; correct its "
                            "<Dimensions>",
                            node->name, at[0], at[1], at[2]);
  g_array_append_val (region->sites, cell);
  return TRUE;
}

/* By chance: cells of one site each, drawn from the sites that `inside` takes. */
static EpnsRegion *
scatter (EpnsMorpheus *self, gint32 type, gint32 n)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SCATTER);

  region->n = (guint32) n;
  g_array_append_val (region->types, type);
  return region;
}

static void
offer (EpnsMorpheus *self, EpnsRegion *region, const gint32 at[3])
{
  EpnsCellSite cell = { 0 };

  if (epns_morpheus_site (self, at, &cell.site))
    g_array_append_val (region->sites, cell);
}

static void
scatter_circle (EpnsMorpheus *self, gint32 type, gint32 n, const double centre[3], double radius)
{
  EpnsRegion *region = scatter (self, type, n);
  gint32 at[3];

  for (at[2] = 0; at[2] < self->size[2]; at[2]++)
    for (at[1] = 0; at[1] < self->size[1]; at[1]++)
      for (at[0] = 0; at[0] < self->size[0]; at[0]++) {
        const double site[3] = { at[0], at[1], at[2] };
        double orth[3], apart[3];
        epns_morpheus_to_orth (self, site, orth);
        epns_morpheus_apart (self, centre, orth, apart);
        if (hypot (hypot (apart[0], apart[1]), apart[2]) <= radius)
          offer (self, region, at);
      }
}

/* How many rings: their distance is to be most like the distance of cells along them. With k rings
 * all of them together are pi R (k + 1) long. */
static int
rings_for (double radius, gint32 n)
{
  int best = 1;
  double least = INFINITY;

  for (int k = 1; k < radius || k == 1; k++) {
    double difference = fabs (radius / k - G_PI * radius * (k + 1) / n);
    if (difference < least) {
      least = difference;
      best = k;
    }
  }
  return best;
}

/* One cell in the middle, the others on rings by their length; the last ring takes what is over. */
static gboolean
lay_rings (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 n,
           const double centre[3], double radius, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);
  int rings = rings_for (radius, n);
  double step = radius / rings, gap = G_PI * radius * (rings + 1) / n;
  gint32 left = n - 1;

  if (!lay (self, node, region, type, centre, error))
    return FALSE;
  for (int ring = 1; ring <= rings; ring++) {
    gint32 cells = (gint32) round (2 * G_PI * ring * step / gap);
    if (ring == rings)
      cells = left;
    left -= cells;
    for (gint32 i = 0; i < cells; i++) {
      double angle = 2 * G_PI * (i + 0.5 * (ring % 2)) / cells;
      double at[3] = { centre[0] + cos (angle) * ring * step, centre[1] + sin (angle) * ring * step,
                       centre[2] };
      if (!lay (self, node, region, type, at, error))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
epns_morpheus_circle (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                      GError **error)
{
  static const char *const modes[] = { "regular", "random", NULL };
  const MorpheusScope *scope = epns_morpheus_scope (self, type);
  const EpnsXmlNode *dimensions;
  double centre[3], radius;
  int mode;

  if (!read_count (self, node, type, n, error)
      || !epns_morpheus_choice (node, "mode", modes, -1, &mode, error)
      || !find_dimensions (node, &dimensions, error)
      || !epns_morpheus_vector (self, scope, dimensions, "center", centre, error)
      || !epns_morpheus_number (self, scope, dimensions, "radius", 1.0, 1e6, &radius, error))
    return FALSE;
  if (*n == 0)
    return TRUE;
  if (mode == 0)
    return lay_rings (self, node, type, *n, centre, radius, error);
  scatter_circle (self, type, *n, centre, radius);
  return TRUE;
}

typedef struct {
  gint32 origin[3], size[3]; /* sites */
} Rectangle;

/* Cut to whole sites; within the lattice. */
static gboolean
read_rectangle (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, Rectangle *rectangle,
                GError **error)
{
  const MorpheusScope *scope = epns_morpheus_scope (self, type);
  const EpnsXmlNode *dimensions;
  double origin[3], size[3];

  if (!find_dimensions (node, &dimensions, error)
      || !epns_morpheus_vector (self, scope, dimensions, "origin", origin, error)
      || !epns_morpheus_vector (self, scope, dimensions, "size", size, error))
    return FALSE;
  for (int axis = 0; axis < 3; axis++) {
    double first = trunc (origin[axis]), most = self->size[axis];
    double sites = CLAMP (trunc (size[axis]), 1.0, most);
    if (first < 0.0 || first + sites > most)
      return epns_xml_refuse (dimensions, EPNS_FAILURE_RANGE, error,
                              "<Dimensions>: along %c it goes from %g to %g, and the lattice has "
                              "%g sites; correct it",
                              "xyz"[axis], first, first + sites, most);
    rectangle->origin[axis] = (gint32) first;
    rectangle->size[axis] = (gint32) sites;
  }
  return TRUE;
}

/* Lines of cells along x; on hexagons their distance shrinks with the rows'. */
static gboolean
lay_lines (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 n,
           const Rectangle *rectangle, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);
  const gint32 *size = rectangle->size, *origin = rectangle->origin;
  int lines = MAX (1, (int) (sqrt ((double) size[1] * n / size[0]) + 0.5));
  double along = (double) lines * size[0] / n, apart = (double) size[1] / lines;

  apart *= self->hexagonal ? sqrt (0.75) : 1.0;
  for (gint32 i = 0; i < n; i++) {
    gint32 at = (gint32) (i * along);
    double orth[3] = { origin[0] + at % size[0] + 0.25, origin[1] + at / size[0] * apart, 0.0 };
    if (!lay (self, node, region, type, orth, error))
      return FALSE;
  }
  return TRUE;
}

/* Along a line in the middle of equal pieces. */
static gboolean
lay_pieces (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 n,
            const Rectangle *rectangle, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);
  double along = (double) rectangle->size[0] / n;

  for (gint32 i = 0; i < n; i++) {
    double orth[3] = { rectangle->origin[0] + (gint32) ((i + 0.5) * along), 0.0, 0.0 };
    if (!lay (self, node, region, type, orth, error))
      return FALSE;
  }
  return TRUE;
}

/* In space: planes of lines, all at one distance. */
static gboolean
lay_planes (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 n,
            const Rectangle *rectangle, GError **error)
{
  EpnsRegion *region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);
  const gint32 *size = rectangle->size, *origin = rectangle->origin;
  double volume = (double) size[0] * size[1] * size[2];
  int planes = MAX (1, (int) (size[2] / cbrt (volume / n) + 0.5));
  double inner = sqrt ((double) size[1] * size[0] / planes / n);
  int lines = MAX (1, (int) (size[1] / inner + 0.5));
  double along = (double) lines * planes * size[0] / n;
  gint32 shift = (gint32) (0.5 * along);

  for (gint32 i = 0; i < n; i++) {
    gint32 line = (gint32) (i * along / size[0]);
    double orth[3] = { origin[0] + (gint32) (i * along) % size[0] + shift,
                       (gint32) (origin[1] + line % lines * along) + shift,
                       (gint32) (origin[2] + line / lines * along) };
    if (!lay (self, node, region, type, orth, error))
      return FALSE;
  }
  return TRUE;
}

/* Of a box of lattice coordinates, on any lattice. */
static void
scatter_rectangle (EpnsMorpheus *self, gint32 type, gint32 n, const Rectangle *rectangle)
{
  EpnsRegion *region = scatter (self, type, n);
  const gint32 *size = rectangle->size, *origin = rectangle->origin;
  gint32 at[3];

  for (at[2] = origin[2]; at[2] < origin[2] + size[2]; at[2]++)
    for (at[1] = origin[1]; at[1] < origin[1] + size[1]; at[1]++)
      for (at[0] = origin[0]; at[0] < origin[0] + size[0]; at[0]++)
        offer (self, region, at);
}

static gboolean
check_offset (EpnsMorpheus *self, const EpnsXmlNode *node, GError **error)
{
  double offset;

  if (epns_xml_attribute (node, "random-offset") == NULL)
    return TRUE;
  if (!epns_morpheus_number (self, NULL, node, "random-offset", 0.0, 1e9, &offset, error))
    return FALSE;
  return offset <= 0.0
         || epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                             "<InitRectangle random-offset=\"%g\"> shifts each cell by chance, "
                             "which is not read; make it 0, or mode=\"random\"",
                             offset);
}

gboolean
epns_morpheus_rectangle (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                         GError **error)
{
  static const char *const modes[] = { "regular", "random", "grid", NULL };
  Rectangle rectangle;
  int mode;

  if (!read_count (self, node, type, n, error)
      || !epns_morpheus_choice (node, "mode", modes, -1, &mode, error)
      || !read_rectangle (self, node, type, &rectangle, error)
      || (mode != 1 && !check_offset (self, node, error)))
    return FALSE;
  if (mode == 2)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<InitRectangle mode=\"grid\"> is not read; take \"regular\" or let "
                            "Morpheus save the model at its start");
  if (*n == 0)
    return TRUE;
  if (mode == 1) {
    scatter_rectangle (self, type, *n, &rectangle);
    return TRUE;
  }
  return self->axes == 1   ? lay_pieces (self, node, type, *n, &rectangle, error)
         : self->axes == 2 ? lay_lines (self, node, type, *n, &rectangle, error)
                           : lay_planes (self, node, type, *n, &rectangle, error);
}
