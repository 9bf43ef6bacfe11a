"""How many requests a visitor of a profile is expected to send.

``per_landing`` is how many a page with ``assets: auto`` costs. Whoever has looked at one knows (``trial.look``);
``None``: nobody has, and the prior's median landing stands for it.
"""

from __future__ import annotations

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY, JourneyMix
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.forecast.requests import requests_per_visitor
from spikekit.profile.model import Profile
from spikekit.site.model import Site


def landing_requests(per_landing: float | None) -> float:
    """Those of one page with all it needs."""
    return REQUESTS_PER_LANDING.range.likely if per_landing is None else per_landing


def sent_requests_per_visitor(mix: JourneyMix, site: Site | None, per_landing: float | None = None) -> float:
    """The mean over the mix. The landing journey, and any that the site does not describe, is one request."""
    pages = np.array([landing_requests(per_landing)])
    return sum(share * _of_one(name, site, pages) for name, share in mix)


def _of_one(name: str, site: Site | None, per_landing: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    journey = site.journey(name) if site else None
    if name == LANDING_JOURNEY or journey is None or not journey.steps:
        return 1.0
    return float(requests_per_visitor(((name, 1.0),), site, per_landing)[0])


def expected_requests(profile: Profile, site: Site | None) -> float:
    """Requests a run of the profile is expected to send, all going well."""
    return sum(s.curve.total * sent_requests_per_visitor(s.journey, site) for s in profile.streams)


def peak_requests_per_second(profile: Profile, site: Site, per_landing: float | None = None) -> float:
    """No more than this many are expected: every stream at its own peak, all of a visit's requests at once."""
    return sum(s.curve.peak * sent_requests_per_visitor(s.journey, site, per_landing) for s in profile.streams)
