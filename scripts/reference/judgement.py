#!/usr/bin/env python3
"""Writes Tests/TminusJudgementTests/Golden/reference.json: seeded inputs and what scipy and numpy make of them.

Needs numpy and scipy from PyPI, in an environment of its own outside this repository:

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install numpy scipy
    /tmp/reference/bin/python scripts/reference/judgement.py

The Swift tests read the file; they compare to 1e-9 where the method is exact and to 1e-6 where it is asymptotic.
"""

import json
import math
import pathlib

import numpy as np
import scipy
from scipy import special, stats

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/TminusJudgementTests/Golden/reference.json"
rng = np.random.default_rng(20261121)


def finite(value):
    value = float(value)
    return value if math.isfinite(value) else None


def exact_u(m, n):
    """P(U <= u) for all u, by counting orders in whole numbers (Mann and Whitney's recursion)."""
    counts = {(0, j): [1] for j in range(n + 1)}
    for i in range(m + 1):
        for j in range(n + 1):
            if i == 0 or j == 0:
                counts[i, j] = [1]
                continue
            with_x = [0] * j + counts[i - 1, j]
            without = counts[i, j - 1]
            size = max(len(with_x), len(without))
            counts[i, j] = [
                (with_x[k] if k < len(with_x) else 0) + (without[k] if k < len(without) else 0) for k in range(size)
            ]
    row = counts[m, n]
    total = sum(row)
    below = 0
    cumulative = []
    for count in row:
        below += count
        cumulative.append(below / total)
    return cumulative


def hodges_lehmann(x, y, confidence, exact):
    differences = np.sort(np.subtract.outer(x, y).ravel())
    m, n = len(x), len(y)
    tail = (1 - confidence) / 2
    if exact:
        cumulative = exact_u(m, n)
        rank = max(1, next(u for u, p in enumerate(cumulative) if p >= tail))
        attained = 1 - 2 * cumulative[rank - 1]
    else:
        sigma = math.sqrt(m * n * (m + n + 1) / 12)
        rank = max(1, math.floor(m * n / 2 + 0.5 - stats.norm.isf(tail) * sigma))
        attained = 1 - 2 * stats.norm.sf((m * n / 2 - rank + 0.5) / sigma)
    return {
        "estimate": float(np.median(differences)),
        "lower": float(differences[rank - 1]),
        "upper": float(differences[m * n - rank]),
        "attained": float(attained),
    }


def sample(kind, size, shift):
    if kind == "normal":
        return rng.normal(shift, 1, size)
    if kind == "lognormal":
        return rng.lognormal(shift, 1, size)
    if kind == "tiny":
        return rng.normal(3e-4 + shift * 1e-4, 1e-4, size)
    if kind == "counts":
        return rng.poisson(2 + shift, size).astype(float)
    return rng.poisson(0.3 + max(0, shift), size).astype(float)  # mostly zero


def two_samples():
    sizes = [(1, 1), (3, 4), (5, 5), (8, 12), (20, 20), (49, 49), (13, 60), (60, 75)]
    cases = []
    for kind in ["normal", "lognormal", "tiny", "counts", "zeros"]:
        for m, n in sizes:
            x, y = sample(kind, m, 0.5), sample(kind, n, 0)
            pooled = np.concatenate([x, y])
            tied = len(np.unique(pooled)) < len(pooled)
            case = {"kind": kind, "x": x.tolist(), "y": y.tolist(), "tied": tied, "tests": []}
            case["u"] = float(stats.mannwhitneyu(x, y).statistic)
            for alternative in ["two-sided", "greater", "less"]:
                row = {"alternative": alternative}
                row["normal"] = finite(
                    stats.mannwhitneyu(x, y, method="asymptotic", alternative=alternative).pvalue)
                if not tied and m < 50 and n < 50:
                    row["exact"] = finite(stats.mannwhitneyu(x, y, method="exact", alternative=alternative).pvalue)
                case["tests"].append(row)
            small = m < 50 and n < 50
            case["shift"] = [
                {"confidence": c, "exact": exact, **hodges_lehmann(x, y, c, exact)}
                for c in [0.8, 0.95, 0.98] for exact in ([True, False] if small else [False])
            ]
            if m > 1 and n > 1:
                result = stats.brunnermunzel(x, y)
                case["brunnerMunzel"] = {"statistic": finite(result.statistic), "p": finite(result.pvalue)}
            cases.append(case)
    return cases


def proportions():
    counts = [
        (0, 1), (1, 1), (0, 10), (1, 10), (3, 10), (5, 10), (10, 10), (17, 200), (1, 1000), (999, 1000), (250, 5000),
        (12, 1_000_000), (499_000, 1_000_000), (3, 100_000_000), (123_456, 100_000_000),
    ]
    rows = []
    for bad, total in counts:
        for confidence in [0.9, 0.95, 0.999]:
            test = stats.binomtest(bad, total)
            wilson = test.proportion_ci(confidence, method="wilson")
            tail = (1 - confidence) / 2
            lower = stats.beta.ppf(tail, bad, total - bad + 1) if bad else 0.0
            upper = stats.beta.isf(tail, bad + 1, total - bad) if bad < total else 1.0
            if total <= 1000:
                exact = test.proportion_ci(confidence, method="exact")
                assert abs(exact.low - lower) < 1e-9 and abs(exact.high - upper) < 1e-9
            rows.append({
                "bad": bad, "total": total, "confidence": confidence, "wilson": [wilson.low, wilson.high],
                "exact": [float(lower), float(upper)]})
    return rows


