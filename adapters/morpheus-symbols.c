/* SPDX-License-Identifier: MIT */
/* Which symbols a MorpheusML file has, in which scope, and what writes them while Morpheus runs. */
#include "adapters/morpheus-symbols.h"

static void
free_symbol (gpointer data)
{
  g_strfreev (((MorpheusSymbol *) data)->parameters);
  g_free (data);
}

static void
free_scope (gpointer data)
{
  MorpheusScope *self = data;

  g_hash_table_unref (self->symbols);
  g_clear_pointer (&self->written, g_hash_table_unref);
  g_free (self);
}

static MorpheusScope *
new_scope (const MorpheusScope *parent)
{
  MorpheusScope *self = g_new0 (MorpheusScope, 1);

  self->parent = parent;
  self->symbols = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_symbol);
  if (parent == NULL)
    self->written = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static MorpheusSymbol *
add (MorpheusScope *scope, const EpnsXmlNode *node, const char *name, MorpheusSymbolKind kind)
{
  MorpheusSymbol *symbol = g_new0 (MorpheusSymbol, 1);

  symbol->kind = kind;
  symbol->node = node;
  symbol->scope = scope;
  symbol->text = epns_xml_attribute (node, "value");
  g_hash_table_replace (scope->symbols, (gpointer) name, symbol);
  return symbol;
}

/* What defines a symbol in Global or a CellType. */
static const struct {
  const char *element;
  MorpheusSymbolKind kind;
  const char *why;
} definitions[] = {
  { "Constant", SYMBOL_NUMBER, NULL },
  { "Variable", SYMBOL_NUMBER, NULL },
  { "Property", SYMBOL_NUMBER, NULL },
  { "ConstantVector", SYMBOL_VECTOR, NULL },
  { "VariableVector", SYMBOL_VECTOR, NULL },
  { "PropertyVector", SYMBOL_VECTOR, NULL },
  { "Function", SYMBOL_FUNCTION, NULL },
  { "DelayProperty", SYMBOL_MOVING, "is what another value was before" },
  { "DelayVariable", SYMBOL_MOVING, "is what another value was before" },
  { "Field", SYMBOL_MOVING, "differs from place to place" },
  { "FileField", SYMBOL_MOVING, "differs from place to place" },
  { "VectorField", SYMBOL_MOVING, "differs from place to place" },
  { "MembraneProperty", SYMBOL_MOVING, "differs along a cell's membrane" },
  { "VectorFunction", SYMBOL_MOVING, "is a function of vectors" },
  { "ExtSymbol", SYMBOL_MOVING, "comes from outside the file" },
};

static void
define (MorpheusScope *scope, const EpnsXmlNode *node)
{
  const char *name = epns_xml_attribute (node, "symbol");
  guint which = 0, n = 0;

  while (which < G_N_ELEMENTS (definitions) &&
         !g_str_equal (definitions[which].element, node->name))
    which++;
  if (name == NULL || which == G_N_ELEMENTS (definitions))
    return;
  MorpheusSymbol *symbol = add (scope, node, name, definitions[which].kind);
  symbol->why = definitions[which].why;
  const char *notation = epns_xml_attribute (node, "notation");
  if (notation != NULL && !g_str_equal (notation, "x,y,z")) {
    symbol->kind = SYMBOL_MOVING;
    symbol->why = "is stated by angles";
  }
  if (symbol->kind != SYMBOL_FUNCTION)
    return;
  const EpnsXmlNode *expression = epns_xml_child (node, "Expression");
  symbol->text = expression ? expression->text : "";
  symbol->parameters = g_new0 (char *, 16);
  for (const EpnsXmlNode *row = epns_xml_child (node, "Parameter"); row != NULL && n < 15;
       row = epns_xml_again (row))
    symbol->parameters[n++] = g_strdup (epns_xml_attribute (row, "symbol"));
}

static void
define_all (MorpheusScope *scope, const EpnsXmlNode *parent)
{
  for (const EpnsXmlNode *node = parent ? parent->children : NULL; node != NULL; node = node->next)
    define (scope, node);
}

