/* SPDX-License-Identifier: MIT */
/* XML for the format readers, with libxml2 kept behind it. A document is read whole, from memory or
 * a regular file, without network, external files or entity declarations; nothing is printed. All
 * functions [any]; a document belongs to one thread at a time. Everything reached from a document
 * lives as long as it does. */
#pragma once
#include "plugin/error.h"
#include <glib.h>

typedef struct _EpnsXml EpnsXml;

typedef struct {
  const char *name, *value;
} EpnsXmlAttribute;

typedef struct _EpnsXmlNode { /* an element */
  const char *path;           /* of the file, as it was given */
  const char *name;           /* without prefix */
  const char *namespace_uri;  /* "" where it has none */
  const char *text; /* its own character data, blanks around it removed; "" where there is none */
  int line;
  guint n_attributes;
  const EpnsXmlAttribute *attributes; /* without those of foreign namespaces */
  const struct _EpnsXmlNode *children, *next;
  gpointer origin;            /* for xml.c */
} EpnsXmlNode;

#define EPNS_XML_LIMIT (16u << 20) /* bytes of a file; a scenario has some thousands */

/* Parse. One line in *error, "path:line: what is wrong". */
EpnsXml *epns_xml_read (const char *path, GError **error);
EpnsXml *epns_xml_parse (const char *path, const char *text, gsize size, GError **error);
void     epns_xml_free (EpnsXml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsXml, epns_xml_free)

const EpnsXmlNode *epns_xml_root (const EpnsXml *self);

/* Is it valid by this XSD? The first violation goes to *error with its line. */
gboolean epns_xml_validate (EpnsXml *self, const char *schema_path, GError **error);

/* An element of the document as text, with all that is inside it. Free with g_free. */
char *epns_xml_dump (const EpnsXml *self, const EpnsXmlNode *node);

/* The document's text with another element, stated by well-formed text, in place of `node`; all
 * else, comments included, is as it was. Free with g_free. */
char *epns_xml_replaced (const EpnsXml *self, const EpnsXmlNode *node, const char *text,
                         GError **error);

/* The attribute's value, or NULL. */
const char *epns_xml_attribute (const EpnsXmlNode *node, const char *name);

/* The first child element of this name, or NULL; the next sibling of the same name, or NULL. */
const EpnsXmlNode *epns_xml_child (const EpnsXmlNode *node, const char *name);
const EpnsXmlNode *epns_xml_again (const EpnsXmlNode *node);

/* The element at a path of names with '/' between, first children of their names, from `node` down;
 * or NULL. */
const EpnsXmlNode *epns_xml_find (const EpnsXmlNode *node, const char *path);
