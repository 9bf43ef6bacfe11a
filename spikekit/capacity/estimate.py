"""What a search found: the highest stationary rate of one journey that a target holds, with its doubt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Visitors/s: the truth lies between ``low`` and ``high`` with ``confidence`` (0–1); ``likely`` is the median.

    ``high`` is ``None`` where only a lower bound is known: the generator, a limit or the budget ended the search first.
    """

    low: float
    likely: float
    high: float | None
    confidence: float

    @property
    def is_lower_bound(self) -> bool:
        """Whether the site may take any amount more."""
        return self.high is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Warm capacity, and what the target takes from idle for the first ``warm_up_seconds``, where that was measured."""

    warm: Estimate
    cold: Estimate | None = None
    warm_up_seconds: float = 0.0
