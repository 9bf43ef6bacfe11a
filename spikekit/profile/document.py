"""The document of a profile, ``spikekit.profile/1``: what will be sent to the target, already scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.profile.campaign import scale
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.profile.requests import PageRequests, expected_requests, stream_requests, unseen_pages
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
        "streams": [_stream(s, site, unseen_pages(profile)) for s in profile.streams],
    }


def profile_of(document: Mapping[str, Any]) -> Profile:
    """The profile of such a document, as far as it goes. Raises ``ValueError`` for any other document."""
    if document.get("schema") != SCHEMA:
        raise ValueError(f"expected a document {SCHEMA}, found {str(document.get('schema'))[:60]}")
    try:
        return Profile(
            streams=tuple(_stream_of(plain) for plain in document["streams"]),
            duration_seconds=float(document["duration_seconds"]),
            quantile=document["quantile"],
            window_start_seconds=document["window_start_seconds"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a whole document {SCHEMA}: {error}") from error


def _stream_of(plain: Mapping[str, Any]) -> Stream:
    return Stream(
        origin=plain["origin"],
        curve=RateCurve(tuple(plain["times_seconds"]), tuple(plain["visitors_per_second"])),
        landing=plain["landing"],
        journey=tuple(plain["journey"].items()),
        utm=tuple(plain["utm"].items()),
    )


def _stream(stream: Stream, site: Site, pages: PageRequests) -> dict[str, Any]:
    return {
        "origin": stream.origin,
        "landing": stream.landing,
        "journey": dict(stream.journey),
        "utm": dict(stream.utm),
        "visitors": stream.curve.total,
        "requests": stream.curve.total * stream_requests(stream, site, pages),
        "times_seconds": list(stream.curve.times),
        "visitors_per_second": list(stream.curve.rates),
    }
