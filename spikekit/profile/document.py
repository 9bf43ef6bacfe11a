"""The document of a profile, ``spikekit.profile/1``: what will be sent to the target, already scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.profile.campaign import scale
from spikekit.profile.model import Profile, Stream
from spikekit.profile.requests import expected_requests, sent_requests_per_visitor
from spikekit.site.model import Site, Target

SCHEMA = "spikekit.profile/1"


def profile_document(
    profile: Profile, heading: Mapping[str, Any], *, campaign: str, target: Target, site: Site
) -> dict[str, Any]:
    """The profile as plain JSON values, after the ``heading`` with which every document begins.

    ``scale`` is what production's rates were multiplied by; the peak is the largest ten-second mean, the highest rate
    that of an instant. A stream's rates run straight between its ``times_seconds`` (after the window's start); equal
    times make a step.
    """
    return {
        **heading,
        "campaign": campaign,
        "target": target.name,
        "quantile": profile.quantile,
        "window_start_seconds": profile.window_start_seconds,
        "duration_seconds": profile.duration_seconds,
        "scale": scale(target, site),
        "headroom": site.objectives.headroom,
        "peak_visitors_per_second": profile.busiest(),
        "highest_visitors_per_second": profile.peak,
        "visitors": profile.total,
        "requests": expected_requests(profile, site),
        "streams": [_stream(s, site) for s in profile.streams],
    }


def _stream(stream: Stream, site: Site) -> dict[str, Any]:
    return {
        "origin": stream.origin,
        "landing": stream.landing,
        "journey": dict(stream.journey),
        "utm": dict(stream.utm),
        "visitors": stream.curve.total,
        "requests": stream.curve.total * sent_requests_per_visitor(stream.journey, site),
        "times_seconds": list(stream.curve.times),
        "visitors_per_second": list(stream.curve.rates),
    }
