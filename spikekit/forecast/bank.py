"""Response kernels of posts: two waves of lognormal reaction, drawn as whole rows so that parameters stay together.

    density(t) = weight · fast(t) + (1 − weight) · slow(t)

A bank is a value: anything that draws rows. ``PUBLISHED`` draws from the published quantiles with the rank
correlations of the fitted parameters; a bank of fitted rows can take its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.vocabulary import P95_Z

KERNEL_SECONDS = 7 * 86_400.0
"""The cascades that the kernels were fitted to were followed for seven days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRows:
    """One kernel per draw; each array has one entry a draw. Medians in seconds."""

    fast_weight: Floats
    fast_median: Floats
    fast_sigma: Floats
    slow_median: Floats
    slow_sigma: Floats


class Bank(Protocol):
    """Something whole kernels can be drawn from."""

    def draw(self, rng: np.random.Generator, draws: int) -> KernelRows:
        """``draws`` kernels, each a whole row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileBank:
    """Five quantities known by P5, P50, P95 (rows, in the order of ``KernelRows``) and their rank correlation.

    Drawn through a Gaussian copula: correlated normal deviates, each pushed through its own two-piece (log-)normal;
    the weight is two-piece normal in its log odds. Deviates end at ``edge``, for the tails of a handful of
    quantiles are not knowledge: beyond it a fast wave would put a quarter of itself into its first ten seconds.
    """

    quantiles: tuple[tuple[float, float, float], ...]
    rank_correlation: tuple[tuple[float, ...], ...]
    edge: float = 2.0

    def draw(self, rng: np.random.Generator, draws: int) -> KernelRows:
        z = np.clip(rng.standard_normal((draws, 5)) @ self._root().T, -self.edge, self.edge)
        figures = np.array(self.quantiles)
        logs = np.log(figures)
        logs[0] -= np.log(1 - figures[0])
        values = [_two_piece(quantiles, z[:, i]) for i, quantiles in enumerate(logs)]
        return KernelRows(
            fast_weight=1 / (1 + np.exp(-values[0])),
            fast_median=np.exp(values[1]),
            fast_sigma=np.exp(values[2]),
            slow_median=np.exp(values[3]),
            slow_sigma=np.exp(values[4]),
        )

    def _root(self) -> Floats:
        # Pearson's correlation of normal deviates whose ranks correlate by r is 2 sin(πr/6).
        pearson = 2 * np.sin(np.pi / 6 * np.array(self.rank_correlation))
        np.fill_diagonal(pearson, 1.0)
        return np.linalg.cholesky(pearson)


def _two_piece(quantiles: Floats, z: Floats) -> Floats:
    low, mid, high = quantiles
    result: Floats = mid + np.where(z >= 0, z * (high - mid), z * (mid - low)) / P95_Z
    return result


PUBLISHED = QuantileBank(
    quantiles=(
        (0.08, 0.46, 0.86),
        (2.5 * 60, 11 * 60, 180 * 60),
        (0.77, 1.73, 2.9),
        (0.84 * 3600, 7.2 * 3600, 113 * 3600),
        (0.25, 1.0, 2.5),
    ),
    rank_correlation=(
        (1.00, 0.69, 0.72, 0.61, -0.77),
        (0.69, 1.00, 0.86, 0.60, -0.76),
        (0.72, 0.86, 1.00, 0.73, -0.83),
        (0.61, 0.60, 0.73, 1.00, -0.62),
        (-0.77, -0.76, -0.83, -0.62, 1.00),
    ),
)
"""Two-wave lognormals fitted to retweet cascades of accounts with 100,000 followers and more (TiDeH, 2011 Twitter).

Quantiles: 85 cascades (C). Rank correlations: 53 of them, fitted by expectation-maximisation on log times (C).
Without the correlations the band of the peak minute's share is twice too wide: with them the median post puts 4.3 %
of its first day into its busiest minute (P95 11 %); the cascades say 4.6 % (P95 10.5 %).
"""
