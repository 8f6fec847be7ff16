# SPDX-License-Identifier: MIT
"""Writes nn-ops.safetensors: what PyTorch computes where our operators are to compute the same.

    python3 nn-ops.py nn-ops.safetensors

Run once, with PyTorch 1.13; tests/test-nn-ops.c reads the file. For every case NAME: NAME.in0,
NAME.in1, ... are the operands, NAME.out the result, NAME.dy random weights, and NAME.grad0, ... the
gradients of sum (out * dy).
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20)
tensors = {}


def case(name, function, *operands):
    operands = [x.clone().requires_grad_(True) for x in operands]
    out = function(*operands)
    dy = torch.randn_like(out)
    (out * dy).sum().backward()
    for i, x in enumerate(operands):
        tensors[f"{name}.in{i}"] = x.detach()
        tensors[f"{name}.grad{i}"] = x.grad
    tensors[f"{name}.out"] = out.detach()
    tensors[f"{name}.dy"] = dy


def r(*shape):
    return torch.randn(*shape)


def fit(x, height, width):  # centre crop or pad, the rule of torchvision's CenterCrop
    for axis, target in ((2, height), (3, width)):
        m = x.shape[axis]
        if m < target:
            before, after = (target - m) // 2, (target - m + 1) // 2
            x = F.pad(x, (0, 0, before, after) if axis == 2 else (before, after))
        else:
            x = x.narrow(axis, int(round((m - target) / 2.0)), target)
    return x


def windows(x, places, size, wrap):
    pad = 8
    for axis, periodic in ((2, wrap[0]), (3, wrap[1])):
        amounts = (0, 0, pad, pad) if axis == 2 else (pad, pad)
        if periodic:
            index = torch.arange(-pad, x.shape[axis] + pad) % x.shape[axis]
            x = x.index_select(axis, index)
        else:
            x = F.pad(x, amounts)
    return torch.stack([x[b, :, pad + i :, pad + j :][:, :size, :size] for b, i, j in places])


def kl(mu_q, sigma_q, mu_p, sigma_p):
    normal = torch.distributions.Normal
    return torch.distributions.kl_divergence(normal(mu_q, sigma_q), normal(mu_p, sigma_p))


EDGES = torch.tensor([[19.5, 20.0, 20.5, 40.0, -30.0, -90.0, 0.0]])
PLACES = [(0, -2, -3), (1, 1, 1), (1, 3, 4), (0, 0, 0)]

case("linear_relu", lambda x, w, b: F.relu(F.linear(x, w, b)), r(2, 25, 6), r(5, 6), r(5))
case("linear_plain", lambda x, w: F.linear(x, w), r(49, 17), r(3, 17))
case("matmul", lambda a, b: a @ b, r(2, 3, 4), r(2, 4, 5))
case("matmul_ta", lambda a, b: a.transpose(1, 2) @ b, r(2, 4, 3), r(2, 4, 5))
case("matmul_tb", lambda a, b: a @ b.transpose(1, 2), r(2, 3, 4), r(2, 5, 4))
case("matmul_ta_tb", lambda a, b: a.transpose(1, 2) @ b.transpose(1, 2), r(2, 4, 3), r(2, 5, 4))
case("conv_same5", lambda x, w, b: F.relu(F.conv2d(x, w, b, padding=2)),
     r(2, 3, 9, 7), r(4, 3, 5, 5), r(4))
case("conv_same4", lambda x, w: F.conv2d(F.pad(x, (1, 2, 1, 2)), w), r(2, 2, 6, 5), r(2, 2, 4, 4))
case("conv_valid", lambda x, w, b: torch.tanh(F.conv2d(x, w, b)),
     r(2, 2, 6, 7), r(3, 2, 3, 3) / 4, r(3))
case("conv_patch", lambda x, w, b: F.conv2d(x, w, b, stride=2), r(2, 3, 7, 6), r(4, 3, 2, 2), r(4))
case("conv_stride2", lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1),
     r(2, 3, 7, 6), r(4, 3, 3, 3), r(4))
case("conv_1x1", lambda x, w, b: F.relu(F.conv2d(x, w, b)), r(2, 3, 5, 4), r(4, 3, 1, 1), r(4))
case("conv_wide", lambda x, w, b: F.conv2d(x, w, b, padding=1), r(1, 2, 3, 40), r(2, 2, 3, 3), r(2))
case("transpose_2", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2),
     r(2, 3, 4, 3), r(3, 2, 2, 2), r(2))
case("transpose_5", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2),
     r(2, 3, 4, 3), r(3, 2, 5, 5), r(2))
case("transpose_pad", lambda x, w: F.conv_transpose2d(x, w, None, 2, 1),
     r(2, 3, 4, 3), r(3, 2, 4, 4))
case("relu", F.relu, r(5, 7))
case("tanh", torch.tanh, r(5, 7) * 2)
case("softplus", F.softplus, torch.cat([r(5, 7) * 4, EDGES]))
case("exp", torch.exp, r(5, 7))
case("log", torch.log, r(5, 7).abs() + 0.1)
case("affine", lambda x: 2.5 * x - 1.25, r(5, 7))
case("clip", lambda x: x.clamp(-0.5, 0.75), torch.cat([r(5, 2), torch.tensor([[-0.5, 0.75]])]))
case("add", lambda a, b: a + b, r(4, 1, 5), r(6, 1))
case("sub", lambda a, b: a - b, r(2, 3, 4), r(1))
case("mul", lambda a, b: a * b, r(2, 3, 1, 1), r(2, 3, 4, 5))
case("div", lambda a, b: a / b, r(3, 5), r(3, 5).abs() + 0.5)
case("film", lambda x, a, b: x * a[:, :, None, None] + b[:, :, None, None],
     r(2, 3, 4, 5), r(2, 3), r(2, 3))
case("reshape", lambda x: (x.reshape(6, 4) ** 2), r(2, 3, 4))
case("concat", lambda a, b, c: torch.cat([a, b, c], 1), r(2, 1, 3, 2), r(2, 4, 3, 2), r(2, 2, 3, 2))
case("slice", lambda x: x[:, :, 1:4], r(2, 3, 5, 2))
for m, target in ((4, 9), (4, 7), (9, 8), (8, 5), (9, 4), (10, 3), (10, 4), (12, 2), (5, 5)):
    case(f"fit_{m}_{target}", lambda x: fit(x, target, 6), r(1, 2, m, 3))
case("pad_wrap", lambda x: F.pad(x, (1, 3, 2, 0), mode="circular"), r(2, 3, 4, 5))
case("pad_zero", lambda x: F.pad(x, (1, 3, 2, 0)), r(2, 3, 4, 5))
case("broadcast_hw", lambda x: x[:, :, None, None].expand(-1, -1, 3, 4), r(2, 3))
case("upsample2x", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), r(2, 3, 4, 5))
case("gather_rows", lambda x: x[[3, 0, 3, 1, 3]], r(4, 3, 2))
case("windows_wrap", lambda x: windows(x, PLACES, 4, (True, True)), r(2, 2, 5, 6))
case("windows_mixed", lambda x: windows(x, PLACES, 4, (False, True)), r(2, 2, 5, 6))
case("maxpool2x2", lambda x: F.max_pool2d(x, 2), r(2, 3, 5, 7))
case("maxpool_ties", lambda x: F.max_pool2d(x, 2), r(2, 3, 6, 6).round())
case("norm_one", lambda x, g, b: F.group_norm(x, 1, g, b), r(2, 4, 3, 5) * 3 + 7, r(4), r(4))
case("norm_four", lambda x, g, b: F.group_norm(x, 4, g, b), r(2, 8, 3, 5), r(8), r(8))
case("sum", lambda x: x.sum().reshape(1), r(11, 13))
case("mean_hw", lambda x: x.mean((2, 3)), r(2, 3, 4, 5))
case("mean_groups", lambda x: x.reshape(2, 3, 4, 2).mean(1), r(6, 4, 2))
case("sum_groups", lambda x: torch.stack([x[0], x[1:4].sum(0), x[4:].sum(0)]), r(6, 5))
case("repeat_groups", lambda x: x.repeat_interleave(torch.tensor([1, 3, 2]), 0), r(3, 4))
case("softmax", lambda x: F.softmax(x, 1), r(2, 6, 3, 2) * 4)
case("log_softmax", lambda x: F.log_softmax(x, 1), r(2, 6, 3, 2) * 4)
case("softmax_last", lambda x: F.softmax(x, 2), r(2, 3, 5))
case("reparameterise", lambda m, s, e: m + s * e, r(3, 4), r(3, 4).abs(), r(3, 4))
case("gaussian_kl", kl, r(3, 4), r(3, 4).abs() + 0.3, r(3, 4), r(3, 4).abs() + 0.3)

header, data = {}, b""
for name in sorted(tensors):
    values = tensors[name].contiguous().float()
    raw = values.numpy().tobytes()
    offsets = [len(data), len(data) + len(raw)]
    header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": offsets}
    data += raw
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
