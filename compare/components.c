/* SPDX-License-Identifier: MIT */
/* Union and find over the bonds of a lattice. */
#include "compare/components.h"

#include "compare/bonds.h"
#include "compare/pieces.h"

#include <string.h>

void
epns_components (const gint32 size[3], const gint32 periodic[3], const gint32 *key, gsize n_keys,
                 guint32 *scratch, guint32 *count, guint32 *largest)
{
  gsize sites = (gsize) size[0] * (gsize) size[1] * (gsize) size[2];
  guint32 *parent = scratch, *members = scratch + sites;

  g_return_if_fail (sites <= G_MAXUINT32);
  for (gsize s = 0; s < sites; s++)
    parent[s] = (guint32) s;
  EPNS_FOR_BONDS (size, periodic, a, b, {
    if (key[a] == key[b] && key[a] > 0)
      epns_pieces_unite (parent, (guint32) a, (guint32) b);
  })

  memset (members, 0, sites * sizeof *members);
  memset (count, 0, n_keys * sizeof *count);
  memset (largest, 0, n_keys * sizeof *largest);
  for (gsize s = 0; s < sites; s++) {
    if (key[s] <= 0)
      continue;
    guint32 root = epns_piece_root (parent, (guint32) s), n = ++members[root];
    count[key[s]] += root == s;
    largest[key[s]] = MAX (largest[key[s]], n);
  }
}
