"""Each objective on each step: misses counted, over 10-second windows and over the run.

A request misses a latency objective when its right answer came later, when it failed or was given up, and when it was
still unanswered beyond the limit. Only seconds in which the generator was healthy are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from spikekit.engine.failure import GENERATOR_FAULTS
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS, Answers
from spikekit.site.model import Objectives
from spikekit.verdict.chance import beyond_chance
from spikekit.verdict.run import ObjectiveResult

Windows = Sequence[range]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of one objective in some seconds: how many were judged, how many missed, and the figure people read."""

    total: int
    missed: int
    observed: float | None


def judge(record: Record, objectives: Objectives, windows: Windows, ignored: frozenset[str]) -> list[ObjectiveResult]:
    """Every objective on every step over the healthy ``windows``; failures of the ``ignored`` kinds do not count."""
    results = []
    for step in (s for s in record.steps if s != ASSETS):
        for quantile, limit in objectives.latency:
            tally = _latency(record, step, quantile, limit, ignored)
            results.append(_result(f"p{100 * quantile:g}", step, limit, 1 - quantile, tally, windows))
        tally = _errors(record, step, ignored)
        results.append(_result("errors", step, objectives.errors, objectives.errors, tally, windows))
    allowed = 1 - objectives.visitors
    tally = _visitors(record)
    results.append(_result("visitors", None, objectives.visitors, allowed, tally, windows, _after(record, windows)))
    return results


def _after(record: Record, windows: Windows) -> range:
    """The seconds in which the last visitors still ended, when nobody was intended any more.

    They are mostly those who waited long, so they are weighed with all the others, not as a window of their own; and
    only when every window is judged, for nobody knows in which window they came.
    """
    every = list(record.windows())
    return range(every[-1].stop, record.seconds) if every and every == list(windows) else range(0)


def _result(
    name: str,
    step: str | None,
    limit: float,
    allowed: float,
    tally: Callable[[Iterable[int]], Tally],
    windows: Windows,
    after: range = range(0),
) -> ObjectiveResult:
    whole = tally([s for window in (*windows, after) for s in window])
    parts = [(window, tally(window)) for window in windows]
    judged = [(w, t) for w, t in parts if t.total]
    missed = [(w, t) for w, t in judged if beyond_chance(t.missed, t.total, allowed)]
    worst = max(missed or judged, key=lambda part: _badness(name, part[1]), default=None)
    held = None if not whole.total else not missed and whole.missed <= whole.total * allowed + 1e-9
    return ObjectiveResult(
        name=name,
        step=step,
        limit=limit,
        observed=whole.observed,
        held=held,
        worst_window=worst[1].observed if worst else None,
        missed_at_seconds=float(min(w.start for w, _ in missed)) if missed else None,
    )


def _badness(name: str, tally: Tally) -> float:
    figure = tally.observed or 0.0
    return -figure if name == "visitors" else figure


def _latency(
    record: Record, step: str, quantile: float, limit: float, ignored: frozenset[str]
) -> Callable[[Iterable[int]], Tally]:
    def tally(seconds: Iterable[int]) -> Tally:
        chosen = list(seconds)
        answers = list(record.of(step=step, seconds=chosen))
        right = Histogram.merged(a.latency for a in answers)
        failed = sum(_failures(a, ignored) for a in answers)
        waiting = Histogram.merged(a.latency for a in record.pending if a.step == step and a.intended in set(chosen))
        beyond = waiting.total - waiting.within(limit)
        total = right.total + failed + beyond
        missed = total - right.within(limit)
        observed = right.quantile(quantile, beyond=failed + beyond)
        if observed is None and total:
            # The quantile lies among those without an answer: how long they had waited is a lower bound.
            lost = Histogram.merged([*(a.lost for a in answers), waiting])
            observed = max(lost.max or 0.0, right.max or 0.0)
        return Tally(total=total, missed=missed, observed=observed)

    return tally


def _errors(record: Record, step: str, ignored: frozenset[str]) -> Callable[[Iterable[int]], Tally]:
    def tally(seconds: Iterable[int]) -> Tally:
        answers = list(record.of(step=step, seconds=seconds))
        failed = sum(_failures(a, ignored) for a in answers)
        total = failed + sum(a.latency.total for a in answers)
        return Tally(total=total, missed=failed, observed=failed / total if total else None)

    return tally


def _visitors(record: Record) -> Callable[[Iterable[int]], Tally]:
    def tally(seconds: Iterable[int]) -> Tally:
        chosen = list(seconds)
        late = sum(record.late.get(s, 0) for s in chosen)
        served = sum(record.completed.get(s, 0) for s in chosen) - late
        missed = late + sum(record.failed.get(s, 0) + record.abandoned.get(s, 0) for s in chosen)
        total = served + missed
        return Tally(total=total, missed=missed, observed=served / total if total else None)

    return tally


def _failures(answers: Answers, ignored: frozenset[str]) -> int:
    return sum(n for kind, n in answers.failures.items() if kind not in ignored and kind not in GENERATOR_FAULTS)
