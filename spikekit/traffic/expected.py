"""A campaign's forecast as far as inference needs it: how many it may bring to which page, saying what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from spikekit.forecast.forecast import Forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Role, Wave
from spikekit.traffic.arrival_shares import arrival_shares
from spikekit.traffic.page import landing

DRAWS = 200
BEFORE_SECONDS = 600.0
AFTER_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Flow:
    """One channel's visitors: the page they open, the shares of what they say, and its waves."""

    page: bytes
    shares: Mapping[str, float]
    waves: tuple[Wave, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a campaign may bring. ``launch``, ``begins`` and ``ends`` are seconds since 1970."""

    campaign: str
    launch: float
    begins: float
    ends: float
    flows: tuple[Flow, ...]

    def leads_to(self, page: bytes) -> bool:
        """Whether one of its channels does."""
        return any(flow.page == page for flow in self.flows)

    def visitors(self, page: bytes, at: Floats) -> Iterator[tuple[Mapping[str, float], Floats]]:
        """For each flow to the page its shares, and the visitors between each two instants of ``at`` in each draw."""
        offsets = (at - self.launch)[:, None]
        for flow in self.flows:
            if flow.page == page and flow.waves:
                yield flow.shares, np.sum([np.diff(w.cumulative(offsets), axis=0) for w in flow.waves], axis=0)


def expected(forecast: Forecast, *, draws: int = DRAWS) -> Expected:
    """From ``draws`` of a forecast's draws. Reloads are not expected to be entries; machines are counted apart."""
    campaign = forecast.campaign
    kept = slice(0, min(draws, forecast.draws))
    flows = []
    for number, channel in enumerate(campaign.channels):
        waves = tuple(w.take(kept) for w in forecast.waves if w.channel == number and w.role is Role.PEOPLE)
        flows.append(Flow(landing(channel.landing), arrival_shares(campaign, channel), waves))
    launch = campaign.launch.timestamp()
    early = min(c.at_seconds - c.within_seconds - (c.arrive_before_seconds or 0.0) for c in campaign.channels)
    return Expected(
        campaign=campaign.id,
        launch=launch,
        begins=launch + min(early, 0.0) - BEFORE_SECONDS,
        ends=launch + AFTER_SECONDS,
        flows=tuple(flows),
    )
