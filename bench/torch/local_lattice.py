# SPDX-License-Identifier: MIT
"""The windowed lattice network that draws in passes, in PyTorch: kind epns-lattice with
output="passes" and latent="none".

A lattice of cell ids x is followed by x', one learned step later. The sites are split into groups
on an 8 x 8 grid that is shifted and turned at random; pass k gives every site not yet drawn a
categorical law over {medium} + {cells whose window x window sites cover it}, given x and the sites
of x' drawn in passes < k. What a site or a cell sees is relational (own mask, type, "same owner as
my neighbour"), so the law does not depend on how the cells are numbered.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

# Pass of each site of the 8 x 8 grid: four times 1/32 of the sites, two of 1/16, six of 1/8.
PASS_OF_SITE = torch.tensor([[0, 8, 4, 10, 1, 8, 4, 10],
                             [11, 6, 9, 7, 11, 6, 9, 7],
                             [5, 10, 2, 8, 5, 10, 3, 8],
                             [9, 7, 11, 6, 9, 7, 11, 6],
                             [1, 8, 4, 10, 0, 8, 4, 10],
                             [11, 6, 9, 7, 11, 6, 9, 7],
                             [5, 10, 3, 8, 5, 10, 2, 8],
                             [9, 7, 11, 6, 9, 7, 11, 6]])
PASSES = 12
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # east, south, south-east, south-west, as (dy, dx)
VOLUME_SCALE, EXPECTED_SCALE, BOUND, CLAMP = 5.0, 3.0, 14.0, 30.0


def pass_map(height, width, shift=(0, 0), turn=0):
    """(height, width): the pass of every site. Bits of turn: 0 transposes, 1 and 2 flip y and x."""
    y = torch.arange(height)[:, None] + shift[0]
    x = torch.arange(width)[None, :] + shift[1]
    y, x = torch.broadcast_tensors((-y if turn & 2 else y) % 8, (-x if turn & 4 else x) % 8)
    return PASS_OF_SITE[x, y] if turn & 1 else PASS_OF_SITE[y, x]


def pad(a, by, periodic, fill):
    """a (..., H, W), `by` more sites on every side: wrapped along a periodic axis, else `fill`."""
    for axis, wrap in ((-2, periodic[0]), (-1, periodic[1])):
        if wrap:
            n = a.shape[axis]
            a = a.index_select(axis, torch.arange(-by, n + by) % n)
        else:
            a = F.pad(a, (by, by) if axis == -1 else (0, 0, by, by), value=fill)
    return a


def neighbour(a, dy, dx, periodic, fill):
    """a shifted so that [.., y, x] holds the value at (y + dy, x + dx)."""
    h, w = a.shape[-2:]
    return pad(a, 1, periodic, fill)[..., 1 + dy:1 + dy + h, 1 + dx:1 + dx + w]


class Windows:
    """The living cells of a batch of lattices, N in all, and the sites of their windows.

    ids (B, H, W) int64, 0 = medium; types (B, n) int64 by id. Site B*H*W of the flat
    list of sites stands for all that lie beyond a wall."""

    def __init__(self, ids, types, window, periodic=(False, False)):
        batch, height, width = ids.shape
        self.shape, self.periodic, self.n = ids.shape, periodic, types.shape[1]
        self.gid = ids + self.n * torch.arange(batch)[:, None, None]      # unique in the batch
        flat, total = self.gid.view(-1), batch * self.n
        self.volume_of = torch.bincount(flat, minlength=total)
        alive = self.volume_of > 0
        alive[torch.arange(batch) * self.n] = False
        self.cell = alive.nonzero()[:, 0]                                 # (N) gid
        self.volume = self.volume_of[self.cell].float()
        self.type_of = types.reshape(-1)
        self.type = self.type_of[self.cell]
        y = torch.arange(height).view(1, -1, 1).expand_as(ids).reshape(-1)
        x = torch.arange(width).view(1, 1, -1).expand_as(ids).reshape(-1)
        com_y, y0 = self.middle(flat, total, y, height, periodic[0], window)
        com_x, x0 = self.middle(flat, total, x, width, periodic[1], window)
        k = torch.arange(window)
        wy, wx = y0[:, None] + k, x0[:, None] + k                         # (N, window)
        iny = torch.ones_like(wy, dtype=torch.bool) if periodic[0] else (wy >= 0) & (wy < height)
        inx = torch.ones_like(wx, dtype=torch.bool) if periodic[1] else (wx >= 0) & (wx < width)
        row = (self.cell // self.n)[:, None] * height + wy % height
        site = row[:, :, None] * width + (wx % width)[:, None, :]
        outside = torch.full_like(site, batch * height * width)
        self.site = torch.where(iny[:, :, None] & inx[:, None, :], site, outside)
        dy = ((wy - com_y[:, None]) / (window / 2)).float()[:, :, None].expand(-1, -1, window)
        dx = ((wx - com_x[:, None]) / (window / 2)).float()[:, None, :].expand(-1, window, -1)
        self.place = torch.stack((dy, dx, dy * dy + dx * dx), 1)          # (N, 3, window, window)

    def middle(self, flat, total, at, extent, periodic, window):
        """Centre of mass along one axis, unwrapped from the cell's first site; window's start."""
        anchor = torch.zeros(total, dtype=torch.long)
        if periodic:
            anchor[flat.flip(0)] = at.flip(0)  # the first site in row-major order is written last
            half = extent // 2
            at = anchor[flat] + (at - anchor[flat] + half) % extent - half
        total_at = torch.zeros(total, dtype=torch.long).index_add(0, flat, at)[self.cell]
        volume = self.volume_of[self.cell]
        first = torch.div(2 * total_at - (window - 2) * volume, 2 * volume, rounding_mode="floor")
        return total_at.double() / volume.double(), first

    def gather(self, sites, outside=0):
        """(B, H, W) -> (N, window, window)."""
        return torch.cat((sites.reshape(-1), sites.new_full((1,), outside)))[self.site]

    def gather_features(self, maps):
        """(B, C, H, W) -> (N, C, window, window), 0 beyond the lattice."""
        c, (n, w, _) = maps.shape[1], self.site.shape
        rows = torch.cat((maps.permute(0, 2, 3, 1).reshape(-1, c), maps.new_zeros(1, c)))
        return rows.index_select(0, self.site.view(-1)).view(n, w, w, c).permute(0, 3, 1, 2)

    def scatter_sum(self, values):
        """(N, window, window) -> (B, H, W): the sum over the windows that cover a site."""
        total = values.new_zeros(self.gid.numel() + 1)
        total = total.index_add(0, self.site.view(-1), values.reshape(-1))
        return total[:-1].view(self.shape)


def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)


class LocalLattice(nn.Module):
    def __init__(self, n_types=3, window=16, width=16, trunk=24, target_volume=23.0):
        super().__init__()
        self.n_types, self.window, self.width, self.trunk = n_types, window, width, trunk
        self.target = target_volume
        wide = 2 * width
        self.lattice_in = conv(2 * n_types + 12 + PASSES, trunk)
        self.lattice_res, self.lattice_out = conv(trunk, trunk), conv(trunk, width)
        self.medium_in, self.medium_out = conv(trunk, trunk), conv(trunk, 1, 1)
        self.cell_in = conv(5, width, 5)
        self.film_in = nn.Linear(n_types - 1 + PASSES + 2, 32)
        self.film_out = nn.Linear(32, 2 * width)
        self.fine_res1, self.down = conv(width, width), conv(width, wide, 3, 2)
        self.coarse_res1, self.coarse_res2 = conv(wide, wide), conv(wide, wide)
        self.mean_in, self.mean_out = nn.Linear(wide, wide), nn.Linear(wide, wide)
        self.up, self.fine_res2 = conv(wide, width, 1), conv(width, width)
        self.logit = conv(width, 1, 1)
        self.stay = nn.Parameter(torch.ones(1))
        self.volume_in, self.volume_out = nn.Linear(n_types - 1 + PASSES + 3, 24), nn.Linear(24, 2)
        with torch.no_grad():
            self.volume_out.weight.mul_(0.1), self.volume_out.bias.zero_()
            self.film_out.weight.mul_(0.3), self.film_out.bias.zero_()

    def lattice_features(self, w, drawn_gid, drawn, k):
        """(B, 2 n_types + 12 + PASSES, H, W), in the order of the lines below."""
        one_hot = lambda t: F.one_hot(t, self.n_types).permute(0, 3, 1, 2).float()
        d = drawn.float()[:, None]
        same = lambda owner: [(neighbour(owner, dy, dx, w.periodic, -2) == owner)[:, None].float()
                              for dy, dx in NEIGHBOURS]
        next_owner = torch.where(drawn, drawn_gid, torch.full_like(drawn_gid, -1))
        volume = (w.volume_of[w.gid].float() - self.target) / VOLUME_SCALE
        passes = F.one_hot(k, PASSES).float()[:, :, None, None].expand(-1, -1, *drawn.shape[1:])
        return torch.cat(
            [one_hot(w.type_of[w.gid])] + same(w.gid)
            + [(volume * (w.gid % w.n != 0))[:, None]]
            + [d, one_hot(w.type_of[drawn_gid]) * d]
            + [flag * d for flag in same(next_owner)]
            + [(drawn_gid == w.gid)[:, None] * d, torch.ones_like(d), passes],
            1).contiguous(memory_format=torch.channels_last)

    def lattice_part(self, features, periodic):
        """The maps cropped by the cells (B, width, H, W), and the medium's logit (B, H, W)."""
        def run(layer, a):  # zeros beyond a wall, wrapped along a periodic axis
            if not any(periodic):
                return layer(a)
            return F.conv2d(pad(a, 1, periodic, 0.0), layer.weight, layer.bias)
        h = F.relu(run(self.lattice_in, features))
        h = F.relu(h + run(self.lattice_res, h))
        medium = self.medium_out(F.relu(run(self.medium_in, h)))[:, 0]
        return run(self.lattice_out, h), BOUND * torch.tanh(medium / BOUND)

    def forward(self, w, drawn_ids, drawn, k):
        """w: Windows of x; drawn_ids (B, H, W) int64: x' where drawn (bool) is true; k (B): pass.
        Cell logits (N, window, window), medium logits and log normaliser (B, H, W)."""
        drawn_gid = drawn_ids + w.n * torch.arange(len(k))[:, None, None]
        crop, medium = self.lattice_part(self.lattice_features(w, drawn_gid, drawn, k), w.periodic)
        crop = w.gather_features(crop)

        own = (w.gather(w.gid, -1) == w.cell[:, None, None]).float()
        own_drawn = w.gather(torch.where(drawn, drawn_gid, -1), -1) == w.cell[:, None, None]
        what = torch.cat((F.one_hot(w.type - 1, self.n_types - 1),
                          F.one_hot(k[w.cell // w.n], PASSES)), 1).float()
        volume = (w.volume - self.target)[:, None] / VOLUME_SCALE
        # Sites beyond the window count too.
        count = torch.bincount(drawn_gid[drawn], minlength=len(k) * w.n)[w.cell].float()

        x = torch.cat((own[:, None], own_drawn[:, None].float(), w.place), 1)
        x = x.contiguous(memory_format=torch.channels_last)
        x = F.relu(self.cell_in(x) + crop)
        film = torch.cat((what, volume, count[:, None] / self.target), 1)
        film = self.film_out(F.relu(self.film_in(film)))
        scale, offset = film[:, :, None, None].chunk(2, 1)
        x = x * (1 + scale) + offset
        x = F.relu(x + self.fine_res1(x))
        c = F.relu(self.down(x))
        c = F.relu(c + self.coarse_res1(c))
        c = c + self.mean_out(F.relu(self.mean_in(c.mean((2, 3)))))[:, :, None, None]
        c = F.relu(c + self.coarse_res2(c))
        x = x + F.interpolate(self.up(c), scale_factor=2, mode="nearest")
        x = F.relu(x + self.fine_res2(x))
        logit = BOUND * torch.tanh((self.logit(x)[:, 0] + self.stay * own) / BOUND)

        # The volume that the cell would have if all other sites were drawn now leans on its logits.
        share = torch.exp(logit - w.gather(self.log_normaliser(w, logit, medium)))
        expected = (share * w.gather(1 - drawn.float())).sum((1, 2))
        u = ((count + expected - self.target) / EXPECTED_SCALE)[:, None]
        head = torch.cat((what, u, u * u, volume), 1)
        a, b = self.volume_out(F.relu(self.volume_in(head))).chunk(2, 1)
        logit = (logit + (a - b * u)[:, :, None]).clamp(-CLAMP, CLAMP)
        return logit, medium, self.log_normaliser(w, logit, medium)

    @staticmethod
    def log_normaliser(w, logit, medium):
        """log(exp(medium) + sum over the covering cells of exp(logit)) of every site."""
        return torch.log(torch.exp(medium) + w.scatter_sum(torch.exp(logit)))

    def log_likelihood(self, w, target, drawn, k):
        """log p(target) of every site (B, H, W), and whether it is among the candidates at all."""
        logit, medium, log_norm = self(w, target, drawn, k)
        gid = target + w.n * torch.arange(len(k))[:, None, None]
        hit = w.gather(gid, -1) == w.cell[:, None, None]
        chosen = w.scatter_sum(logit * hit) + medium * (target == 0)
        return chosen - log_norm, (w.scatter_sum(hit.float()) > 0) | (target == 0)
