"""Trials as a search keeps them, written down."""

from __future__ import annotations

from spikekit.capacity.trial import LimitedBy, Trial, TrialKind
from spikekit.vocabulary import Verdict


def trial(
    rate: float,
    verdict: Verdict,
    *,
    kind: TrialKind = TrialKind.TRIAL,
    seconds: float = 30,
    lasted: float | None = None,
) -> Trial:
    """At ``rate`` visitors/s for ``seconds``, stopped after ``lasted``; what misses is late."""
    missed = verdict is Verdict.NOT_READY
    return Trial(
        kind=kind,
        visitors_per_second=rate,
        offered_per_second=rate,
        planned_seconds=seconds,
        duration_seconds=seconds if lasted is None else lasted,
        verdict=verdict,
        growing=False,
        p50_seconds=0.05,
        p95_seconds=0.1,
        error_ratio=0.0,
        served_per_second=rate,
        offset_seconds=0.0,
        took_seconds=10.0,
        limited_by=LimitedBy.LATENCY if missed else None,
        step="GET /books" if missed else None,
        rest_seconds=0.05,
    )


def held(rate: float, *, seconds: float = 30) -> Trial:
    return trial(rate, Verdict.READY, seconds=seconds)


def missed(rate: float, *, seconds: float = 30, lasted: float | None = None) -> Trial:
    return trial(rate, Verdict.NOT_READY, seconds=seconds, lasted=lasted)
