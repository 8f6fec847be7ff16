/* SPDX-License-Identifier: MIT */
/* The local network's decoder of sites.
 *
 * The windows of x are encoded once, by the same convolutions that the decoder of windows runs in
 * every pass: H numbers a and a start l for each place, and for the medium at each site. From the
 * starts alone follows a law q of every site that knows nothing of what is drawn. Before pass k, of
 * a whole cell: sites drawn for it n, what q expected of them e, and of all its sites E, and the
 * same sums of the places d of those sites (halves of a window from its centre), n_d and e_d. Then
 * u = (n + E - e - target) / 3 says how large it will be and m = 4 (n_d - e_d) / target where it is
 * going; these and the pass are its `whole`. Where n > 0 its drawn sites lie around c = n_d / n; g is
 * 1 / the radius of a disc of the target volume. local-bids.h says what is bid. Gradients do not
 * flow through q into u and m. */
#pragma once
#include "models/epns/local-layers.h"

typedef struct {
  EpnsTensor *cells, *medium; /* a: [n_cells window^2, H + 1] or NULL; [height width, H + 1] */
  EpnsTensor *start,
      *medium_start;          /* l, bounded: [n_cells, window, window] or NULL, [height, width] */
  EpnsTensor *log_normaliser; /* of q, [height, width] */
  EpnsTensor *expected;       /* q of each place, [n_cells, window, window], or NULL */
} EpnsLocalEncoding;

/* Of pass->windows, with pass->latent. What it held is let go. [run] of ctx. */
void epns_local_encode (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
                        EpnsLocalEncoding *encoding);
void epns_local_encoding_clear (EpnsLocalEncoding *encoding);

/* As epns_local_network_evaluate(), at the sites of passes pass->pass to pass->end - 1, each given
 * the sites of pass->drawn of passes before its own; log_normaliser stays NULL. */
void epns_local_sites_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx,
                                const EpnsLocalEncoding *encoding, EpnsLocalPass *pass);
