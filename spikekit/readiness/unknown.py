"""Which doubt decides: survival in the worst and in the best quarter of each unknown, all others as they are.

Quarters and not quartiles: a campaign that mostly holds fails in the last tenth of what decides it, where no quartile
looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spikekit.forecast.inputs import Driver, Input
from spikekit.forecast.normal import Floats
from spikekit.readiness.survival import Chances

_LEAST_DIFFERENCE = 0.02
"""A doubt that moves survival by less decides nothing."""


class Unknown(StrEnum):
    """What may not be known, in words for people; the first are the forecast's own."""

    CLICK_RATE = Driver.CLICK_RATE.value
    AUDIENCE = Driver.AUDIENCE.value
    REACTION = Driver.REACTION.value
    TIMING = Driver.TIMING.value
    BOTS = Driver.BOTS.value
    REQUESTS = Driver.REQUESTS.value
    OTHERS = "other campaigns"
    NORMAL = "normal traffic"
    CAPACITY = "measured capacity"
    RATIO = "capacity ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One unknown and the survival (0-1) in its worst and in its best quarter."""

    name: Unknown
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.high - self.low


def dominant(doubts: Iterable[Doubt]) -> Doubt | None:
    """The unknown that moves survival most; ``None`` where none does."""
    widest = max(doubts, key=lambda d: d.difference, default=None)
    return widest if widest is not None and widest.difference >= _LEAST_DIFFERENCE else None


def doubts_of_demand(
    inputs: Iterable[Input], log_need: Floats, chances: Chances, extra: dict[Unknown, Floats]
) -> list[Doubt]:
    """Each kind of input of the forecast, and the ``extra`` figures by name, one entry a draw.

    An unknown of several figures (a kernel's) is ranked by what they together make of the need.
    """
    groups: dict[Unknown, list[Floats]] = defaultdict(list)
    for each in inputs:
        if each.driver is not Driver.REQUESTS:
            # The requests of a page are those that the capacity was measured with, or ``extra`` says what was drawn.
            groups[Unknown(each.driver.value)].append(each.deviates)
    scores = {name: _score(np.concatenate(rows), log_need) for name, rows in groups.items()}
    moving = {name: score for name, score in {**scores, **extra}.items() if np.ptp(score) > 0}
    return [in_quarters(name, score, chances.by_demand) for name, score in moving.items()]


def in_quarters(name: Unknown, score: Floats, chance: Floats) -> Doubt:
    """Survival in the quarters of the draws in which ``score`` is lowest and highest."""
    order, quarter = np.argsort(score, kind="stable"), max(1, len(score) // 4)
    ends = [float(chance[part].mean()) for part in (order[:quarter], order[-quarter:])]
    return Doubt(name=name, low=min(ends), high=max(ends))


def _score(deviates: Floats, log_need: Floats) -> Floats:
    """The part of ``log_need`` that the deviates explain, by least squares on them and their sizes.

    Either half of the draws is scored by what the other half shows, so that nobody explains his own luck.
    """
    features = np.concatenate([deviates, np.abs(deviates)])
    features = features - features.mean(axis=1, keepdims=True)
    centred, score = log_need - log_need.mean(), np.zeros_like(log_need)
    for own, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        shown = features[:, other]
        weights, *_ = np.linalg.lstsq(shown @ shown.T, shown @ centred[other], rcond=1e-10)
        score[own] = weights @ features[:, own]
    return score
