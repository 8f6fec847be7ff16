/* SPDX-License-Identifier: MIT */
/* A lattice as <CellPopulations>, as Morpheus saves its own: the sites of each cell. */
#include "adapters/morpheus.h"

#include <string.h>

typedef struct {
  const EpnsLatticeState *state;
  const gint32 *periodic; /* z, y, x */
  const char *const *type_names;
  gint32 n_types;
  guint32 *sites;  /* [n_sites] sorted by cell: the sites of cell c are those from first[c] on */
  guint32 *first;  /* [n_rows + 1] */
} Cells;

static void
sort_sites (Cells *self)
{
  const EpnsLatticeState *state = self->state;
  gsize n_sites = epns_lattice_state_sites (state);
  g_autofree guint32 *volumes = epns_lattice_state_volumes (state);
  g_autofree guint32 *next = g_new (guint32, state->n_rows);

  self->sites = g_new (guint32, n_sites);
  self->first = g_new0 (guint32, state->n_rows + 1);
  for (gsize cell = 0; cell < state->n_rows; cell++) {
    self->first[cell + 1] = self->first[cell] + volumes[cell];
    next[cell] = self->first[cell];
  }
  for (gsize site = 0; site < n_sites; site++)
    self->sites[next[state->id[site]]++] = (guint32) site;
}

static void
clear_cells (Cells *self)
{
  g_free (self->sites);
  g_free (self->first);
}

static gint32
coordinate (const EpnsLatticeState *state, guint32 site, int axis)
{
  const gint32 *size = state->size;

  return axis == 2   ? (gint32) (site % (guint32) size[2])
         : axis == 1 ? (gint32) (site / (guint32) size[2] % (guint32) size[1])
                     : (gint32) (site / (guint32) size[2] / (guint32) size[1]);
}

/* Morpheus keeps the sites of a cell together, beyond a periodic border if need be, and takes its
 * centre from them. Along an axis the widest gap in what the cell occupies is where it is not: it
 * begins behind that. */
static gint32
beginning (const Cells *self, gsize cell, int axis)
{
  gint32 size = self->state->size[axis], begin = 0, widest = 0, last = -1, lowest = -1;
  g_autofree gboolean *occupied = g_new0 (gboolean, (gsize) size);

  if (!self->periodic[axis])
    return 0;
  for (guint32 i = self->first[cell]; i < self->first[cell + 1]; i++)
    occupied[coordinate (self->state, self->sites[i], axis)] = TRUE;
  for (gint32 at = 0; at < size; at++) {
    if (!occupied[at])
      continue;
    if (last >= 0 && at - last - 1 > widest) {
      widest = at - last - 1;
      begin = at;
    }
    lowest = lowest < 0 ? at : lowest;
    last = at;
  }
  return lowest + size - last - 1 >= widest ? 0 : begin; /* the gap round the border */
}

static void
append_cell (const Cells *self, gsize cell, GString *text)
{
  const EpnsLatticeState *state = self->state;
  gint32 begin[3];

  for (int axis = 0; axis < 3; axis++)
    begin[axis] = beginning (self, cell, axis);
  g_string_append_printf (text, "      <Cell id=\"%" G_GSIZE_FORMAT "\">\n        <Nodes>", cell);
  for (guint32 i = self->first[cell]; i < self->first[cell + 1]; i++) {
    gint32 at[3];
    for (int axis = 0; axis < 3; axis++) {
      at[axis] = coordinate (state, self->sites[i], axis);
      at[axis] -= at[axis] >= begin[axis] && begin[axis] > 0 ? state->size[axis] : 0;
    }
    g_string_append_printf (text, "%s%d,%d,%d", i == self->first[cell] ? "" : ";", at[2], at[1],
                            at[0]);
  }
  g_string_append (text, "</Nodes>\n      </Cell>\n");
}

/* What a model's populations of the type say of properties stays. */
static void
append_properties (const EpnsXml *model, const EpnsXmlNode *populations, const char *type,
                   GString *text)
{
  for (const EpnsXmlNode *row = epns_xml_child (populations, "Population"); row != NULL;
       row = epns_xml_again (row)) {
    const char *of = epns_xml_attribute (row, "type");
    if (of == NULL || !g_str_equal (of, type))
      continue;
    for (const EpnsXmlNode *node = row->children; node != NULL; node = node->next)
      if (g_str_equal (node->name, "InitProperty")
          || g_str_equal (node->name, "InitVectorProperty")) {
        g_autofree char *kept = epns_xml_dump (model, node);
        g_string_append_printf (text, "      %s\n", kept);
      }
  }
}

static void
append_population (const Cells *self, gint32 type, const EpnsXml *model,
                   const EpnsXmlNode *populations, GString *text)
{
  g_autofree char *name = g_markup_escape_text (self->type_names[type], -1);
  g_autoptr (GString) cells = g_string_new (NULL);
  guint n = 0;

  for (gsize cell = 1; cell < self->state->n_rows; cell++)
    if (self->state->type[cell] == type && self->first[cell + 1] > self->first[cell]) {
      append_cell (self, cell, cells);
      n++;
    }
  if (n == 0)
    return;
  g_string_append_printf (text, "    <Population type=\"%s\" size=\"%u\">\n", name, n);
  if (populations != NULL)
    append_properties (model, populations, self->type_names[type], text);
  g_string_append (text, cells->str);
  g_string_append (text, "    </Population>\n");
}

