# SPDX-License-Identifier: MIT
"""The windowed lattice network with the decoder of sites, in PyTorch: decoder="sites".

The windows of x are encoded once; at every site a perceptron of the encoding there, the sites of
earlier passes nearby and the moments of the cell's drawn sites gives the bid. All passes at once:
every site is given the sites of earlier passes. Formulas: models/epns/local-sites.h, local-bids.h.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from local_lattice import BOUND, NEIGHBOURS, VOLUME_SCALE, conv, neighbour, pad

MOMENTS, MOVES, LAST_BOUND = 8, 4, 20.0


def uniform(bound, *shape):
    return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))


class Bidder(nn.Module):
    def __init__(self, n_types, taps, hidden):
        super().__init__()
        self.seen = uniform(0.7 / math.sqrt(taps), n_types, taps, n_types, hidden)
        self.three = uniform(0.3 / math.sqrt(hidden), 1, hidden)


class LocalSites(nn.Module):
    def __init__(self, n_types=3, window=20, width=16, trunk=24, film_hidden=32, hidden=48, reach=5,
                 passes=20, target_volume=23.0):
        super().__init__()
        self.n_types, self.window, self.target = n_types, window, target_volume
        self.hidden, self.reach, self.passes = hidden, reach, passes
        wide, taps = 2 * width, (2 * reach + 1) ** 2
        self.lattice_in = conv(n_types + 6, trunk)
        self.lattice_res, self.lattice_out = conv(trunk, trunk), conv(trunk, width)
        self.medium_in, self.medium_out = conv(trunk, trunk), conv(trunk, hidden + 1, 1)
        self.cell_in = conv(4, width, 5)
        self.film_in, self.film_out = nn.Linear(n_types, film_hidden), nn.Linear(film_hidden, wide)
        self.fine_res1, self.down = conv(width, width), conv(width, wide, 3, 2)
        self.coarse_res1, self.coarse_res2 = conv(wide, wide), conv(wide, wide)
        self.mean_in, self.mean_out = nn.Linear(wide, wide), nn.Linear(wide, wide)
        self.up, self.fine_res2 = conv(wide, width, 1), conv(width, width)
        self.logit = conv(width, hidden + 1, 1)
        self.cell_site, self.medium_site = Bidder(n_types, taps, hidden), Bidder(n_types, taps, hidden)
        self.cell_site.own = uniform(1 / math.sqrt(taps), taps, hidden)
        self.cell_site.move = uniform(1 / math.sqrt(hidden), MOVES, hidden)
        self.cell_site_whole = nn.Linear(n_types - 1 + passes + MOMENTS, hidden)
        self.cell_site_two = nn.Linear(hidden, hidden)
        self.medium_site_whole = nn.Linear(passes, hidden)
        self.medium_site_two = nn.Linear(hidden, hidden)
        self.stay = nn.Parameter(torch.ones(1))

    def encode(self, w):
        """What places (N, hidden + 1, window, window) and sites (B, hidden + 1, H, W) begin with,
        and where cells are now."""
        def run(layer, a):  # zeros beyond a wall, wrapped along a periodic axis
            return F.conv2d(pad(a, layer.kernel_size[0] // 2, w.periodic, 0.0), layer.weight,
                            layer.bias)
        one_hot = F.one_hot(w.type_of[w.gid], self.n_types).permute(0, 3, 1, 2).float()
        same = [(neighbour(w.gid, dy, dx, w.periodic, -2) == w.gid)[:, None].float()
                for dy, dx in NEIGHBOURS]
        volume = (w.volume_of[w.gid].float() - self.target) / VOLUME_SCALE * (w.gid % w.n != 0)
        ones = torch.ones_like(volume)
        h = F.relu(run(self.lattice_in, torch.cat([one_hot] + same + [volume[:, None], ones[:, None]], 1)))
        h = F.relu(h + run(self.lattice_res, h))
        medium = self.medium_out(F.relu(run(self.medium_in, h)))

        own = (w.gather(w.gid, -1) == w.cell[:, None, None]).float()
        x = F.relu(self.cell_in(torch.cat((own[:, None], w.place), 1))
                   + w.gather_features(run(self.lattice_out, h)))
        film = torch.cat((F.one_hot(w.type - 1, self.n_types - 1).float(),
                          (w.volume[:, None] - self.target) / VOLUME_SCALE), 1)
        scale, offset = self.film_out(F.relu(self.film_in(film)))[:, :, None, None].chunk(2, 1)
        x = x * (1 + scale) + offset
        x = F.relu(x + self.fine_res1(x))
        c = F.relu(self.down(x))
        c = F.relu(c + self.coarse_res1(c))
        c = c + self.mean_out(F.relu(self.mean_in(c.mean((2, 3)))))[:, :, None, None]
        c = F.relu(c + self.coarse_res2(c))
        x = x + F.interpolate(self.up(c), scale_factor=2, mode="nearest")
        x = F.relu(x + self.fine_res2(x))
        return self.logit(x), medium, own

    def around(self, a, periodic, fill):
        """(B, H, W) -> (B H W, taps): what lies around every site."""
        side = 2 * self.reach + 1
        return pad(a, self.reach, periodic, fill).unfold(1, side, 1).unfold(2, side, 1).reshape(-1, side ** 2)

    def whole_cells(self, w, mine, expected, passes):
        """Of cells before each pass: what their bidders know (N, passes, ...), and what makes
        moves: u, m, g, c (N, passes, 6)."""
        of_pass = F.one_hot(w.gather(passes), self.passes).double()
        of_pass = of_pass * (w.site < w.gid.numel())[..., None]
        sums = []
        for weight in (torch.ones_like(mine), w.place[:, 0], w.place[:, 1]):
            for a in (mine, expected):
                by_pass = torch.einsum("nyx,nyxp->np", (a * weight).double(), of_pass)
                sums.append(by_pass.cumsum(1) - by_pass)
        n, e, ny, ey, nx, ex = sums
        total = torch.einsum("nyx,nyxp->n", expected.double(), of_pass)[:, None]
        u = (n + total - e - self.target) / 3
        my, mx = 4 * (ny - ey) / self.target, 4 * (nx - ex) / self.target
        volume = ((w.volume - self.target) / VOLUME_SCALE)[:, None].expand_as(u)
        known = (u, u * u, volume, n / self.target, (e - n) / 3, my * my + mx * mx, my, mx)
        types = F.one_hot(w.type - 1, self.n_types - 1)[:, None].expand(-1, self.passes, -1)
        known = torch.cat((types, torch.eye(self.passes).expand(len(u), -1, -1),
                           torch.stack(known, 2)), 2).float()
        g = self.window / 2 / math.sqrt(self.target / math.pi) * (n > 0)
        some = n.clamp(min=1)
        return known, torch.stack((u, my, mx, g, ny / some, nx / some), 2).float()

    def forward(self, w, target, passes):
        """target, passes (B, H, W). Log-probability of every site's owner, the same of the law that
        knows of no drawn site (both B, H, W), and whether it is among the candidates at all."""
        sites, hidden = target.numel(), self.hidden
        squash = lambda a, bound: bound * torch.tanh(a / bound)
        last_layers = lambda two, three, h: F.relu(two(F.relu(h))) @ three[0]
        cells, medium, own_now = self.encode(w)
        start = squash(cells[:, -1] + self.stay * own_now, BOUND)
        medium_start = squash(medium[:, -1], BOUND)
        norm = torch.log(torch.exp(medium_start) + w.scatter_sum(torch.exp(start)))
        gid = target + w.n * torch.arange(len(target))[:, None, None]
        mine = (w.gather(gid, -1) == w.cell[:, None, None]).float()
        start_log_p = w.scatter_sum(start * mine) + medium_start * (target == 0) - norm
        expected = torch.exp(start - w.gather(norm, math.inf)).detach()
        known, lean = self.whole_cells(w, mine, expected, passes)
        whole, lean = self.cell_site_whole(known).view(-1, hidden), lean.view(-1, 6)

        # What sites see: owners' types one-hot, and owners.
        seen = self.around(passes, w.periodic, 10 ** 6) < passes.reshape(-1, 1)
        kind = F.one_hot(self.around(w.type_of[gid], w.periodic, 0), self.n_types) * seen[..., None]
        kind = kind.permute(0, 2, 1).reshape(sites, -1).float()
        view = lambda bidder: (kind @ bidder.seen.reshape(kind.shape[1], -1)).view(sites, self.n_types, hidden)
        owner = torch.where(seen, self.around(gid, w.periodic, -5), -7)

        # The places' bids, the medium's, and what follows from them.
        flat, pass_of = w.site.reshape(-1), passes.reshape(-1)
        place = (flat < sites).nonzero()[:, 0]
        site, cell = flat[place], place // self.window ** 2
        row = cell * self.passes + pass_of[site]
        dy, dx, d2 = w.place.permute(0, 2, 3, 1).reshape(-1, 3)[place].T
        u, my, mx, g, cy, cx = lean[row].T
        r, some = g * torch.hypot(dy - cy, dx - cx), (g > 0).float()
        moves = torch.stack((my * dy + mx * dx, u * d2, some * torch.exp(-r * r / 8),
                             some * r.clamp(max=8) / 4), 1)
        h = (cells[:, :-1].permute(0, 2, 3, 1).reshape(-1, hidden)[place] + whole[row]
             + view(self.cell_site)[site, w.type[cell]] + moves @ self.cell_site.move
             + (owner[site] == w.cell[cell][:, None]).float() @ self.cell_site.own)
        bid = squash(start.reshape(-1)[place]
                     + last_layers(self.cell_site_two, self.cell_site.three, h), LAST_BOUND)
        h = (medium[:, :-1].permute(0, 2, 3, 1).reshape(sites, hidden) + view(self.medium_site)[:, 0]
             + self.medium_site_whole(F.one_hot(pass_of, self.passes).float()))
        medium_bid = squash(medium_start.reshape(-1)
                            + last_layers(self.medium_site_two, self.medium_site.three, h), LAST_BOUND)
        norm = torch.log(torch.exp(medium_bid).index_add(0, site, torch.exp(bid)))
        chosen = torch.zeros(sites).index_add(0, site, bid * mine.reshape(-1)[place])
        chosen = chosen + medium_bid * (target.reshape(-1) == 0)
        candidate = (w.scatter_sum(mine) > 0) | (target == 0)
        return (chosen - norm).view(target.shape), start_log_p, candidate

    def loss(self, w, target, passes, start_weight=0.1):
        """(B): of each lattice, as it is trained."""
        log_p, start_log_p, candidate = self(w, target, passes)
        return -((log_p + start_weight * start_log_p) * candidate).mean((1, 2))
