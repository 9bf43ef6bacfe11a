"""A piecewise-linear arrival rate with its exact integral and the inverse of that integral.

        rate(t)                      area(t) = ∫₀ᵗ rate
    r1 ┤   ╱╲                    N ┤        ╭──
       │  ╱  ╲___                  │     ╭──╯
    r0 ┤ ╱       ╲                 │  ╭──╯
       └─t0──t1──t2──           0  └──────────

Between two knots the rate runs straight from ``a`` to ``b`` over ``d`` seconds, so the area gained after ``x``
seconds is ``a·x + (b−a)·x²/(2d)``; the inverse solves that quadratic in the form that is stable for small slopes:
``x = 2·A / (a + √(a² + 2·A·(b−a)/d))``. Two knots at one instant make a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RateCurve:
    """``rates`` (visitors/s, ≥ 0) at ``times`` (seconds, ascending from 0, equal times make a step).

    Raises ``ValueError`` for anything else, and for fewer than two knots.
    """

    times: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        times, rates = self._times, self._rates
        if len(times) != len(rates) or len(times) < 2:
            raise ValueError("a curve needs at least two knots, each with a time and a rate")
        if not (np.isfinite(times).all() and np.isfinite(rates).all()):
            raise ValueError("a curve's knots must be finite")
        if times[0] != 0 or (np.diff(times) < 0).any() or times[-1] <= 0:
            raise ValueError("a curve's times ascend from 0")
        if (rates < 0).any():
            raise ValueError("a rate cannot be negative")

    @classmethod
    def constant(cls, rate: float, seconds: float, *, ramp_seconds: float = 0.0) -> RateCurve:
        """``rate`` visitors/s for ``seconds``, reached in a straight line from 0 within ``ramp_seconds``."""
        if ramp_seconds > 0:
            return cls((0.0, ramp_seconds, seconds), (0.0, rate, rate))
        return cls((0.0, seconds), (rate, rate))

    @cached_property
    def _times(self) -> Floats:
        return np.asarray(self.times, dtype=np.float64)

    @cached_property
    def _rates(self) -> Floats:
        return np.asarray(self.rates, dtype=np.float64)

    @cached_property
    def _areas(self) -> Floats:
        pieces = np.diff(self._times) * (self._rates[1:] + self._rates[:-1]) / 2
        return np.concatenate(([0.0], np.cumsum(pieces)))

    @property
    def duration_seconds(self) -> float:
        return self.times[-1]

    @property
    def total(self) -> float:
        """The expected number of visitors over the whole curve."""
        return float(self._areas[-1])

    @property
    def peak(self) -> float:
        """The largest rate at any instant, visitors/s."""
        return max(self.rates)

    def rate(self, at: Floats | float) -> Floats:
        """The rate at each instant (seconds); 0 outside the curve. At a step, the rate after it."""
        t = np.asarray(at, dtype=np.float64)
        i = np.clip(np.searchsorted(self._times, t, side="right") - 1, 0, len(self._times) - 2)
        # A zero-length piece (a step at the very end) has no slope.
        width = self._times[i + 1] - self._times[i]
        part = np.where(width > 0, (t - self._times[i]) / np.where(width > 0, width, 1), 1.0)
        value = self._rates[i] + part * (self._rates[i + 1] - self._rates[i])
        return np.where((t >= 0) & (t <= self._times[-1]), value, 0.0)

    def area(self, at: Floats | float) -> Floats:
        """Expected visitors from 0 to each instant; constant outside the curve."""
        t = np.clip(np.asarray(at, dtype=np.float64), 0.0, self._times[-1])
        i = np.clip(np.searchsorted(self._times, t, side="right") - 1, 0, len(self._times) - 2)
        width = self._times[i + 1] - self._times[i]
        slope = (self._rates[i + 1] - self._rates[i]) / np.where(width > 0, width, 1)
        x = t - self._times[i]
        return self._areas[i] + np.where(width > 0, x * (self._rates[i] + slope * x / 2), 0.0)

    def instant(self, area: Floats | float) -> Floats:
        """The earliest instant by which ``area`` visitors are expected (0 ≤ area ≤ total): the inverse of ``area``."""
        wanted = np.clip(np.asarray(area, dtype=np.float64), 0.0, self._areas[-1])
        i = np.clip(np.searchsorted(self._areas, wanted, side="left") - 1, 0, len(self._times) - 2)
        width = self._times[i + 1] - self._times[i]
        start = self._rates[i]
        slope = (self._rates[i + 1] - start) / np.where(width > 0, width, 1)
        missing = wanted - self._areas[i]
        root = start + np.sqrt(np.maximum(start * start + 2 * missing * slope, 0.0))
        x = np.where(root > 0, 2 * missing / np.where(root > 0, root, 1), 0.0)
        return self._times[i] + np.minimum(x, width)

    def scaled(self, factor: float) -> RateCurve:
        """The same shape at ``factor`` times the rate."""
        return RateCurve(self.times, tuple(r * factor for r in self.rates))
