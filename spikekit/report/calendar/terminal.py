"""A calendar on a terminal: the sentence, the combined peaks with every campaign beneath, collisions, weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from spikekit.forecast.calendar import Calendar, Collision, Entry
from spikekit.forecast.stretch import Stretch
from spikekit.report.calendar import reading
from spikekit.report.chart.terminal import SOLID, Layer, Paint, Tick, chart, plain
from spikekit.report.chart.time_axis import date_labels
from spikekit.report.palette import Role
from spikekit.report.screen import fitted, wrapped
from spikekit.wording import about

_COLUMNS = 66
_SPACING = 8
"""Columns between dates at least."""

_MOST_LANES = 15
"""More campaigns than this are told by the list alone."""

_NAME = 30
_DAYS = (1, 2, 7, 14, 28)


def calendar_lines(
    calendar: Calendar, *, normal_requests_per_second: float | None, next_command: str, paint: Paint = plain
) -> list[str]:
    """Everything a terminal shows of a calendar."""
    collisions = [line for c in calendar.collisions for line in wrapped(f"▲ {_said(c, calendar)}", indent=" ")]
    asides = [line for text in reading.asides(calendar) for line in wrapped(text, indent=" ")]
    parts = [
        wrapped(reading.headline(calendar)),
        _picture(calendar, paint),
        _entries(calendar),
        collisions,
        _weeks(calendar, normal_requests_per_second),
        [*asides, f" Next:  {next_command}"],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part).split("\n")


def _said(collision: Collision, calendar: Calendar) -> str:
    return reading.collision_sentence(collision, calendar.zone)


def _picture(calendar: Calendar, paint: Paint) -> list[str]:
    groups = _groups(len(calendar.stretches))
    parts = [(calendar.stretches[a][0], calendar.stretches[b - 1][1]) for a, b in groups]
    combined = np.stack([calendar.peaks.minute_visitors[a:b].max(axis=0) for a, b in groups])
    often, likely = (np.quantile(combined, q, axis=1).tolist() for q in (0.9, 0.5))
    length = _length(parts[0])
    begins = [begin.astimezone(calendar.zone) for begin, _ in parts]
    lines = chart(
        [
            Layer(values=often, glyph="░", colour=Role.BAND),
            Layer(values=likely, glyph=SOLID, colour=Role.BAND),
        ],
        unit=f"visitors, busiest minute of each {length}, {calendar.zone.key}",
        ticks=[Tick(column=n, label=text) for n, text in date_labels(begins, _SPACING)],
        paint=paint,
    )
    margin = lines[-2].index("┼")
    lanes = [_lane(n, e, parts, margin, paint) for n, e in enumerate(calendar.entries, 1)]
    legend = f"{'':{margin + 1}} █ likely   ░ one time in ten higher   ■ busy   □ busy, draft"
    words = reading.caution(calendar, likely, length)
    said = wrapped(words, indent=" ") if words else []
    return [*(f" {line}" for line in [*lines, *(lanes if len(lanes) <= _MOST_LANES else []), legend]), *said]


def _groups(count: int) -> list[tuple[int, int]]:
    """The rows of each column: one row in several columns, or equally many rows in each."""
    if count <= _COLUMNS:
        return [(n, n + 1) for n in range(count) for _ in range(_COLUMNS // count)]
    size = -(-count // _COLUMNS)
    return [(n, min(n + size, count)) for n in range(0, count, size)]


def _length(part: Stretch) -> str:
    hours = round((part[1] - part[0]) / timedelta(hours=1))
    if hours < 20:
        return "hour" if hours == 1 else f"{hours} hours"
    days = round(hours / 24)
    return "day" if days == 1 else "week" if days == 7 else f"{days} days"


def _lane(number: int, entry: Entry, parts: Sequence[Stretch], margin: int, paint: Paint) -> str:
    mark = "■" if entry.counts else "□"
    cells = "".join(mark if entry.busy[0] < b and a < entry.busy[1] else "·" for a, b in parts)
    return f"{number:>{margin - 1}} │{_inked(cells, mark, paint)}"


def _inked(cells: str, mark: str, paint: Paint) -> str:
    rest = cells.strip("·")
    start = cells.index(rest) if rest else 0
    return f"{' ' * start}{paint(rest, Role.REAL if mark == '■' else Role.UNKNOWN)}".rstrip()


def _entries(calendar: Calendar) -> list[str]:
    width = len(str(len(calendar.entries)))
    lines = [f" {'':{width + _NAME}}  {'visitors/min':>14} {'1 in 10 above':>14} {'requests/s':>12}"]
    for number, entry in enumerate(calendar.entries, 1):
        row = reading.figures(entry.peaks)
        name = fitted(entry.campaign.name + ("" if entry.counts else " (draft)"), _NAME)
        lines.append(f" {number:>{width}} {name} {row.visitors:>14} {row.visitors_often:>14} {row.requests:>12}")
        lines.append(f" {'':{width}} {reading.launched(entry, calendar.zone)}")
    return lines


def _weeks(calendar: Calendar, normal: float | None) -> list[str]:
    if len(calendar.weeks) < 2:
        return [_normal(normal)] if normal else []
    lines = [f" {'week of':14}{'visitors/min':>14}{'1 in 10 above':>15}{'requests/s':>12}   campaigns"]
    for week in reading.loud_weeks(calendar):
        row, day = reading.figures(week.peaks), reading.weekday(week.stretch[0], calendar.zone)
        who = reading.numbers(week.entries, calendar)
        lines.append(f" {day:14}{row.visitors:>14}{row.visitors_often:>15}{row.requests:>12}   {who}")
    quiet = len(calendar.weeks) - (len(lines) - 1)
    if quiet:
        lines.append(f" {'one other week is' if quiet == 1 else f'the other {quiet} weeks are'} quiet")
    return [*lines, *([_normal(normal)] if normal else [])]


def _normal(requests_per_second: float) -> str:
    return f" Normal traffic is not in these figures; a busy hour adds {about(requests_per_second)} requests/s."
