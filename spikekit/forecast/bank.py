"""Response kernels of posts: waves of lognormal reaction, drawn as whole rows so that parameters stay together.

    density(t) = Σ waves  weight · lognormal(t; median, sigma)

A bank is a value: anything that draws rows. ``FITTED`` draws from the table of kernels fitted to real cascades.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from spikekit.forecast.fitting import Waves
from spikekit.forecast.kernels import ACCOUNTS, KERNELS
from spikekit.forecast.normal import Floats

KERNEL_SECONDS = 7 * 86_400.0
"""The cascades that the kernels were fitted to were followed for seven days."""

BETWEEN_ROWS = 0.3
"""How far between the rows kernels are drawn: 0 repeats the rows, 1 is the normal distribution of their parameters.

Chosen by leave-cluster-out; the scores hardly change from .2 to .6 (``docs/design/forecast.md``).
"""

EFFECTIVE_EVENTS = 40.0
"""A curve of own visitors counts as this many independent ones at most: no kernel is exactly true of it."""

ROWS_OF_ONE_S_OWN = 5
"""From this many own campaigns on, their kernels join the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRows:
    """One kernel per draw; arrays of waves × draws. Weights of a draw add up to one, medians are in seconds."""

    weights: Floats
    medians: Floats
    sigmas: Floats

    def figures(self) -> Floats:
        """Unbounded figures (rows) of each draw's kernel: log odds to the last weight, log medians, log sigmas."""
        odds = np.log(self.weights[:-1] / self.weights[-1])
        return np.concatenate([odds, np.log(self.medians), np.log(self.sigmas)])

    @classmethod
    def of_figures(cls, figures: Floats) -> KernelRows:
        """The kernels with these ``figures``."""
        waves = (len(figures) + 1) // 3
        odds = np.concatenate([figures[: waves - 1], np.zeros((1, figures.shape[1]))])
        weights = np.exp(odds - odds.max(axis=0))
        logs = figures[waves - 1 :]
        return cls(weights=weights / weights.sum(axis=0), medians=np.exp(logs[:waves]), sigmas=np.exp(logs[waves:]))

    @classmethod
    def of(cls, kernels: list[Waves]) -> KernelRows:
        """Fitted kernels side by side."""
        return cls(
            weights=np.array([k.weights for k in kernels]).T,
            medians=np.array([k.medians for k in kernels]).T,
            sigmas=np.array([k.sigmas for k in kernels]).T,
        )


class Bank(Protocol):
    """Something whole kernels can be drawn from."""

    def draw(self, rng: np.random.Generator, draws: int) -> KernelRows:
        """``draws`` kernels, each a whole row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBank:
    """Fitted kernels as rows, each with its ``chances`` of being drawn (they add up to one).

    A drawn row is moved a part of the way to a normal deviate with all rows' mean and covariance, so that kernels
    between the rows come too while mean, spread and correlation of the parameters stay what they are.
    """

    rows: KernelRows
    chances: Floats
    between: float = BETWEEN_ROWS

    def draw(self, rng: np.random.Generator, draws: int) -> KernelRows:
        figures = self.rows.figures()
        mean = figures @ self.chances
        apart = figures - mean[:, np.newaxis]
        # Any root of the covariance does; this one needs no full rank, so a bank of one row is a bank.
        root = apart * np.sqrt(self.chances)
        chosen = rng.choice(len(self.chances), size=draws, p=self.chances)
        between = root @ rng.standard_normal((len(self.chances), draws))
        kept = np.sqrt(1 - self.between**2)
        return KernelRows.of_figures(mean[:, np.newaxis] + kept * apart[:, chosen] + self.between * between)

    def reweighted(self, log_likelihoods: Floats) -> RowBank:
        """The bank in which each row's chance is multiplied by its likelihood."""
        logs = np.log(self.chances) + log_likelihoods
        chances = np.exp(logs - logs.max())
        return replace(self, chances=chances / chances.sum())


def bank_of(kernels: list[Waves], accounts: list[int]) -> RowBank:
    """A bank in which every account counts as one, however many of its posts were fitted."""
    posts = Counter(accounts)
    chances = np.array([1 / posts[a] for a in accounts])
    return RowBank(rows=KernelRows.of(kernels), chances=chances / chances.sum())


def kernel(row: tuple[float, ...]) -> Waves:
    """A row of the table: weights, medians and sigmas, one of each a wave."""
    weights, medians, sigmas = np.array(row).reshape(3, -1)
    return Waves(weights=weights / weights.sum(), medians=medians, sigmas=sigmas)


FITTED = bank_of([kernel(row) for row in KERNELS], list(ACCOUNTS))
"""The kernels of ``kernels``: retweet cascades of accounts with 100,000 followers and more."""
