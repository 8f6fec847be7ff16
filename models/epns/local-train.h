/* SPDX-License-Identifier: MIT */
/* The local network as something to train.
 *
 * The loss of a sample: lay the grid at random and take one of the passes k, so that any 12 samples
 * in a row take each once; reveal the truth of earlier passes; the mean over sites of -log p (true
 * owner), where sites of pass k weigh 1, those of later passes `later_weight` (their law, given the
 * same, is learned on the side) and others nothing. A site whose true owner's window does not cover
 * it is left out, here and in the measured likelihood. */
#pragma once
#include "models/epns/local-network.h"
#include "models/train/trainable.h"

/* Takes over the network; later_weight in 0..1. Free with form->free (net). [any] */
EpnsTrainable epns_local_trainable (EpnsLocalNetwork *network, double later_weight);
