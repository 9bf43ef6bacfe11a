"""What a drill brings: one drawn campaign, the site's usual visits, and what nobody declared. Everything by seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from spikekit.forecast.forecast import Forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Role
from spikekit.live.spike import SpikeKind
from spikekit.traffic.arrival_shares import arrival_shares

BEFORE_SECONDS = 1_800.0
AFTER_SECONDS = 7_200.0
MOST_SECONDS = 86_400.0
"""A drill that nobody asked to be longer begins and ends no further from the launch than this."""
NORMAL_PER_SECOND = 1.0
"""Visits/s of a site that says nothing of its normal traffic."""
REQUESTS_PER_VISIT = 6.0
"""What one drilled visit asks for on average, about; a site's normal requests are divided by it."""

NORMAL_SHARES = {"direct": 0.35, "search": 0.40, "facebook": 0.08, "x": 0.05, "mail": 0.05, "other": 0.07}
TAGGED = 0.85
"""Share of a campaign's visits whose link still has its marks: they are copied, shortened and stripped (judgement)."""
RAMP_SECONDS = 15.0
DRIFT = 0.15
"""How far the usual rate wanders from minute to minute, as a standard deviation of its logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """What nobody declared. ``at`` seconds after the launch; ``per_second`` visits (an attack's: requests)."""

    kind: SpikeKind
    per_second: float
    at: float
    lasts: float
    page: str = "/books/42"
    referrer: str = "https://t.co/Qx1a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """Rates in visits/s, times in seconds after the launch. ``draw`` is the forecast's draw that happens."""

    forecast: Forecast
    draw: int
    seed: int
    before: float = BEFORE_SECONDS
    after: float = AFTER_SECONDS
    normal_per_second: float = NORMAL_PER_SECOND
    bots_per_second: float = 0.1
    tagged: float = TAGGED
    surprises: Sequence[Surprise] = ()
    pages: tuple[str, ...] = ()
    """What visitors read on, such as ``/books/{id}``; none: pages below the landing page."""
    capacity_requests_per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Visits of one origin, in a minute: instants (seconds after the launch) and what they are like.

    ``source`` is what a referrer would say, ``campaign`` the id whose marks the link bears.
    """

    origin: str
    at: Floats
    source: str
    page: str
    campaign: str | None = None
    surprise: Surprise | None = None


def arrivals(drill: Drill) -> Iterator[list[Arrivals]]:
    """Everything that begins in each minute, minute after minute."""
    rng = np.random.default_rng([drill.seed, drill.draw])
    shares = _bent_shares(drill, rng)
    wander = 0.0
    for begins, ends in pairwise(np.append(np.arange(-drill.before, drill.after, 60.0), drill.after)):
        wander = 0.9 * wander + DRIFT * 0.44 * rng.standard_normal()
        yield [
            *_usual(drill, begins, ends, float(np.exp(wander)), rng),
            *_campaign(drill, begins, ends, shares, rng),
            *_surprises(drill, begins, ends, rng),
        ]


def _uniform(count: int, begins: float, ends: float, rng: np.random.Generator) -> Floats:
    return np.sort(rng.uniform(begins, ends, count))


def _usual(drill: Drill, begins: float, ends: float, factor: float, rng: np.random.Generator) -> Iterator[Arrivals]:
    length = ends - begins
    for source, share in NORMAL_SHARES.items():
        count = rng.poisson(share * drill.normal_per_second * factor * length)
        page = "/" if source in ("direct", "search") else drill.forecast.campaign.landing
        yield Arrivals(origin=source, at=_uniform(count, begins, ends, rng), source=source, page=page)
    count = rng.poisson(drill.bots_per_second * length)
    yield Arrivals(origin="crawlers", at=_uniform(count, begins, ends, rng), source="crawlers", page="/")


def _bent_shares(drill: Drill, rng: np.random.Generator) -> list[dict[str, float]]:
    """Shares of referrers by channel, other than those that inference believes in: it must not know the truth."""
    campaign = drill.forecast.campaign
    bent = []
    for channel in campaign.channels:
        known = arrival_shares(campaign, channel)
        weights = {name: share * float(np.exp(0.3 * rng.standard_normal())) for name, share in known.items()}
        total = sum(weights.values())
        bent.append({name: weight / total for name, weight in weights.items()})
    return bent


def _campaign(
    drill: Drill, begins: float, ends: float, shares: Sequence[dict[str, float]], rng: np.random.Generator
) -> Iterator[Arrivals]:
    campaign = drill.forecast.campaign
    for wave in drill.forecast.waves_in(drill.draw):
        grid = np.linspace(begins, ends, 61)
        # Long after a send what still comes in a second is less than the rounding of what came so far.
        counts = np.maximum(np.diff(wave.cumulative(grid[:, np.newaxis])[:, 0]), 0.0)
        at = np.concatenate([_uniform(n, grid[i], grid[i + 1], rng) for i, n in enumerate(rng.poisson(counts))])
        channel = campaign.channels[wave.channel]
        if wave.role is Role.BOTS:
            # They fetch what was posted, marks and all; it is people who copy links without them.
            yield Arrivals(
                origin="link_previews", at=at, source="link_previews", page=channel.landing, campaign=campaign.id
            )
        if wave.role is not Role.PEOPLE:
            continue
        tagged = rng.random(len(at)) < drill.tagged
        names = list(shares[wave.channel])
        chosen = rng.choice(len(names), size=len(at), p=list(shares[wave.channel].values()))
        for place, name in enumerate(names):
            for mark in (campaign.id, None):
                these = at[(chosen == place) & (tagged == (mark is not None))]
                yield Arrivals(origin=campaign.id, at=these, source=name, page=channel.landing, campaign=mark)


def _surprises(drill: Drill, begins: float, ends: float, rng: np.random.Generator) -> Iterator[Arrivals]:
    for surprise in drill.surprises:
        first, last = max(begins, surprise.at), min(ends, surprise.at + surprise.lasts)
        if last > first:
            count = rng.poisson(surprise.per_second * (last - first))
            at = _uniform(count, first, last, rng)
            # A crowd gathers; machines are switched on.
            early = at < surprise.at + RAMP_SECONDS
            late_enough = rng.random(count) < (at - surprise.at) / RAMP_SECONDS
            if surprise.kind is SpikeKind.CROWD:
                at = at[~early | late_enough]
            yield Arrivals(
                origin=surprise.kind.value, at=at, source=surprise.referrer, page=surprise.page, surprise=surprise
            )
