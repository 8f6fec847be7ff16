# SPDX-License-Identifier: MIT
"""Milliseconds of a step and of a training update of the published graph network in PyTorch, on one thread:
bench_graph.py FOLDER [SYSTEMS], where bench-graph FOLDER wrote weights.safetensors. Written from the formulas in models/epns/graph.h,
frames as one batch; best of some, by the process's clock."""
import itertools
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from line import line
from safetensors_io import read

BODIES, WIDTH, LAYERS, LATENTS, DECODER_LAYERS = 5, 128, 5, 16, 3


class Layer(nn.Module):
    def __init__(self, edge, width):
        super().__init__()
        self.edge_network = nn.Sequential(nn.Linear(edge + 2 * width, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU())
        self.node_network = nn.Sequential(nn.Linear(width + WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, v, e):
        n = v.shape[-2]
        to = v.unsqueeze(-2).expand(*v.shape[:-1], n, v.shape[-1])
        messages = self.edge_network(torch.cat([e.expand(*to.shape[:-1], e.shape[-1]), to.transpose(-2, -3), to], -1))
        return self.node_network(torch.cat([v, messages.sum(-2)], -1))


class Layers(nn.Module):
    def __init__(self, n, edge, width):
        super().__init__()
        self.forward_network = nn.ModuleList(Layer(edge, WIDTH if i else width) for i in range(n))

    def forward(self, v, e):
        for layer in self.forward_network:
            v = layer(v, e)
        return v


class Graph(nn.Module):
    """Modules by the names that the weights have."""

    def __init__(self):
        super().__init__()
        head = lambda out: nn.Sequential(nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, out))
        self.node_std_layer = nn.Linear(WIDTH, 2)
        self.encoder = nn.Linear(1, WIDTH)
        self.processor, self.prior = Layers(LAYERS, 2, 6 + WIDTH), Layers(LAYERS, 2, 1 + WIDTH)
        self.posterior, self.end = Layers(LAYERS, 4, 1 + WIDTH), Layers(DECODER_LAYERS, 2, 7 + WIDTH + LATENTS)
        self.change, self.coefficient = head(6), head(1)
        self.mu, self.sigma = (nn.ModuleList(nn.Linear(WIDTH, LATENTS) for _ in range(2)) for _ in range(2))
        self.signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=3)))

    @staticmethod
    def edges(p, w):
        return torch.stack([torch.cdist(p, p), torch.cdist(w[..., 1:], w[..., 1:])], -1)

    def framed(self, layers, p, w, features, e):
        frames = self.axes[None] * self.signs[:, None, None, :]
        away = p - p.mean(1, keepdim=True)
        v = torch.cat([away @ frames, w @ frames, features.expand(8, *features.shape)], -1)
        return layers(v, e), frames

    def latents(self, x, which):
        return self.mu[which](x), F.softplus(self.sigma[which](x)) + 1e-5

    def forward(self, x, truth=None):
        mass, p, w = (x / 10).split((1, 3, 3), -1)
        away = p - p.mean(1, keepdim=True)
        self.axes = torch.linalg.eigh(away.transpose(1, 2) @ away)[1]
        e, code = self.edges(p, w), self.encoder(mass)
        h = torch.cat([mass, self.framed(self.processor, p, w, code, e)[0].mean(0) + code], -1)
        prior = mu, sigma = self.latents(self.prior(h, e), 0)
        if truth is not None:
            then = truth / 10
            both = torch.cat([e, self.edges(then[..., 1:4], then[..., 4:])], -1)
            mu, sigma = self.latents(self.posterior(h, both), 1)
        z = mu + sigma * torch.randn_like(mu)
        o, frames = self.framed(self.end, p, w, torch.cat([h, z], -1), e)
        s = self.change(o)
        dx, dv = ((frames @ part.transpose(2, 3)).transpose(2, 3).mean(0) for part in (s[..., :3], s[..., 3:]))
        mean, w = o.mean(0), w + dv
        p = p + w * self.coefficient(mean) + dx
        spread = F.softplus(self.node_std_layer(code + mean)).repeat_interleave(3, -1) + 1e-5
        return 10 * torch.cat([p, w], -1), spread, prior, (mu, sigma)

    def loss(self, x, truth):
        mean, spread, (mu_p, sigma_p), (mu_q, sigma_q) = self(x, truth)
        normal = torch.distributions.Normal
        kl = torch.distributions.kl_divergence(normal(mu_q, sigma_q), normal(mu_p, sigma_p)).sum()
        return kl - normal(mean, spread).log_prob(truth[..., 1:]).sum()


NAMES = {"engine.enc.arch.0.": "encoder.", "engine.proc.arch.0.backbone_gnn.": "processor.", "engine.dec.prior_net.0.": "prior.",
         "engine.dec.encoder_net.0.": "posterior.", "engine.dec.end_arch.backbone_gnn.": "end.", "engine.dec.prior_mu.": "mu.0.",
         "engine.dec.enc_mu.": "mu.1.", "engine.dec.prior_log_sigma.": "sigma.0.", "engine.dec.enc_log_sigma.": "sigma.1.",
         "engine.dec.end_arch.decoder.": "change.", "engine.dec.end_arch.v_coef.": "coefficient."}


def renamed(name):
    for ours, here in NAMES.items():
        name = name.replace(ours, here)
    return name


def best(function, repeats):
    times = []
    for _ in range(repeats + 1):
        began = time.process_time()
        function()
        times.append(time.process_time() - began)
    return 1e3 * min(times[1:])


if __name__ == "__main__":
    torch.set_num_threads(1)
    net = Graph()
    net.load_state_dict({renamed(k): torch.tensor(v) for k, v in read(sys.argv[1] + "/weights.safetensors").items()})
    adam = torch.optim.Adam(net.parameters(), lr=1e-4)

    def update(x, truth):
        adam.zero_grad()
        net.loss(x, truth).backward()
        adam.step()

    for systems, repeats in [(int(systems), 2) for systems in sys.argv[2:]] or ((1, 10), (64, 2)):
        now, then = torch.rand(systems, BODIES, 7) * 10, torch.rand(systems, BODIES, 7) * 10
        with torch.no_grad():
            line("torch-graph", f"step of {systems}", 1, "ms", best(lambda: net(now), repeats))
        line("torch-graph", f"update of {systems}", 1, "ms", best(lambda: update(now, then), repeats))
