"""A search's finding as its document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spikekit.capacity import words
from spikekit.capacity.document import CapacityRun, Cold, Interval, Rates, TrialResult
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.finding import Finding
from spikekit.capacity.search import CONFIDENCE, spent
from spikekit.capacity.trial import Trial
from spikekit.trial.asked import Asked


def document_of(
    finding: Finding,
    trials: Sequence[Trial],
    *,
    asked: Asked,
    id_: str,
    created: datetime,
    requests: float,
    interrupted: bool,
    withdrawn: str | None,
    tool_version: str,
) -> CapacityRun:
    """``requests``: how many one visitor sends; ``withdrawn``: why the target took its consent back, if it did."""
    capacity = finding.capacity
    ended = ["the search was stopped by hand"] if interrupted else []
    doubts = [*([withdrawn] if withdrawn else []), *ended, *finding.doubts]
    return CapacityRun(
        id=id_,
        created=created.isoformat(timespec="seconds"),
        tool_version=tool_version,
        seed=asked.seed,
        label=asked.label,
        inputs=asked.inputs,
        target=asked.target.name,
        journey=asked.profile.streams[0].journey[0][0],
        sentence=words.sentence(finding, asked.target.name),
        reasons=[*doubts[:1], *words.more(finding)],
        conclusive=not doubts,
        capacity=None if capacity is None else _rates(capacity.warm.likely, requests),
        interval=Interval() if capacity is None else _interval(capacity.warm, requests),
        lower_bound=capacity is not None and capacity.warm.is_lower_bound,
        confidence=CONFIDENCE if capacity is None else capacity.warm.confidence,
        cold=None if capacity is None else _cold(capacity, requests),
        limited_by=finding.limited_by,
        behaviour=finding.behaviour,
        bottleneck=finding.bottleneck,
        trials=[trial_result(t) for t in trials],
        duration_seconds=round(spent(trials), 1),
        seconds_above_capacity=round(finding.seconds_above, 1),
        requests_per_visitor=round(requests, 3),
        asked=asked.figures,
        command=asked.command,
        interrupted=interrupted,
        refused=withdrawn is not None,
    )


def _rates(visitors: float, requests: float) -> Rates:
    return Rates(visitors_per_second=_figure(visitors), requests_per_second=_figure(visitors * requests))


def _interval(estimate: Estimate, requests: float) -> Interval:
    low, high = estimate.low, estimate.high
    return Interval(
        visitors_per_second=(_figure(low), None if high is None else _figure(high)),
        requests_per_second=(_figure(low * requests), None if high is None else _figure(high * requests)),
    )


def _cold(capacity: Capacity, requests: float) -> Cold | None:
    cold = capacity.cold
    if cold is None:
        return None
    return Cold(
        visitors_per_second=_figure(cold.likely),
        requests_per_second=_figure(cold.likely * requests),
        interval=_interval(cold, requests),
        confidence=cold.confidence,
        warm_up_seconds=round(capacity.warm_up_seconds, 1),
    )


def trial_result(trial: Trial) -> TrialResult:
    """A trial as the document and every report has it."""
    return TrialResult(
        kind=trial.kind,
        visitors_per_second=_figure(trial.visitors_per_second),
        offered_per_second=_figure(trial.offered_per_second),
        served_per_second=_figure(trial.served_per_second),
        offset_seconds=round(trial.offset_seconds, 1),
        duration_seconds=round(trial.duration_seconds, 1),
        stopped_early=trial.stopped_early,
        verdict=trial.verdict,
        p95_seconds=trial.p95_seconds,
        error_ratio=None if trial.error_ratio is None else round(trial.error_ratio, 5),
        growing=trial.growing,
        limited_by=trial.limited_by,
        step=trial.step,
        recovery_seconds=None if trial.recovery_seconds is None else round(trial.recovery_seconds, 1),
        reason=trial.reason,
    )


def _figure(value: float) -> float:
    return round(value, 2)
