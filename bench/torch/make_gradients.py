# SPDX-License-Identifier: MIT
"""Golden gradients: make_gradients.py FOLDER reads local_passes.{weights,io}.safetensors there and writes
local_passes.grads.safetensors: the training loss of lattice `wrapped` and its gradient by every weight. With the decoder of
sites, the same on the same lattice: local_sites.{weights,grads}.safetensors.

Grid and pass are those that the C form draws for seed 3, stream 1, sample 0 (tests/test-local-train.c)."""
import sys

import torch

from local_lattice import LocalLattice, Windows, pass_map
from local_sites import LocalSites
from safetensors_io import read, write

GRID, PASS, LATER = (7, 0, 2), 7, 0.15


def write_gradients(path, net, loss):
    loss.backward()
    fields = {name: p.grad.numpy() for name, p in net.named_parameters()}
    fields["loss"] = loss.detach().numpy().reshape(1)
    write(path, fields, {"format": "epns-local-fixture/1"})


if __name__ == "__main__":
    torch.set_num_threads(1)
    weights, io = read(sys.argv[1] + "/local_passes.weights.safetensors"), read(sys.argv[1] + "/local_passes.io.safetensors")
    net = LocalLattice(window=12, width=8, trunk=12)
    net.load_state_dict({name: torch.tensor(a) for name, a in weights.items()})
    get = lambda name: torch.tensor(io["wrapped." + name]).long()
    periodic = [bool(p) for p in io["wrapped.periodic"]]
    w = Windows(get("ids")[None], get("types")[None], net.window, periodic)
    passes = pass_map(*get("ids").shape, GRID[:2], GRID[2])[None]
    log_p, known = net.log_likelihood(w, get("next")[None], passes < PASS, torch.tensor([PASS]))
    weight = ((passes == PASS).float() + LATER * (passes > PASS).float()) * known.float()
    write_gradients(sys.argv[1] + "/local_passes.grads.safetensors", net, -(log_p * weight).sum() / weight.sum())

    torch.manual_seed(6)
    sites = LocalSites(window=12, width=8, trunk=12, film_hidden=8, hidden=16, reach=3, passes=12)
    with torch.no_grad():
        for p in sites.parameters():
            p.mul_(1.6)
    write(sys.argv[1] + "/local_sites.weights.safetensors", {k: v.numpy() for k, v in sites.state_dict().items()},
          {"format": "epns-local/1"})
    write_gradients(sys.argv[1] + "/local_sites.grads.safetensors", sites, sites.loss(w, get("next")[None], passes)[0])
