# SPDX-License-Identifier: MIT
"""Trains the local lattice network on native trajectories (models/trained/cellsort-demo).

    epns run scenario.xml --members 200 --every 50 -o a.npy   # (member, time, y, x, [id, type])
    train_local.py --minutes 60 --out model a.npy b.npy:0.5 --validate v.npy

One learned step leads from a frame to the next. After a path, :w is the weight with which its
trajectories are drawn. Writes model.pt (to continue from, --resume) and model.safetensors (averaged
weights, what the plugin reads) every few minutes, so that a usable model always exists. Loss: for a
random pass, reveal the truth of the earlier passes; cross-entropy of the sites of this pass, and,
with a weight that falls from 0.15 to 0.03, of the later ones. Several workers update shared weights
without locks (Niu et al., Hogwild!, NIPS 2011), each with one thread and its own Adam; that suits a
shared machine better than threads that wait for each other.
"""
import argparse
import copy
import os
import time

import numpy as np
import torch
import torch.multiprocessing as mp

from local_lattice import PASSES, LocalLattice, Windows, pass_map
from safetensors_io import write

EMA, EARLY_FRAMES, EARLY_WEIGHT = 0.998, 6, 3.0


class Trajectories:
    """Pairs of successive frames; the first ones, where most happens, are drawn more often."""

    def __init__(self, names):
        parts = [name.rpartition(":") if ":" in name else (name, "", "1") for name in names]
        self.arrays = [np.load(path, mmap_mode="r") for path, _, _ in parts]
        weight = np.array([float(w) for _, _, w in parts])
        self.weight = weight / weight.sum()
        pairs = min(a.shape[1] for a in self.arrays) - 1
        self.when = np.where(np.arange(pairs) < EARLY_FRAMES, EARLY_WEIGHT, 1.0)
        self.when /= self.when.sum()

    def draw(self, rng, n):
        """(n, 2, H, W, [id, type]), turned by one random symmetry of the square."""
        pairs = []
        for _ in range(n):
            a = self.arrays[rng.choice(len(self.arrays), p=self.weight)]
            t = rng.choice(len(self.when), p=self.when)
            pairs.append(a[rng.integers(len(a)), t:t + 2])
        f, turn = np.stack(pairs), rng.integers(8)
        f = f.swapaxes(2, 3) if turn & 1 else f
        f = f[:, :, ::-1] if turn & 2 else f
        return f[:, :, :, ::-1] if turn & 4 else f


def tensors(f):
    """Ids now and later (n, H, W), types by id (n, ids)."""
    ids, types = (torch.from_numpy(np.ascontiguousarray(f[..., i])).long() for i in (0, 1))
    table = torch.zeros(len(f), int(ids.max()) + 1, dtype=torch.long)
    for b in range(len(f)):
        for t in (1, 0):
            table[b].scatter_(0, ids[b, t].reshape(-1), types[b, t].reshape(-1))
    return ids[:, 0], ids[:, 1], table


def losses(net, f, rng, k, later_weight):
    """Loss of each pair, and the nats of the sites of its pass k; number of cells."""
    now, later, types = tensors(f)
    h, w = now.shape[1:]
    passes = torch.stack([pass_map(h, w, rng.integers(8, size=2).tolist(), int(rng.integers(8)))
                          for _ in range(len(f))])
    at = k[:, None, None]
    windows = Windows(now, types, net.window)
    log_p, known = net.log_likelihood(windows, later, passes < at, k)
    this = (passes == at).float() * known
    weight = this + later_weight * (passes > at).float() * known
    loss = -(log_p * weight).sum((1, 2)) / weight.sum((1, 2))
    return loss, -(log_p * this).sum((1, 2)), len(windows.cell)


