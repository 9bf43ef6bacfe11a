"""Drills of known truth, small enough for a test, and what a watch makes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from spikekit.campaign.model import Campaign, Channel
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.live.drill import Drill, Surprise
from spikekit.live.drilled_log import DrilledLog, Truth
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.traffic.block import Block
from spikekit.traffic.format import line_format
from spikekit.vocabulary import ChannelKind, Range, Status

LAUNCH = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)


@cache
def known_forecast(clicks: float = 4_000, kind: ChannelKind = ChannelKind.BRAND_POST) -> Forecast:
    """A campaign of so many clicks on ``/books``, some 500 draws."""
    journey = (("landing", 1.0),)
    channel = Channel(label="post", kind=kind, landing="/books", journey=journey, clicks=Range.exact(clicks))
    campaign = Campaign(
        id="fry-reads",
        name="Fry reads",
        status=Status.CONFIRMED,
        launch=LAUNCH,
        timezone="UTC",
        landing="/books",
        journey=journey,
        channels=(channel,),
        utm=(("source", "x"), ("campaign", "fry-reads")),
        contacts=(
            ("marketing", "jo@example.com"),
            ("on_call", "+44 1"),
            ("stop_send", "pause flow 12 in the mail tool"),
        ),
    )
    return forecast(campaign, seed=1, draws=500)


def drill(*surprises: Surprise, seed: int = 1, before: float = 600, after: float = 1_200, **more: float) -> Drill:
    """A drill of the known campaign."""
    drawn = known_forecast()
    return Drill(
        forecast=drawn,
        draw=drawn.draw_at(0.5),
        seed=seed,
        before=before,
        after=after,
        surprises=surprises,
        **{"normal_per_second": 1.5, **more},
    )


def watched(drilled: Drill) -> tuple[Watch, Truth]:
    """The whole drill watched second by second, as if it were live."""
    log = DrilledLog(drilled)
    watch = Watch(Watched(forecasts=(drilled.forecast,)), line_format("combined"))
    watch.attribution.own(["example.com"])
    for second, lines in log:
        watch.count(second)
        watch.settle(second)
        watch.read(Block(log=0, lines=lines))
    watch.count()
    watch.settle((watch.tally.latest or 0) + 1)
    return watch, log.truth
