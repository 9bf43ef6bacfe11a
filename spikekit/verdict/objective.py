"""Each objective on each step: misses counted, over 10-second windows and over the run.

A request misses a latency objective when its right answer came later, when it failed or was given up, and when it was
still unanswered beyond the limit. Only seconds in which the generator was healthy are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spikekit.engine.failure import GENERATOR_FAULTS
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS, Answers
from spikekit.site.model import Objectives
from spikekit.verdict.chance import beyond_chance
from spikekit.verdict.run import ObjectiveResult
from spikekit.vocabulary import FailureKind

Windows = Sequence[range]

_FAULTS_AND_REFUSALS = GENERATOR_FAULTS | {FailureKind.BLOCKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of one objective in some seconds: how many were judged, how many missed, and the figure people read.

    ``unanswered``: the quantile lies among requests without a right answer, and the figure is how long they lasted.
    """

    total: int
    missed: int
    observed: float | None
    unanswered: bool = False

    @property
    def badness(self) -> tuple[bool, float]:
        """Orders tallies of one latency objective: a request without a right answer is slower than any."""
        return self.unanswered, self.observed or 0.0


def judge(
    record: Record, objectives: Objectives, windows: Windows, refusing: frozenset[str] = frozenset()
) -> list[ObjectiveResult]:
    """Every objective on every step over the healthy ``windows``; that the ``refusing`` steps refuse does not count."""
    results = []
    for step in (s for s in record.steps if s != ASSETS):
        ignored = _FAULTS_AND_REFUSALS if step in refusing else GENERATOR_FAULTS
        parts = [_seen(record, step, window, ignored) for window in windows]
        whole = _together(parts)
        for quantile, limit in objectives.latency:
            tallies = [_latency(seen, quantile, limit) for seen in (whole, *parts)]
            results.append(_result(f"p{100 * quantile:g}", step, limit, 1 - quantile, tallies, windows))
        tallies = [_errors(seen) for seen in (whole, *parts)]
        results.append(_result("errors", step, objectives.errors, objectives.errors, tallies, windows))
    every = [s for window in (*windows, _after(record, windows)) for s in window]
    tallies = [_visitors(record, seconds) for seconds in (every, *windows)]
    results.append(_result("visitors", None, objectives.visitors, 1 - objectives.visitors, tallies, windows))
    return results


def _result(
    name: str, step: str | None, limit: float, allowed: float, tallies: Sequence[Tally], windows: Windows
) -> ObjectiveResult:
    """``tallies``: of the whole run, then of each window."""
    whole, *parts = tallies
    judged = [(w, t) for w, t in zip(windows, parts, strict=True) if t.total]
    missed = [(w, t) for w, t in judged if beyond_chance(t.missed, t.total, allowed, looks=len(judged))]
    worst = _worst(name, whole, [t for _, t in missed or judged])
    held = None if not whole.total else not missed and whole.missed <= whole.total * allowed + 1e-9
    return ObjectiveResult(
        name=name,
        step=step,
        limit=limit,
        observed=whole.observed,
        held=held,
        worst_window=worst.observed if worst else None,
        missed_at_seconds=float(min(w.start for w, _ in missed)) if missed else None,
        unanswered=whole.unanswered,
        worst_unanswered=worst is not None and worst.unanswered,
    )


def _worst(name: str, whole: Tally, windows: Sequence[Tally]) -> Tally | None:
    """The worst of the windows; never better than the whole, for somewhere it was at least as bad.

    The whole can be worse where visitors ended after the last window, or a window too small to count is the worst.
    """
    if not windows:
        return None
    return (
        min((*windows, whole), key=_served) if name == "visitors" else max((*windows, whole), key=lambda t: t.badness)
    )


def _served(tally: Tally) -> float:
    return tally.observed if tally.observed is not None else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Of one step in some seconds: right answers, failures that count, those of all, and the ages of what waits."""

    right: Histogram
    failed: int
    lost: Histogram
    waiting: Histogram


def _seen(record: Record, step: str, window: range, ignored: frozenset[str]) -> _Seen:
    answers = list(record.of(step=step, seconds=window))
    return _Seen(
        right=Histogram.merged(a.latency for a in answers),
        failed=sum(_failures(a, ignored) for a in answers),
        lost=Histogram.merged(a.lost for a in answers),
        waiting=Histogram.merged(a.latency for a in record.pending if a.step == step and a.intended in window),
    )


def _together(parts: Sequence[_Seen]) -> _Seen:
    return _Seen(
        right=Histogram.merged(p.right for p in parts),
        failed=sum(p.failed for p in parts),
        lost=Histogram.merged(p.lost for p in parts),
        waiting=Histogram.merged(p.waiting for p in parts),
    )


def _latency(seen: _Seen, quantile: float, limit: float) -> Tally:
    beyond = seen.failed + seen.waiting.total - seen.waiting.within(limit)
    total = seen.right.total + beyond
    observed = seen.right.quantile(quantile, beyond=beyond)
    unanswered = observed is None and total > 0
    if unanswered:
        # The quantile lies among those without an answer: how long they had waited is a lower bound.
        observed = max(h.max or 0.0 for h in (seen.lost, seen.waiting, seen.right))
    return Tally(total=total, missed=total - seen.right.within(limit), observed=observed, unanswered=unanswered)


def _errors(seen: _Seen) -> Tally:
    total = seen.failed + seen.right.total
    return Tally(total=total, missed=seen.failed, observed=seen.failed / total if total else None)


def _visitors(record: Record, seconds: Iterable[int]) -> Tally:
    chosen = list(seconds)
    late = sum(record.late.get(s, 0) for s in chosen)
    served = sum(record.completed.get(s, 0) for s in chosen) - late
    missed = late + sum(record.failed.get(s, 0) + record.abandoned.get(s, 0) for s in chosen)
    total = served + missed
    return Tally(total=total, missed=missed, observed=served / total if total else None)


def _after(record: Record, windows: Windows) -> range:
    """The seconds in which the last visitors still ended, when nobody was intended any more.

    They are mostly those who waited long, so they are weighed with all the others, not as a window of their own; and
    only when every window is judged, for nobody knows in which window they came.
    """
    every = list(record.windows())
    return range(every[-1].stop, record.seconds) if every and every == list(windows) else range(0)


def _failures(answers: Answers, ignored: frozenset[str]) -> int:
    return sum(n for kind, n in answers.failures.items() if kind not in ignored)
