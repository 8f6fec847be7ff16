/* SPDX-License-Identifier: MIT */
/* One network, of whichever form. */
#include "models/epns/lattice-network.h"
#include "plugin/error.h"

gboolean
epns_lattice_network_open (EpnsLatticeNetwork *self, EpnsSource *source, GError **error)
{
  gsize window;

  if (!epns_source_window (source, &window, error))
    return FALSE;
  if (window == 0)
    return epns_published_open (self, source, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
               "%s: window is %" G_GSIZE_FORMAT
               "; this release runs the published network, window=\"0\"",
               source->description->path, window);
  return FALSE;
}

void
epns_lattice_network_clear (EpnsLatticeNetwork *self)
{
  if (self->net != NULL)
    self->form.free (self->net);
  self->net = NULL;
}
