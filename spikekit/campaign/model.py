"""A campaign as the program thinks of it: resolved instants, seconds, ratios, ranges.

``campaign.file`` makes these from YAML. Nothing here knows of files or HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from spikekit.vocabulary import ChannelKind, Range, Status

JourneyMix = tuple[tuple[str, float], ...]
"""Journey names with their shares, which sum to 1."""

LANDING_JOURNEY = "landing"
"""The journey of a campaign that names none: one GET of the landing page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCurve:
    """Last time's traffic: visitors counted from each offset (seconds since the first row) to the next.

    ``offset_seconds`` ascends from 0 and has one more entry than ``visitors`` (the last bin's end). ``begins`` is when
    the first row was: without a zone, on the clock of whoever reads it; ``None`` where rows have mere seconds.
    """

    offset_seconds: tuple[float, ...]
    visitors: tuple[float, ...]
    begins: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """How long people take to react, for ``custom`` channels: a lognormal."""

    median_seconds: Range
    sigma: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way a campaign reaches people. ``None`` means not declared: the prior of the kind applies.

    ``at_seconds`` is the start relative to the launch and may be negative; ``within_seconds`` is how much
    earlier or later it may come. ``landing`` and ``journey`` are resolved (the campaign's unless overridden).
    """

    label: str
    kind: ChannelKind
    landing: str
    journey: JourneyMix
    audience: Range | None = None
    clicks: Range | None = None
    click_rate: Range | None = None
    response: Response | None = None
    account: str | None = None
    at_seconds: float = 0.0
    within_seconds: float = 0.0
    send_over_seconds: float = 0.0
    deliver_over_seconds: float | None = None
    arrive_before_seconds: float | None = None
    reload_every_seconds: float | None = None
    curve: PastCurve | None = None
    scale: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a visitor is worth: the share who convert, and the worth of one conversion."""

    conversion_rate: Range
    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who signed which content, as what, and when."""

    by: str
    role: str
    at: str
    note: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A declared campaign. ``launch`` is timezone-aware, in ``timezone`` (an IANA name)."""

    id: str
    name: str
    status: Status
    launch: datetime
    timezone: str
    landing: str
    journey: JourneyMix
    channels: tuple[Channel, ...]
    overlap: float = 0.0
    owner: str | None = None
    utm: tuple[tuple[str, str], ...] = ()
    value: Value | None = None
    contacts: tuple[tuple[str, str], ...] = ()
    approvals: tuple[Approval, ...] = ()
    notes: str | None = None
    path: Path | None = None
