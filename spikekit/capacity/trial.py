"""What a search asks for next, and what it keeps of each trial."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from spikekit.capacity.trace import Trace
from spikekit.profile.curve import RateCurve
from spikekit.verdict.run import ObjectiveResult, Run
from spikekit.vocabulary import FailureKind, Verdict

LOOK_FROM_PER_SECOND = 3.0
DOUBLING_SECONDS = 2.0
"""A first look doubles its rate so often: quick enough to meet the site cold, slow enough to stop in time."""

_LAST_SECONDS = 2
_STRAY = 8
_GONE = frozenset({FailureKind.REFUSED, FailureKind.CONNECT, FailureKind.CONNECT_TIMEOUT, FailureKind.RESET})


class TrialKind(StrEnum):
    """``look``: a rising load from idle, which shows where to search; ``trial``: a steady rate that holds or not."""

    LOOK = "look"
    TRIAL = "trial"


class LimitedBy(StrEnum):
    """What ended the search upwards. ``none``: nothing did; the rate is a lower bound."""

    LATENCY = "latency"
    ERRORS = "errors"
    RATE_LIMIT = "rate_limit"
    GENERATOR = "generator"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The next trial: its rate (visitors/s; of a look the last it rises to) and how long it lasts."""

    kind: TrialKind
    visitors_per_second: float
    duration_seconds: float

    def curve(self) -> RateCurve:
        """The arrival rate over the trial."""
        top, seconds = self.visitors_per_second, self.duration_seconds
        if self.kind is TrialKind.TRIAL:
            return RateCurve.constant(top, seconds)
        start = min(LOOK_FROM_PER_SECOND, top)
        knots = [seconds * i / 32 for i in range(33)]
        return RateCurve(tuple(knots), tuple(start * (top / start) ** (t / seconds) for t in knots))