static char *
populations_text (const Cells *self, const EpnsXml *model, const EpnsXmlNode *populations)
{
  GString *text = g_string_new ("<CellPopulations>\n");

  for (gint32 type = 1; type < self->n_types; type++)
    append_population (self, type, model, populations, text);
  for (const EpnsXmlNode *node = populations ? epns_xml_child (populations, "BoundaryValue") : NULL;
       node != NULL; node = epns_xml_again (node)) {
    g_autofree char *kept = epns_xml_dump (model, node);
    g_string_append_printf (text, "    %s\n", kept);
  }
  g_string_append (text, "  </CellPopulations>");
  return g_string_free (text, FALSE);
}

/* A model of its own: what the state says, and no more. */
static char *
bare_model (const Cells *self)
{
  static const char *const classes[] = { "linear", "square", "cubic" };
  const gint32 *size = self->state->size;
  int axes = size[0] > 1 ? 3 : size[1] > 1 ? 2 : 1;
  GString *text = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<MorpheusModel version=\"4\">\n"
                                "  <Description>\n    <Title>Cells</Title>\n"
                                "    <Details/>\n  </Description>\n  <Space>\n");

  g_string_append_printf (text,
                          "    <Lattice class=\"%s\">\n"
                          "      <Size symbol=\"size\" value=\"%d, %d, %d\"/>\n"
                          "      <BoundaryConditions>\n",
                          classes[axes - 1], size[2], axes > 1 ? size[1] : 0,
                          axes > 2 ? size[0] : 0);
  for (int axis = 0; axis < axes; axis++)
    g_string_append_printf (text, "        <Condition boundary=\"%c\" type=\"%s\"/>\n", "xyz"[axis],
                            self->periodic[2 - axis] ? "periodic" : "noflux");
  g_string_append (text, "      </BoundaryConditions>\n"
                         "      <Neighborhood>\n        <Order>1</Order>\n      </Neighborhood>\n"
                         "    </Lattice>\n    <SpaceSymbol symbol=\"space\"/>\n  </Space>\n"
                         "  <Time>\n    <StartTime value=\"0\"/>\n    <StopTime value=\"0\"/>\n"
                         "    <TimeSymbol symbol=\"time\"/>\n  </Time>\n  <CellTypes>\n");
  for (gint32 type = 0; type < self->n_types; type++) {
    g_autofree char *name = g_markup_escape_text (self->type_names[type], -1);
    if (*name != '\0')
      g_string_append_printf (text, "    <CellType class=\"%s\" name=\"%s\"/>\n",
                              type == 0 ? "medium" : "biological", name);
  }
  g_autofree char *populations = populations_text (self, NULL, NULL);
  g_string_append_printf (text, "  </CellTypes>\n  %s\n</MorpheusModel>\n", populations);
  return g_string_free (text, FALSE);
}

/* Its lattice is the state's, and it has the types that have cells. */
static gboolean
check_model (const Cells *self, const EpnsMorpheus *model, GError **error)
{
  const EpnsXmlNode *types = epns_xml_child (model->root, "CellTypes");
  const gint32 *size = self->state->size;

  if (model->size[0] != size[2] || model->size[1] != size[1] || model->size[2] != size[0])
    return epns_xml_refuse (epns_xml_find (model->root, "Space/Lattice/Size"),
                            EPNS_FAILURE_MISMATCH, error,
                            "<Size> comes to %d x %d x %d sites, and the cells lie on %d x %d x "
                            "%d; give the model they come from",
                            model->size[0], model->size[1], model->size[2], size[2], size[1],
                            size[0]);
  for (gsize cell = 1; cell < self->state->n_rows; cell++) {
    const char *name = self->type_names[self->state->type[cell]];
    if (self->first[cell + 1] > self->first[cell]
        && epns_scenario_type_id (model->scenario, name) < 1)
      return epns_xml_refuse (types, EPNS_FAILURE_MISMATCH, error,
                              "<CellTypes> has no biological \"%.40s\", and there are cells of it; "
                              "give the model they come from",
                              name);
  }
  return TRUE;
}

static char *
write_into (const Cells *self, EpnsXml *xml, GError **error)
{
  const EpnsXmlNode *root = epns_xml_root (xml);
  const EpnsXmlNode *types = epns_xml_child (root, "CellTypes"),
                    *space = epns_xml_child (root, "Space"),
                    *populations = epns_xml_child (root, "CellPopulations");
  g_autoptr (EpnsScenario) scenario = epns_scenario_new (root->path, "Morpheus");
  EpnsMorpheus model = { .scenario = scenario, .root = root, .type_nodes = g_ptr_array_new () };
  char *text = NULL;

  if (!epns_morpheus_probe (root) || types == NULL || space == NULL || populations == NULL)
    epns_xml_refuse (root, EPNS_FAILURE_FORMAT, error,
                     "this is no <MorpheusModel> with <Space>, <CellTypes> and <CellPopulations>");
  else if (epns_morpheus_name_types (&model, types, error)) {
    epns_morpheus_symbols (&model);
    if (epns_morpheus_read_space (&model, space, error) && check_model (self, &model, error)) {
      g_autofree char *cells = populations_text (self, xml, populations);
      text = epns_xml_replaced (xml, populations, cells, error);
    }
    epns_morpheus_symbols_free (&model);
  }
  g_ptr_array_unref (model.type_nodes);
  return text;
}

char *
epns_morpheus_write (const EpnsLatticeState *state, const gint32 periodic[3],
                     const char *const *type_names, EpnsXml *model, GError **error)
{
  Cells cells = { .state = state, .periodic = periodic, .type_names = type_names };

  cells.n_types = (gint32) g_strv_length ((char **) type_names);
  if (!epns_lattice_state_check (state, cells.n_types, error))
    return NULL;
  sort_sites (&cells);
  char *text = model ? write_into (&cells, model, error) : bare_model (&cells);
  clear_cells (&cells);
  return text;
}
