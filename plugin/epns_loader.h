/* SPDX-License-Identifier: MIT */
/* epns_loader.h - find and load step plugins from a host. Plain C, no library but the C library; link with -lepns
 * (pkg-config epns). What is loaded stays loaded until the process ends. All functions [any].
 *
 * Where is looked, in this order; an entry is a plugin file, or a folder whose *.so are tried by name:
 *   the path given; else the entries of EPNS_PLUGIN_PATH (':' between them), $XDG_DATA_HOME/epns/plugins (or
 *   ~/.local/share/epns/plugins), and the folder epns was installed to. Never the current folder. */
#ifndef EPNS_LOADER_H
#define EPNS_LOADER_H
#include "epns_step.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Called for each file or folder tried: plugin is NULL and `refusal` (one line) says why where it was refused, else
 * refusal is NULL. Strings are lent for the call. Return nonzero to stop. */
typedef int (*epns_visit)(void *ctx, const char *path, const epns_plugin *plugin, const char *refusal);

/* Visit everything on the search path, or only `path` where it is not NULL. Returns what stopped it, or 0. */
int epns_visit_plugins(const char *path, epns_visit visit, void *ctx);

/* The first kind called `id` on the search path. NULL with *error (may be NULL) naming what was tried. */
const epns_kind *epns_load_kind(const char *path, const char *id, epns_error *error);

/* The index of the field called `name`, or -1. */
int32_t epns_find_field(const epns_field *fields, uint32_t n, const char *name);

#ifdef __cplusplus
}
#endif
#endif
