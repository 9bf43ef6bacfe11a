"""Waves of lognormal reaction fitted to counted responses, by expectation-maximisation on log times.

What comes after the counting ended is not seen: each wave's tail beyond it is filled in by what the wave expects there,
as for any truncated sample. A few imagined responses of middling spread keep a wave from collapsing onto one second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.forecast.normal import Floats, distribution

_ROUNDS = 400
_ENOUGH = 1e-5
"""Gain of the mean log-likelihood below which the fit has settled."""

_IMAGINED, _IMAGINED_VARIANCE = 8.0, 0.15
"""Responses added to each wave's variance, and theirs: small beside the thousands that a fit should have."""

_LEAST = 1e-12
_STARTS = ((0.15, 0.5, 0.85), (0.1, 0.35, 0.7), (0.25, 0.75, 0.95))
"""Quantiles of the log times at which the waves begin to be sought; the best of the fits is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """Shares (which add up to one), medians in seconds and sigmas of the waves, earliest median first."""

    weights: Floats
    medians: Floats
    sigmas: Floats

    def cumulative(self, t: Floats) -> Floats:
        """The share that has responded by each of the instants ``t`` (seconds, a vector)."""
        logs = np.log(np.maximum(t, _LEAST))[:, np.newaxis]
        result: Floats = distribution((logs - np.log(self.medians)) / self.sigmas) @ self.weights
        return result


def fit_waves(seconds: Floats, counts: Floats, *, until: float) -> Waves:
    """Three waves for ``counts`` responses at ``seconds`` after the start, followed ``until`` seconds.

    Raises ``ValueError`` where fewer than a hundred responses say too little of a shape.
    """
    if counts.sum() < 100:
        raise ValueError("a shape needs a hundred responses")
    logs = np.log(np.maximum(seconds, 0.5))
    fits = [_climbed(logs, counts, np.log(until), start) for start in _STARTS]
    _, weights, means, sigmas = max(fits, key=lambda f: f[0])
    order = np.argsort(means)
    return Waves(weights=weights[order], medians=np.exp(means[order]), sigmas=sigmas[order])


def _climbed(
    logs: Floats, counts: Floats, edge: float, start: tuple[float, ...]
) -> tuple[float, Floats, Floats, Floats]:
    """The mean log-likelihood and the waves that expectation-maximisation reaches from one start."""
    order = np.argsort(logs)
    places = np.searchsorted(np.cumsum(counts[order]), np.array(start) * counts.sum())
    means = logs[order][places]
    whole = float(counts.sum())
    spread = np.average((logs - np.average(logs, weights=counts)) ** 2, weights=counts)
    sigmas, weights = np.full(len(start), np.sqrt(spread) * 0.7 + 0.1), np.full(len(start), 1 / len(start))
    best = -np.inf
    for _ in range(_ROUNDS):
        z = (logs - means[:, np.newaxis]) / sigmas[:, np.newaxis]
        density = (weights / sigmas)[:, np.newaxis] * np.exp(-z * z / 2) + 1e-300
        sums = density.sum(axis=0)
        seen = density / sums * counts
        alpha = (edge - means) / sigmas
        tail = np.maximum(distribution(-alpha), _LEAST)
        inside = 1 - weights @ tail
        unseen = whole * weights * tail / inside
        hazard = np.exp(-alpha * alpha / 2) / np.sqrt(2 * np.pi) / tail
        beyond = means + sigmas * hazard
        variance = np.maximum(sigmas**2 * (1 + alpha * hazard - hazard**2), 1e-6)
        total = seen.sum(axis=1) + unseen
        moved = (seen @ logs + unseen * beyond) / total
        squares = (seen * (logs - moved[:, np.newaxis]) ** 2).sum(axis=1) + unseen * (variance + (beyond - moved) ** 2)
        likelihood = float(counts @ np.log(sums)) / whole - np.log(inside)
        # A median far beyond what was followed is not knowledge.
        means = np.minimum(moved, edge + 1)
        sigmas = np.sqrt((squares + _IMAGINED * _IMAGINED_VARIANCE) / (total + _IMAGINED))
        weights = (total + 2) / (total + 2).sum()
        if likelihood - best < _ENOUGH * 0.1:
            break
        best = likelihood
    return best, weights, means, sigmas
