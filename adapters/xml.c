/* SPDX-License-Identifier: MIT */
/* The only file that sees libxml2. */
#include "adapters/xml.h"

#include "adapters/file.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <string.h>

struct _EpnsXml {
  xmlDoc *doc;          /* kept for validation */
  GStringChunk *text;   /* what the nodes' strings point into */
  GPtrArray *blocks;    /* what the nodes lie in */
  char *path;
  EpnsXmlNode *root;
};

/* The first complaint is the cause, the rest are its echo. */
typedef struct {
  const char *path;
  GError **error;
  gboolean failed;
  guint elements; /* opened so far */
} Complaints;

/* An element costs some hundred bytes of memory and perhaps four in the file. */
enum { ELEMENTS_LIMIT = 1 << 20 };

static void
complain (Complaints *to, int line, const char *text)
{
  if (to->failed)
    return;
  to->failed = TRUE;
  g_autofree char *one_line = g_strdelimit (g_strstrip (g_strdup (text)), "\n\r\t", ' ');
  g_set_error (to->error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s:%d: %s", to->path, MAX (line, 1),
               one_line);
}

static void
on_parse_error (void *data, xmlError *from)
{
  xmlParserCtxt *parser = data;

  if (from->level >= XML_ERR_ERROR)
    complain (parser->_private, from->line, from->message);
}

/* libxml2 spells an element "{namespace}name"; a file here has one namespace, and we know it. */
static void
on_schema_error (void *data, xmlError *from)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *at = from->message; *at != '\0'; at++) {
    const char *end = g_str_has_prefix (at, "{http") ? strchr (at, '}') : NULL;
    if (end != NULL)
      at = end;
    else
      g_string_append_c (text, *at);
  }
  if (from->level >= XML_ERR_ERROR)
    complain (data, from->line, text->str);
}

static void
on_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
            int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
            const xmlChar **attributes)
{
  xmlParserCtxt *parser = data;
  Complaints *complaints = parser->_private;

  if (++complaints->elements > ELEMENTS_LIMIT) {
    complain (complaints, xmlSAX2GetLineNumber (parser),
              "more than 1048576 elements; this is no scenario");
    xmlStopParser (parser);
    return;
  }
  xmlSAX2StartElementNs (data, name, prefix, uri, n_namespaces, namespaces, n_attributes,
                         n_defaulted, attributes);
}

/* Entities are how a small file becomes a huge one, or another file is read; no format here needs
 * them. */
static void
on_entity_declaration (void *data, const xmlChar *name, int type, const xmlChar *public_id,
                       const xmlChar *system_id, xmlChar *content)
{
  xmlParserCtxt *parser = data;
  g_autofree char *text = g_strdup_printf ("the entity declaration \"%.40s\" is not accepted; "
                                           "write the text out",
                                           (const char *) name);

  (void) type, (void) public_id, (void) system_id, (void) content;
  complain (parser->_private, xmlSAX2GetLineNumber (parser), text);
  xmlStopParser (parser);
}

static xmlDoc *
parse (const char *path, const char *text, gsize size, GError **error)
{
  Complaints complaints = { path, error, FALSE, 0 };

  xmlInitParser ();
  xmlParserCtxt *parser = xmlNewParserCtxt ();
  parser->_private = &complaints;
  parser->sax->serror = on_parse_error;
  parser->sax->entityDecl = on_entity_declaration;
  parser->sax->startElementNs = on_element;
  xmlDoc *doc = xmlCtxtReadMemory (parser, text, (int) size, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
  if (doc == NULL || xmlDocGetRootElement (doc) == NULL)
    complain (&complaints, 1, "the file holds no XML document");
  if (complaints.failed)
    g_clear_pointer (&doc, xmlFreeDoc);
  xmlFreeParserCtxt (parser);
  return doc;
}

static gpointer
allocate (EpnsXml *self, gsize size)
{
  gpointer block = g_malloc0 (size);

  g_ptr_array_add (self->blocks, block);
  return block;
}

static const char *
keep (EpnsXml *self, const xmlChar *text)
{
  return text == NULL ? "" : g_string_chunk_insert_const (self->text, (const char *) text);
}

static void
convert_attributes (EpnsXml *self, EpnsXmlNode *node, const xmlNode *from)
{
  guint n = 0;

  for (const xmlAttr *a = from->properties; a != NULL; a = a->next)
    n += a->ns == NULL;
  EpnsXmlAttribute *attributes = n > 0 ? allocate (self, n * sizeof *attributes) : NULL;
  node->attributes = attributes;
  for (const xmlAttr *a = from->properties; a != NULL; a = a->next) {
    if (a->ns != NULL)
      continue;
    xmlChar *value = xmlNodeListGetString (self->doc, a->children, 1);
    attributes[node->n_attributes].name = keep (self, a->name);
    attributes[node->n_attributes++].value = keep (self, value);
    xmlFree (value);
  }
}

/* Recursion ends where libxml2's limit on nesting (256) does. */
static EpnsXmlNode *
convert (EpnsXml *self, xmlNode *from)
{
  EpnsXmlNode *node = allocate (self, sizeof *node), *last = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  node->path = self->path;
  node->origin = from;
  node->name = keep (self, from->name);
  node->namespace_uri = keep (self, from->ns ? from->ns->href : NULL);
  node->line = (int) xmlGetLineNo (from);
  convert_attributes (self, node, from);
  for (xmlNode *child = from->children; child != NULL; child = child->next) {
    if (child->type == XML_TEXT_NODE) {
      g_string_append (text, (const char *) child->content);
    } else if (child->type == XML_ELEMENT_NODE) {
      EpnsXmlNode *converted = convert (self, child);
      if (last != NULL)
        last->next = converted;
      else
        node->children = converted;
      last = converted;
    }
  }
  node->text = keep (self, (const xmlChar *) g_strstrip (text->str));
  return node;
}

EpnsXml *
epns_xml_parse (const char *path, const char *text, gsize size, GError **error)
{
  if (size == 0 || size > EPNS_XML_LIMIT) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT, "%s:1: %s", path,
                 size == 0 ? "the file is empty" : "the file is too large for a scenario");
    return NULL;
  }
  xmlDoc *doc = parse (path, text, size, error);
  if (doc == NULL)
    return NULL;

  EpnsXml *self = g_new0 (EpnsXml, 1);
  self->doc = doc;
  self->path = g_strdup (path);
  self->text = g_string_chunk_new (4096);
  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->root = convert (self, xmlDocGetRootElement (doc));
  return self;
}

