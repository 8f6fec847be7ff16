/* SPDX-License-Identifier: MIT */
/* <CellPopulations>: cells by their sites, and initialisers that lay them where medium is. Types go
 * in the file's order, as Morpheus does, within a type cells first. */
#include "adapters/morpheus.h"

#include <string.h>

#define SAVED                                                                                      \
  "; let Morpheus save the model at its start (SaveInterval): what it writes states sites"

static const MorpheusWord population_words[] = {
  { "Cell", MORPHEUS_READ, "id", NULL },
  { "InitCircle", MORPHEUS_READ, "mode number-of-cells random_displacement", NULL },
  { "InitRectangle", MORPHEUS_READ, "mode number-of-cells random-offset", NULL },
  { "InitCellObjects", MORPHEUS_READ, "mode", NULL },
  { "InitProperty", MORPHEUS_SYMBOL, NULL, NULL },
  { "InitVectorProperty", MORPHEUS_SYMBOL, NULL, NULL },
  { "InitCellLattice", MORPHEUS_REFUSED, NULL, "makes each site a cell, which is not read" SAVED },
  { "InitHexLattice", MORPHEUS_REFUSED, NULL, "is a way to place cells that is not read" SAVED },
  { "InitVoronoi", MORPHEUS_REFUSED, NULL, "is a way to place cells that is not read" SAVED },
  { "InitPoissonDisc", MORPHEUS_REFUSED, NULL, "is a way to place cells that is not read" SAVED },
  { "InitDistribute", MORPHEUS_REFUSED, NULL, "is a way to place cells that is not read" SAVED },
  { "CSVReader", MORPHEUS_REFUSED, NULL, "reads cells from a file, which is not read" SAVED },
  { "TIFFReader", MORPHEUS_REFUSED, NULL, "reads cells from an image, which is not read" SAVED },
  { "RemoveCells", MORPHEUS_REFUSED, NULL, "takes cells away again, which is not read" SAVED },
  { .name = NULL }
};

static const MorpheusWord words[] = { { "Population", MORPHEUS_READ, "type size", NULL },
                                      { "BoundaryValue", MORPHEUS_READ, "boundary value", NULL },
                                      { "BoundaryValues", MORPHEUS_SYMBOL, NULL, NULL },
                                      { .name = NULL } };

/* Does it lay cells? */
static gboolean
lays_cells (const EpnsXmlNode *population)
{
  for (const EpnsXmlNode *node = population->children; node != NULL; node = node->next)
    if (g_str_equal (node->name, "Cell")
        || (!g_str_has_prefix (node->name, "InitProperty")
            && !g_str_has_prefix (node->name, "InitVectorProperty")
            && !g_str_equal (node->name, "Disabled") && !g_str_equal (node->name, "Annotation")))
      return TRUE;
  return FALSE;
}

gboolean
epns_morpheus_populated (const EpnsMorpheus *self, gint32 type)
{
  const EpnsXmlNode *populations = epns_xml_child (self->root, "CellPopulations");
  const char *name = epns_scenario_type_name (self->scenario, type);

  for (const EpnsXmlNode *row = populations ? epns_xml_child (populations, "Population") : NULL;
       row != NULL; row = epns_xml_again (row)) {
    const char *of = epns_xml_attribute (row, "type");
    if (of != NULL && g_str_equal (of, name) && lays_cells (row))
      return TRUE;
  }
  return FALSE;
}

/* The next whole number of a list of sites; separators are commas and blanks. */
static gboolean
next_number (const char **at, gint32 *value)
{
  char *end;

  while (**at == ',' || g_ascii_isspace (**at))
    (*at)++;
  gint64 number = g_ascii_strtoll (*at, &end, 10);
  gboolean fine = end != *at && ABS (number) < 1 << 20;
  *value = fine ? (gint32) number : 0;
  *at = end;
  return fine;
}

/* "x,y,z;x,y,z..." in lattice coordinates. A site that another cell has goes to this one. */
static gboolean
read_nodes (EpnsMorpheus *self, const EpnsXmlNode *nodes, EpnsRegion *region, gint32 cell,
            gint32 type, GError **error)
{
  for (const char *at = nodes->text; *at != '\0';) {
    EpnsCellSite site = { .cell = cell, .type = type };
    gint32 place[3];
    const char *begin = at;
    if (!next_number (&at, &place[0]) || !next_number (&at, &place[1])
        || !next_number (&at, &place[2]))
      return epns_xml_refuse (nodes, EPNS_FAILURE_FORMAT, error,
                              "<Nodes>: \"%.20s\" is no site; sites are x,y,z with ; between",
                              begin);
    if (!epns_morpheus_site (self, place, &site.site))
      return epns_xml_refuse (nodes, EPNS_FAILURE_RANGE, error,
                              "<Nodes>: site %d,%d,%d lies beyond the lattice; correct it",
                              place[0], place[1], place[2]);
    g_array_append_val (region->sites, site);
    at += strspn (at, " \t\n\r;");
  }
  return TRUE;
}

static gboolean
read_cell (EpnsMorpheus *self, const EpnsXmlNode *row, EpnsRegion *region, gint32 number,
           gint32 type, GError **error)
{
  enum { LARGEST_ID = 1 << 24 };
  const EpnsXmlNode *nodes = epns_xml_child (row, "Nodes");
  gint64 id = -number;

  if (epns_xml_attribute (row, "id") != NULL
      && !epns_xml_integer (row, "id", 0, LARGEST_ID, &id, error))
    return FALSE;
  if (nodes == NULL || *nodes->text == '\0') {
    epns_morpheus_note (self, row, "it has no sites; Morpheus drops it, so does this");
    return TRUE;
  }
  return read_nodes (self, nodes, region, id > 0 ? (gint32) id : -number, type, error);
}

