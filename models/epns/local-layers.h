/* SPDX-License-Identifier: MIT */
/* The layers that the local network consists of: for local-layers.c, which makes them, and those
 * who use them. */
#pragma once
#include "models/epns/local-network.h"

typedef struct {
  EpnsTensor *weight, *bias; /* [out, in, kernel, kernel] or [out, in]; [out] */
} EpnsLocalLayer;

typedef struct {
  EpnsLocalLayer in, down, hidden, out;
} EpnsLocalEncoder;

/* What bids at a single site, of a cell or of the medium: local-bids.h. H = hidden. */
typedef struct {
  EpnsTensor *seen; /* [T, K, T, H], by owner's type, place around the site, and viewer's type */
  EpnsTensor *own;  /* [K, H]; cells only */
  EpnsTensor *move; /* [EPNS_LOCAL_MOVES, H]; cells only */
  EpnsLocalLayer whole, two; /* [H, what is known of a whole cell]; [H, H] */
  EpnsTensor *three;         /* [H] */
} EpnsLocalBidder;

struct _EpnsLocalNetwork {
  EpnsLocalConfig config;
  EpnsLocalLayer lattice_in, lattice_res, lattice_out, medium_in, medium_out;
  EpnsLocalLayer cell_in, film_in, film_out, fine_res1, down, coarse_res1, mean_in, mean_out,
      coarse_res2, up, fine_res2, logit;
  EpnsLocalLayer volume_in, volume_out;   /* only with the decoder of windows */
  EpnsLocalBidder cell_site, medium_site; /* only with the decoder of sites */
  EpnsLocalEncoder prior, posterior;      /* only with latents */
  EpnsTensor *stay;                       /* [1], added to a cell's logits where it is now */
};
