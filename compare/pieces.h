/* SPDX-License-Identifier: MIT */
/* Union and find: pieces of what hangs together, each known by its least member, its root. */
#pragma once
#include <glib.h>

/* parent: at first parent[i] = i for all i. */
static inline guint32
epns_piece_root (guint32 *parent, guint32 i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

static inline void
epns_pieces_unite (guint32 *parent, guint32 a, guint32 b)
{
  a = epns_piece_root (parent, a);
  b = epns_piece_root (parent, b);
  if (a < b)
    parent[b] = a;
  else
    parent[a] = b;
}
