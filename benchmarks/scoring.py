"""Proper scores of probabilistic forecasts, and what chance alone may do to them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def crps(ensemble: Floats, observed: float, weights: Floats | None = None) -> float:
    """The continuous ranked probability score of an ensemble: ∫ (P(x) − 1[x ≥ observed])² dx. Smaller is better."""
    order = np.argsort(ensemble)
    x = ensemble[order]
    w = np.full(len(x), 1 / len(x)) if weights is None else weights[order] / weights.sum()
    below = np.cumsum(w)[:-1]
    edges = np.clip(observed, x[:-1], x[1:])
    inside = below**2 @ (edges - x[:-1]) + (1 - below) ** 2 @ (x[1:] - edges)
    return float(inside + max(x[0] - observed, 0.0) + max(observed - x[-1], 0.0))


def pinball(quantile: float, level: float, observed: float) -> float:
    """The loss whose least expectation is the true quantile."""
    miss = observed - quantile
    return max(level * miss, (level - 1) * miss)


def place(ensemble: Floats, observed: float) -> float:
    """Where the observed lies in the ensemble, 0-1."""
    return float((ensemble < observed).mean() + (ensemble == observed).mean() / 2)


def covered(places: Floats, level: float) -> float:
    """The share of places inside the central interval of this level."""
    return float((np.abs(places - 0.5) <= level / 2).mean())


def tolerance(level: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The shares of ``n`` independent events that a true interval of this level covers, but for 1 in 20 of the times.

    Exact binomial tails, half of the rest on either side.
    """
    chances = [math.comb(n, k) * level**k * (1 - level) ** (n - k) for k in range(n + 1)]
    below = np.cumsum(chances)
    low = int(np.searchsorted(below, (1 - confidence) / 2))
    high = int(np.searchsorted(below, 1 - (1 - confidence) / 2))
    return low / n, min(high, n) / n


def paired(ours: Floats, theirs: Floats, cluster: NDArray[np.intp], seed: int = 1) -> tuple[float, float, float]:
    """The ratio of mean scores, and its 90 % interval when whole clusters are drawn anew (a bootstrap)."""
    names = np.unique(cluster)
    sums = np.array([[ours[cluster == c].sum(), theirs[cluster == c].sum()] for c in names])
    drawn = np.random.default_rng(seed).integers(len(names), size=(2_000, len(names)))
    ratios = sums[drawn, 0].sum(axis=1) / sums[drawn, 1].sum(axis=1)
    low, high = np.quantile(ratios, (0.05, 0.95))
    return float(ours.mean() / theirs.mean()), float(low), float(high)
