# SPDX-License-Identifier: MIT
"""Seconds of one step or one update of the published lattice network in PyTorch: bench_lattice.py step|update THREADS.
bench_lattice.py check WEIGHTS IO compares the twin with stored tensors of the published code instead."""
import json
import sys
import time

import numpy as np
import torch

from line import line, peak
from published_lattice import PublishedLattice

SIDE, CELLS, EDGE, ROW = 100, 64, 10, 8  # as bench-lattice.c
PUBLISHED = dict(emb_dim=32, kernel_size=9, decoder_kernel_size=11, num_latent_dim=64, num_cell_types=5, edge_emb_dim=32,
                 edge_network_downsampling_factor=2, num_edge_network_layers=3, num_node_network_layers=4,
                 num_prior_and_encoder_layers=4, unet_kernel_size=5)


def tissue(shift):
    slot, kind = torch.zeros(SIDE, SIDE, dtype=torch.long), torch.zeros(SIDE, SIDE, dtype=torch.long)
    for cell in range(CELLS):
        y, x = (cell // ROW + 1) * EDGE, (cell % ROW + 1) * EDGE + shift
        slot[y:y + EDGE, x:x + EDGE], kind[y:y + EDGE, x:x + EDGE] = cell + 1, 1 + cell % 4
    one_hot = torch.nn.functional.one_hot(kind, PUBLISHED["num_cell_types"]).permute(2, 0, 1)
    masks = slot == torch.arange(1 + CELLS)[:, None, None]
    return torch.cat([masks[:, None], one_hot.expand(1 + CELLS, -1, -1, -1)], 1).float(), slot[None]


def step(net, adam):
    nodes, _ = tissue(0)
    with torch.no_grad():
        e, h, (mu, _) = net.encode(nodes, 1)
        return net.decode(e, h, mu, 1).argmax(1)


def update(net, adam):
    (nodes, _), (true_nodes, slot) = tissue(0), tissue(1)
    adam.zero_grad()
    net.loss(nodes, true_nodes, slot, 1).backward()
    adam.step()


def stored(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header, data = json.loads(file.read(length)), file.read()
    types = {"F32": "<f4", "I32": "<i4", "U8": "u1"}
    tensor = lambda t: np.frombuffer(data[slice(*t["data_offsets"])], types[t["dtype"]]).reshape(t["shape"]).astype("f4")
    return {k: torch.tensor(tensor(t)) for k, t in header.items() if k != "__metadata__"}, header["__metadata__"]


def check(weights, io):
    (weights, about), (want, _) = stored(weights), stored(io)
    net, lattices = PublishedLattice(json.loads(about["config"])), len(want["x"])
    net.load_state_dict(weights)
    with torch.no_grad():
        e, h, (mu, sigma) = net.encode(want["node_input"], lattices)
        got = {"enc": e, "h": h, "prior.mu": mu, "prior.sigma": sigma, "infer_mean.logits": net.decode(e, h, mu, lattices)}
    worst = max((got[k] - want[k]).abs().max().item() / max(1, want[k].abs().max().item()) for k in got)
    print(f"largest error {worst:.1e} of the larger of 1 and the largest value")
    return worst < 2e-5


if __name__ == "__main__":
    if sys.argv[1] == "check":
        sys.exit(not check(*sys.argv[2:]))
    threads = int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = PublishedLattice(PUBLISHED)
    adam = torch.optim.Adam(net.parameters(), lr=1e-4)
    wall, processor = time.perf_counter(), time.process_time()
    {"step": step, "update": update}[sys.argv[1]](net, adam)
    line("torch-lattice", sys.argv[1], threads, "s", time.perf_counter() - wall)
    line("torch-lattice", sys.argv[1] + ", processor", threads, "s", time.process_time() - processor)
    peak("torch-lattice", sys.argv[1] + ", memory", threads)
