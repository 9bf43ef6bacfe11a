"""What the trials so far tell about the capacity: a posterior on a grid, blocked by trial.

Each trial counts once, however many requests it had, for requests of one trial share one queue. A trial at rate r and
of T seconds misses with

    P(miss | c) = 1 / (1 + exp(−(ln r − ln c) / w))        w² = s² + (κ / √(r·T))²

where c is the capacity, s how sharply the site gives way, and κ/√(r·T) what chance does to r·T random arrivals. A site
that collapses is held together by luck until a crowd tips it over, at a hazard that grows with the rate:

    P(miss | c) = 1 − exp(−ln 2 · T/H · exp((ln r − ln c) / s))

so that c is the rate at which it survives an hour H in every second case. Either way one trial in fifty may miss by
somebody else's doing. The capacity may move between trials: when it last did is weighed for every trial (R. P. Adams
and D. J. C. MacKay, *Bayesian Online Changepoint Detection*, 2007), and only what came since the likeliest instant
counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from spikekit.capacity.trial import Trial, TrialKind

Floats = NDArray[np.float64]

STEP = 0.004
"""Of the grid, in ln(visitors/s)."""

SPREADS = np.array([0.003, 0.006, 0.012, 0.025])
SPREAD_WEIGHTS = np.array([0.3, 0.35, 0.25, 0.1])
TIPPING = 0.1
"""What collapses does so at a hazard whose s is about 0.1/√N with N requests in work (simulated: 0.09 to 0.15)."""

HAZARD_SPREADS = np.array([0.6, 0.8, 1.0, 1.3, 1.7])
HAZARD_WEIGHTS = np.array([0.1, 0.25, 0.35, 0.2, 0.1])
CHANCE = 0.5
"""κ: from simulated trials of 6 to 30 s on queues, bounded queues and rate limits (``benchmarks.capacity``)."""

FLATTERY = 0.9
"""A queue betrays itself by growing beyond its random walk of √(r·T): 0.9/√(r·T) above c every other trial passes."""

HOUR = 3600.0
FALSE_MISS, FALSE_HOLD = 0.02, 0.005
MOVES, MOVES_OF_COLLAPSING = 0.03, 0.002
"""How likely the capacity has moved from one trial to the next, before anything is known. What tips over by chance

contradicts itself without having moved.
"""

_REACH = 12.0
_NEAR_SIGMA, _NEAR_WEIGHT = 0.12, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """P(ln c) on a grid. ``moved_at``: the first trial after the capacity last moved, if it surely did."""

    grid: Floats
    density: Floats
    moved_at: int | None

    def quantile(self, q: float) -> float:
        """Visitors/s that the capacity does not exceed with probability ``q``."""
        reached = np.cumsum(self.density) - self.density / 2
        return float(np.exp(np.interp(q, reached, self.grid)))

    @property
    def width(self) -> float:
        """Of the central 95 %, relative."""
        return self.quantile(0.975) / self.quantile(0.025) - 1


class Manner(Enum):
    """How a site gives way: at once (sheds, limits its rate), by a queue that fills, or by tipping over."""

    SHARP = "sharp"
    QUEUE = "queue"
    COLLAPSE = "collapse"


def believe(trials: Sequence[Trial], *, anchor: float, manner: Manner, at_work: float, may_move: bool = True) -> Belief:
    """From the steady trials that told anything. ``anchor``: visitors/s that a first look saw get through.

    ``at_work``: how many requests the site works on at once, about.
    """
    tipping = HAZARD_SPREADS * min(max(TIPPING / math.sqrt(max(at_work, 1e-9)), 0.006), 0.06)
    told = [t for t in trials if t.kind is TrialKind.TRIAL and (t.held or t.missed)]
    center = math.log(max(anchor, 1e-3))
    grid = np.arange(center - math.log(_REACH), center + math.log(_REACH), STEP)
    weights = HAZARD_WEIGHTS if manner is Manner.COLLAPSE else SPREAD_WEIGHTS
    likely = (
        np.stack([_log_likelihood(t, grid, manner, tipping) for t in told]) if told else np.zeros((0, 1, len(grid)))
    )
    first = np.log(weights)[:, None] + np.log(_prior(grid, center))[None, :]
    later = np.log(weights)[:, None] - math.log(len(grid)) + np.zeros((1, len(grid)))
    moves = MOVES_OF_COLLAPSING if manner is Manner.COLLAPSE else MOVES
    runs, logs = _runs(likely, first, later, moves)
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    seen = [i for i in range(1, len(shares)) if may_move and _is_seen(told[i - 1 :])]
    start = max([0, *seen], key=lambda i: shares[i])
    # A present that "begins" with the first trial is the same capacity, seen without the look's help: no move.
    moved = trials.index(told[start - 1]) if start > 1 and shares[start] > 0.5 else None
    return Belief(grid=grid, density=_normal(runs[start]), moved_at=moved)


def _is_seen(since: Sequence[Trial]) -> bool:
    """Whether trials are enough to say that the capacity is another since: some of one kind are luck."""
    return any(t.held for t in since) and any(t.missed for t in since)


def _runs(likely: Floats, first: Floats, later: Floats, moves: float) -> tuple[list[Floats], Floats]:
    """For every trial at which the present capacity may have begun: the log posterior, and the log of its weight."""
    runs, logs = [first], [0.0]
    for log_likelihood in likely:
        evidence = np.array([_log_sum(run + log_likelihood) - _log_sum(run) for run in runs])
        fresh = _log_sum(later + log_likelihood) - _log_sum(later)
        whole = float(_log_sum(np.array(logs)))
        moved = whole + math.log(moves) + fresh
        logs = [*(np.array(logs) + math.log1p(-moves) + evidence), moved]
        runs = [*(run + log_likelihood for run in runs), later + log_likelihood]
    return runs, np.array(logs)


def _log_likelihood(trial: Trial, grid: Floats, manner: Manner, tipping: Floats) -> Floats:
    rate, seconds = max(trial.offered_per_second, 1e-9), trial.planned_seconds
    over = math.log(rate) - grid[None, :]
    if manner is Manner.COLLAPSE:
        growth = np.exp(np.clip(over / tipping[:, None], -60, 60))
        miss = -np.expm1(-math.log(2) * seconds / HOUR * growth)
    else:
        noise = 1 / math.sqrt(max(rate * seconds, 1.0))
        width = np.sqrt(SPREADS[:, None] ** 2 + (CHANCE * noise) ** 2)
        flattery = FLATTERY * noise if manner is Manner.QUEUE else 0.0
        miss = 1 / (1 + np.exp(-np.clip((over - flattery) / width, -60, 60)))
    miss = FALSE_MISS + (1 - FALSE_MISS - FALSE_HOLD) * miss
    return np.asarray(np.log(miss if trial.missed else 1 - miss))


def _prior(grid: Floats, center: float) -> Floats:
    """Near what the look saw, or anywhere: it may have been cold then, or have collapsed."""
    near = np.exp(-0.5 * ((grid - center + 0.03) / _NEAR_SIGMA) ** 2)
    return np.asarray(_NEAR_WEIGHT * near / near.sum() + (1 - _NEAR_WEIGHT) / len(grid))


def _log_sum(values: Floats) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def _normal(run: Floats) -> Floats:
    whole = np.exp(run - run.max()).sum(axis=0)
    return np.asarray(whole / whole.sum())
