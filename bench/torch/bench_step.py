# SPDX-License-Identifier: MIT
"""Milliseconds of the wall a sample of training in PyTorch: bench_step.py FOLDER, where bench-train FOLDER wrote tissue.npy.

The same network, tissue, batch and loss; one step is forward, backward, clipping, Adam, averaging. Best of some."""
import copy
import sys
import time

import numpy as np
import torch

from line import line
from local_lattice import PASSES, LocalLattice, Windows, pass_map
from local_sites import LocalSites

BATCH, WARM_UP, REPEATS, LATER = 8, 2, 5, 0.15


def loss_of_windows(net, w, y, passes, step):
    k = ((torch.arange(BATCH) + step * BATCH) % PASSES)
    log_p, known = net.log_likelihood(w, y, passes < k[:, None, None], k)
    this, later = passes == k[:, None, None], passes > k[:, None, None]
    weight = (this.float() + LATER * later.float()) * known.float()
    return (-(log_p * weight).sum((1, 2)) / weight.sum((1, 2))).mean()


def loss_of_sites(net, w, y, passes, step):
    return net.loss(w, y, passes).mean()


def seconds(net, loss_of, x, y, table):
    """Of one update, the best of some."""
    average, best = copy.deepcopy(net), float("inf")
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    for step in range(WARM_UP + REPEATS):
        began = time.perf_counter()
        passes = torch.stack([pass_map(*x.shape[1:], (step % 8, b), b) for b in range(BATCH)])
        loss = loss_of(net, Windows(x, table, net.window), y, passes, step)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        adam.step()
        with torch.no_grad():
            for a, p in zip(average.parameters(), net.parameters()):
                a.lerp_(p, 0.01)
        if step >= WARM_UP:
            best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    movie = np.load(sys.argv[1] + "/tissue.npy")
    ids, types = torch.tensor(movie[..., 0]).long(), torch.tensor(movie[..., 1]).long()
    table = torch.zeros(BATCH, int(ids.max()) + 1, dtype=torch.long)
    table[:, ids.reshape(-1)] = types.reshape(-1)
    torch.manual_seed(1)
    forms = (("windows", LocalLattice(), loss_of_windows), ("sites", LocalSites(passes=PASSES), loss_of_sites))
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for name, net, loss_of in forms:
            net = net.to(memory_format=torch.channels_last)
            s = seconds(net, loss_of, ids[:BATCH], ids[1:BATCH + 1], table)
            line("torch-train", f"a sample, {name}", threads, "ms", 1e3 * s / BATCH)
