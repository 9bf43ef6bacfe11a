"""``forecast --explain`` on a terminal: every figure that was used, where it comes from, and what moves the result."""

from __future__ import annotations

from spikekit.forecast.explained import Explained, Origin, Unit, Used
from spikekit.forecast.forecast import Forecast
from spikekit.report.figures import percent
from spikekit.report.forecast.doubt import doubt, moved_by
from spikekit.report.screen import wrapped
from spikekit.vocabulary import Range
from spikekit.wording import about, duration, people, span

_NAME, _FIGURES = 28, 28
_DAYS = 36 * 3600.0
"""From here on time is told in days."""


ORIGINS = {
    Origin.DECLARED: "declared",
    Origin.PUBLISHED: "published",
    Origin.LEARNED: "learned",
    Origin.MEASURED: "measured",
}
TAGS = {"R": "read", "C": "computed", "I": "judged"}


def explained_lines(forecast: Forecast, channels: tuple[Explained, ...]) -> list[str]:
    """Every channel's figures with their origins and sources, then the drivers."""
    lines = wrapped(
        f"Each figure behind {forecast.campaign.name}, as low – likely – high: nine times in ten the truth lies "
        "between low and high."
    )
    for channel in channels:
        if channel.figures:
            lines += ["", f" {channel.label}{_kind(channel)}"]
            lines += [line for used in channel.figures for line in _figure(used)]
    lines += ["", *doubt(forecast)]
    if forecast.drivers_of_requests:
        lines += wrapped(f"What moves the requests most: {moved_by(forecast.drivers_of_requests)}.", indent=" ")
    return lines


def _kind(channel: Explained) -> str:
    """The kind of a channel whose label does not say it."""
    kind = "" if channel.kind is None else channel.kind.value.replace("_", " ")
    return "" if channel.label.startswith(kind) else f" ({kind})"


def _figure(used: Used) -> list[str]:
    figures = "" if used.range is None else _range(used.range, used.unit)
    tag = f", {TAGS[used.tag]}" if used.tag else ""
    first = f"   {used.name:{_NAME}} {figures:{_FIGURES}} {ORIGINS[used.origin]}{tag}"
    return [first, *wrapped(used.source, indent="     ")] if used.source else [first]


def _range(range_: Range, unit: Unit) -> str:
    if range_.is_exact:
        return _said(range_.likely, unit)
    return " – ".join(_said(v, unit) for v in (range_.low, range_.likely, range_.high))


def _said(value: float, unit: Unit) -> str:
    if unit is Unit.SECONDS:
        return duration(value) if value < _DAYS else span(value)
    if unit is Unit.SHARE:
        return _share(value)
    return people(value) if unit is Unit.COUNT else about(value)


def _share(value: float) -> str:
    return percent(value) if value >= 0.1 else f"{value * 100:.2g} %"
