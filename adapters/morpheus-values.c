/* SPDX-License-Identifier: MIT */
/* What an expression of a MorpheusML file is worth. A symbol that is written by anything while
 * Morpheus runs has no value here, nor has one that differs from place to place or cell to cell. */
#include "adapters/expression.h"
#include "adapters/morpheus-symbols.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 64 }; /* symbols that stand for each other */

/* What is looked up during one evaluation. */
typedef struct {
  const MorpheusScope *scope;
  const MorpheusSymbol *function; /* whose parameters are bound */
  const double *arguments;
  guint depth;
} Lookup;

static MorpheusSymbol *
find (const MorpheusScope *scope, const char *name)
{
  MorpheusSymbol *symbol = NULL;

  for (; scope != NULL && symbol == NULL; scope = scope->parent)
    symbol = g_hash_table_lookup (scope->symbols, name);
  return symbol;
}

static const EpnsXmlNode *
writer_of (const MorpheusScope *scope, const char *name)
{
  while (scope->parent != NULL)
    scope = scope->parent;
  return g_hash_table_lookup (scope->written, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
refuse_unknown (const MorpheusScope *scope, const char *name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (g_str_has_prefix (name, "cell.") || g_str_has_prefix (name, "cell1.") ||
      g_str_has_prefix (name, "cell2.")) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "depends on %.40s, which differs from cell to cell; state a number", name);
    return FALSE;
  }
  for (const MorpheusScope *at = scope; at != NULL; at = at->parent) {
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init (&iter, at->symbols);
    while (g_hash_table_iter_next (&iter, &key, NULL))
      g_ptr_array_add (names, key);
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  g_autofree char *hint = epns_suggestion (name, (const char *const *) names->pdata);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "names %.40s, which no element defines%s",
               name, *hint ? hint : "; define it in <Global>");
  return FALSE;
}

static gboolean evaluate (const Lookup *lookup, const char *text, double values[3], guint *n,
                          GError **error);

/* Has it one value for all of the run? */
static gboolean
check_constant (const MorpheusSymbol *symbol, const char *name, GError **error)
{
  const EpnsXmlNode *writer = writer_of (symbol->scope, name);

  if (symbol->kind == SYMBOL_MOVING) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "depends on %.40s, which %s (<%s>, line %d); no step model here follows it, state "
                 "a number",
                 name, symbol->why, symbol->node->name, symbol->node->line);
    return FALSE;
  }
  if (writer != NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "depends on %.40s, which <%s> in line %d changes while Morpheus runs; no step "
                 "model here follows it, state a number",
                 name, writer->name, writer->line);
    return FALSE;
  }
  return TRUE;
}

static gboolean
value_of (const Lookup *from, MorpheusSymbol *symbol, const char *name, GError **error)
{
  const Lookup lookup = { .scope = symbol->scope, .depth = from->depth + 1 };
  guint n, wanted = symbol->kind == SYMBOL_VECTOR ? 3 : 1;

  if (symbol->fixed)
    return TRUE;
  if (!check_constant (symbol, name, error))
    return FALSE;
  if (symbol->text == NULL || lookup.depth > DEEPEST ||
      (symbol->parameters != NULL && symbol->parameters[0] != NULL)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "depends on %.40s, which %s", name,
                 symbol->text == NULL       ? "has no value; state it"
                 : lookup.depth > DEEPEST   ? "depends on itself; state a number"
                                            : "is a function; give it its arguments");
    return FALSE;
  }
  g_autoptr (GError) failure = NULL;
  if (!evaluate (&lookup, symbol->text, symbol->value, &n, &failure)) {
    g_set_error (error, EPNS_FAILURE, failure->code, "depends on %.40s (line %d), which %s", name,
                 symbol->node->line, failure->message);
    return FALSE;
  }
  symbol->fixed = n == wanted;
  if (!symbol->fixed)
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "depends on %.40s (line %d), which is %s; correct it", name, symbol->node->line,
                 wanted == 3 ? "no vector of three" : "a vector and not a number");
  return symbol->fixed;
}

/* x, y, z or the length of a vector symbol, by a dot and its name. */
static gboolean
component (const Lookup *lookup, const char *name, double *value, gboolean *found, GError **error)
{
  static const char *const parts[] = { "x", "y", "z", "abs" };
  const char *dot = strrchr (name, '.');
  guint part = 0;

  *found = FALSE;
  while (dot != NULL && part < G_N_ELEMENTS (parts) && !g_str_equal (dot + 1, parts[part]))
    part++;
  if (dot == NULL || part == G_N_ELEMENTS (parts))
    return TRUE;
  g_autofree char *base = g_strndup (name, (gsize) (dot - name));
  MorpheusSymbol *symbol = find (lookup->scope, base);
  if (symbol == NULL || (symbol->kind != SYMBOL_VECTOR && symbol->kind != SYMBOL_MOVING))
    return TRUE;
  *found = TRUE;
  if (!value_of (lookup, symbol, base, error))
    return FALSE;
  const double *v = symbol->value;
  *value = part < 3 ? v[part] : sqrt (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return TRUE;
}

static gboolean
on_name (gpointer data, const char *name, int of, double *value, gboolean *vector, GError **error)
{
  const Lookup *lookup = data;
  MorpheusSymbol *symbol = find (lookup->scope, name);
  gboolean found;

  for (guint i = 0; lookup->function != NULL && lookup->function->parameters[i] != NULL; i++)
    if (g_str_equal (lookup->function->parameters[i], name)) {
      *value = lookup->arguments[i];
      return TRUE;
    }
  if (symbol != NULL) {
    if (!value_of (lookup, symbol, name, error))
      return FALSE;
    *vector = symbol->kind == SYMBOL_VECTOR;
    *value = symbol->value[*vector ? of : 0];
    return TRUE;
  }
  if (!component (lookup, name, value, &found, error))
    return FALSE;
  return found || refuse_unknown (lookup->scope, name, error);
}

static gboolean
on_call (gpointer data, const char *function, const double *arguments, guint n, double *value,
         GError **error)
{
  const Lookup *from = data;
  const MorpheusSymbol *symbol = find (from->scope, function);
  const Lookup lookup = { symbol->scope, symbol, arguments, from->depth + 1 };
  double values[3];
  guint n_values;

  if (n != g_strv_length (symbol->parameters) || lookup.depth > DEEPEST) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 lookup.depth > DEEPEST ? "calls %.40s without end; correct it"
                                        : "gives %.40s another number of arguments than it has",
                 function);
    return FALSE;
  }
  if (!evaluate (&lookup, symbol->text, values, &n_values, error))
    return FALSE;
  *value = values[0];
  return TRUE;
}

