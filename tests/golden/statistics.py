# SPDX-License-Identifier: MIT
"""Reference values of compare/'s statistics from SciPy and NumPy, for tests/test-statistics-reference.c.
Written once: /usr/bin/python3 tests/golden/statistics.py > tests/golden/statistics.json"""
import json

import numpy as np
from scipy import stats
from scipy.special import comb


def crps(x, y):
    n = len(x)
    return np.abs(x - y).mean() - np.abs(x[:, None] - x[None]).sum() / (2 * n * (n - 1))


def energy_score(x, y):
    n = len(x)
    misses = np.linalg.norm(x[:, None] - y[None], axis=2).mean()
    return misses - np.linalg.norm(x[:, None] - x[None], axis=2).sum() / (2 * n * (n - 1))


def spread_skill(x, y):
    n = len(x)
    return np.std(x, ddof=1) * np.sqrt((n + 1) / n) / np.sqrt(np.mean((y - x.mean()) ** 2))


def coverage(x, y, level):
    low, high = np.quantile(x, [(1 - level) / 2, (1 + level) / 2])
    return np.mean((y >= low) & (y <= high))


def pair(rng, n, m, shift, scale, decimals=None):
    a, b = rng.normal(0, 1, n), shift + scale * rng.normal(0, 1, m)
    if decimals is not None:
        a, b = a.round(decimals), b.round(decimals)
    a, b = np.sort(a), np.sort(b)
    d = stats.ks_2samp(a, b).statistic
    case = {
        "a": a.tolist(), "b": b.tolist(), "ks": d, "mean": a.mean(), "deviation": np.std(a, ddof=1),
        "quantile-0.37": np.quantile(a, 0.37),
        "ks-limit-p": float(stats.kstwobign.sf(d * np.sqrt(n * m / (n + m)))),
        "wasserstein": stats.wasserstein_distance(a, b), "energy-distance": stats.energy_distance(a, b),
        "crps": float(np.mean([crps(a, y) for y in b])), "spread-skill": spread_skill(a, b),
    }
    if decimals is None:  # SciPy's exact law is that of values that do not tie
        case["ks-exact-p"] = stats.ks_2samp(a, b, mode="exact").pvalue
    for level in (0.5, 0.8, 0.9, 0.95):
        case["coverage-%g" % level] = coverage(a, b, level)
    return case


def main():
    rng = np.random.default_rng(20240607)
    sizes = [(2, 2, 0, 1), (3, 5, 1, 1), (8, 8, 0, 1), (8, 6, 3, 1), (20, 20, 0.8, 1), (13, 29, 0.2, 2),
             (50, 50, 1.5, 1), (100, 100, 0, 1.1), (97, 40, 0.4, 1), (100, 100, 4, 1)]
    pairs = [pair(rng, *size) for size in sizes]
    pairs += [pair(rng, 30, 25, 0.3, 1, 0), pair(rng, 12, 40, 0, 1, 1)]
    vectors = []
    for n, m, size in ((2, 1, 3), (10, 12, 2), (25, 20, 5)):
        x, y = rng.normal(0, 1, (n, size)), rng.normal(0.3, 1, (m, size))
        vectors.append({"x": x.ravel().tolist(), "y": y.ravel().tolist(), "size": size, "score": energy_score(x, y)})
    least = [{"n": n, "m": m, "p": 2 / comb(n + m, n, exact=True)} for n, m in ((2, 2), (7, 7), (12, 30))]
    print(json.dumps({"pairs": pairs, "vectors": vectors, "least": least}))


main()
