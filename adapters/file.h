/* SPDX-License-Identifier: MIT */
/* Reading a whole text file with a bound on its size. */
#pragma once
#include <glib.h>

/* The contents of a regular file of at most `limit` bytes, followed by a NUL that is not counted in
 * *size; NULL and one line in *error (EPNS_FAILURE_IO, or EPNS_FAILURE_FORMAT when it is empty or
 * larger). Caller frees with g_free. [any] */
char *epns_file_load (const char *path, gsize limit, gsize *size, GError **error);
