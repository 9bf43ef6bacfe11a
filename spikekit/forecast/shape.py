"""When the visitors of one wave come: densities over the seconds since its start, with their exact integrals.

Three shapes. A *lognormal* reaction, spread evenly over a send window of ``w`` seconds:

    rate(t)       = (F(t) − F(t−w)) / w                F the lognormal distribution function
    cumulative(t) = (G(t) − G(t−w)) / w                G(t) = ∫₀ᵗ F = t·F(t) − mean·Φ(z(t) − σ)

a *ramp* that grows linearly to its end (a crowd that gathers and reloads), and a *past* curve of counted bins.
Arrays have one entry a draw in their last axis; instants broadcast against them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spikekit.forecast.normal import Floats, distribution

Index = slice | NDArray[np.intp]
"""Some of the draws."""
_BEFORE = 1e-9
"""Instants before the start are moved here, where no one has reacted yet."""

_LEAST_WINDOW = 1.0
"""A send within a second is a send at once: peaks are means over ten."""

_HALVINGS = 8


class Shape(Protocol):
    """How one wave's visitors are spread over time; shares of the whole."""

    def cumulative(self, t: Floats) -> Floats:
        """The share that came by ``t`` seconds after the start."""
        ...

    def crest(self, length: float, draws: int) -> Floats:
        """Where the busiest ``length`` seconds begin, for each draw, after the start."""
        ...

    def breadth(self, draws: int) -> Floats:
        """Roughly how many seconds the top of the wave is wide, for each draw."""
        ...

    def kinks(self) -> tuple[float, ...]:
        """Instants at which the rate turns sharply."""
        ...

    def take(self, index: Index) -> Shape:
        """The shape in some draws only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """A lognormal reaction to something sent over ``window`` seconds (0: at once)."""

    median: Floats
    sigma: Floats
    window: float = 0.0

    def cumulative(self, t: Floats) -> Floats:
        if self.window < _LEAST_WINDOW:
            return self.reacted(t)
        return (self._integral(t) - self._integral(t - self.window)) / self.window

    def reacted(self, t: Floats) -> Floats:
        """The share that has reacted ``t`` seconds after its own message."""
        return distribution(np.log(np.maximum(t, _BEFORE) / self.median) / self.sigma)

    def _integral(self, t: Floats) -> Floats:
        """∫₀ᵗ of the distribution function: the lognormal's partial expectation."""
        t = np.maximum(t, _BEFORE)
        z = np.log(t / self.median) / self.sigma
        mean = self.median * np.exp(self.sigma * self.sigma / 2)
        return t * distribution(z) - mean * distribution(z - self.sigma)

    def _log_density(self, t: Floats) -> Floats:
        log = np.log(np.maximum(t, _BEFORE))
        z = (log - np.log(self.median)) / self.sigma
        result: Floats = -log - z * z / 2
        return result

    def _mode(self) -> Floats:
        result: Floats = self.median * np.exp(-self.sigma * self.sigma)
        return result

    def crest(self, length: float, draws: int) -> Floats:
        mode = self._mode()
        if self.window < _LEAST_WINDOW:
            # The best window has equal densities at its two ends, and the mode between them.
            start = np.maximum(mode - length, 0.0)
            return _crossing(lambda s: self._log_density(s + length) - self._log_density(s), start, mode)
        # The windowed rate is highest where the density now equals the one a send window ago …
        top = _crossing(
            lambda t: self._log_density(t) - self._log_density(t - self.window),
            np.maximum(mode, self.window),
            mode + self.window,
        )
        # … and the best window lies around that instant, with equal rates at both its ends.
        return _crossing(lambda s: self._rate(s + length) - self._rate(s), np.maximum(top - length, 0.0), top)

    def _rate(self, t: Floats) -> Floats:
        return self.reacted(t) - self.reacted(t - self.window)

    def breadth(self, draws: int) -> Floats:
        return self._mode() * np.minimum(self.sigma, 1.0) + self.window

    def kinks(self) -> tuple[float, ...]:
        return (0.0, self.window) if self.window else (0.0,)

    def take(self, index: Index) -> Lognormal:
        return Lognormal(median=self.median[index], sigma=self.sigma[index], window=self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A rate that grows linearly from 0 for ``length`` seconds and then stops."""

    length: float

    def cumulative(self, t: Floats) -> Floats:
        part = np.clip(t / self.length, 0.0, 1.0)
        return part * part

    def crest(self, length: float, draws: int) -> Floats:
        return np.full(draws, max(self.length - length, 0.0))

    def breadth(self, draws: int) -> Floats:
        return np.full(draws, self.length / 4)

    def kinks(self) -> tuple[float, ...]:
        return (0.0, self.length)

    def take(self, index: Index) -> Ramp:
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Counted bins: ``edges`` in seconds, ``shares`` the cumulative share at each; even within a bin."""

    edges: Floats
    shares: Floats

    def cumulative(self, t: Floats) -> Floats:
        return np.interp(t, self.edges, self.shares)

    def crest(self, length: float, draws: int) -> Floats:
        # The best window of a step function begins or ends at a step.
        starts = np.concatenate((self.edges, self.edges - length))
        gains = self.cumulative(starts + length) - self.cumulative(starts)
        return np.full(draws, starts[np.argmax(gains)])

    def breadth(self, draws: int) -> Floats:
        return np.full(draws, float(np.diff(self.edges).min()))

    def kinks(self) -> tuple[float, ...]:
        return tuple(float(e) for e in self.edges)

    def take(self, index: Index) -> Past:
        return self


def _crossing(height: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Where a height that is positive at ``low`` and negative at ``high`` crosses zero, by halving."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = height(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2
