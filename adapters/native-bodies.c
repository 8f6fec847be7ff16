/* SPDX-License-Identifier: MIT */
/* Our own format's particles: the space they move in, and bodies listed or drawn. */
#include "adapters/native.h"
#include "adapters/xml-values.h"

#include <float.h>
#include <math.h>

#define LARGEST 1e150 /* of a coordinate: its square is a number still */

static const char *const axis_names[3] = { "x", "y", "z" };

/* The number of an attribute that may be left out. */
static gboolean
number_or (const EpnsXmlNode *node, const char *attribute, double minimum, double fallback,
           double *value, GError **error)
{
  *value = fallback;
  return epns_xml_attribute (node, attribute) == NULL
         || epns_xml_number (node, attribute, minimum, LARGEST, value, error);
}

static gboolean
read_range (const EpnsXmlNode *node, const char *attribute, double *low, double *high,
            GError **error)
{
  const char *text = epns_xml_attribute (node, attribute);
  char *end;

  *low = g_ascii_strtod (text, &end);
  *high = g_ascii_strtod (end, NULL);
  return (*low >= -LARGEST && *high <= LARGEST && *low < *high)
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<%s %s=\"%.60s\">: give two finite numbers, the lower one first",
                             node->name, attribute, text);
}

static EpnsBoundary
boundary_of (const EpnsXmlNode *node)
{
  const char *boundary = epns_xml_attribute (node, "boundary");

  if (boundary == NULL || g_str_equal (boundary, "walls"))
    return EPNS_BOUNDARY_WALLS;
  return g_str_equal (boundary, "periodic") ? EPNS_BOUNDARY_PERIODIC : EPNS_BOUNDARY_NONE;
}

/* Free space states its axes, a box its ranges. */
static gboolean
check_space (const EpnsXmlNode *node, GError **error)
{
  gboolean free_space = epns_xml_attribute (node, "axes") != NULL;
  gboolean x = epns_xml_attribute (node, "x") != NULL, y = epns_xml_attribute (node, "y") != NULL,
           z = epns_xml_attribute (node, "z") != NULL;

  if (free_space ? !x && !y && !z && epns_xml_attribute (node, "boundary") == NULL : x && y)
    return TRUE;
  return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                          "<space> takes either axes=\"2\" or axes=\"3\" alone, for free space, or "
                          "x, y and perhaps z as \"low high\"");
}

gboolean
epns_native_read_space (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  const char *axes = epns_xml_attribute (node, "axes");
  EpnsSpace space = { .axes = epns_xml_attribute (node, "z") != NULL ? 3 : 2 };

  if (!check_space (node, error))
    return FALSE;
  if (axes != NULL) {
    space.axes = *axes - '0';
  } else {
    space.bounded = TRUE;
    space.boundary = boundary_of (node);
    for (int axis = 0; axis < space.axes; axis++)
      if (!read_range (node, axis_names[axis], &space.low[axis], &space.high[axis], error))
        return FALSE;
  }
  epns_scenario_set_space (scenario, &space);
  return TRUE;
}

/* Bodies */

static gboolean
outside (const EpnsXmlNode *node, GError **error)
{
  return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                          "<%s> lies outside the space; correct it", node->name);
}

/* A plane has no z. */
static gboolean
check_axes (const EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const char *const third[] = { "z", "vz" };

  for (guint i = 0; i < G_N_ELEMENTS (third) && scenario->space.axes == 2; i++)
    if (epns_xml_attribute (node, third[i]) != NULL)
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<%s %s=\"%.40s\">: the space is a plane; leave %s out", node->name,
                              third[i], epns_xml_attribute (node, third[i]), third[i]);
  return TRUE;
}

static gboolean
read_point (const EpnsScenario *scenario, const EpnsXmlNode *node, double point[3], GError **error)
{
  const EpnsSpace *space = &scenario->space;

  for (int axis = 0; axis < 3; axis++)
    if (!number_or (node, axis_names[axis], -LARGEST, 0.0, &point[axis], error))
      return FALSE;
  for (int axis = 0; axis < space->axes && space->bounded; axis++)
    if (point[axis] < space->low[axis] || point[axis] > space->high[axis])
      return outside (node, error);
  return TRUE;
}

static gboolean
read_radius (EpnsScenario *scenario, const EpnsXmlNode *node, double *radius, GError **error)
{
  scenario->radii = scenario->radii || epns_xml_attribute (node, "radius") != NULL;
  return number_or (node, "radius", 0.0, 0.0, radius, error);
}

/* Bodies that follow one another in the list belong to one piece. */
static gboolean
read_body (EpnsScenario *scenario, const EpnsXmlNode *node, EpnsBodies **piece, GError **error)
{
  static const char *const velocities[3] = { "vx", "vy", "vz" };
  const char *type = epns_xml_attribute (node, "type");
  EpnsBody body = { .id = -1 };
  gint64 id = -1;

  if (!check_axes (scenario, node, error) || !read_point (scenario, node, body.position, error)
      || !number_or (node, "mass", DBL_MIN, 1.0, &body.mass, error)
      || !read_radius (scenario, node, &body.radius, error)
      || (type != NULL && !epns_native_type (scenario, node, type, &body.type, error))
      || (epns_xml_attribute (node, "id") != NULL
          && !epns_xml_integer (node, "id", 0, G_MAXINT32, &id, error)))
    return FALSE;
  for (int axis = 0; axis < 3; axis++)
    if (!number_or (node, velocities[axis], -LARGEST, 0.0, &body.velocity[axis], error))
      return FALSE;
  body.id = (gint32) id;
  if (*piece == NULL)
    *piece = epns_scenario_add_bodies (scenario, EPNS_BODIES_LISTED);
  g_array_append_val ((*piece)->listed, body);
  return TRUE;
}