/* Cells that state their sites make one region, in which later ones go over earlier ones. */
static gboolean
read_cells (EpnsMorpheus *self, const EpnsXmlNode *population, gint32 type, gint32 *n,
            GError **error)
{
  EpnsRegion *region = NULL;

  *n = 0;
  for (const EpnsXmlNode *row = epns_xml_child (population, "Cell"); row != NULL;
       row = epns_xml_again (row)) {
    if (region == NULL)
      region = epns_scenario_add_region (self->scenario, EPNS_REGION_SITES);
    region->over = TRUE;
    if (!read_cell (self, row, region, ++*n, type, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_initialisers (EpnsMorpheus *self, const EpnsXmlNode *population, gint32 type, gint32 *n,
                   GError **error)
{
  static const struct {
    const char *name;
    gboolean (*read) (EpnsMorpheus *self, const EpnsXmlNode *node, gint32 type, gint32 *n,
                      GError **error);
  } readers[] = { { "InitCircle", epns_morpheus_circle },
                  { "InitRectangle", epns_morpheus_rectangle },
                  { "InitCellObjects", epns_morpheus_objects } };

  for (const EpnsXmlNode *node = population->children; node != NULL; node = node->next)
    for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
      gint32 made;
      if (!g_str_equal (node->name, readers[i].name))
        continue;
      if (!readers[i].read (self, node, type, &made, error))
        return FALSE;
      *n += made;
    }
  return TRUE;
}

/* More cells asked for than are laid is an error in Morpheus, too. */
static gboolean
read_population (EpnsMorpheus *self, const EpnsXmlNode *row, gint32 type, GError **error)
{
  gint64 size = 0;
  gint32 n;

  if (!epns_morpheus_check (self, row, population_words, error)
      || (epns_xml_attribute (row, "size") != NULL
          && !epns_xml_integer (row, "size", 0, G_MAXINT32, &size, error)))
    return FALSE;
  if (type == 0 && lays_cells (row))
    return epns_xml_refuse (row, EPNS_FAILURE_UNSUPPORTED, error,
                            "<Population type=\"%s\"> lays cells of medium; remove it",
                            epns_xml_attribute (row, "type"));
  if (!read_cells (self, row, type, &n, error) || !read_initialisers (self, row, type, &n, error))
    return FALSE;
  return type == 0 || n >= size
         || epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                             "<Population size=\"%d\">: what it holds lays %d cells; make them "
                             "agree",
                             (int) size, n);
}

/* What lies beyond a border is the medium; another type there would have its own contacts. */
static gboolean
check_borders (EpnsMorpheus *self, const EpnsXmlNode *populations, GError **error)
{
  for (const EpnsXmlNode *row = epns_xml_child (populations, "BoundaryValue"); row != NULL;
       row = epns_xml_again (row)) {
    const char *name;
    if (!epns_xml_string (row, "value", &name, error))
      return FALSE;
    if (epns_scenario_type_id (self->scenario, name) != 0)
      return epns_xml_refuse (row, EPNS_FAILURE_UNSUPPORTED, error,
                              "<BoundaryValue value=\"%.40s\"> is another type than the medium %s "
                              "beyond a border, which no step model here honours; remove it",
                              name, epns_scenario_type_name (self->scenario, 0));
  }
  return TRUE;
}

/* Every population is of a type there is. */
static gboolean
check_types (EpnsMorpheus *self, const EpnsXmlNode *populations, GError **error)
{
  for (const EpnsXmlNode *row = epns_xml_child (populations, "Population"); row != NULL;
       row = epns_xml_again (row)) {
    const char *name;
    if (!epns_xml_string (row, "type", &name, error))
      return FALSE;
    gint32 type = epns_scenario_type_id (self->scenario, name);
    const EpnsXmlNode *node = type < 0 ? NULL : g_ptr_array_index (self->type_nodes, type);
    if (type < 0)
      return epns_xml_refuse (row, EPNS_FAILURE_FORMAT, error,
                              "<Population type=\"%.40s\">: no cell type has this name; declare it "
                              "in <CellTypes>",
                              name);
    if (type > 0 && g_str_equal (epns_xml_attribute (node, "class"), "medium") && lays_cells (row))
      return epns_xml_refuse (row, EPNS_FAILURE_UNSUPPORTED, error,
                              "<Population type=\"%.40s\"> is of a second medium, and there is one "
                              "here; make its class biological",
                              name);
  }
  return TRUE;
}

gboolean
epns_morpheus_read_populations (EpnsMorpheus *self, const EpnsXmlNode *populations, GError **error)
{
  if (!epns_morpheus_check (self, populations, words, error)
      || !check_borders (self, populations, error) || !check_types (self, populations, error))
    return FALSE;
  for (guint type = 0; type < self->type_nodes->len; type++) {
    const char *name = epns_scenario_type_name (self->scenario, (gint32) type);
    for (const EpnsXmlNode *row = epns_xml_child (populations, "Population"); row != NULL;
         row = epns_xml_again (row))
      if (g_str_equal (epns_xml_attribute (row, "type"), name)
          && !read_population (self, row, (gint32) type, error))
        return FALSE;
  }
  return self->scenario->regions->len > 0
         || epns_xml_refuse (populations, EPNS_FAILURE_UNSUPPORTED, error,
                             "no population lays cells; add InitCircle, InitRectangle, "
                             "InitCellObjects or Cell");
}
