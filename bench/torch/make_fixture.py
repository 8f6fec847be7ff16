# SPDX-License-Identifier: MIT
"""Golden data for the C form of the network: make_fixture.py FOLDER writes
local_passes.{weights,io}.safetensors.

A small network with random weights, on lattices with walls and periodic axes: for each pass the
logits of every cell's window, the medium's logits and the normaliser, given the truth of the
earlier passes."""
import sys

import numpy as np
import torch

from local_lattice import PASSES, LocalLattice, Windows, pass_map
from safetensors_io import write


def lattice(rng, height, width, cells, periodic):
    """Noisy discs, the same a little later, types by id; ids leave gaps, absent ones have types."""
    ids = np.sort(rng.choice(np.arange(1, 3 * cells), cells, replace=False))
    types = rng.integers(1, 3, 3 * cells)
    types[0] = 0
    middle = rng.uniform(0, 1, (cells, 2)) * (height, width)
    frames = []
    for later in (0, 1):
        y, x = np.mgrid[:height, :width]
        at = middle + later * rng.normal(0, 1, middle.shape)
        d = np.stack((y, x), -1)[:, :, None] - at
        for axis, extent in ((0, height), (1, width)):
            if periodic[axis]:
                d[..., axis] = (d[..., axis] + extent / 2) % extent - extent / 2
        r = np.hypot(d[..., 0], d[..., 1]) + rng.normal(0, 0.4, d.shape[:3])
        frames.append(np.where(r.min(-1) < 3.2, ids[r.argmin(-1)], 0))
    return frames[0], frames[1], types


def case(net, rng, name, height, width, cells, periodic, grid):
    now, later, types = lattice(rng, height, width, cells, periodic)
    x, y = torch.from_numpy(now)[None], torch.from_numpy(later)[None]
    w = Windows(x, torch.from_numpy(types)[None], net.window, periodic)
    later[~np.isin(later, w.cell.numpy())] = 0  # only a cell that lives can be drawn
    passes = pass_map(height, width, grid[:2], grid[2])
    out = [[], [], []]
    for k in range(PASSES):
        with torch.no_grad():
            for have, value in zip(out, net(w, y, passes[None] < k, torch.tensor([k]))):
                have.append(value.numpy())
    logits, medium, norm = (np.stack(o).astype(np.float32) for o in out)
    i32 = lambda a: np.asarray(a, np.int32)
    return {f"{name}.{key}": value for key, value in dict(
        ids=i32(now), types=i32(types), next=i32(later), periodic=i32(periodic), grid=i32(grid),
        passes=i32(passes),
        cells=i32(w.cell), logits=logits, medium=medium[:, 0], log_normaliser=norm[:, 0]).items()}


if __name__ == "__main__":
    torch.manual_seed(5)
    torch.set_num_threads(1)
    rng = np.random.default_rng(5)
    net = LocalLattice(window=12, width=8, trunk=12)
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(1.6)
    fields = case(net, rng, "walled", 32, 28, 12, (False, False), (1, 2, 5))
    fields.update(case(net, rng, "wrapped", 21, 32, 10, (True, False), (3, 0, 2)))
    fields.update(case(net, rng, "torus", 16, 22, 7, (True, True), (0, 3, 7)))
    write(sys.argv[1] + "/local_passes.io.safetensors", fields, {"format": "epns-local-fixture/1"})
    write(sys.argv[1] + "/local_passes.weights.safetensors",
          {k: v.numpy() for k, v in net.state_dict().items()}, {"format": "epns-local/1"})