static gboolean
read_drawn_types (const EpnsScenario *scenario, const EpnsXmlNode *node, EpnsBodies *piece,
                  GError **error)
{
  const char *text = epns_xml_attribute (node, "types");
  g_auto (GStrv) names = g_strsplit_set (text ? text : "", " \t\r\n", -1);
  gint32 type = 0;

  for (char **name = names; *name != NULL; name++) {
    if (**name == '\0')
      continue;
    if (!epns_native_type (scenario, node, *name, &type, error))
      return FALSE;
    g_array_append_val (piece->types, type);
  }
  if (piece->types->len == 0)
    g_array_append_val (piece->types, type);
  return TRUE;
}

/* What every drawn piece states. */
static gboolean
read_drawn (EpnsScenario *scenario, const EpnsXmlNode *node, EpnsBodies *piece, GError **error)
{
  const char *at_rest = epns_xml_attribute (node, "at-rest");
  gint64 n;

  if (!check_axes (scenario, node, error)
      || !epns_xml_integer (node, "bodies", 1, 1 << 24, &n, error)
      || !number_or (node, "mass", DBL_MIN, 1.0, &piece->mass, error)
      || !number_or (node, "mass-to", DBL_MIN, piece->mass, &piece->mass_to, error)
      || !number_or (node, "speed", 0.0, 0.0, &piece->speed, error)
      || !number_or (node, "apart", 0.0, 0.0, &piece->apart, error)
      || !read_radius (scenario, node, &piece->size, error))
    return FALSE;
  piece->n = (guint32) n;
  piece->at_rest = at_rest != NULL && (g_str_equal (at_rest, "true") || g_str_equal (at_rest, "1"));
  if (piece->at_rest && scenario->space.bounded)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<%s at-rest=\"%s\"> moves bodies, and the space has sides; leave it "
                            "out, or use free space",
                            node->name, at_rest);
  if (piece->mass_to < piece->mass)
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s>: mass-to is less than mass; exchange them", node->name);
  return read_drawn_types (scenario, node, piece, error);
}

static gboolean
read_ball (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsBodies *piece = epns_scenario_add_bodies (scenario, EPNS_BODIES_BALL);
  const EpnsSpace *space = &scenario->space;

  if (!read_point (scenario, node, piece->centre, error)
      || !epns_xml_number (node, "within", DBL_MIN, LARGEST, &piece->radius, error))
    return FALSE;
  for (int axis = 0; axis < space->axes && space->bounded; axis++)
    if (piece->centre[axis] - piece->radius < space->low[axis]
        || piece->centre[axis] + piece->radius > space->high[axis])
      return outside (node, error);
  return read_drawn (scenario, node, piece, error);
}

static gboolean
read_normal (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsBodies *piece = epns_scenario_add_bodies (scenario, EPNS_BODIES_NORMAL);

  if (scenario->space.bounded)
    return epns_xml_refuse (node, EPNS_FAILURE_UNSUPPORTED, error,
                            "<normal> has no end and the space has; use <ball> or <box>, or free "
                            "space");
  return read_point (scenario, node, piece->centre, error)
         && epns_xml_number (node, "spread", DBL_MIN, LARGEST, &piece->radius, error)
         && read_drawn (scenario, node, piece, error);
}

static gboolean
read_box (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  EpnsBodies *piece = epns_scenario_add_bodies (scenario, EPNS_BODIES_BOX);
  const EpnsSpace *space = &scenario->space;

  for (int axis = 0; axis < space->axes; axis++) {
    if (epns_xml_attribute (node, axis_names[axis]) == NULL)
      return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                              "<box> has no z and the space has; add z=\"low high\"");
    if (!read_range (node, axis_names[axis], &piece->low[axis], &piece->high[axis], error))
      return FALSE;
    if (space->bounded
        && (piece->low[axis] < space->low[axis] || piece->high[axis] > space->high[axis]))
      return outside (node, error);
    piece->centre[axis] = 0.5 * (piece->low[axis] + piece->high[axis]);
  }
  return read_drawn (scenario, node, piece, error);
}

gboolean
epns_native_read_bodies (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error)
{
  static const struct {
    const char *element;
    gboolean (*read) (EpnsScenario *scenario, const EpnsXmlNode *node, GError **error);
  } pieces[] = { { "ball", read_ball }, { "normal", read_normal }, { "box", read_box } };
  EpnsBodies *listed = NULL;

  for (const EpnsXmlNode *at = node->children; at != NULL; at = at->next) {
    if (g_str_equal (at->name, "body")) {
      if (!read_body (scenario, at, &listed, error))
        return FALSE;
      continue;
    }
    listed = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
      if (g_str_equal (at->name, pieces[i].element) && !pieces[i].read (scenario, at, error))
        return FALSE;
  }
  return TRUE;
}
