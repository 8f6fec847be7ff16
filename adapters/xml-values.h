/* SPDX-License-Identifier: MIT */
/* Values out of elements, with errors of one form: "path:line: <element ...>: what is wrong; what
 * to do". [any] */
#pragma once
#include "adapters/xml.h"

/* Set *error with the place of `node` in front; FALSE, so that one can return it. */
gboolean epns_xml_refuse (const EpnsXmlNode *node, EpnsFailure code, GError **error,
                          const char *format, ...) G_GNUC_PRINTF (4, 5);

/* The text of `attribute`, or of the element itself where attribute is NULL. EPNS_FAILURE_FORMAT
 * where it is missing. */
gboolean epns_xml_string (const EpnsXmlNode *node, const char *attribute, const char **value,
                          GError **error);

/* The same as a finite number in minimum..maximum: EPNS_FAILURE_FORMAT where it is none,
 * EPNS_FAILURE_RANGE outside. */
gboolean epns_xml_number (const EpnsXmlNode *node, const char *attribute, double minimum,
                          double maximum, double *value, GError **error);

/* The same as an integer; "10.0" counts as 10. */
gboolean epns_xml_integer (const EpnsXmlNode *node, const char *attribute, gint64 minimum,
                           gint64 maximum, gint64 *value, GError **error);

/* The names of <type id="0" name="..."/> children, by id, NULL-terminated; how many goes to *n. Ids
 * count from 0 without gaps: EPNS_FAILURE_FORMAT. Free with g_strfreev(). */
char **epns_xml_types (const EpnsXmlNode *parent, gsize *n, GError **error);

/* The word of the NULL-terminated list that is nearest to `word` by edit distance, case aside; NULL
 * where none is near. */
const char *epns_nearest_word (const char *word, const char *const *known);

/* "; did you mean X?" or "". Caller frees with g_free. */
char *epns_suggestion (const char *word, const char *const *known);