def wilson(bad, total, confidence):
    ci = stats.binomtest(bad, total).proportion_ci(confidence, method="wilson")
    return ci.low, ci.high


def pairs():
    rows = []
    for e1, n1, e2, n2 in [(5, 100, 20, 900), (0, 50, 3, 80), (7, 40, 0, 90), (30, 5000, 400, 95_000), (1, 10, 1, 10)]:
        for confidence in [0.9, 0.95]:
            p1, p2 = e1 / n1, e2 / n2
            l1, u1 = wilson(e1, n1, confidence)
            l2, u2 = wilson(e2, n2, confidence)
            newcombe = [p1 - p2 - math.hypot(p1 - l1, u2 - p2), p1 - p2 + math.hypot(u1 - p1, p2 - l2)]
            tail = (1 - confidence) / 2
            total = e1 + e2
            low = stats.beta.ppf(tail, e1, total - e1 + 1) if e1 else 0.0
            high = stats.beta.isf(tail, e1 + 1, total - e1) if e2 else 1.0
            ratio = [low / (1 - low) * n2 / n1, high / (1 - high) * n2 / n1 if high < 1 else None]
            rows.append({
                "candidate": [e1, n1], "baseline": [e2, n2], "confidence": confidence, "newcombe": newcombe,
                "poissonRatio": ratio})
    return rows


def boundaries(alpha, fractions, spent):
    """Recursive integration on one dense Gauss-Legendre grid per look, with scipy's root finder."""
    from scipy.optimize import brentq
    found, scores, masses, before = [], np.array([0.0]), np.array([1.0]), 0.0
    for k, u in enumerate(fractions):
        spend = spent(u) - (spent(fractions[k - 1]) if k else 0)
        scale = math.sqrt(u - before)

        def miss(z):
            crossed = np.sum(masses * stats.norm.sf((z * math.sqrt(u) - scores) / scale))
            return math.log(max(1e-300, crossed)) - math.log(spend)

        z = brentq(miss, -5, 12, xtol=1e-13)
        nodes, weights = np.polynomial.legendre.leggauss(900)
        low, high = -9 * math.sqrt(u), z * math.sqrt(u)
        new = (low + high) / 2 + (high - low) / 2 * nodes
        density = stats.norm.pdf((new[:, None] - scores[None, :]) / scale) @ masses / scale
        scores, masses, before = new, (high - low) / 2 * weights * density, u
        found.append(z)
    return found


def spending():
    plans = [[0.2, 0.4, 0.6, 0.8, 1.0], [0.5, 1.0], [0.1, 0.15, 0.4, 0.41, 0.9, 1.0],
             [i / 12 for i in range(1, 13)], [0.3, 0.55, 0.7]]
    rows = []
    for alpha in [0.025, 0.05]:
        z = stats.norm.isf(alpha / 2)
        kinds = {
            "obrienFleming": lambda u: 2 * stats.norm.sf(z / math.sqrt(u)),
            "pocock": lambda u: alpha * math.log(1 + (math.e - 1) * u),
        }
        for name, spent in kinds.items():
            for fractions in plans:
                rows.append({
                    "spending": name, "alpha": alpha, "fractions": fractions,
                    "boundaries": boundaries(alpha, fractions, spent)})
    return rows


def functions():
    tails = [0.5, 0.3, 0.1, 0.025, 1e-3, 1e-9, 1e-100, 0.999]
    zs = [-6, -2.5, -1, 0, 0.3, 1, 2.1, 2.13, 3, 6, 12, 25, 37]
    betas = [(0.5, 0.5), (2, 3), (0.01, 5), (30, 0.2), (1000, 20), (1e5, 1e5), (1e6, 30)]
    return {
        "normalTail": [[z, float(stats.norm.sf(z))] for z in zs],
        "normalQuantile": [[p, float(stats.norm.isf(p))] for p in tails],
        "logGamma": [[z, float(special.gammaln(z))] for z in [1e-8, 0.1, 0.5, 1.5, 2.5, 7.3, 15.9, 16.1, 171.5, 1e6]],
        "beta": [
            [a, b, x, float(stats.beta.cdf(x, a, b)), float(stats.beta.sf(x, a, b))]
            for a, b in betas for x in [a / (a + b) * 0.9, a / (a + b), min(0.999, a / (a + b) * 1.05)]
        ],
        "studentTail": [
            [v, t, float(stats.t.sf(t, v))] for v in [1, 2.7, 10, 345.6, 1e6] for t in [-3, 0, 0.001, 0.5, 2, 9]
        ],
        "quantiles": [
            {"values": values, "shares": [0, 0.01, 0.25, 0.5, 0.95, 0.99, 1],
             "interpolated": [float(np.quantile(values, q)) for q in [0, 0.01, 0.25, 0.5, 0.95, 0.99, 1]],
             "nearestRank": [
                 float(np.quantile(values, q, method="inverted_cdf")) for q in [0, 0.01, 0.25, 0.5, 0.95, 0.99, 1]]}
            for values in [sorted(rng.normal(size=k).tolist()) for k in (1, 2, 20, 101)]
        ],
    }


def main():
    reference = {
        "madeBy": f"scripts/reference/judgement.py, scipy {scipy.__version__}, numpy {np.__version__}",
        "functions": functions(), "samples": two_samples(), "proportions": proportions(), "pairs": pairs(),
        "boundaries": spending(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(reference, separators=(",", ":"), allow_nan=False) + "\n")
    print(OUT, OUT.stat().st_size, "bytes")


main()
