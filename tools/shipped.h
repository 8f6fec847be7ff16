/* SPDX-License-Identifier: MIT */
/* The trained models in the data folder. */
#pragma once
#include <glib.h>

/* The folder of one: DATA/models/trained/NAME. NULL where none is called this. Caller frees with
 * g_free. */
char *epns_shipped_model (const char *name);

/* Names of all, in order, NULL-terminated. Caller frees with g_strfreev. */
char **epns_shipped_models (void);