EpnsXml *
epns_xml_read (const char *path, GError **error)
{
  gsize size;
  g_autofree char *text = epns_file_load (path, EPNS_XML_LIMIT, &size, error);

  return text ? epns_xml_parse (path, text, size, error) : NULL;
}

void
epns_xml_free (EpnsXml *self)
{
  if (self == NULL)
    return;
  xmlFreeDoc (self->doc);
  g_string_chunk_free (self->text);
  g_ptr_array_unref (self->blocks);
  g_free (self->path);
  g_free (self);
}

const EpnsXmlNode *
epns_xml_root (const EpnsXml *self)
{
  return self->root;
}

static xmlSchema *
load_schema (const char *path, GError **error)
{
  gsize size;
  Complaints complaints = { path, error, FALSE, 0 };
  g_autofree char *text = epns_file_load (path, EPNS_XML_LIMIT, &size, error);

  if (text == NULL)
    return NULL;
  xmlSchemaParserCtxt *parser = xmlSchemaNewMemParserCtxt (text, (int) size);
  xmlSchemaSetParserStructuredErrors (parser, on_schema_error, &complaints);
  xmlSchema *schema = xmlSchemaParse (parser);
  if (schema == NULL)
    complain (&complaints, 1, "not a usable schema");
  xmlSchemaFreeParserCtxt (parser);
  return schema;
}

gboolean
epns_xml_validate (EpnsXml *self, const char *schema_path, GError **error)
{
  Complaints complaints = { self->path, error, FALSE, 0 };
  xmlSchema *schema = load_schema (schema_path, error);

  if (schema == NULL)
    return FALSE;
  xmlSchemaValidCtxt *validator = xmlSchemaNewValidCtxt (schema);
  xmlSchemaSetValidStructuredErrors (validator, on_schema_error, &complaints);
  if (xmlSchemaValidateDoc (validator, self->doc) != 0)
    complain (&complaints, 1, "not valid");
  xmlSchemaFreeValidCtxt (validator);
  xmlSchemaFree (schema);
  return !complaints.failed;
}

char *
epns_xml_dump (const EpnsXml *self, const EpnsXmlNode *node)
{
  xmlBuffer *buffer = xmlBufferCreate ();

  xmlNodeDump (buffer, self->doc, node->origin, 0, 0);
  char *text = g_strdup ((const char *) xmlBufferContent (buffer));
  xmlBufferFree (buffer);
  return text;
}

/* The node is exchanged for as long as the document is written. */
char *
epns_xml_replaced (const EpnsXml *self, const EpnsXmlNode *node, const char *text, GError **error)
{
  xmlNode *old = node->origin;
  xmlChar *written = NULL;
  int size = 0;
  xmlDoc *other = parse (self->path, text, strlen (text), error);

  if (other == NULL)
    return NULL;
  xmlNode *replacement = xmlDocCopyNode (xmlDocGetRootElement (other), self->doc, 1);
  xmlFreeDoc (other);
  xmlReplaceNode (old, replacement);
  xmlDocDumpMemoryEnc (self->doc, &written, &size, "UTF-8");
  xmlReplaceNode (replacement, old);
  xmlFreeNode (replacement);
  char *copy = g_strndup ((const char *) written, (gsize) size);
  xmlFree (written);
  return copy;
}

const char *
epns_xml_attribute (const EpnsXmlNode *node, const char *name)
{
  for (guint i = 0; i < node->n_attributes; i++)
    if (g_str_equal (node->attributes[i].name, name))
      return node->attributes[i].value;
  return NULL;
}

static const EpnsXmlNode *
first_named (const EpnsXmlNode *node, const char *name)
{
  while (node != NULL && !g_str_equal (node->name, name))
    node = node->next;
  return node;
}

const EpnsXmlNode *
epns_xml_child (const EpnsXmlNode *node, const char *name)
{
  return first_named (node->children, name);
}

const EpnsXmlNode *
epns_xml_again (const EpnsXmlNode *node)
{
  return first_named (node->next, node->name);
}

const EpnsXmlNode *
epns_xml_find (const EpnsXmlNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (char **name = names; node != NULL && *name != NULL; name++)
    node = epns_xml_child (node, *name);
  return node;
}
