"""A load profile on a terminal: what will be sent, as a sentence, a picture by origin, and totals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

import numpy as np

from spikekit.profile.model import Profile, Stream
from spikekit.profile.requests import expected_requests, stream_requests, unseen_pages
from spikekit.report.chart.terminal import SHADES, Layer, Paint, chart, plain
from spikekit.report.chart.time_axis import even_ticks
from spikekit.report.palette import Role
from spikekit.report.screen import wrapped
from spikekit.site.model import Site, Target
from spikekit.wording import about, span

_COLUMNS = 66


def profile_lines(
    profile: Profile, *, name: str, target: Target, site: Site, scale: float, next_command: str, paint: Paint = plain
) -> list[str]:
    """Everything a terminal shows of a profile; ``scale`` is what production's rates were multiplied by."""
    return [
        *_sentence(profile, name, target, site),
        "",
        *_picture(profile, paint),
        "",
        *_totals(profile, site),
        "",
        *_scale(target, site, scale),
        f" Next:  {next_command}",
    ]


def _sentence(profile: Profile, name: str, target: Target, site: Site) -> list[str]:
    return wrapped(
        f"{name}, {_how_bad(profile.quantile)}: {target.name} gets up to {about(profile.busiest())} visitors/s. "
        f"In its busiest {span(profile.duration_seconds)} that is about {about(profile.total)} visitors "
        f"and {about(expected_requests(profile, site))} requests."
    )


def _how_bad(quantile: float | None) -> str:
    if quantile is None:
        return "as declared"
    if abs(quantile - 0.5) < 1e-9:
        return "as likely to be higher as lower"
    rarer = 1 / min(quantile, 1 - quantile)
    return f"as high as {'one' if quantile > 0.5 else 'all but one'} time in {rarer:.3g}"


def _picture(profile: Profile, paint: Paint) -> list[str]:
    edges = np.linspace(0.0, profile.duration_seconds, _COLUMNS + 1)
    stacked = np.zeros(_COLUMNS)
    layers: dict[str, Layer] = {}
    for stream, glyph in zip(_by_size(profile), _glyphs(), strict=False):
        stacked = stacked + np.diff(stream.curve.area(edges)) / np.diff(edges)
        layers[glyph] = Layer(values=[float(v) for v in stacked], glyph=glyph, colour=Role.PLANNED)
    start = profile.window_start_seconds or 0.0
    ticks = even_ticks(start, start + profile.duration_seconds, _COLUMNS)
    # The highest sum stands at the back, so that each stream shows above the one it stands on.
    lines = chart([*layers.values()][::-1], unit="visitors/s by time since launch", ticks=ticks, paint=paint)
    return [f" {line}" for line in lines]


def _by_size(profile: Profile) -> list[Stream]:
    return sorted(profile.streams, key=lambda s: -s.curve.total)


def _glyphs() -> Iterator[str]:
    """A shade for each of the largest streams; the smallest share the lightest."""
    return chain(SHADES, repeat(SHADES[-1]))


def _totals(profile: Profile, site: Site) -> list[str]:
    width = max(len(s.origin) for s in profile.streams)
    lines = [f" {'':{width + 2}}{'visitors':>10}{'requests':>10}"]
    for stream, glyph in zip(_by_size(profile), _glyphs(), strict=False):
        visitors = stream.curve.total
        requests = visitors * stream_requests(stream, site, unseen_pages(profile))
        lines.append(f" {glyph} {stream.origin:{width}}{about(visitors):>10}{about(requests):>10}")
    return lines


def _scale(target: Target, site: Site, scale: float) -> list[str]:
    ratio = target.capacity_ratio.likely if target.capacity_ratio else scale
    factors = f"{ratio:.3g} of production's capacity" + (
        f", times headroom {site.objectives.headroom:.3g}" if site.objectives.headroom != 1 else ""
    )
    return wrapped(f"Scaled for {target.name}: {factors} = {scale:.3g} times what production would feel.", indent=" ")
