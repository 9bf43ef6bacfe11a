"""Requests of a visit, as access logs count them → those of one landing page, as forecasts of any journey need them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spikekit.forecast.forecast import Forecast
from spikekit.forecast.requests import requests_per_visitor
from spikekit.forecast.wave import Role
from spikekit.site.model import Site
from spikekit.vocabulary import ChannelKind

_LEAST_PAGES = 0.1
"""Journeys that load fewer pages with all on them say nothing of those."""


def per_landing(forecast: Forecast, site: Site | None, measured: float | None) -> float | None:
    """Requests of one page with all on it, given that a person made ``measured`` requests.

    Who does the campaign's journeys makes a + b·L requests, where L are those of such a page: a and b are means over
    the likely people of its channels. ``None`` where nothing was measured, where the journeys load no such page, and
    for crowds that reload.
    """
    channels = forecast.campaign.channels
    if measured is None or any(c.kind is ChannelKind.DROP for c in channels):
        return None
    people = [_people(forecast, place) for place in range(len(channels))]
    bare = _requests(forecast, site, people, 0.0)
    pages = _requests(forecast, site, people, 1.0) - bare
    return max((measured - bare) / pages, 1.0) if pages >= _LEAST_PAGES else None


def _people(forecast: Forecast, place: int) -> float:
    waves = [w.volume for w in forecast.waves if w.channel == place and w.role is Role.PEOPLE]
    return float(np.median(np.sum(waves, axis=0)))


def _requests(forecast: Forecast, site: Site | None, people: Sequence[float], landing: float) -> float:
    """The mean over all people, were a landing page so many requests."""
    each = [requests_per_visitor(c.journey, site, np.array([landing])) for c in forecast.campaign.channels]
    return float(np.average(np.concatenate(each), weights=people))
