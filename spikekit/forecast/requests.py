"""Requests a visitor makes on the origin: from the site's journeys where known, else from the prior.

All of a visit's requests are counted at its start: think times are short beside the width of a spike, and a peak so
counted is never too low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from spikekit.campaign.model import JourneyMix
from spikekit.forecast.calibration import PUBLISHED_ONLY, Belief, PastResult
from spikekit.forecast.normal import Floats
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.site.model import Journey, Site
from spikekit.vocabulary import P95_Z

_FROM_PAGE_TO_PAGE = 0.15
"""The part of the variance that is from campaign to campaign of one site, for each has its own pages (I)."""

_LEAST = 1.0
"""A landing is a request at least."""


def requests_per_visitor(mix: JourneyMix, site: Site | None, per_landing: Floats) -> Floats:
    """The mean over the mix. ``per_landing`` are the requests of one page with its assets, one entry per draw.

    A page of a site's journey is one request, or ``per_landing`` with ``assets: auto``. A journey that the site does
    not describe, or leaves to Locust, counts as one landing.
    """
    total = per_landing * 0.0
    for name, share in mix:
        journey = site.journey(name) if site else None
        total = total + share * (_of_journey(journey, per_landing) if journey else per_landing)
    return total


def _of_journey(journey: Journey, per_landing: Floats) -> Floats:
    if not journey.steps:
        return per_landing
    total = per_landing * 0.0
    for step, reach in journey.reached():
        total = total + reach * (per_landing if step.assets == "auto" else 1.0)
    return total


def believed_per_landing(past: Sequence[PastResult]) -> Belief:
    """What reviewed access logs say of ``REQUESTS_PER_LANDING``, in standard deviations of its range.

    Campaigns of one site share its pages' weight: a hierarchical normal, as for click rates.
    """
    known = {(r.campaign, r.date): r.requests_per_landing for r in past if r.requests_per_landing is not None}
    if not known:
        return PUBLISHED_ONLY
    level = 1 - _FROM_PAGE_TO_PAGE
    gain = level / (len(known) * level + _FROM_PAGE_TO_PAGE)
    mean = gain * sum(_standing(max(requests, _LEAST)) for requests in known.values())
    return Belief(mean=mean, variance=level - len(known) * level * gain + _FROM_PAGE_TO_PAGE)


def _standing(requests: float) -> float:
    range_ = REQUESTS_PER_LANDING.range
    logarithm = math.log(requests / range_.likely)
    end = range_.high if logarithm >= 0 else range_.low
    return P95_Z * logarithm / abs(math.log(end / range_.likely))
