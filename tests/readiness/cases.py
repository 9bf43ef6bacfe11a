"""Campaigns whose survival can be computed by hand: lognormal demand through a fixed kernel, lognormal capacity."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any

from spikekit.campaign.model import Campaign, PastCurve
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.forecast.forecast import drawn
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.question import Question
from spikekit.site.model import Journey, Objectives, Production, Site, Step
from spikekit.vocabulary import P95_Z, Range
from tests.forecast.campaigns import campaign, channel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LOOK = (("look", 1.0),)
PEAK_SHARE = 0.5
"""Half of the visitors come in one minute of even traffic, so the busiest ten seconds hold a twelfth of them."""

CURVE = PastCurve(offset_seconds=(0.0, 60.0, 120.0, 180.0), visitors=(300.0, 600.0, 300.0))
VISITORS = sum(CURVE.visitors)
PEAK = VISITORS * PEAK_SHARE / 60
"""Visitors/s at the peak where last time's visitors come exactly once more."""


def spread_range(likely: float, sigma: float) -> Range:
    """The lognormal range with this standard deviation of its logarithm."""
    return Range(low=likely * math.exp(-P95_Z * sigma), likely=likely, high=likely * math.exp(P95_Z * sigma))


def again(sigma: float = 0.0, scale: float = 1.0) -> Campaign:
    """Last time's curve, ``scale`` times as many."""
    return campaign(channel("past", journey=LOOK, curve=CURVE, scale=spread_range(scale, sigma)))


def measured(likely: float, sigma: float = 0.0, **more: Any) -> Evidence:
    """Capacity of the journey ``look``, lognormal, in visitors/s; each makes one request."""
    edge = NormalDist().inv_cdf(0.975)
    low, high = likely * math.exp(-edge * sigma), likely * math.exp(edge * sigma)
    known: dict[str, Any] = {
        "id": "capacity-1",
        "target": "staging",
        "created": NOW,
        "journey": "look",
        "capacity": Capacity(warm=Estimate(low=low, likely=likely, high=high, confidence=0.95)),
        "knowledge": Knowledge.MEASURED,
        "requests_per_visitor": 1.0,
    }
    return Evidence(**{**known, **more})


def site(**more: Any) -> Site:
    """A site whose one journey is one page."""
    look = Journey(name="look", steps=(Step(name="landing page", method="GET", path="{landing}"),))
    known: dict[str, Any] = {"name": "shop", "production": None, "targets": (), "journeys": (look,)}
    return Site(**{"objectives": Objectives(), **known, **more})


def question(
    asked: Campaign, evidence: Evidence | None, *, seed: int = 1, draws: int = 20_000, **more: Any
) -> Question:
    """Will ``asked`` hold, of a target that is exactly production unless ``ratio`` says otherwise."""
    place = more.pop("site", site())
    known: dict[str, Any] = {"ratio": Range.exact(1.0), "now": NOW, **more}
    traffic = drawn(asked, site=place, seed=seed, draws=draws)
    return Question(forecast=traffic, site=place, evidence=(evidence,) if evidence else (), **known)


def held_in_life(requests_per_second: float) -> Production:
    """Production that has held so much."""
    return Production(url="https://www.example.com", busiest_minute=requests_per_second)


def capacity_document(*, rate: float, requests_per_visitor: float = 6.0, **more: Any) -> dict[str, Any]:
    """A search that found ``rate`` visitors/s of ``look`` on staging, to two per cent."""
    ends = [0.98 * rate, 1.02 * rate]
    return {
        "schema": "spikekit.capacity/1",
        "id": "capacity-1",
        "created": "2026-11-21T10:00:00+00:00",
        "tool_version": "0",
        "seed": 1,
        "label": "4f2c9e1",
        "inputs": {},
        "target": "staging",
        "journey": "look",
        "sentence": "It holds.",
        "reasons": [],
        "conclusive": True,
        "capacity": {"requests_per_second": rate * requests_per_visitor, "visitors_per_second": rate},
        "interval": {"requests_per_second": [e * requests_per_visitor for e in ends], "visitors_per_second": ends},
        "lower_bound": False,
        "confidence": 0.95,
        "cold": None,
        "limited_by": "latency",
        "behaviour": "queues",
        "bottleneck": None,
        "trials": [],
        "duration_seconds": 180.0,
        "seconds_above_capacity": 40.0,
        "requests_per_visitor": requests_per_visitor,
        **more,
    }