static void
define_moving (MorpheusScope *scope, const EpnsXmlNode *node, const char *why)
{
  const char *name = node ? epns_xml_attribute (node, "symbol") : NULL;

  if (name != NULL)
    add (scope, node, name, SYMBOL_MOVING)->why = why;
}

/* Everything that names a symbol to put something into it, at whatever depth. */
static void
find_written (GHashTable *written, const EpnsXmlNode *parent)
{
  const EpnsXmlNode *node = parent ? parent->children : NULL;

  for (; node != NULL; node = node->next) {
    const char *name = epns_xml_attribute (node, "symbol-ref");
    if (name != NULL && !g_hash_table_contains (written, name))
      g_hash_table_insert (written, (gpointer) name, (gpointer) node);
    if (!g_str_equal (node->name, "Disabled"))
      find_written (written, node);
  }
}

/* celltype.NAME.id; the order is the file's, a medium that is not stated comes last. */
static void
define_types (EpnsMorpheus *self)
{
  const EpnsXmlNode *types = epns_xml_child (self->root, "CellTypes");
  int id = 0;

  for (const EpnsXmlNode *row = types ? epns_xml_child (types, "CellType") : NULL; row != NULL;
       row = epns_xml_again (row), id++) {
    const char *name = epns_xml_attribute (row, "name");
    if (name == NULL)
      continue;
    g_autofree char *number = g_strdup_printf ("celltype.%s.id", name),
                    *size = g_strdup_printf ("celltype.%s.size", name);
    MorpheusSymbol *symbol = add (self->global, row, g_intern_string (number), SYMBOL_NUMBER);
    symbol->fixed = TRUE;
    symbol->value[0] = id;
    add (self->global, row, g_intern_string (size), SYMBOL_MOVING)->why = "changes in time";
  }
}

static void
define_global (EpnsMorpheus *self)
{
  static const struct {
    const char *path;
    MorpheusSymbolKind kind;
    const char *why;
  } places[] = {
    { "Space/Lattice/Size", SYMBOL_VECTOR, NULL },
    { "Space/Lattice/NodeLength", SYMBOL_NUMBER, NULL },
    { "Space/SpaceSymbol", SYMBOL_MOVING, "differs from place to place" },
    { "Space/MembraneLattice/Resolution", SYMBOL_NUMBER, NULL },
    { "Space/MembraneLattice/SpaceSymbol", SYMBOL_MOVING, "differs along a cell's membrane" },
    { "Time/TimeSymbol", SYMBOL_MOVING, "changes in time" },
    { "Time/StopTime", SYMBOL_NUMBER, NULL },
    { "Time/StartTime", SYMBOL_NUMBER, NULL },
    { "CPM/MonteCarloSampler/MCSDuration", SYMBOL_NUMBER, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    const EpnsXmlNode *node = epns_xml_find (self->root, places[i].path);
    const char *name = node ? epns_xml_attribute (node, "symbol") : NULL;
    if (places[i].kind == SYMBOL_MOVING)
      define_moving (self->global, node, places[i].why);
    else if (name != NULL)
      add (self->global, node, name, places[i].kind);
  }
  define_all (self->global, epns_xml_child (self->root, "Global"));
}

void
epns_morpheus_symbols (EpnsMorpheus *self)
{
  static const char *const writers[] = { "Global", "CellTypes", "CellPopulations" };

  self->global = new_scope (NULL);
  self->type_scopes = g_ptr_array_new_with_free_func (free_scope);
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    find_written (self->global->written, epns_xml_child (self->root, writers[i]));
  define_types (self);
  define_global (self);
  for (guint type = 0; type < self->type_nodes->len; type++) {
    MorpheusScope *scope = new_scope (self->global);
    define_all (scope, g_ptr_array_index (self->type_nodes, type));
    g_ptr_array_add (self->type_scopes, scope);
  }
}

void
epns_morpheus_symbols_free (EpnsMorpheus *self)
{
  g_clear_pointer (&self->type_scopes, g_ptr_array_unref);
  g_clear_pointer (&self->global, free_scope);
}

const MorpheusScope *
epns_morpheus_scope (const EpnsMorpheus *self, gint32 type)
{
  return g_ptr_array_index (self->type_scopes, type);
}
