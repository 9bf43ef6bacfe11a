"""What is known of capacity and how: measured by a search, or bounded by a rehearsal that held or failed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from spikekit.campaign.model import JourneyMix
from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.document import capacity_from_document
from spikekit.capacity.estimate import Capacity, Estimate

STALE_AFTER = timedelta(days=30)
"""A site changes with every release; what was measured longer ago than this is told with a warning (judgement)."""

_DEFAULT_CONFIDENCE = 0.95


class Knowledge(StrEnum):
    """How much a piece of evidence says: a figure with its interval, or one side of it only."""

    MEASURED = "measured"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Capacity in visitors/s of ``journey`` on ``target``.

    ``mix`` are the journeys of a rehearsal's visitors; a search has one. ``requests_per_visitor`` is how many requests
    one such visitor made there, where that was counted. ``bottleneck`` names the step that gave way first. ``created``
    is timezone-aware. ``doubts`` are why a search was inconclusive though it has a figure.
    """

    id: str
    target: str
    created: datetime
    journey: str
    capacity: Capacity
    knowledge: Knowledge
    label: str | None = None
    mix: JourneyMix | None = None
    requests_per_visitor: float | None = None
    behaviour: Behaviour = Behaviour.UNKNOWN
    bottleneck: str | None = None
    is_conclusive: bool = True
    doubts: tuple[str, ...] = ()

    @property
    def journeys(self) -> JourneyMix:
        """What its visitors did, with shares that sum to 1."""
        return self.mix or ((self.journey, 1.0),)

    @property
    def is_doubtful(self) -> bool:
        """Whether it is a figure of a search that came to no conclusion; a bound holds whatever else was in doubt."""
        return self.knowledge is Knowledge.MEASURED and not self.is_conclusive

    def is_stale(self, now: datetime) -> bool:
        return now - self.created > STALE_AFTER

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        low, high = self.capacity.warm.low, self.capacity.warm.high
        return {
            "id": self.id,
            "target": self.target,
            "created": self.created.isoformat(),
            "label": self.label,
            "journey": self.journey,
            "knowledge": self.knowledge.value,
            "conclusive": self.is_conclusive,
            "visitors_per_second": [low, high],
        }


def from_capacity(document: dict[str, Any]) -> Evidence:
    """The evidence of a ``spikekit.capacity/1`` document. Raises ``ValueError`` when it is none, or found nothing."""
    search = capacity_from_document(document)
    capacity = search.value()
    if capacity is None:
        raise ValueError("that search found no capacity, not even a lower bound")
    if not all(_is_sound(e) for e in (capacity.warm, capacity.cold) if e) or not _is_count(search.requests_per_visitor):
        raise ValueError("its figures cannot be: rates ascend from more than zero, and all are finite")
    return Evidence(
        id=search.id,
        target=search.target,
        created=datetime.fromisoformat(search.created),
        label=search.label,
        journey=search.journey,
        capacity=capacity,
        knowledge=Knowledge.AT_LEAST if capacity.warm.is_lower_bound else Knowledge.MEASURED,
        requests_per_visitor=search.requests_per_visitor,
        behaviour=search.behaviour,
        bottleneck=search.bottleneck,
        is_conclusive=search.conclusive,
        doubts=tuple(search.reasons),
    )


def _is_sound(estimate: Estimate) -> bool:
    """Whether anything can be reckoned from it: a file may have been written or torn by anybody."""
    ends = [estimate.low, estimate.likely, *([] if estimate.high is None else [estimate.high])]
    ascending = all(math.isfinite(e) and e > 0 for e in ends) and ends == sorted(ends)
    return ascending and 0.01 <= estimate.confidence < 1


def _is_count(requests: float) -> bool:
    return math.isfinite(requests) and requests >= 0


def bound(
    *,
    name: str,
    target: str,
    created: datetime,
    label: str | None,
    mix: JourneyMix,
    rate: float,
    held: bool,
    requests: float,
) -> Evidence:
    """What a rehearsal at ``rate`` visitors/s of ``requests`` each shows: at least, or at most, so much."""
    estimate = Estimate(low=rate, likely=rate, high=None if held else rate, confidence=_DEFAULT_CONFIDENCE)
    return Evidence(
        id=name,
        target=target,
        created=created,
        label=label,
        journey=", ".join(journey for journey, _ in mix),
        mix=mix,
        capacity=Capacity(warm=estimate),
        knowledge=Knowledge.AT_LEAST if held else Knowledge.AT_MOST,
        requests_per_visitor=requests,
    )


def chosen(
    evidence: Iterable[Evidence], *, target: str | None, journeys: Iterable[str] = (), now: datetime | None = None
) -> list[Evidence]:
    """What counts for a campaign, the most telling first: measured before bounds, its own journeys before others.

    Within these a search that was conclusive, and is not stale ``now``, comes before one that was not; then the newest.
    ``target`` of ``None`` is any. The first is the evidence that decides; the bounds that are newer than it narrow it.
    """
    own = set(journeys)

    def rank(e: Evidence) -> tuple[bool, bool, bool]:
        measured = e.knowledge is Knowledge.MEASURED
        is_stale = now is not None and e.is_stale(now)
        return not measured, bool(own) and e.journey not in own, e.is_doubtful or (measured and is_stale)

    fitting = [e for e in evidence if target in (None, e.target)]
    return sorted(sorted(fitting, key=lambda e: e.created, reverse=True), key=rank)
