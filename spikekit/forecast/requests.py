"""Requests a visitor makes on the origin: from the site's journeys where known, else from the prior.

All of a visit's requests are counted at its start: think times are short beside the width of a spike, and a peak so
counted is never too low.
"""

from __future__ import annotations

from spikekit.campaign.model import JourneyMix
from spikekit.forecast.normal import Floats
from spikekit.site.model import Journey, Site


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
    reached, total = 1.0, per_landing * 0.0
    for step in journey.steps:
        reached *= step.continue_ratio
        total = total + reached * (per_landing if step.assets == "auto" else 1.0)
    return total
