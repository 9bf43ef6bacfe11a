"""When a site held its visitors back: errors or waiting times that rose. Those who came are then a lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LEAST_FAILURES = 5
LEAST_SHARE = 0.02
"""Twice the share of errors that an objective usually allows."""
LEAST_SECONDS = 1.0
TIMES_USUAL = 3.0
"""How far above the usual a share or a time counts as risen (judgement)."""


@dataclass(slots=True)
class Load:
    """All requests of a bucket, those answered 500 and above, and the time the timed ones took together."""

    requests: int = 0
    failures: int = 0
    timed: int = 0
    took_seconds: float = 0.0

    @property
    def failure_share(self) -> float:
        return self.failures / self.requests if self.requests else 0.0

    @property
    def mean_seconds(self) -> float:
        return self.took_seconds / self.timed if self.timed else 0.0


def saturated(loads: Sequence[Load], usual: Sequence[Load]) -> tuple[bool, ...]:
    """Which of the buckets are far above ``usual`` (buckets before the campaign) in errors or waiting times.

    Without usual ones, the quieter half of the buckets themselves says what is usual.
    """
    busy = [load for load in usual if load.requests] or _quieter_half(loads)
    share = median([load.failure_share for load in busy]) if busy else 0.0
    times = [load.mean_seconds for load in busy if load.timed]
    slow = max(LEAST_SECONDS, TIMES_USUAL * median(times)) if times else LEAST_SECONDS
    return tuple(
        (load.failures >= LEAST_FAILURES and load.failure_share > max(LEAST_SHARE, TIMES_USUAL * share))
        or load.mean_seconds > slow
        for load in loads
    )


def _quieter_half(loads: Sequence[Load]) -> list[Load]:
    busy = sorted((load for load in loads if load.requests), key=lambda load: load.requests)
    return busy[: (len(busy) + 1) // 2]
