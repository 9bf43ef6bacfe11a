"""A look at a target as the command does it, and nginx before a shop in every habit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spikekit.preflight.finding import Finding
from spikekit.preflight.strength import Need
from spikekit.preflight.target import Looked, look_at_target
from spikekit.profile.curve import RateCurve
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.site.model import Objectives, Production, Site, Target
from spikekit.trial.plain import PlainLoad, asked_load
from spikekit.vocabulary import ChannelKind
from tests.preflight.fronts import Fronts, fronts

NOW = datetime.now(UTC)
SERVICE_SECONDS = 0.1
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/html\r\n%bConnection: %b\r\n\r\nok"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronts]:
    """nginx before a shop that needs 100 ms for every page."""
    with (
        ShopProcess(Settings(slots=40, service_seconds=SERVICE_SECONDS)) as shop,
        fronts(tmp_path_factory.mktemp("fronts"), shop.url) as started,
    ):
        yield started


def look(
    url: str,
    path: str = "/books",
    *,
    need: Need | None = None,
    environ: dict[str, str] | None = None,
    production: str = "http://www.bookshop.example",
    objectives: Objectives | None = None,
    others: tuple[str, ...] = (),
    **target: object,
) -> Looked:
    """Look at the target as the command does; ``others`` are landing pages that bring fewer visitors."""
    site = Site(
        name="bookshop",
        production=Production(url=production),
        targets=(Target(**{"name": "staging", "url": url, "consent": "private", **target}),),
        objectives=objectives or Objectives(),
        journeys=(),
    )
    asked = asked_load(PlainLoad(rate=2, duration_seconds=1, path=path), site, command="", inputs={})
    (busiest,) = asked.profile.streams
    fewer = replace(busiest, curve=RateCurve.constant(1.0, 1.0), kind=ChannelKind.EMAIL)
    streams = (busiest, *(replace(fewer, landing=other) for other in others))
    asked = replace(asked, profile=replace(asked.profile, streams=streams))
    return look_at_target(asked, lambda _asked: need, environ or {}, now=NOW)


def found(looked: Looked) -> dict[str, Finding]:
    return {finding.name: finding for finding in looked.findings}


def campaign(*, peak: float = 850.0, launch: datetime = NOW) -> Need:
    return Need(visitors_per_second=1, requests_per_second=1, inside=1, campaign_peak=peak, launch=launch)
