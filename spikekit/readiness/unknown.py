"""Which doubt decides: survival with each unknown at its lower and at its upper quartile, all others as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from spikekit.forecast.inputs import Driver, Input
from spikekit.forecast.normal import Floats
from spikekit.readiness.survival import Chances

_AROUND = 0.1
"""A quartile is the tenth of the draws on each side of it."""

_LEAST_DIFFERENCE = 0.005
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
    """One unknown and the survival (0-1) with it at either quartile."""

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
    return [at_quartiles(name, score, chances.by_demand) for name, score in {**scores, **extra}.items()]


def at_quartiles(name: Unknown, score: Floats, chance: Floats) -> Doubt:
    """Survival among the draws around either quartile of ``score``."""
    order = np.argsort(score, kind="stable")
    ends = [
        float(chance[order[int((q - _AROUND) * len(order)) : int((q + _AROUND) * len(order))]].mean())
        for q in (0.25, 0.75)
    ]
    return Doubt(name=name, low=min(ends), high=max(ends))


def _score(deviates: Floats, log_need: Floats) -> Floats:
    """The part of ``log_need`` that the deviates explain, by least squares on them and their sizes."""
    features = np.concatenate([deviates, np.abs(deviates)])
    features = features - features.mean(axis=1, keepdims=True)
    weights, *_ = np.linalg.lstsq(features @ features.T, features @ (log_need - log_need.mean()), rcond=1e-10)
    return np.asarray(weights @ features)
