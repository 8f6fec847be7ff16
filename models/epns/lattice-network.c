/* SPDX-License-Identifier: MIT */
/* One network, of whichever form. */
#include "models/epns/lattice-network.h"

gboolean
epns_lattice_network_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error)
{
  gsize window;

  if (!epns_source_window (source, &window, error))
    return FALSE;
  return (window > 0 ? epns_windowed_open : epns_published_open) (self, source, error);
}

void
epns_lattice_network_clear (EpnsLatticeNetwork *self)
{
  if (self->net != NULL)
    self->form.free (self->net);
  self->net = NULL;
}
