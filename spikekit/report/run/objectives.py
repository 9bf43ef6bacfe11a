"""Objectives in words: what each asks, what came, and how much of the allowance that was."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spikekit import wording
from spikekit.report.palette import Light, held_light
from spikekit.verdict.run import ObjectiveResult, Run

_LATENCY = re.compile(r"p(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReading:
    """One objective in words. ``used`` is the share of what it allows that the run used: above 1 is a miss.

    ``worst_used`` is the same of the worst ten seconds; both are None where nothing was judged.
    """

    asks: str
    step: str | None
    observed: str
    worst: str
    used: float | None
    worst_used: float | None
    light: Light
    missed_at_seconds: float | None


def read_objective(objective: ObjectiveResult) -> ObjectiveReading:
    """What the objective asks, what came, and how much of the allowance that is."""
    return ObjectiveReading(
        asks=asks(objective),
        step=objective.step,
        observed=_value(objective, objective.observed),
        worst=_value(objective, objective.worst_window),
        used=_used(objective, objective.observed),
        worst_used=_used(objective, objective.worst_window),
        light=held_light(objective.held),
        missed_at_seconds=objective.missed_at_seconds,
    )


def objective_groups(run: Run) -> list[tuple[str | None, list[ObjectiveReading]]]:
    """The objectives by step, in the order of the journey; those of all visitors (None) first."""
    steps = dict.fromkeys(o.step for o in sorted(run.objectives, key=lambda o: o.step is not None))
    return [(step, [read_objective(o) for o in run.objectives if o.step == step]) for step in steps]


def asks(objective: ObjectiveResult) -> str:
    """``95 % of pages within 800 ms``."""
    if objective.name == "errors":
        return f"at most {wording.percent(objective.limit)} of pages fail"
    if objective.name == "visitors":
        return f"{wording.percent(objective.limit)} of visitors get all they came for"
    latency = latency_quantile(objective)
    share = f"{latency:g} % of pages" if latency else objective.name
    return f"{share} within {wording.duration(objective.limit)}"


def latency_quantile(objective: ObjectiveResult) -> float | None:
    """95 for ``p95``; None for what is not a latency objective."""
    match = _LATENCY.search(objective.name)
    return float(match[1]) if match else None


def strictest(run: Run, percent: float) -> ObjectiveResult | None:
    """The latency objective on that share of pages with the lowest limit; None when there is none."""
    found = [o for o in run.objectives if latency_quantile(o) == percent]
    return min(found, key=lambda o: o.limit, default=None)


def first_miss(run: Run) -> float | None:
    """Where the first ten seconds begin in which any objective was missed."""
    missed = [o.missed_at_seconds for o in run.objectives if o.held is False and o.missed_at_seconds is not None]
    return min(missed, default=None)


def _value(objective: ObjectiveResult, value: float | None) -> str:
    if value is None:
        return "no answer" if objective.held is False and latency_quantile(objective) else wording.NOTHING
    return wording.percent(value) if objective.name in ("errors", "visitors") else wording.duration(value)


def _used(objective: ObjectiveResult, value: float | None) -> float | None:
    if value is None:
        return None
    visitors = objective.name == "visitors"
    came, allowed = (1 - value, 1 - objective.limit) if visitors else (value, objective.limit)
    if allowed <= 0:
        return 0.0 if came <= 0 else float("inf")
    return max(0.0, came / allowed)
