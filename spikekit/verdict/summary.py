"""The figures of a run's document, from its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from spikekit.measurement.histogram import Histogram, bins_of
from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS, Answers
from spikekit.verdict.run import (
    Assets,
    Distribution,
    LagQuantiles,
    Quantiles,
    Requests,
    StepResult,
    Timeline,
)
from spikekit.vocabulary import VisitorCounts

_BARS_PER_DOUBLING = 4


def visitors(record: Record) -> VisitorCounts:
    """What became of every planned visitor. Whoever has no known fate at the end was in flight or never reported."""
    planned, started = record.planned.total(), record.started.total()
    completed, failed = record.completed.total(), record.failed.total()
    abandoned = record.abandoned.total()
    return VisitorCounts(
        planned=planned,
        started=started,
        completed=completed,
        failed=failed,
        abandoned=abandoned,
        dropped=record.dropped,
        unreported=planned - started - record.dropped,
        in_flight=record.left_inside,
    )


def requests(record: Record) -> Requests:
    """Main documents: sent, and how they ended."""
    pages = [a for a in record.of() if a.step != ASSETS]
    return Requests(
        sent=sum(n for step, n in record.sent.items() if step != ASSETS),
        succeeded=sum(a.latency.total for a in pages),
        failed=sum(sum(a.failures.values()) for a in pages),
    )


def failures(record: Record, step: str | None) -> dict[str, int]:
    """Failed main documents by kind, the commonest first."""
    found: Counter[str] = Counter()
    for answers in record.of(step=step):
        if answers.step != ASSETS:
            found.update(answers.failures)
    return dict(found.most_common())


def latency(record: Record) -> Quantiles:
    """From the intended instant, over all main documents."""
    return _quantiles([a for a in record.of() if a.step != ASSETS])


def service(record: Record) -> Quantiles:
    """From dispatch, over all main documents."""
    pages = [a for a in record.of() if a.step != ASSETS]
    right = Histogram.merged(a.service for a in pages)
    return _of(right, beyond=sum(sum(a.failures.values()) for a in pages), longest=right.max)


def lag(record: Record) -> LagQuantiles:
    """How late the generator was."""
    whole = Histogram.merged(h for parts in record.lags.values() for h in parts)
    return LagQuantiles(p50=whole.quantile(0.5), p99=whole.quantile(0.99), max=whole.max)


def step(record: Record, name: str, expected: float | None) -> StepResult:
    """One step's main documents, of which so many were ``expected``."""
    answers = list(record.of(step=name))
    by_kind = failures(record, name)
    return StepResult(
        name=name,
        requests=record.sent.get(name, 0),
        failed=sum(by_kind.values()),
        latency_seconds=_quantiles(answers),
        failures=by_kind,
        expected=expected,
    )


def assets(record: Record) -> Assets:
    """The files that pages asked for."""
    answers = list(record.of(step=ASSETS))
    return Assets(
        requests=record.sent.get(ASSETS, 0),
        failed=sum(sum(a.failures.values()) for a in answers),
        latency_seconds=_quantiles(answers),
    )


def timeline(record: Record) -> Timeline:
    """One entry a second, from 0 to the last second in which anything happened."""
    seconds = range(record.seconds)
    shown = [_quantiles([a for a in record.of(seconds=(s,)) if a.step != ASSETS]) for s in seconds]
    inside = 0
    in_flight = []
    for s in seconds:
        inside = record.in_flight.get(s, inside)
        in_flight.append(inside)
    return Timeline(
        offset_seconds=[float(s) for s in seconds],
        planned=[record.planned.get(s, 0) for s in seconds],
        started=[record.started.get(s, 0) for s in seconds],
        completed=[record.completed.get(s, 0) for s in seconds],
        failed=[record.failed.get(s, 0) + record.abandoned.get(s, 0) for s in seconds],
        in_flight=in_flight,
        p95=[q.p95 for q in shown],
        p50=[q.p50 for q in shown],
    )


def distribution(record: Record) -> Distribution:
    """Right answers' latency in bars that grow by the same factor."""
    right = Histogram.merged(a.latency for a in record.of() if a.step != ASSETS)
    if not right.total:
        return Distribution(edges_seconds=[], counts=[])
    least, most = max(right.quantile(0.0) or 0, 1e-4), max(right.max or 0, 2e-4)
    first = np.floor(np.log2(least) * _BARS_PER_DOUBLING)
    last = np.ceil(np.log2(most) * _BARS_PER_DOUBLING)
    edges = 2 ** (np.arange(first, max(last, first + 1) + 1) / _BARS_PER_DOUBLING)
    places = np.clip(np.searchsorted(bins_of(edges), right.bins, side="right") - 1, 0, len(edges) - 2)
    counts = np.bincount(places, weights=right.counts, minlength=len(edges) - 1)
    return Distribution(edges_seconds=[round(float(e), 6) for e in edges], counts=[int(c) for c in counts])


def busy_cpu_ratio(record: Record) -> float | None:
    """The generator's share of a core over its busiest tenth of seconds."""
    if not record.cpu_ratios:
        return None
    return round(float(np.quantile(record.cpu_ratios, 0.9)), 3)


def _quantiles(answers: Iterable[Answers]) -> Quantiles:
    chosen = list(answers)
    right = Histogram.merged(a.latency for a in chosen)
    lost = Histogram.merged(a.lost for a in chosen)
    longest = max((h.max for h in (right, lost) if h.max is not None), default=None)
    return _of(right, beyond=lost.total, longest=longest)


def _of(right: Histogram, *, beyond: int, longest: float | None) -> Quantiles:
    return Quantiles(
        p50=right.quantile(0.5, beyond=beyond),
        p90=right.quantile(0.9, beyond=beyond),
        p95=right.quantile(0.95, beyond=beyond),
        p99=right.quantile(0.99, beyond=beyond),
        p999=right.quantile(0.999, beyond=beyond),
        max=longest,
    )
