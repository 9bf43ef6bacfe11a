"""How many requests a visitor of a profile is expected to send, before anybody has looked at the page itself.

A run announces what the page it is given really names (``trial.expectation``); this is what is said without one.
"""

from __future__ import annotations

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY, JourneyMix
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.forecast.requests import requests_per_visitor
from spikekit.profile.model import Profile
from spikekit.site.model import Site


def sent_requests_per_visitor(mix: JourneyMix, site: Site | None) -> float:
    """The mean over the mix: a page is one request, or with ``assets: auto`` as many as the prior's median landing.

    The landing journey, and any that the site does not describe, is one request.
    """
    pages = np.array([REQUESTS_PER_LANDING.range.likely])
    return sum(share * _of_one(name, site, pages) for name, share in mix)


def _of_one(name: str, site: Site | None, per_landing: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    journey = site.journey(name) if site else None
    if name == LANDING_JOURNEY or journey is None or not journey.steps:
        return 1.0
    return float(requests_per_visitor(((name, 1.0),), site, per_landing)[0])


def expected_requests(profile: Profile, site: Site | None) -> float:
    """Requests a run of the profile is expected to send, all going well."""
    return sum(s.curve.total * sent_requests_per_visitor(s.journey, site) for s in profile.streams)
