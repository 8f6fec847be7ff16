/* SPDX-License-Identifier: MIT */
/* JSON from strangers: one plain object. json-glib alone also takes comments and bare words, nests
 * by recursion without a limit, and lets a later member replace an earlier one of the same name. */
#pragma once
#include <json-glib/json-glib.h>

/* A parser whose root is an object, nested at most max_depth (<= 16) levels, every name once within
 * its object. NULL with a text that goes on from the name of what was read ("is not a JSON
 * object"): EPNS_FAILURE_FORMAT. Free with g_object_unref. [any] */
JsonParser *epns_plain_json_parse (const char *text, gsize length, guint max_depth, GError **error);