def look_seconds(most: float, doubling_seconds: float) -> float:
    """How long a look lasts that rises to ``most`` visitors/s."""
    return max(4.0, doubling_seconds * math.log2(max(most / LOOK_FROM_PER_SECOND, 1.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial. ``offered_per_second``: visitors/s that really came; ``served_per_second``: got through, at its end.

    ``let_through_per_second`` is the same over all of a steady trial but its beginning; a queue holds
    ``tightness_per_second`` less than that for ever.

    ``offset_seconds`` is when it began within the search, ``took_seconds`` all the time it cost, with starting and
    cooling down; ``planned_seconds`` how long it should have lasted. ``limited_by`` and ``step`` tell what was missed,
    where; ``collapsed`` that in the end plainly less got through than before. ``refused``: the target refuses us, not
    the load. ``gone``: nobody answered any more. ``recovery_seconds``: until the target was idle again (None: it was
    not); ``rest_seconds``: how long a page took then.
    """

    kind: TrialKind
    visitors_per_second: float
    offered_per_second: float
    planned_seconds: float
    duration_seconds: float
    verdict: Verdict
    growing: bool
    p50_seconds: float | None
    p95_seconds: float | None
    error_ratio: float | None
    served_per_second: float
    offset_seconds: float
    took_seconds: float
    limited_by: LimitedBy | None = None
    step: str | None = None
    step_p50_seconds: dict[str, float] = field(default_factory=dict)
    let_through_per_second: float | None = None
    tightness_per_second: float = 0.0
    collapsed: bool = False
    refused: bool = False
    gone: bool = False
    reason: str | None = None
    recovery_seconds: float | None = 0.0
    rest_seconds: float | None = None

    @property
    def held(self) -> bool:
        return self.verdict is Verdict.READY

    @property
    def missed(self) -> bool:
        return self.verdict is Verdict.NOT_READY

    @property
    def stopped_early(self) -> bool:
        return self.duration_seconds < self.planned_seconds - 0.5


def trial_of(
    move: Move,
    run: Run,
    trace: Trace,
    *,
    sent_seconds: float,
    offset_seconds: float,
    took_seconds: float,
    recovery_seconds: float | None,
    rest_seconds: float | None,
) -> Trial:
    """What a search keeps of a run. A rate at which ever more are inside does not hold, whatever was answered."""
    growing = move.kind is TrialKind.TRIAL and trace.is_growing(sent_seconds)
    blocked = run.verdict is Verdict.INCONCLUSIVE and _refuses(run)
    verdict = Verdict.NOT_READY if growing and run.verdict is Verdict.READY else run.verdict
    if sent_seconds < move.duration_seconds and run.generator.healthy and not blocked and trace.has_failed():
        verdict = Verdict.NOT_READY
    missed = [o for o in run.objectives if o.held is False]
    look = move.kind is TrialKind.LOOK
    ended = run.requests.succeeded + run.requests.failed
    return Trial(
        kind=move.kind,
        visitors_per_second=trace.last_rate if look else move.visitors_per_second,
        offered_per_second=trace.last_rate if look else run.visitors.planned / max(sent_seconds, 1e-9),
        planned_seconds=move.duration_seconds,
        duration_seconds=sent_seconds,
        verdict=verdict,
        growing=growing,
        p50_seconds=trace.gentle_median() if look else run.latency_seconds.p50,
        p95_seconds=run.latency_seconds.p95,
        error_ratio=run.requests.failed / ended if ended else None,
        served_per_second=trace.most_served_per_second()
        if look
        else trace.served_per_second(_LAST_SECONDS, sent_seconds),
        offset_seconds=offset_seconds,
        took_seconds=took_seconds,
        let_through_per_second=None if look else trace.let_through_per_second(sent_seconds),
        tightness_per_second=trace.tightness_per_second(rest_seconds or 0.0),
        limited_by=_limit(run, missed) if verdict is Verdict.NOT_READY else None,
        step=_refusing_step(run) if blocked else _worst_step(missed),
        step_p50_seconds={s.name: s.latency_seconds.p50 for s in run.steps if s.latency_seconds.p50 is not None},
        collapsed=trace.has_collapsed(sent_seconds),
        refused=blocked,
        gone=_is_gone(run),
        reason=run.reasons[0] if run.reasons else None,
        recovery_seconds=recovery_seconds,
        rest_seconds=rest_seconds,
    )


def _limit(run: Run, missed: list[ObjectiveResult]) -> LimitedBy:
    """Failures speak first: whoever is turned away did not wait."""
    if any(o.name == "errors" for o in missed):
        if _share(run, (FailureKind.BLOCKED,)) > 0.5:
            return LimitedBy.RATE_LIMIT
        return LimitedBy.ERRORS
    return LimitedBy.LATENCY


def _refuses(run: Run) -> bool:
    """Whether some step turns most away, and calls it a refusal. A few in a hundred are a rule about rates."""
    most = any(step.failed > 0.5 * step.requests for step in run.steps)
    return most and _share(run, (FailureKind.BLOCKED,)) > 0.5


def _is_gone(run: Run) -> bool:
    """Whether most failures are that nobody was there; a lost connection or two among thousands are not."""
    return _share(run, _GONE) > 0.5 and sum(run.failures.get(k, 0) for k in _GONE) > _STRAY


def _share(run: Run, kinds: frozenset[FailureKind] | tuple[FailureKind, ...]) -> float:
    """Of all failures."""
    return sum(run.failures.get(k, 0) for k in kinds) / max(sum(run.failures.values()), 1)


def _refusing_step(run: Run) -> str | None:
    """The step at which most failed, where others went well."""
    worst = max(run.steps, key=lambda step: step.failed, default=None)
    return worst.name if worst is not None and len(run.steps) > 1 else None


def _worst_step(missed: list[ObjectiveResult]) -> str | None:
    """The step that missed the most, of those with a name."""

    def excess(o: ObjectiveResult) -> float:
        return (o.observed or 0.0) / o.limit if o.limit else 0.0

    named = [o for o in missed if o.step is not None]
    return max(named, key=excess).step if named else None
