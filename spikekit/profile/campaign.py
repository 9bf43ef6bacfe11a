"""Forecast → load profile: one drawn campaign whose peak is the wanted quantile, its busiest window, to scale.

A pointwise quantile curve is no campaign that could happen, so a whole draw is rehearsed. In the window the rate runs
in steps whose areas are the draw's exact visitors; the cells are seconds where the draw turns, longer where it is calm.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY, JourneyMix
from spikekit.errors import UsageError
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.grid import cells
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Role, Wave
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.profile.requests import PageRequests, sent_requests_per_visitor, stream_requests
from spikekit.site.model import NormalTraffic, Site, Target
from spikekit.vocabulary import PEAK_SECONDS, ChannelKind

DEFAULT_AT = 0.9
"""Rehearse what one campaign in ten exceeds."""

DEFAULT_WINDOW_SECONDS = 300.0

NORMAL = "normal"
"""The origin of what comes anyway."""

_LEAST_CELL = 1.0
_GROWTH = 0.03
_LEAST_VISITORS = 0.01
"""A stream of which fewer are expected in the window is left out: no one would come."""

_STARTS = 400
"""Places tried for the window in each of three rounds."""


def campaign_profile(
    forecast: Forecast,
    *,
    at: float = DEFAULT_AT,
    window_seconds: float = DEFAULT_WINDOW_SECONDS,
    target: Target,
    site: Site,
) -> Profile:
    """The campaign's busiest window as ``target`` should feel it: × capacity ratio × headroom, normal traffic too.

    ``at`` is the quantile (between 0 and 1) of the drawn peaks; the window is the busiest in requests among those
    that hold the draw's peak. Raises ``UsageError`` for a target without a capacity ratio (it is never taken as 1),
    a quantile outside 0-1, and a window shorter than the ten seconds of a peak.
    """
    if not 0 < at < 1:
        raise UsageError("the quantile lies between 0 and 1", hint="try --at p90")
    if window_seconds < PEAK_SECONDS:
        raise UsageError(f"the window is at least {PEAK_SECONDS:.0f} seconds long", hint="try --window 5m")
    factor = scale(target, site)
    draw = forecast.draw_at(at)
    waves = forecast.waves_in(draw)
    peak = float(forecast.peak_at_seconds[draw]) - PEAK_SECONDS / 2
    start = _window_start(waves, peak, window_seconds)
    edges = _edges(waves, peak, start, window_seconds)
    streams = _campaign_streams(forecast, waves, edges, factor)
    normal = _normal_stream(forecast, site, window_seconds, factor)
    return Profile(
        streams=(*streams, normal) if normal else streams,
        duration_seconds=window_seconds,
        quantile=at,
        window_start_seconds=start,
        page_requests=forecast.landing.range.likely,
    )


def scale(target: Target, site: Site) -> float:
    """What production's rates are multiplied by for a rehearsal on ``target``: its capacity ratio × headroom.

    Raises ``UsageError`` where the target has no capacity ratio.
    """
    if target.capacity_ratio is None:
        raise UsageError(
            f'target "{target.name}" has no capacity_ratio, so its share of production is unknown',
            hint=f"add to targets.{target.name} in site.yaml: capacity_ratio: {{low: 0.2, likely: 0.25, high: 0.3}}",
        )
    return target.capacity_ratio.likely * site.objectives.headroom


def _arrivals(waves: tuple[Wave, ...], at: Floats) -> Floats:
    """Requests asked for by each instant, in one draw."""
    parts = [wave.cumulative(at[:, np.newaxis])[:, 0] * wave.requests_per_visitor[0] for wave in waves]
    return np.sum(parts, axis=0)  # type: ignore[no-any-return]


def _window_start(waves: tuple[Wave, ...], peak: float, length: float) -> float:
    """Where the busiest window begins among those that hold the ten seconds from ``peak``."""
    low, high = peak + PEAK_SECONDS - length, peak
    turns = [float(w.start[0]) + kink for w in waves for kink in w.shape.kinks()]
    tried = np.array([t for t in turns if low <= t <= high])
    for _ in range(3):
        starts = np.concatenate((tried, np.linspace(low, high, _STARTS)))
        counts = _arrivals(waves, starts + length) - _arrivals(waves, starts)
        best = float(starts[np.argmax(counts)])
        step = (high - low) / (_STARTS - 1)
        low, high, tried = max(low, best - step), min(high, best + step), np.array([best])
    return best


def _edges(waves: tuple[Wave, ...], peak: float, start: float, length: float) -> Floats:
    """Edges of the window's cells after its start; the peak's ten seconds begin and end at one."""
    turns = [(float(w.start[0]) + kink, _LEAST_CELL) for w in waves for kink in w.shape.kinks()]
    edges = cells([t for t in turns if t[0] < start + length], start, start + length, _GROWTH)
    of_peak = [t for t in (peak, peak + PEAK_SECONDS) if start < t < start + length]
    return np.union1d(edges, of_peak)


def _steps(counts: Floats, edges: Floats, factor: float) -> RateCurve:
    """The curve whose area over each cell is that cell's count."""
    offsets = edges - edges[0]
    rates = np.maximum(counts, 0.0) / np.diff(offsets) * factor
    times = np.repeat(offsets, 2)[1:-1]
    return RateCurve(tuple(times.tolist()), tuple(np.repeat(rates, 2).tolist()))