/* Functions that take arguments, of this scope and those above it. */
static char **
functions_of (const MorpheusScope *scope)
{
  GPtrArray *names = g_ptr_array_new ();

  for (; scope != NULL; scope = scope->parent) {
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init (&iter, scope->symbols);
    while (g_hash_table_iter_next (&iter, &key, &value)) {
      const MorpheusSymbol *symbol = value;
      if (symbol->kind == SYMBOL_FUNCTION && symbol->parameters[0] != NULL)
        g_ptr_array_add (names, g_strdup (key));
    }
  }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static gboolean
evaluate (const Lookup *lookup, const char *text, double values[3], guint *n, GError **error)
{
  g_auto (GStrv) functions = functions_of (lookup->scope);
  const EpnsNames names = { on_name, on_call, functions, (gpointer) lookup };

  return epns_expression_evaluate (text, &names, values, n, error);
}

/* "<Name attribute="text">: " before a reason. */
static gboolean
read_values (const MorpheusScope *scope, const EpnsXmlNode *node, const char *attribute,
             double values[3], guint *n, GError **error)
{
  const Lookup lookup = { .scope = scope };
  g_autoptr (GError) failure = NULL;
  const char *text;
  char *end;

  if (!epns_xml_string (node, attribute, &text, error))
    return FALSE;
  values[0] = g_ascii_strtod (text, &end);
  *n = 1;
  if (end != text && *end == '\0' && isfinite (values[0])) /* most are plain numbers */
    return TRUE;
  if (evaluate (&lookup, text, values, n, &failure))
    return TRUE;
  return epns_xml_refuse (node, (EpnsFailure) failure->code, error, "<%s%s%s%s%.60s%s: it %s",
                          node->name, attribute ? " " : ">", attribute ? attribute : "",
                          attribute ? "=\"" : "", text, attribute ? "\">" : "", failure->message);
}

gboolean
epns_morpheus_number (const EpnsMorpheus *self, const MorpheusScope *scope, const EpnsXmlNode *node,
                      const char *attribute, double minimum, double maximum, double *value,
                      GError **error)
{
  double values[3];
  guint n;

  if (!read_values (scope ? scope : self->global, node, attribute, values, &n, error))
    return FALSE;
  if (n != 1)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error, "<%s>: %s is to be one number",
                            node->name, attribute ? attribute : "its text");
  *value = values[0];
  if (*value < minimum || *value > maximum)
    return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                            "<%s> %s comes to %g, outside %g to %g; correct it", node->name,
                            attribute ? attribute : "", *value, minimum, maximum);
  return TRUE;
}

/* Older files have "200 200 0", blanks between. */
static gboolean
plain_vector (const char *text, double value[3])
{
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", " \t\n\r", -1);
  int n = 0;

  for (char **word = words; *word != NULL; word++) {
    char *end;
    if (**word == '\0')
      continue;
    double number = g_ascii_strtod (*word, &end);
    if (*end != '\0' || n == 3 || !isfinite (number))
      return FALSE;
    value[n++] = number;
  }
  return n == 3;
}

gboolean
epns_morpheus_vector (const EpnsMorpheus *self, const MorpheusScope *scope, const EpnsXmlNode *node,
                      const char *attribute, double value[3], GError **error)
{
  const double most = 1e9;
  guint n = 3;

  if (!plain_vector (attribute ? epns_xml_attribute (node, attribute) : node->text, value)
      && !read_values (scope ? scope : self->global, node, attribute, value, &n, error))
    return FALSE;
  if (n != 3)
    return epns_xml_refuse (node, EPNS_FAILURE_FORMAT, error,
                            "<%s>: %s is to be a vector, three numbers with commas between",
                            node->name, attribute ? attribute : "its text");
  for (int axis = 0; axis < 3; axis++)
    if (fabs (value[axis]) > most)
      return epns_xml_refuse (node, EPNS_FAILURE_RANGE, error,
                              "<%s>: %s comes to %g along %c, beyond any lattice; correct it",
                              node->name, attribute ? attribute : "its text", value[axis],
                              "xyz"[axis]);
  return TRUE;
}
