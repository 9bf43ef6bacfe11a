"""Axes with round numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spikekit import wording
from spikekit.report.chart.series import NICE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis: where (0 at its beginning, 1 at its end) and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From ``low`` to ``high``, straight or logarithmic."""

    low: float
    high: float
    ticks: Sequence[Tick]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands between 0 and 1; outside values at the end they are nearest to."""
        if self.logarithmic:
            value = max(value, self.low)
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))


def upwards(largest: float, text: Callable[[float], str], *, steps: int = 4) -> Axis:
    """From 0 to at least ``largest`` in about ``steps`` round steps."""
    step = _round_step(max(largest, 1e-9) / steps)
    number = max(1, math.ceil(largest / step - 1e-9))
    ticks = [Tick(at=i / number, text=text(i * step) if i else "0") for i in range(number + 1)]
    return Axis(low=0.0, high=number * step, ticks=ticks)


def seconds(length: float, *, most: int = 6) -> Axis:
    """Time from 0 to ``length`` seconds, marked at round instants."""
    length = max(length, 1.0)
    step = next((n for n in NICE_SECONDS if length / n <= most), NICE_SECONDS[-1])
    ticks = [Tick(at=i * step / length, text=wording.clock(i * step)) for i in range(int(length // step) + 1)]
    return Axis(low=0.0, high=length, ticks=ticks)


def decades(low: float, high: float) -> Axis:
    """Durations from about ``low`` to about ``high`` seconds on a logarithmic scale, marked at powers of ten."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    # Half a decade that nobody needs is not drawn.
    start = 10.0**first * (3 if low >= 3 * 10.0**first else 1)
    end = 10.0**last / (3 if high <= 10.0**last / 3 else 1)
    axis = Axis(low=start, high=max(end, start * 10), ticks=(), logarithmic=True)
    marks = [m for e in range(first, last + 1) for m in (10.0**e, 3 * 10.0**e) if start <= m <= axis.high * 1.001]
    ticks = [Tick(at=axis.place(m), text=wording.duration(m)) for m in marks]
    return Axis(low=axis.low, high=axis.high, ticks=ticks, logarithmic=True)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(n * power for n in (1.0, 2.0, 2.5, 5.0, 10.0) if n * power >= step * (1 - 1e-9))