def _campaign_streams(forecast: Forecast, waves: tuple[Wave, ...], edges: Floats, factor: float) -> tuple[Stream, ...]:
    """A stream for each channel's people; machines and reloads, which read the landing page only, apart."""
    counts: dict[tuple[str, str, JourneyMix, ChannelKind | None], Floats] = {}
    for wave in waves:
        channel = forecast.campaign.channels[wave.channel]
        people = wave.role is Role.PEOPLE
        journey = channel.journey if people else ((LANDING_JOURNEY, 1.0),)
        origin, kind = (channel.label, channel.kind) if people else (wave.role.value, None)
        key = (origin, channel.landing, journey, kind)
        arrived = np.diff(wave.cumulative(edges[:, np.newaxis])[:, 0])
        counts[key] = counts.get(key, 0.0) + arrived
    order = sorted(counts.items(), key=lambda item: item[0][0] in (Role.BOTS, Role.RELOADS))
    floor = min(_LEAST_VISITORS, max(float(count.sum()) for _, count in order) * factor)
    return tuple(
        Stream(
            origin=origin,
            curve=_steps(count, edges, factor),
            landing=landing,
            journey=journey,
            utm=forecast.campaign.utm,
            kind=kind,
        )
        for (origin, landing, journey, kind), count in order
        if float(count.sum()) * factor >= floor
    )


def _normal_stream(forecast: Forecast, site: Site, seconds: float, factor: float) -> Stream | None:
    """What comes anyway, in a busy hour, doing what the campaign's visitors do.

    They start at the campaign's landing page: the one page known to exist whose answers the journeys expect.
    """
    requests = busy_requests_per_second(site.normal_traffic)
    if not requests:
        return None
    campaign = forecast.campaign
    pages = PageRequests(unseen=forecast.landing.range.likely)
    each = sent_requests_per_visitor(campaign.journey, site, landing=campaign.landing, pages=pages)
    visitors = requests / each * factor
    return Stream(
        origin=NORMAL,
        curve=RateCurve.constant(visitors, seconds),
        landing=campaign.landing,
        journey=campaign.journey,
    )


def weighed(profile: Profile, site: Site, *, taken: PageRequests, seen: PageRequests) -> Profile:
    """The same profile once pages that were ``taken`` for so many requests were ``seen`` to cost others.

    The usual requests/s of the site are then those of more visitors, or fewer.
    """

    def stream(old: Stream) -> Stream:
        if old.origin != NORMAL or old.kind is not None:
            return old
        factor = stream_requests(old, site, taken) / stream_requests(old, site, seen)
        return replace(old, curve=old.curve.scaled(factor))

    return replace(profile, streams=tuple(stream(old) for old in profile.streams))


def busy_requests_per_second(normal: NormalTraffic | None) -> float | None:
    """Requests/s of a busy hour on production: declared, or the highest of a week's curve."""
    if normal is None:
        return None
    if normal.curve is not None:
        # Rates, not counts: a curve of normal traffic says requests/s for each of its bins.
        return max(normal.curve.visitors)
    return normal.busy if normal.busy is not None else normal.typical
