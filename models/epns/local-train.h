/* SPDX-License-Identifier: MIT */
/* The local network as something to train.
 *
 * The loss of a sample: lay the grid at random and take one of the passes k, so that any 12 samples
 * in a row take each once; reveal the truth of earlier passes; the mean over sites of -log p (true
 * owner), where sites of pass k weigh 1, those of later passes `later_weight` (their law, given the
 * same, is learned on the side) and others nothing. A site whose true owner's window does not cover
 * it is left out, here and in the measured likelihood.
 *
 * With the decoder of sites, a sample is about all passes at once: the mean over sites of -log p
 * (true owner | sites of earlier passes), plus `start_weight` times that of the law that knows of
 * no drawn site.
 *
 * With latents z, the loss is an estimate of the bound -ln p (x' | x) <= E [-ln p (x' | x, z)] + KL
 * (q || p), a site, z drawn from q (z | x, x'): (passes times the sum over sites of pass k,
 * weighted as above, + beta KL) / sites, where with later_weight 0 the mean over passes is
 * unbiased. Elements of z whose KL, in the mean over cells, is below free_bits keep their cost and
 * lose its gradient, as published (Minartz et al. 2023). What is measured is the bound itself, with
 * one z a cell, beta 1 and the whole KL. */
#pragma once
#include "models/epns/local-network.h"
#include "models/train/trainable.h"

typedef struct {
  double later_weight; /* 0 to 1; decoder of windows */
  double start_weight; /* 0 to 1; decoder of sites */
  double free_bits;    /* nats an element; not looked at without latents */
} EpnsLocalObjective;

/* What a network is told of the step that made trajectories, [epns_local_n_inputs ()], by its [n]
 * parameters. EPNS_FAILURE_MISMATCH where one is missing; else as epns_local_inputs(). [any] */
gboolean epns_local_train_inputs (const EpnsLocalConfig *config,
                                  const epns_train_parameter *parameters, gsize n, float *inputs,
                                  GError **error);

/* Takes over the network. Free with form->free (net). [any] */
EpnsTrainable epns_local_trainable (EpnsLocalNetwork *network, const EpnsLocalObjective *objective);

/* From now on a worker's losses are of the sample that it had last, with the q of that (what cells
 * expect, local-sites.h) as it was then: gradients do not flow through q, so that differences of the
 * loss, if they are to be those, must not either. Nothing with the decoder of windows. */
void epns_local_trainable_hold (gpointer worker);
