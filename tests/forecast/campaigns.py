"""Campaigns and sites built by hand, for the tests of forecasts and profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY, Campaign, Channel
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Wave, cumulative
from spikekit.site.model import Journey, NormalTraffic, Objectives, Site, Step, Target
from spikekit.vocabulary import ChannelKind, Range, Status

LAUNCH = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
ALONE = ((LANDING_JOURNEY, 1.0),)
SEED = 7


def channel(kind: str, audience: float | None = None, *, label: str | None = None, **more: Any) -> Channel:
    """A channel on / with an exact audience."""
    known = {"landing": "/", "journey": ALONE, **more}
    return Channel(
        label=label or kind,
        kind=ChannelKind(kind),
        audience=None if audience is None else Range.exact(audience),
        **known,
    )


def campaign(*channels: Channel, **more: Any) -> Campaign:
    """A confirmed campaign of these channels."""
    known = {"status": Status.CONFIRMED, **more}
    return Campaign(
        id="test",
        name="A test",
        launch=LAUNCH,
        timezone="UTC",
        landing="/",
        journey=ALONE,
        channels=channels,
        **known,
    )


def five_channels() -> Campaign:
    """Everything at once: an uncertain start, a send window, paced ads, a push and a TV spot."""
    return campaign(
        channel("celebrity_post", 6.2e6, within_seconds=7200.0),
        channel("email", 250e3, at_seconds=1800.0, send_over_seconds=1200.0),
        channel("paid_social", 2e6, deliver_over_seconds=3 * 86_400.0),
        channel("push", 400e3, at_seconds=3600.0),
        channel("tv_spot", 3e6, at_seconds=5400.0),
        overlap=0.2,
    )


STAGING = Target(
    name="staging", url="http://127.0.0.1:8000", capacity_ratio=Range(low=0.2, likely=0.25, high=0.3), consent="private"
)


def site(
    *, normal: NormalTraffic | None = None, headroom: float = 1.0, targets: tuple[Target, ...] = (STAGING,)
) -> Site:
    """A site with the journey ``browse``: a page with its assets, then a second page by six in ten."""
    steps = (
        Step(name="landing", method="GET", path="{landing}", assets="auto"),
        Step(name="book", method="GET", path="/books/1", continue_ratio=0.6),
    )
    return Site(
        name="bookshop",
        production=None,
        targets=(STAGING,),
        objectives=Objectives(headroom=headroom),
        journeys=(Journey(name="browse", steps=steps), Journey(name="own", locust="own.py:User")),
        normal_traffic=normal,
    )


def busiest_by_seconds(waves: tuple[Wave, ...], length: int, *, end: int = 100_000) -> float:
    """The slow way: the busiest window of whole seconds among all that begin at a whole second."""
    first = min(float(w.start[0]) for w in waves)
    counts: Floats = cumulative(waves, first + np.arange(-length, end, 1.0)[:, np.newaxis])[:, 0]
    return float((counts[length:] - counts[:-length]).max())
