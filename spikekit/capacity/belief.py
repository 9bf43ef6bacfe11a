"""What the trials so far tell about the capacity: a posterior on a grid, blocked by trial.

Each trial counts once, however many requests it had, for requests of one trial share one queue; how likely it was to
end as it did is told by ``likelihood``. The capacity may move between trials: when it last did is weighed for every
trial (R. P. Adams and D. J. C. MacKay, *Bayesian Online Changepoint Detection*, 2007), and only what came since the
likeliest instant counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikekit.capacity.likelihood import Floats, Likelihood, Manner, likelihood
from spikekit.capacity.trial import Trial, TrialKind

STEP = 0.004
"""Of the grid, in ln(visitors/s)."""

MOVES, MOVES_OF_COLLAPSING = 0.03, 0.002
"""How likely the capacity has moved from one trial to the next, before anything is known.

What tips over by chance contradicts itself without having moved.
"""

_REACH = 12.0
_NEAR_SIGMA, _NEAR_WEIGHT = 0.12, 0.6

_COLD = 0.2
"""How much less likely is a capacity above what broke the look than one below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """``joint``: P(spread, ln c), a row a spread. ``moved_at``: the first trial since the capacity surely moved."""

    likelihood: Likelihood
    joint: Floats
    moved_at: int | None

    def quantile(self, q: float) -> float:
        """Visitors/s that the capacity does not exceed with probability ``q``."""
        density = self.joint.sum(axis=0)
        reached = np.cumsum(density) - density / 2
        return float(np.exp(np.interp(q, reached, self.likelihood.grid)))

    @property
    def width(self) -> float:
        """Of the central 95 %, relative."""
        return self.quantile(0.975) / self.quantile(0.025) - 1

    def rate_that_misses(self, chance: float, seconds: float) -> float:
        """Visitors/s at which a trial of so many seconds misses with this ``chance``."""
        low, high = (float(end) for end in self.likelihood.grid[[0, -1]])
        while high - low > STEP / 2:
            middle = (low + high) / 2
            missed = float((self.joint * self.likelihood.miss(math.exp(middle), seconds)).sum())
            low, high = (middle, high) if missed < chance else (low, middle)
        return math.exp(low)


def believe(
    trials: Sequence[Trial],
    *,
    anchor: float,
    broke_at: float | None,
    manner: Manner,
    at_work: float,
    may_move: bool = True,
) -> Belief:
    """From the steady trials that told anything. ``anchor``: visitors/s that a first look saw get through.

    ``broke_at``: the rate at which it gave way, if it did. ``at_work``: how many requests the site works on at once,
    about.
    """
    told = [t for t in trials if t.kind is TrialKind.TRIAL and (t.held or t.missed)]
    center = math.log(max(anchor, 1e-3))
    grid = np.arange(center - math.log(_REACH), center + math.log(_REACH), STEP)
    model = likelihood(manner, grid, at_work=at_work)
    likely = np.stack([model.of(t) for t in told]) if told else np.zeros((0, 1, len(grid)))
    first = np.log(model.weights)[:, None] + np.log(_prior(grid, center, broke_at))[None, :]
    later = np.log(model.weights)[:, None] - math.log(len(grid)) + np.zeros((1, len(grid)))
    moves = MOVES_OF_COLLAPSING if manner is Manner.COLLAPSE else MOVES
    runs, logs = _runs(likely, first, later, moves)
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    seen = [i for i in range(1, len(shares)) if may_move and _is_seen(told[i - 1 :])]
    start = max([0, *seen], key=lambda i: shares[i])
    # A present that "begins" with the first trial is the same capacity, seen without the look's help: no move.
    moved = trials.index(told[start - 1]) if start > 1 and shares[start] > 0.5 else None
    return Belief(likelihood=model, joint=_normal(runs[start]), moved_at=moved)


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


def _prior(grid: Floats, center: float, broke_at: float | None) -> Floats:
    """Near what the look saw, or anywhere; above what broke it only if it was cold then."""
    near = np.exp(-0.5 * ((grid - center + 0.03) / _NEAR_SIGMA) ** 2)
    prior = _NEAR_WEIGHT * near / near.sum() + (1 - _NEAR_WEIGHT) / len(grid)
    above = grid > math.log(broke_at) if broke_at else np.zeros(len(grid), bool)
    return np.asarray(np.where(above, _COLD * prior, prior))


def _log_sum(values: Floats) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def _normal(run: Floats) -> Floats:
    whole = np.exp(run - run.max())
    return np.asarray(whole / whole.sum())
