"""Stretches of time by the clocks of a zone: hours, days and weeks that follow on each other, in UTC.

A day of 23 or 25 hours is a day: clocks that change leave no gap and count nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

Stretch = tuple[datetime, datetime]
"""From an instant to a later one."""

_HOUR = timedelta(hours=1)
_LENGTHS = ((3, _HOUR), (9, 3 * _HOUR), (33, 12 * _HOUR))
"""Up to so many days, stretches of this length; beyond, whole days."""

_MOST_DAYS = 430
"""Beyond fourteen months, whole weeks."""


def stretches(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Stretches that cover ``first`` to ``last`` from midnight to midnight: hours for a day, days for a year."""
    begin = first.astimezone(zone).date()
    end = last.astimezone(zone).date() + timedelta(days=1)
    days = (end - begin).days
    if days > _MOST_DAYS:
        return tuple(_weeks(begin, end, zone))
    length = next((step for most, step in _LENGTHS if days <= most), None)
    edges = [midnight(begin, zone)]
    for n in range(days):
        edges += _until(edges[-1], midnight(begin + timedelta(days=n + 1), zone), length)
    return tuple(pairwise(edges))


def weeks_of(parts: Sequence[Stretch], zone: ZoneInfo) -> Iterator[tuple[Stretch, slice]]:
    """Each week (Monday to Monday, cut to what there is) and the rows of its stretches."""
    row = 0
    for _monday, own in groupby(parts, key=lambda part: _monday_of(part[0].astimezone(zone).date())):
        week = list(own)
        yield (week[0][0], week[-1][1]), slice(row, row + len(week))
        row += len(week)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _until(begin: datetime, end: datetime, length: timedelta | None) -> list[datetime]:
    """The edges after ``begin`` up to ``end``."""
    edges = []
    while length is not None and begin + 1.5 * length <= end:
        begin += length
        edges.append(begin)
    return [*edges, end]


def _weeks(begin: date, end: date, zone: ZoneInfo) -> Iterator[Stretch]:
    monday = _monday_of(begin)
    while monday < end:
        yield midnight(monday, zone), midnight(monday + timedelta(days=7), zone)
        monday += timedelta(days=7)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
