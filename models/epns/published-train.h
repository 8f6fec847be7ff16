/* SPDX-License-Identifier: MIT */
/* The published lattice network as something to train: the objective of lattice-objective.h, a
 * sample at a time.
 *
 * Slots are those of the cells in a sample's first state, so C counts living cells and the medium.
 * The published code makes a batch one call, with C the largest id of the batch, and compares free
 * bits with the mean over the batch; here both are of one sample.
 *
 * The measured likelihood is a bound: for one z of the posterior, -ln P_id of every site, clipped as
 * in the loss, and the KL divergence of all cells' latents, not divided by C. In nats; types, which
 * follow from ids, add nothing. */
#pragma once
#include "models/epns/lattice.h"
#include "models/train/trainable.h"

/* Takes over the network, which is trainable. Free with form->free (net). [any] */
EpnsTrainable epns_published_trainable (EpnsLattice *network);
