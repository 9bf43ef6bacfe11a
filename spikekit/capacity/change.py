"""Whether the site may have changed while it was being searched, and how to find out soon.

The belief in a capacity follows every trial, but it is stubborn: a few long trials outweigh many short ones that
contradict them. So what repeats itself is taken seriously, and what was seen long ago is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from spikekit.capacity.trace import is_plainly_less
from spikekit.capacity.trial import Trial, TrialKind

STALE_SECONDS = 45.0
"""A rate that failed so long ago may hold by now: autoscalers and passing load take about that long."""

_UP = (1.03, 1.08, 1.2)
_DOWN = (0.94, 0.8, 0.6)
"""After three trials in a row that held (missed), so many times the highest (lowest) of them; then more, and more."""

_ABOUT = 0.95

_MUCH_LONGER = 5.0
"""What collapses by chance holds for a while now and then: for so many times as long it does not."""

_CHANCE = 2
"""So many in a row are chance: near the capacity half of all trials hold."""


def after_streak(rate: float, present: Sequence[Trial]) -> float:
    """``rate`` (visitors/s), or beyond what has now held, or missed, three times in a row."""
    if not present:
        return rate
    last = present[-1]
    streak = [t.visitors_per_second for t in takewhile(lambda t: t.verdict is last.verdict, reversed(present))]
    step = len(streak) - _CHANCE - 1
    if step < 0:
        return rate
    if last.held:
        return max(rate, max(streak) * _UP[min(step, len(_UP) - 1)])
    return min(rate, min(streak) * _DOWN[min(step, len(_DOWN) - 1)]) if last.missed else rate


def is_stale(present: Sequence[Trial], now: float) -> bool:
    """Whether the last rate that failed was tried long ago. ``now``: seconds since the search began."""
    missed = [t.offset_seconds + t.took_seconds for t in present if t.missed]
    return bool(missed) and now - max(missed) > STALE_SECONDS


def sags(trial: Trial, expected: float) -> bool:
    """Whether, when it gave way, plainly fewer visitors/s got through than came, or than ``expected``."""
    return trial.missed and (
        trial.collapsed
        or (
            trial.kind is TrialKind.TRIAL
            and is_plainly_less(trial.served_per_second, min(trial.offered_per_second, expected))
        )
    )


def fell_where_it_holds(trials: Sequence[Trial], expected: float) -> bool:
    """Whether it broke down only at rates that at other times it held for much longer: something else was going on."""
    if trials[0].collapsed:
        return False
    fallen = [t for t in trials if sags(t, expected)]

    def holds(fall: Trial) -> bool:
        least = _ABOUT * fall.visitors_per_second
        held = sum(t.duration_seconds for t in trials if t.held and t.visitors_per_second >= least)
        return held > _MUCH_LONGER * fall.duration_seconds

    return bool(fallen) and all(holds(fall) for fall in fallen)
