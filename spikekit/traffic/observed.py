"""What came: visits counted in buckets of equal length. The forecast's band is held against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Visits that came, per bucket of equal length.

    ``began`` is timezone-aware: the start of the first bucket. ``visitors`` are counts, one a bucket, which need not
    be whole (a rate times a time is not). ``saturated`` marks the buckets in which the site held visitors back, so
    that their count is a lower bound of those who would have come; it is empty where nothing was clipped.

    Raises ``ValueError`` for a naive time, a step that is not above zero, counts below zero, or flags that are not
    one a bucket.
    """

    began: datetime
    step_seconds: float
    visitors: tuple[float, ...]
    saturated: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if self.began.tzinfo is None:
            raise ValueError("began needs a time zone")
        if not (isfinite(self.step_seconds) and self.step_seconds > 0):
            raise ValueError("step_seconds must be above 0")
        if not all(isfinite(v) and v >= 0 for v in self.visitors):
            raise ValueError("counts are finite and at least 0")
        if self.saturated and len(self.saturated) != len(self.visitors):
            raise ValueError("saturated has one flag a bucket, or none")

    @property
    def total(self) -> float:
        """All who came."""
        return sum(self.visitors)

    @property
    def ended(self) -> datetime:
        """The end of the last bucket."""
        return self.began + timedelta(seconds=self.step_seconds * len(self.visitors))

    @property
    def is_lower_bound(self) -> bool:
        """Whether the site held visitors back in some bucket."""
        return any(self.saturated)

    def flags(self) -> tuple[bool, ...]:
        """One flag a bucket, whether or not any was given."""
        return self.saturated or (False,) * len(self.visitors)
