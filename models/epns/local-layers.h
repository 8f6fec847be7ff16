/* SPDX-License-Identifier: MIT */
/* The layers that the local network consists of: for local-layers.c, which makes them, and
 * local-network.c, which uses them. */
#pragma once
#include "models/epns/local-network.h"

typedef struct {
  EpnsTensor *weight, *bias; /* [out, in, kernel, kernel] or [out, in]; [out] */
} EpnsLocalLayer;

typedef struct {
  EpnsLocalLayer in, down, hidden, out;
} EpnsLocalEncoder;

struct _EpnsLocalNetwork {
  EpnsLocalConfig config;
  EpnsLocalLayer lattice_in, lattice_res, lattice_out, medium_in, medium_out;
  EpnsLocalLayer cell_in, film_in, film_out, fine_res1, down, coarse_res1, mean_in, mean_out,
      coarse_res2, up, fine_res2, logit;
  EpnsLocalLayer volume_in, volume_out;
  EpnsLocalEncoder prior, posterior; /* only with latents */
  EpnsTensor *stay;                  /* [1], added to a cell's logits where it is now */
};
