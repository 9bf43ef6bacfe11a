"""Objectives in words: what each asks, what came, and how much of the allowance that was."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from spikekit import wording
from spikekit.report.palette import Light, held_light
from spikekit.verdict.run import ObjectiveResult, Run

_LATENCY = re.compile(r"p(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReading:
    """One objective in words. ``used`` is the share of what it allows that the run used: above 1 is a miss.

    ``worst_used`` is the same of the worst ten seconds; both are None where nothing was judged. ``note`` says whom the
    figures leave out.
    """

    asks: str
    step: str | None
    observed: str
    worst: str
    used: float | None
    worst_used: float | None
    light: Light
    missed_at_seconds: float | None
    note: str | None = None


def read_objective(objective: ObjectiveResult) -> ObjectiveReading:
    """What the objective asks, what came, and how much of the allowance that is."""
    return ObjectiveReading(
        asks=asks(objective),
        step=objective.step,
        observed=_value(objective, objective.observed, unanswered=objective.unanswered),
        worst=_value(objective, objective.worst_window, unanswered=objective.worst_unanswered),
        used=_used(objective, objective.observed, unanswered=objective.unanswered),
        worst_used=_used(objective, objective.worst_window, unanswered=objective.worst_unanswered),
        light=held_light(objective.held),
        missed_at_seconds=objective.missed_at_seconds,
    )


def objective_groups(run: Run) -> list[tuple[str | None, list[ObjectiveReading]]]:
    """The objectives by step, in the order of the journey; those of all visitors (None) first."""
    steps = dict.fromkeys(o.step for o in sorted(run.objectives, key=lambda o: o.step is not None))
    groups = [(step, [read_objective(o) for o in run.objectives if o.step == step]) for step in steps]
    return [(step, group if step is not None else [_with_note(o, run) for o in group]) for step, group in groups]


def _with_note(reading: ObjectiveReading, run: Run) -> ObjectiveReading:
    """Of all visitors only those are judged whose visit ended."""
    inside = run.visitors.in_flight
    if not inside or reading.light is held_light(None):
        return reading
    were = "was" if inside == 1 else "were"
    return replace(reading, note=f"{wording.count(inside)} {were} still inside when it ended, and not judged")


def left_out(run: Run) -> str | None:
    """What the objectives do not count, and the pages' figures do; None where they count the same."""
    seconds = run.generator.left_out_seconds
    if not seconds:
        return None
    return (
        f"{wording.duration(seconds)} in which the load generator did not keep up "
        f"{'is' if seconds == 1 else 'are'} left out of the objectives; the figures of the pages count them too."
    )


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


def _value(objective: ObjectiveResult, value: float | None, *, unanswered: bool) -> str:
    if value is None:
        return "no answer" if objective.held is False and latency_quantile(objective) else wording.NOTHING
    if unanswered:
        # Who failed before the limit did not wait so long; nobody else is known to have been given the page.
        return "failed" if value <= objective.limit else f"≥ {wording.duration(value)}"
    return wording.percent(value) if objective.name in ("errors", "visitors") else wording.duration(value)


def _used(objective: ObjectiveResult, value: float | None, *, unanswered: bool) -> float | None:
    if value is None:
        return None
    if unanswered and value <= objective.limit:
        return float("inf")
    visitors = objective.name == "visitors"
    came, allowed = (1 - value, 1 - objective.limit) if visitors else (value, objective.limit)
    if allowed <= 0:
        return 0.0 if came <= 0 else float("inf")
    return max(0.0, came / allowed)
