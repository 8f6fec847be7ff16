/* SPDX-License-Identifier: MIT */
/* <Space>: the lattice and its borders. */
#include "adapters/morpheus.h"

#include <math.h>
#include <string.h>

static const double largest_lattice = 67108864.0; /* sites, each a candidate for scattered cells */
enum { LARGEST_SIDE = 32767 };

static const MorpheusWord space_words[] = {
  { "Lattice", MORPHEUS_READ, "class", NULL },
  { "SpaceSymbol", MORPHEUS_SYMBOL, NULL, NULL },
  { "MembraneLattice", MORPHEUS_SYMBOL, NULL, NULL },
  { .name = NULL }
};

static const MorpheusWord lattice_words[] = {
  { "Size", MORPHEUS_READ, "value symbol", NULL },
  { "NodeLength", MORPHEUS_READ, "value symbol", NULL },
  { "Neighborhood", MORPHEUS_READ, "", NULL },
  { "BoundaryConditions", MORPHEUS_READ, "", NULL },
  { "Domain", MORPHEUS_REFUSED, NULL,
    "cuts the lattice to a shape, which no step model here honours; remove it" },
  { .name = NULL }
};

static gboolean
read_class (EpnsMorpheus *self, const EpnsXmlNode *lattice, GError **error)
{
  static const char *const classes[] = { "linear", "square", "cubic", "hexagonal", NULL };
  int which;

  if (!epns_morpheus_choice (lattice, "class", classes, -1, &which, error))
    return FALSE;
  self->hexagonal = which == 3;
  self->axes = self->hexagonal ? 2 : which + 1;
  if (!self->hexagonal)
    return TRUE;
  epns_scenario_put_integer (self->scenario, "grid", 1);
  epns_morpheus_note (self, lattice,
                      "hexagons: recordings number the sites as Morpheus does, along axes 60 "
                      "degrees apart; observables and learned steps take them for squares");
  return TRUE;
}

/* Axes the class does not have are one site, whatever is stated. */
static gboolean
read_size (EpnsMorpheus *self, const EpnsXmlNode *lattice, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (lattice, "Size");
  double size[3], sites = 1.0;

  if (node == NULL)
    return epns_xml_refuse (lattice, EPNS_FAILURE_FORMAT, error,
                            "<Lattice> has no <Size>; add <Size value=\"100, 100, 0\"/>");
  if (!epns_morpheus_vector (self, NULL, node, "value", size, error))
    return FALSE;
  for (int axis = 0; axis < 3; axis++) {
    double side = axis < self->axes ? MAX (trunc (size[axis]), 1.0) : 1.0;
    if (side > LARGEST_SIDE)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<Size> comes to %.0f sites along %c; at most %d are accepted", side,
                              "xyz"[axis], LARGEST_SIDE);
    self->size[axis] = (gint32) side;
    self->scenario->size[2 - axis] = (gint32) side;
    sites *= side;
  }
  return sites <= largest_lattice
         || epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                             "<Size> comes to %.0f sites; at most %.0f are accepted", sites,
                             largest_lattice);
}

/* What `border` of cpm says of a border that is not periodic: to Morpheus' cells medium lies beyond
 * either kind, and from a constant one it spreads. */
enum { BORDER_COAST = 1, BORDER_OPEN = 2 };

static gboolean
read_condition (EpnsMorpheus *self, const EpnsXmlNode *row, gint32 border[3][2], GError **error)
{
  static const char *const sides[] = { "-x", "x", "-y", "y", "-z", "z", NULL };
  static const char *const kinds[] = { "periodic", "noflux", "constant", NULL };
  int side, kind;

  if (!epns_morpheus_choice (row, "boundary", sides, -1, &side, error)
      || !epns_morpheus_choice (row, "type", kinds, -1, &kind, error))
    return FALSE;
  if (kind == 0)
    self->periodic[side / 2] = TRUE;
  border[2 - side / 2][side % 2] = kind == 2 ? BORDER_OPEN : BORDER_COAST;
  return TRUE;
}

/* A side that is not stated is no-flux; either side makes an axis periodic. */
static gboolean
read_borders (EpnsMorpheus *self, const EpnsXmlNode *lattice, GError **error)
{
  static const MorpheusWord rows[] = { { "Condition", MORPHEUS_READ, "boundary type", NULL },
                                       { .name = NULL } };
  const EpnsXmlNode *node = epns_xml_child (lattice, "BoundaryConditions");
  gint32 border[3][2] = { { BORDER_COAST, BORDER_COAST },
                          { BORDER_COAST, BORDER_COAST },
                          { BORDER_COAST, BORDER_COAST } };

  if (node != NULL && !epns_morpheus_check (self, node, rows, error))
    return FALSE;
  for (const EpnsXmlNode *row = node ? epns_xml_child (node, "Condition") : NULL; row != NULL;
       row = epns_xml_again (row))
    if (!read_condition (self, row, border, error))
      return FALSE;
  for (int axis = 0; axis < 3; axis++) {
    self->periodic[axis] = self->periodic[axis] && self->size[axis] > 1;
    self->scenario->periodic[2 - axis] = self->periodic[axis];
  }
  epns_scenario_put (self->scenario, "periodic", EPNS_I32, 1, (int64_t[]) { 3 },
                     self->scenario->periodic);
  epns_scenario_put (self->scenario, "border", EPNS_I32, 2, (int64_t[]) { 3, 2 }, border);
  return TRUE;
}

static gboolean
read_node_length (EpnsMorpheus *self, const EpnsXmlNode *lattice, GError **error)
{
  const EpnsXmlNode *node = epns_xml_child (lattice, "NodeLength");
  double length;

  if (node == NULL)
    return TRUE;
  if (!epns_morpheus_number (self, NULL, node, "value", G_MINDOUBLE, 1e300, &length, error))
    return FALSE;
  epns_morpheus_note (self, node, "lengths here are in sites, one of which is %g long", length);
  return TRUE;
}

gboolean
epns_morpheus_read_space (EpnsMorpheus *self, const EpnsXmlNode *space, GError **error)
{
  const EpnsXmlNode *lattice = epns_xml_child (space, "Lattice");

  if (!epns_morpheus_check (self, space, space_words, error))
    return FALSE;
  if (lattice == NULL)
    return epns_xml_refuse (space, EPNS_FAILURE_FORMAT, error, "<Space> has no <Lattice>; add it");
  return epns_morpheus_check (self, lattice, lattice_words, error)
         && read_class (self, lattice, error) && read_size (self, lattice, error)
         && read_borders (self, lattice, error) && read_node_length (self, lattice, error);
}