@torch.no_grad()
def validate(net, data, pairs=24, batch=8):
    """Held-out nats per cell and step, of each pass; the same pairs and grids every time."""
    total, cells = np.zeros(PASSES), 0
    for chunk in range(pairs // batch):
        for k in range(PASSES):
            rng = np.random.default_rng([7, chunk])
            _, nats, n = losses(net, data.draw(rng, batch), rng, torch.full((batch,), k), 0.0)
            total[k] += float(nats.sum())
        cells += n
    return total / cells


def save(out, net, ema, optimiser, iteration, minutes):
    state = dict(net=net.state_dict(), ema=ema.state_dict(), opt=optimiser.state_dict(),
                 it=iteration, minutes=minutes)
    torch.save(state, out + ".pt.tmp")
    os.replace(out + ".pt.tmp", out + ".pt")
    write(out + ".safetensors.tmp", {k: v.numpy() for k, v in ema.state_dict().items()},
          {"format": "epns-local/1"})
    os.replace(out + ".safetensors.tmp", out + ".safetensors")


def work(rank, args, net, ema, optimiser_state, start, before):
    torch.set_num_threads(1)
    rng = np.random.default_rng([args.seed, start, rank])
    data, held_out = Trajectories(args.data), Trajectories(args.validate)
    optimiser = torch.optim.Adam(net.parameters(), lr=args.rate, betas=(0.9, 0.98))
    if optimiser_state:
        optimiser.load_state_dict(copy.deepcopy(optimiser_state))
    begin = saved = time.time()
    iteration, queue = start, []
    while True:
        minutes = (time.time() - begin) / 60 + before
        progress = minutes / args.minutes
        if progress >= 1:
            break
        warm = min(1, (iteration - start + 1) / 100)
        for group in optimiser.param_groups:
            group["lr"] = args.rate * warm * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * progress)))
        if len(queue) < args.batch:  # every pass equally often
            queue = np.concatenate([rng.permutation(PASSES) for _ in range(args.batch)]).tolist()
        k, queue = torch.tensor(queue[:args.batch]), queue[args.batch:]
        loss = losses(net, data.draw(rng, args.batch), rng, k, 0.15 - 0.12 * progress)[0].mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        iteration += 1
        if rank > 0:
            continue
        with torch.no_grad():
            for a, b in zip(ema.parameters(), net.parameters()):
                a.lerp_(b, 1 - min(EMA, (1 + iteration) / (10 + iteration)))
        if time.time() - saved > args.every:
            saved = time.time()
            nats = validate(ema, held_out)
            print(f"{iteration} iterations, {minutes:.1f} min: {nats.sum():.3f} nats a cell",
                  nats.round(3), flush=True)
            save(args.out, net, ema, optimiser, iteration, minutes)
    if rank == 0:
        print("end:", validate(ema, held_out, 80).sum().round(3), "nats a cell", flush=True)
        save(args.out, net, ema, optimiser, iteration, minutes)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("data", nargs="+", help=".npy, with :weight if wanted")
    p.add_argument("--validate", nargs="+", required=True, help=".npy never trained on")
    p.add_argument("--out", default="model")
    p.add_argument("--resume", help=".pt")
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--rate", type=float, default=3e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--every", type=float, default=240, help="seconds between validations")
    p.add_argument("--types", type=int, default=3, help="cell types, medium included")
    p.add_argument("--window", type=int, default=16)
    p.add_argument("--target-volume", type=float, default=23.0)
    args = p.parse_args()

    torch.manual_seed(args.seed)
    net = LocalLattice(args.types, args.window, target_volume=args.target_volume)
    net = net.to(memory_format=torch.channels_last)
    state = dict(net=net.state_dict(), ema=net.state_dict(), opt=None, it=0, minutes=0)
    if args.resume:
        state = torch.load(args.resume)
    ema = copy.deepcopy(net)
    net.load_state_dict(state["net"])
    ema.load_state_dict(state["ema"])
    net.share_memory()
    resume = (state["opt"], state["it"], state["minutes"])
    workers = [mp.Process(target=work, args=(r, args, net, ema, *resume))
               for r in range(args.workers)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


if __name__ == "__main__":
    main()
