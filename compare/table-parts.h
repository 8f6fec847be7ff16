/* SPDX-License-Identifier: MIT */
/* Fields of CSV records and members of JSON objects, as every table here writes them. All [any]. */
#pragma once
#include "adapters/trajectory.h"
#include <json-glib/json-glib.h>

/* A field of a CSV record, quoted where it must be (RFC 4180). */
void epns_csv_append (GString *text, const char *field);

/* A member of the object that is being built: a number (null where it is not finite), a text, a
 * count. */
void epns_json_number (JsonBuilder *json, const char *name, double value);
void epns_json_text (JsonBuilder *json, const char *name, const char *value);
void epns_json_count (JsonBuilder *json, const char *name, gsize value);

/* An object of what a recording says of where it comes from, keys in order. */
void epns_json_provenance (JsonBuilder *json, const char *name, const EpnsTrajectoryMeta *meta);

/* The text of what was built. Free with g_free. */
char *epns_json_end (JsonBuilder *json);
