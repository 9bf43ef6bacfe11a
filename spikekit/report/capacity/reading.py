"""A search as people read it: each trial in a few words, and where its rate stands among the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spikekit import wording
from spikekit.capacity.document import CapacityRun, TrialResult
from spikekit.capacity.trial import TrialKind
from spikekit.capacity.words import rate
from spikekit.report.palette import Light, Role, Symbol
from spikekit.vocabulary import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReading:
    """One trial in words. ``place``: its rate between 0 and 1 on the picture's axis."""

    number: int
    rate: str
    seconds: str
    p95: str
    errors: str
    holds: str
    light: Light
    place: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A logarithmic axis of rates. ``low`` and ``high``: the interval's ends on it, None where there is none."""

    least: float
    most: float
    low: float | None
    high: float | None

    def place(self, value: float) -> float:
        """Where a rate stands, from 0 to 1."""
        value = min(max(value, self.least), self.most)
        return math.log(value / self.least) / math.log(self.most / self.least)


def read_trials(search: CapacityRun) -> list[TrialReading]:
    """Every trial in the order they were made."""
    axis = picture(search)
    return [reading(i + 1, t, axis) for i, t in enumerate(search.trials)]


def reading(number: int, trial: TrialResult, axis: Picture) -> TrialReading:
    """One trial."""
    return TrialReading(
        number=number,
        rate=("up to " if trial.kind is TrialKind.LOOK else "") + rate(trial.visitors_per_second),
        seconds=wording.count(round(trial.duration_seconds)),
        p95=wording.NOTHING if trial.p95_seconds is None else wording.duration(trial.p95_seconds),
        errors=wording.NOTHING if trial.error_ratio is None else wording.percent(trial.error_ratio),
        holds=_holds(trial),
        light=_light(trial),
        place=axis.place(trial.visitors_per_second),
    )


def _light(trial: TrialResult) -> Light:
    if trial.verdict is Verdict.READY:
        return Light(symbol=Symbol.READY, word="held", role=Role.READY)
    if trial.verdict is Verdict.NOT_READY:
        return Light(symbol=Symbol.NOT_READY, word="did not hold", role=Role.NOT_READY)
    return Light(symbol=Symbol.UNKNOWN, word="not known", role=Role.UNKNOWN)


def _holds(trial: TrialResult) -> str:
    if trial.kind is TrialKind.LOOK:
        said = {Verdict.READY: "a first look: all held", Verdict.NOT_READY: "a first look, until it broke"}
        return said.get(trial.verdict, "a first look; not known")
    if trial.verdict is Verdict.READY:
        return "yes"
    if trial.verdict is Verdict.INCONCLUSIVE:
        return "not known"
    if trial.stopped_early:
        return "no (stopped early)"
    return "no, still growing" if trial.growing else "no"


def picture(search: CapacityRun) -> Picture:
    """An axis on which all trials that tell something about the bounds are seen, and the interval."""
    steady = [t.visitors_per_second for t in search.trials if t.kind is TrialKind.TRIAL]
    rates: Sequence[float] = steady or [t.visitors_per_second for t in search.trials] or [1.0]
    low, high = search.interval.visitors_per_second
    known = [*rates, *(v for v in (low, high) if v is not None)]
    least, most = max(min(known), 1e-3) / 1.05, max(known) * 1.05
    axis = Picture(least=least, most=most, low=None, high=None)
    return Picture(
        least=least,
        most=most,
        low=None if low is None else axis.place(low),
        high=None if high is None else axis.place(high),
    )


def journey_words(search: CapacityRun) -> str:
    """What its visitors did: a journey's name, or the one page they asked for."""
    return f"the page {search.page}" if search.page else f"the journey {search.journey}"


def costs(search: CapacityRun) -> str:
    """How long it took, and how much of that was hard on the target."""
    text = f"{wording.duration(search.duration_seconds)} in {wording.plural(len(search.trials), 'trial')}"
    if search.capacity is None:
        return f"{text}."
    return f"{text}, {wording.duration(search.seconds_above_capacity)} of it above what it holds."


def light(search: CapacityRun) -> Light:
    """Known, or not."""
    if search.conclusive:
        return Light(symbol=Symbol.READY, word="Known", role=Role.READY)
    return Light(symbol=Symbol.UNKNOWN, word="Inconclusive", role=Role.UNKNOWN)
