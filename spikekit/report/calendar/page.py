"""A calendar as one HTML file that opens offline, prints and needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from spikekit import __version__
from spikekit.forecast.calendar import Calendar, Entry
from spikekit.forecast.normal import Floats
from spikekit.report.calendar import reading
from spikekit.report.chart import axis, drawing
from spikekit.report.chart.axis import Axis, Tick
from spikekit.report.chart.drawing import Chart, Mark, Shape
from spikekit.report.chart.time_axis import date_labels
from spikekit.report.paper import written
from spikekit.wording import about, plural

_TICKS = 9
"""Dates along a chart at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One campaign on the time line: its bar from ``at`` for ``width`` (0-1), and its row of figures."""

    number: int
    name: str
    counts: bool
    launched: str
    at: float
    width: float
    figures: reading.Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure that stands out."""

    figure: str
    words: str
    more: str


def calendar_page(
    calendar: Calendar, *, site: str | None, normal_requests_per_second: float | None, command: str
) -> str:
    """The page. Everything that people wrote is escaped; nothing is ever fetched."""
    x = _time(calendar)
    likely, _often = _quantiles(calendar.peaks.minute_visitors)
    return written(
        "calendar.html",
        site=site,
        zone=calendar.zone.key,
        span=reading.span_words(calendar),
        headline=reading.headline(calendar),
        asides=reading.asides(calendar),
        tiles=_tiles(calendar, normal_requests_per_second),
        visitors=_visitors(calendar, x),
        caution=reading.caution(calendar, likely.tolist(), "bar"),
        requests=_requests(calendar, x, normal_requests_per_second),
        lanes=[_lane(n, e, calendar, x) for n, e in enumerate(calendar.entries, 1)],
        ticks=x.ticks,
        collisions=[reading.collision_sentence(c, calendar.zone) for c in calendar.collisions],
        weeks=_weeks(calendar),
        quiet=len(calendar.weeks) - len(reading.loud_weeks(calendar)),
        normal=about(normal_requests_per_second) if normal_requests_per_second else None,
        draws=calendar.draws,
        command=command,
        version=__version__,
    )


def _tiles(calendar: Calendar, normal: float | None) -> list[Tile]:
    week = reading.highest_week(calendar)
    row = reading.figures(week.peaks)
    counted = sum(e.counts for e in calendar.entries)
    drafts = len(calendar.entries) - counted
    pairs = len(calendar.collisions) + calendar.more_collisions
    more = f"a busy hour adds {about(normal)} of normal traffic" if normal else "normal traffic comes on top"
    return [
        Tile(
            figure=str(counted),
            words="confirmed campaign" + "s" * (counted != 1),
            more=f"{plural(drafts, 'draft')} beside {'it' if counted == 1 else 'them'}" if drafts else "no drafts",
        ),
        Tile(
            figure=row.visitors,
            words="visitors in the busiest minute",
            more=f"one time in ten more than {row.visitors_often}",
        ),
        Tile(
            figure=f"{row.requests}/s",
            words="requests, in the busiest ten seconds",
            more=f"one time in ten more than {row.requests_often}/s; {more}",
        ),
        Tile(
            figure=str(pairs),
            words="collision" + "s" * (pairs != 1),
            more="pairs that are busy at the same time",
        ),
    ]


def _time(calendar: Calendar) -> Axis:
    """Seconds from the first stretch to the end of the last, marked at dates."""
    begins = [begin.astimezone(calendar.zone) for begin, _ in calendar.stretches]
    length = (calendar.stretches[-1][1] - calendar.stretches[0][0]).total_seconds()
    labels = date_labels(begins, max(1.0, len(begins) / _TICKS))
    ticks = [Tick(at=_seconds(calendar, begins[n]) / length, text=text) for n, text in labels]
    return Axis(low=0.0, high=length, ticks=ticks)


def _seconds(calendar: Calendar, instant: datetime) -> float:
    return (instant - calendar.stretches[0][0]).total_seconds()


def _visitors(calendar: Calendar, x: Axis) -> Chart:
    likely, often = _quantiles(calendar.peaks.minute_visitors)
    y = axis.upwards(max(float(often.max()), 1.0), about, steps=3)
    return Chart(
        unit="visitors in the busiest minute",
        spoken=reading.headline(calendar),
        x=x,
        y=y,
        shapes=[
            Shape(role="band", form="bar", path=_bars(calendar, often, x, y)),
            Shape(role="real", form="bar", path=_bars(calendar, likely, x, y)),
        ],
    )


def _requests(calendar: Calendar, x: Axis, normal: float | None) -> Chart:
    """The same on the servers, standing on the normal traffic of a busy hour."""
    base = normal or 0.0
    likely, often = (values + base for values in _quantiles(calendar.peaks.requests_per_second))
    y = axis.upwards(max(float(often.max()), 1.0), about, steps=3)
    top = f"{about(float(likely.max()))} requests a second likely, {about(float(often.max()))} one time in ten"
    return Chart(
        unit="requests per second" + (", normal traffic included" if normal else ""),
        spoken=f"At most {top}.",
        x=x,
        y=y,
        shapes=[
            Shape(role="band", form="bar", path=_bars(calendar, often, x, y)),
            Shape(role="real", form="bar", path=_bars(calendar, likely, x, y)),
        ],
        rules=[Mark(at=y.place(base), text="")] if normal else [],
    )


def _quantiles(values: Floats) -> tuple[Floats, Floats]:
    likely, often = np.quantile(values, [0.5, 0.9], axis=1)
    return likely, often


def _bars(calendar: Calendar, values: Floats, x: Axis, y: Axis) -> str:
    """A bar for each stretch in which something comes."""
    parts = []
    for (begin, end), value in zip(calendar.stretches, values.tolist(), strict=True):
        if y.place(value) > 0.001:
            left, right = (drawing.WIDTH * x.place(_seconds(calendar, t)) for t in (begin, end))
            top = drawing.HEIGHT * (1 - y.place(value))
            parts.append(f"M{left:.1f} 100V{top:.2f}H{right:.1f}V100Z")
    return "".join(parts)


def _lane(number: int, entry: Entry, calendar: Calendar, x: Axis) -> Lane:
    begin, end = (x.place(_seconds(calendar, t)) for t in entry.busy)
    return Lane(
        number=number,
        name=entry.campaign.name,
        counts=entry.counts,
        launched=reading.launched(entry, calendar.zone),
        at=begin,
        width=end - begin,
        figures=reading.figures(entry.peaks),
    )


def _weeks(calendar: Calendar) -> list[tuple[str, reading.Figures, str]]:
    return [
        (
            reading.weekday(week.stretch[0], calendar.zone),
            reading.figures(week.peaks),
            ", ".join(e.campaign.name for e in week.entries) or "only what is left of earlier ones",
        )
        for week in reading.loud_weeks(calendar)
    ]
