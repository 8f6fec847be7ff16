# SPDX-License-Identifier: MIT
"""The published lattice network in PyTorch, written from the formulas in models/epns/{lattice,set-layer,unet,latent-net}.h.
Modules carry the published names, so that weights load by name."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def fit(x, height, width):
    """Cut or padded with zeros round the middle."""
    def margins(size, to):
        before = (to - size) // 2 if to > size else -round((size - to) / 2)
        return before, to - size - before
    return F.pad(x, (*margins(x.shape[3], width), *margins(x.shape[2], height)))


class Block(nn.Module):
    def __init__(self, before, after, k):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(n, after, k, padding=k // 2) for n in (before, after))

    def forward(self, x):
        return F.relu(self.conv2(F.relu(self.conv1(x))))


class Down(nn.Module):
    def __init__(self, widths, k):
        super().__init__()
        self.enc_blocks = nn.ModuleList(Block(a, b, k) for a, b in zip(widths[:1] + widths, widths))


class Up(nn.Module):
    def __init__(self, widths, k):
        super().__init__()
        pairs = list(zip(widths[:0:-1], widths[-2::-1]))
        self.upconvs = nn.ModuleList(nn.ConvTranspose2d(a, b, k, stride=2) for a, b in pairs)
        self.dec_blocks = nn.ModuleList(Block(2 * b, b, k) for a, b in pairs)


class Unet(nn.Module):
    def __init__(self, width, levels, k):
        super().__init__()
        widths = [width * 2 ** i for i in range(levels)]
        self.encoder, self.decoder = Down(widths, k), Up(widths, k)

    def forward(self, x):
        y, skips = x, []
        for i, block in enumerate(self.encoder.enc_blocks):
            y = block(F.max_pool2d(y, 2) if i else y)
            skips.append(y)
        skips.pop()
        for up, block in zip(self.decoder.upconvs, self.decoder.dec_blocks):
            y = up(y)
            y = block(torch.cat([y, fit(skips.pop(), *y.shape[2:])], 1))
        return fit(y, *x.shape[2:])


class SetLayer(nn.Module):
    def __init__(self, c, before, k):
        super().__init__()
        f, e = c["edge_network_downsampling_factor"], c["edge_emb_dim"]
        self.downsampling, self.upsampling = nn.Conv2d(before, e, f, stride=f), nn.ConvTranspose2d(e, e, f, stride=f)
        self.edge_network = nn.Sequential(*(m for _ in range(c["num_edge_network_layers"])
                                            for m in (nn.Conv2d(e, e, k, padding=k // 2), nn.ReLU())))
        self.node_network = nn.Sequential(nn.Conv2d(before + e, c["emb_dim"], 1),
                                          Unet(c["emb_dim"], c["num_node_network_layers"], c["unet_kernel_size"]))

    def forward(self, x, lattices):
        m = self.edge_network(self.downsampling(x))
        mean = self.upsampling(m.unflatten(0, (lattices, -1)).mean(1))
        return self.node_network(torch.cat([x, mean.repeat_interleave(len(x) // lattices, 0)], 1))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def latent_net(c, before):
    e, k, layers = c["emb_dim"], c["kernel_size"], [nn.Identity()]
    for i in range(c["num_prior_and_encoder_layers"]):
        layers += [nn.Conv2d(e if i else before, e, k), nn.ReLU()] + [nn.MaxPool2d(2)] * (i > 0)
    return nn.Sequential(*layers, Mean(), nn.Linear(e, e), nn.ReLU())


class Holder(nn.Module):
    """Names without a meaning of their own."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


class PublishedLattice(nn.Module):
    def __init__(self, c):
        super().__init__()
        e, z, seen = c["emb_dim"], c["num_latent_dim"], 1 + c["num_cell_types"]
        stack = lambda before, k: Holder(forward_network=nn.ModuleList([SetLayer(c, before, k)]))
        head = lambda: nn.Linear(e, z)
        self.engine = Holder(
            enc=Holder(arch=nn.ModuleList([nn.Conv2d(seen, e, 1)])),
            proc=Holder(arch=nn.ModuleList([stack(e, c["kernel_size"])])),
            dec=Holder(prior_net=latent_net(c, e), encoder_net=latent_net(c, e + seen), prior_mu=head(), prior_log_sigma=head(),
                       enc_mu=head(), enc_log_sigma=head(), end_arch=stack(e + z, c["decoder_kernel_size"])))
        self.final_layer = nn.Conv2d(e, 1, 1)

    def encode(self, nodes, lattices):
        e = self.engine.enc.arch[0](nodes)
        h = self.engine.proc.arch[0].forward_network[0](e, lattices) + e
        return e, h, self.latents(self.engine.dec.prior_net(h), "prior")

    def latents(self, x, which):
        dec = self.engine.dec
        return getattr(dec, which + "_mu")(x), F.softplus(getattr(dec, which + "_log_sigma")(x)) + 1e-5

    def posterior(self, h, true_nodes):
        return self.latents(self.engine.dec.encoder_net(torch.cat([h, true_nodes], 1)), "enc")

    def decode(self, e, h, z, lattices):
        x = torch.cat([h, z[:, :, None, None].expand(-1, -1, *h.shape[2:])], 1)
        d = e + self.engine.dec.end_arch.forward_network[0](x, lattices)
        return self.final_layer(d)[:, 0].unflatten(0, (lattices, -1))

    def loss(self, nodes, true_nodes, slot, lattices):
        e, h, (mu_p, sigma_p) = self.encode(nodes, lattices)
        mu, sigma = self.posterior(h, true_nodes)
        logits = self.decode(e, h, mu + sigma * torch.randn_like(mu), lattices)
        normal = torch.distributions.Normal
        kl = torch.distributions.kl_divergence(normal(mu, sigma), normal(mu_p, sigma_p)).sum() / logits.shape[1]
        return F.cross_entropy(logits, slot, reduction="sum") + 64 * kl
