/* SPDX-License-Identifier: MIT */
/* Where the files that ship with the program lie. */
#pragma once
#include <glib.h>

/* The path of a shipped file ("schemas/epns-model.xsd"), the first that exists of: $EPNS_DATADIR,
 * the installed data folder, the source tree this was built from. Where none exists, the installed
 * path. Caller frees with g_free. [any] */
char *epns_data_file (const char *relative);
