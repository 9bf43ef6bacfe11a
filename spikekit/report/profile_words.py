"""A load profile on a terminal: what will be sent, as a sentence, a picture by origin, and totals."""

from __future__ import annotations

import numpy as np

from spikekit.profile.model import Profile
from spikekit.profile.requests import expected_requests, sent_requests_per_visitor
from spikekit.report.figures import about, span
from spikekit.report.palette import Role
from spikekit.report.terminal_chart import SHADES, Layer, Paint, chart, plain
from spikekit.report.time_axis import even_ticks
from spikekit.site.model import Site, Target

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
    return [
        f"{name}, {_how_bad(profile.quantile)}: {target.name} gets up to {about(profile.busiest())} visitors/s.",
        f"In its busiest {span(profile.duration_seconds)} that is about {about(profile.total)} visitors "
        f"and {about(expected_requests(profile, site))} requests.",
    ]


def _how_bad(quantile: float | None) -> str:
    if quantile is None:
        return "as declared"
    if abs(quantile - 0.5) < 1e-9:
        return "as likely to be higher as lower"
    rarer = 1 / min(quantile, 1 - quantile)
    return f"as high as {'one' if quantile > 0.5 else 'all but one'} time in {rarer:.3g}"


def _picture(profile: Profile, paint: Paint) -> list[str]:
    edges = np.linspace(0.0, profile.duration_seconds, _COLUMNS + 1)
    rates = [np.diff(s.curve.area(edges)) / np.diff(edges) for s in profile.streams]
    sums = np.cumsum(rates, axis=0)
    glyphs = [SHADES[i % len(SHADES)] for i in range(len(rates))]
    layers = [
        Layer(values=[float(v) for v in total], glyph=glyph, colour=Role.PLANNED)
        for i, (total, glyph) in enumerate(zip(sums, glyphs, strict=True))
    ]
    start = profile.window_start_seconds or 0.0
    ticks = even_ticks(start, start + profile.duration_seconds, _COLUMNS)
    # The highest sum stands at the back, so that each stream shows above the one it stands on.
    lines = chart(layers[::-1], unit="visitors/s", ticks=ticks, paint=paint)
    return [f" {line}" for line in [*lines, f"{'':8}time since launch"]]


def _totals(profile: Profile, site: Site) -> list[str]:
    width = max(len(s.origin) for s in profile.streams)
    lines = [f" {'':{width + 2}}{'visitors':>10}{'requests':>10}"]
    for i, stream in enumerate(profile.streams):
        visitors = stream.curve.total
        requests = visitors * sent_requests_per_visitor(stream.journey, site)
        glyph = SHADES[i % len(SHADES)]
        lines.append(f" {glyph} {stream.origin:{width}}{about(visitors):>10}{about(requests):>10}")
    return lines


def _scale(target: Target, site: Site, scale: float) -> list[str]:
    ratio = target.capacity_ratio.likely if target.capacity_ratio else scale
    factors = f"{ratio:.3g} of production's capacity" + (
        f", times headroom {site.objectives.headroom:.3g}" if site.objectives.headroom != 1 else ""
    )
    return [f" Scaled for {target.name}: {factors} = {scale:.3g} times what production would feel."]
