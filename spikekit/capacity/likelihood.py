"""How likely a trial's outcome is where the capacity is c: at once, by a queue that fills, or by tipping over.

A trial at rate r and of T seconds misses with

    P(miss | c) = 1 / (1 + exp(−(ln r − ln c) / w))        w² = s² + (κ / √(r·T))²

where s is how sharply the site gives way, and κ/√(r·T) what chance does to r·T random arrivals. A site that collapses
is held together by luck until a crowd tips it over, at a hazard that grows with the rate:

    P(lives for t | c) = exp(−ln 2 · t/H · exp((ln r − ln c) / s))

so that c is the rate at which it survives an hour H in every second case. When it tipped over tells as much as that it
did: a trial that ended in its second 4 was far above c, one that ended in its second 28 was not. Either way one trial
in fifty may miss by somebody else's doing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from spikekit.capacity.trial import LimitedBy, Trial

Floats = NDArray[np.float64]

SPREADS = np.array([0.003, 0.006, 0.012, 0.025])
SPREAD_WEIGHTS = np.array([0.3, 0.35, 0.25, 0.1])
TIPPING = 0.13
"""What collapses does so at a hazard whose s, from seconds to an hour, is about 0.13/√N with N requests in work.

Simulated: 0.10 to 0.16, for 12 to 103 slots.
"""

HAZARD_SPREADS = np.array([0.55, 0.7, 0.85, 1.0, 1.2, 1.5])
HAZARD_WEIGHTS = np.array([0.05, 0.15, 0.25, 0.3, 0.2, 0.05])
_LEAST_TIPPING, _MOST_TIPPING = 0.008, 0.06

CHANCE = 0.5
"""κ: from simulated trials of 6 to 30 s on queues, bounded queues and rate limits (``benchmarks.capacity``)."""

QUEUE_CHANCE, FLATTERY = 0.65, 1.3
"""κ of a queue, which betrays itself by growing beyond its random walk: 1.3/√(r·T) above c every other trial passes.

Simulated at 20 to 1,000 visitors/s, in trials of 6 to 30 s: 1.0 to 2.0, and κ 0.5 to 0.8.
"""

HOUR = 3600.0
FALSE_MISS, FALSE_HOLD, FALSE_FALL = 0.02, 0.005, 0.005
"""What somebody else's doing makes miss, or hold, or tip over."""

_ABOVE, _BELOW, _UNTOLD = 0.015, 0.04, 0.3
"""How far c may lie, relatively, above and below what an overloaded queue lets through.

It lets through what it holds for ever, less what its crowd costs it, or more where the objectives are tight. Three in
ten tell nothing of that.
"""

_TIGHTEST = 0.4
"""Objectives so tight that a queue may hardly form leave a part of what it lets through; it is not known which."""

_UNSEEN_SECONDS = 5.0
"""A crowd that has tipped it over grows for so long, at most, until the trial has clearly failed."""


class Manner(Enum):
    """How a site gives way: at once (sheds, limits its rate), by a queue that fills, or by tipping over."""

    SHARP = "sharp"
    QUEUE = "queue"
    COLLAPSE = "collapse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """Over capacities (``grid``: ln visitors/s) and how sharply a site of this ``manner`` gives way (``spreads``)."""

    manner: Manner
    grid: Floats
    spreads: Floats
    weights: Floats

    def of(self, trial: Trial) -> Floats:
        """ln P(what this trial came to), one row a spread."""
        rate, seconds = max(trial.offered_per_second, 1e-9), trial.planned_seconds
        if self.manner is not Manner.COLLAPSE:
            miss = self.miss(rate, seconds)
        elif trial.missed:
            until = trial.duration_seconds
            hazard = self._hazard(rate)
            miss = np.exp(-hazard * max(until - _UNSEEN_SECONDS, 0.0) / 2) - np.exp(-hazard * until)
        else:
            miss = self.miss(rate, trial.duration_seconds)
        false = FALSE_FALL if self.manner is Manner.COLLAPSE else FALSE_MISS
        miss = false + (1 - false - FALSE_HOLD) * miss
        return np.asarray(np.log(miss if trial.missed else 1 - miss) + self._let_through(trial))

    def _let_through(self, trial: Trial) -> Floats:
        """ln P(so much got through an overloaded queue): it lets through what it can, or its crowd costs it some."""
        served = trial.let_through_per_second
        if self.manner is not Manner.QUEUE or trial.limited_by is not LimitedBy.LATENCY or not served:
            return np.zeros_like(self.grid)
        chance = 1 / math.sqrt(2 * max(served * trial.duration_seconds * 2 / 3, 1.0))
        tight = min(trial.tightness_per_second / served, _TIGHTEST)
        over = self.grid - math.log(served) - math.log1p(-tight)
        sigma = np.where(over > 0, math.hypot(_ABOVE, chance), math.hypot(_BELOW, chance, tight))
        return np.asarray(np.log(_UNTOLD + (1 - _UNTOLD) * np.exp(-0.5 * (over / sigma) ** 2)))

    def miss(self, rate: float, seconds: float) -> Floats:
        """P(a trial misses), one row a spread."""
        if self.manner is Manner.COLLAPSE:
            return np.asarray(-np.expm1(-seconds * self._hazard(rate)))
        noise = 1 / math.sqrt(max(rate * seconds, 1.0))
        chance, flattery = (QUEUE_CHANCE, FLATTERY) if self.manner is Manner.QUEUE else (CHANCE, 0.0)
        width = np.sqrt(self.spreads[:, None] ** 2 + (chance * noise) ** 2)
        over = math.log(rate) - self.grid[None, :] - flattery * noise
        return np.asarray(1 / (1 + np.exp(-np.clip(over / width, -60, 60))))

    def _hazard(self, rate: float) -> Floats:
        """Of tipping over, a second."""
        over = math.log(rate) - self.grid[None, :]
        return np.asarray(math.log(2) / HOUR * np.exp(np.clip(over / self.spreads[:, None], -60, 60)))


def likelihood(manner: Manner, grid: Floats, *, at_work: float) -> Likelihood:
    """``at_work``: how many requests the site works on at once, about."""
    if manner is Manner.COLLAPSE:
        tipping = min(max(TIPPING / math.sqrt(max(at_work, 1e-9)), _LEAST_TIPPING), _MOST_TIPPING)
        return Likelihood(manner=manner, grid=grid, spreads=HAZARD_SPREADS * tipping, weights=HAZARD_WEIGHTS)
    return Likelihood(manner=manner, grid=grid, spreads=SPREADS, weights=SPREAD_WEIGHTS)
