"""Whether the generator kept up: what it was too tired to measure is no verdict on anybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spikekit.engine.failure import GENERATOR_FAULTS
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.measurement.second import DROPPED_AT

STARTED_RATIO = 0.99
"""Less of the planned visitors started is a different load from the one that was asked for."""

LAG_SECONDS = 0.05
"""The 99th percentile of dispatch lag beyond which latency would measure the generator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Of some seconds of a run: visitors planned and started, the p99 of dispatch lag, our own failures.

    ``limits`` are those at which visitors were turned away, ever.
    """

    planned: int
    started: int
    lag_p99_seconds: float | None
    own_failures: int
    limits: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """What was wrong, in words; empty when the generator was healthy."""
        found = []
        if self.started < STARTED_RATIO * self.planned:
            share = f"{self.started:,} of {self.planned:,} planned visitors"
            why = f", for visitors were dropped at {' and '.join(self.limits)}" if self.limits else ""
            found.append(f"only {share} were started ({self.started / self.planned:.0%}; 99 % needed){why}")
        if self.lag_p99_seconds is not None and self.lag_p99_seconds > LAG_SECONDS:
            found.append(
                f"1 % of requests were sent more than {self.lag_p99_seconds * 1000:,.0f} ms late (50 ms allowed)"
            )
        if self.own_failures:
            found.append(f"{self.own_failures:,} requests failed by limits of this machine or errors of the journey")
        return found


def health(record: Record, seconds: Iterable[int]) -> Health:
    """The generator's health over those seconds (by intended instant)."""
    chosen = list(seconds)
    lag = Histogram.merged(h for s in chosen for h in record.lags.get(s, ()))
    own = sum(
        count
        for answers in record.of(seconds=chosen)
        for kind, count in answers.failures.items()
        if kind in GENERATOR_FAULTS
    )
    return Health(
        planned=sum(record.planned.get(s, 0) for s in chosen),
        started=sum(record.started.get(s, 0) for s in chosen),
        lag_p99_seconds=lag.quantile(0.99),
        own_failures=own,
        limits=tuple(note.removeprefix(DROPPED_AT) for note in record.notes if note.startswith(DROPPED_AT)),
    )
