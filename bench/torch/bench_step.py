# SPDX-License-Identifier: MIT
"""Samples per second of training in PyTorch: bench_step.py FOLDER, where bench-train FOLDER wrote tissue.npy.

The same network, tissue, batch and loss; one step is forward, backward, clipping, Adam, averaging. Best of some."""
import copy
import sys
import time

import numpy as np
import torch

from local_lattice import PASSES, LocalLattice, Windows, pass_map

BATCH, WARM_UP, REPEATS, LATER = 8, 2, 5, 0.15

if __name__ == "__main__":
    movie = np.load(sys.argv[1] + "/tissue.npy")
    ids, types = torch.tensor(movie[..., 0]).long(), torch.tensor(movie[..., 1]).long()
    table = torch.zeros(BATCH, int(ids.max()) + 1, dtype=torch.long)
    table[:, ids.reshape(-1)] = types.reshape(-1)
    x, y = ids[:BATCH], ids[1:BATCH + 1]
    print(f"{'threads':>8} {'samples/s':>12} {'ms/sample':>12}")
    for threads in (1, 2):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        net = LocalLattice().to(memory_format=torch.channels_last)
        average = copy.deepcopy(net)
        adam = torch.optim.Adam(net.parameters(), lr=1e-3)
        best = float("inf")
        for step in range(WARM_UP + REPEATS):
            began = time.perf_counter()
            k = (torch.arange(BATCH) + step * BATCH) % PASSES
            passes = torch.stack([pass_map(*x.shape[1:], (step % 8, b), b) for b in range(BATCH)])
            log_p, known = net.log_likelihood(Windows(x, table, net.window), y, passes < k[:, None, None], k)
            weight = ((passes == k[:, None, None]).float() + LATER * (passes > k[:, None, None]).float()) * known.float()
            loss = (-(log_p * weight).sum((1, 2)) / weight.sum((1, 2))).mean()
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            adam.step()
            with torch.no_grad():
                for a, p in zip(average.parameters(), net.parameters()):
                    a.lerp_(p, 0.01)
            if step >= WARM_UP:
                best = min(best, time.perf_counter() - began)
        print(f"{threads:>8} {BATCH / best:>12.1f} {1e3 * best / BATCH:>12.2f}", flush=True)
