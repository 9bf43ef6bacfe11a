"""The words every package shares, exactly as users meet them (``docs/glossary.md`` says them in prose).

Inside the program: seconds, per second, ratios 0-1, counts of visitors. Every boundary names its unit.
Nothing here touches a file, a clock, the network or a random source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from statistics import NormalDist

PEAK_SECONDS = 10.0
"""A *peak* is the largest mean of a drawn intensity over this long; arrival noise belongs to the engine."""

WINDOW_SECONDS = 10
"""Objectives are judged over windows this long, and over the whole run."""

DEFAULT_SEED = 20_101_124
"""One default seed everywhere, so that verdicts do not flap between two calls."""

P95_Z = NormalDist().inv_cdf(0.95)


class ExitCode(IntEnum):
    """What a command's exit says to scripts and CI."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    NOT_READY = 3
    INCONCLUSIVE = 4
    REFUSED = 5
    INTERRUPTED = 130


class ChannelKind(StrEnum):
    """How a campaign reaches people."""

    CELEBRITY_POST = "celebrity_post"
    BRAND_POST = "brand_post"
    EMAIL = "email"
    PUSH = "push"
    SMS = "sms"
    TV_SPOT = "tv_spot"
    TV_FEATURE = "tv_feature"
    PAID_SOCIAL = "paid_social"
    SEARCH_ADS = "search_ads"
    STORY_LINK = "story_link"
    INFLUENCER_VIDEO = "influencer_video"
    PRESS = "press"
    DROP = "drop"
    PAST = "past"
    CUSTOM = "custom"


class Status(StrEnum):
    """Where a campaign stands with its owner. Only confirmed campaigns count against each other."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class RunKind(StrEnum):
    """``load``: a plain rate; ``rehearsal``: a campaign's busiest window; ``capacity``: a search for the highest."""

    LOAD = "load"
    REHEARSAL = "rehearsal"
    CAPACITY = "capacity"


class Verdict(StrEnum):
    """What a run showed. No data is never ``ready``; a tired generator is never a verdict."""

    READY = "ready"
    NOT_READY = "not_ready"
    INCONCLUSIVE = "inconclusive"

    @property
    def exit_code(self) -> ExitCode:
        return {
            Verdict.READY: ExitCode.DONE,
            Verdict.NOT_READY: ExitCode.NOT_READY,
            Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
        }[self]


class FailureKind(StrEnum):
    """Why a request failed: a closed set, safe as a metric label.

    ``blocked`` is the target's refusal of *us* (403, 429, a challenge page) rather than of the load.
    """

    DNS = "dns"
    REFUSED = "connection_refused"
    CONNECT = "connect_error"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS = "tls_error"
    RESET = "connection_reset"
    CLOSED = "closed_early"
    TIMEOUT = "timeout"
    STATUS = "unexpected_status"
    BLOCKED = "blocked"
    TEXT = "text_missing"
    CAPTURE = "capture_missing"
    INVALID = "invalid_http"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect_elsewhere"
    NO_PORTS = "no_ports_or_descriptors"
    SCRIPT = "journey_error"
    LEASE = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A positive quantity known as P5, P50, P95 of a two-piece lognormal; equal ends mean it is exact.

    Each half of the curve is lognormal with its own sigma, so that the three given figures are met exactly.
    Zero is allowed only when all three are zero.

    Raises ``ValueError`` unless ``0 <= low <= likely <= high`` and all are finite.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        figures = (self.low, self.likely, self.high)
        if not all(math.isfinite(f) for f in figures):
            raise ValueError("a range needs finite figures")
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError("a range needs 0 <= low <= likely <= high")
        if self.low == 0 and self.high > 0:
            raise ValueError("a range from zero has no lognormal; give a small low figure instead")

    @classmethod
    def exact(cls, value: float) -> Range:
        """The range of a quantity that is known."""
        return cls(low=value, likely=value, high=value)

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def times(self, factor: float) -> Range:
        """This range in another unit, or of a multiple."""
        return Range(low=self.low * factor, likely=self.likely * factor, high=self.high * factor)

    def at(self, z: float) -> float:
        """The value at standard-normal deviate ``z``: ``likely · exp(sigma · z)``, sigma by the side of ``z``."""
        if self.likely == 0:
            return 0.0
        end = self.high if z >= 0 else self.low
        return self.likely * math.exp(abs(z) / P95_Z * math.log(end / self.likely))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorCounts:
    """How many visitors a run planned, and what became of each.

    planned = started + dropped + unreported; started = completed + failed + abandoned + in_flight.
    """

    planned: int = 0
    started: int = 0
    completed: int = 0
    failed: int = 0
    abandoned: int = 0
    dropped: int = 0
    unreported: int = 0
    in_flight: int = 0

    def broken_laws(self) -> list[str]:
        """The conservation laws these counts break, in words; empty for every honest run."""
        broken = [f"{f.name} is negative" for f in fields(self) if getattr(self, f.name) < 0]
        if self.planned != self.started + self.dropped + self.unreported:
            broken.append(f"planned {self.planned} != started + dropped + unreported")
        if self.started != self.completed + self.failed + self.abandoned + self.in_flight:
            broken.append(f"started {self.started} != completed + failed + abandoned + in_flight")
        return broken
