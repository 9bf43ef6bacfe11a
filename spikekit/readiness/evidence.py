"""What is known of capacity and how: measured by a search, or bounded by a rehearsal that held or failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from spikekit.campaign.model import JourneyMix
from spikekit.capacity.estimate import Capacity, Estimate

CAPACITY_SCHEMA = "spikekit.capacity/1"

STALE_AFTER = timedelta(days=30)
"""A site changes with every release; what was measured longer ago than this is told with a warning (judgement)."""

_DEFAULT_CONFIDENCE = 0.95


class Knowledge(StrEnum):
    """How much a piece of evidence says: a figure with its interval, or one side of it only."""

    MEASURED = "measured"
    AT_LEAST = "at least"
    AT_MOST = "at most"


class Behaviour(StrEnum):
    """What becomes of visitors above capacity; every word of a capacity document that is neither counts as a queue."""

    QUEUES = "queues"
    SHEDS = "sheds"
    RATE_LIMITS = "rate_limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Capacity in visitors/s of ``journey`` on ``target``.

    ``mix`` are the journeys of a rehearsal's visitors; a search has one. ``requests_per_visitor`` is how many requests
    one such visitor made there, where that was counted. ``bottleneck`` names the step that gave way first. ``created``
    is timezone-aware.
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
    behaviour: str = "unknown"
    bottleneck: str | None = None

    @property
    def journeys(self) -> JourneyMix:
        """What its visitors did, with shares that sum to 1."""
        return self.mix or ((self.journey, 1.0),)

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
            "visitors_per_second": [low, high],
        }


def from_capacity(document: Mapping[str, Any]) -> Evidence:
    """The evidence of a ``spikekit.capacity/1`` document. Raises ``ValueError`` when it is not a whole one."""
    if document.get("schema") != CAPACITY_SCHEMA:
        raise ValueError(f"expected schema {CAPACITY_SCHEMA}, found {document.get('schema')!r}")
    try:
        return _from_capacity(document)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"not a whole {CAPACITY_SCHEMA} document: {error!r}") from error


def _from_capacity(document: Mapping[str, Any]) -> Evidence:
    confidence = float(document.get("confidence") or _DEFAULT_CONFIDENCE)
    warm = _estimate(document["capacity"], document["interval"], confidence)
    rates = document["capacity"]
    requests, visitors = rates.get("requests_per_second"), rates.get("visitors_per_second")
    cold = _cold(document.get("cold"), confidence)
    return Evidence(
        id=str(document["id"]),
        target=str(document["target"]),
        created=datetime.fromisoformat(document["created"]),
        label=document.get("label"),
        journey=str(document["journey"]),
        capacity=Capacity(warm=warm, cold=cold[0], warm_up_seconds=cold[1]),
        knowledge=Knowledge.AT_LEAST if warm.is_lower_bound else Knowledge.MEASURED,
        requests_per_visitor=requests / visitors if requests and visitors else None,
        behaviour=str(document.get("behaviour") or "unknown"),
        bottleneck=document.get("bottleneck"),
    )


def _estimate(rates: Mapping[str, Any], interval: Mapping[str, Any], confidence: float) -> Estimate:
    low, high = interval["visitors_per_second"]
    likely = float(rates["visitors_per_second"])
    if not 0 < low <= likely:
        raise ValueError(f"a capacity of {likely!r} does not lie in its interval")
    return Estimate(low=float(low), likely=likely, high=None if high is None else float(high), confidence=confidence)


def _cold(cold: Mapping[str, Any] | None, confidence: float) -> tuple[Estimate | None, float]:
    """What the site takes from idle, and for how many seconds; a figure without an interval is taken as it is."""
    if not cold or cold.get("visitors_per_second") is None:
        return None, 0.0
    likely = float(cold["visitors_per_second"])
    low, high = (cold.get("interval") or {}).get("visitors_per_second") or (likely, likely)
    estimate = Estimate(
        low=float(low), likely=likely, high=float(likely if high is None else high), confidence=confidence
    )
    return estimate, float(cold.get("warm_up_seconds") or 0.0)


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


def chosen(evidence: Iterable[Evidence], *, target: str | None, journeys: Iterable[str] = ()) -> list[Evidence]:
    """What counts for a campaign, the most telling first: measured before bounds, its own journeys before others.

    Within these the newest comes first. ``target`` of ``None`` is any. The first is the evidence that decides; the
    bounds that are newer than it narrow it.
    """
    own = set(journeys)
    fitting = [e for e in evidence if target in (None, e.target)]
    by_age = sorted(fitting, key=lambda e: e.created, reverse=True)
    return sorted(by_age, key=lambda e: (e.knowledge is not Knowledge.MEASURED, bool(own) and e.journey not in own))
