"""Dates on an axis: which of many beginnings of days and hours are labelled, and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

_MANY_DAYS = 14
"""Over more days than this the month helps more than the weekday."""


def date_labels(begins: Sequence[datetime], spacing: float) -> list[tuple[int, str]]:
    """Places in ``begins`` (local, ascending) with their labels, at least ``spacing`` places apart.

    The first comes first, then months, Mondays, days and, where each day has its label, even hours, while there is
    room.
    """
    days = [n for n, day in enumerate(begins) if n == 0 or day.date() != begins[n - 1].date()]
    months = [n for n in days if n and begins[n].month != begins[n - 1].month]
    mondays = [n for n in days if begins[n].weekday() == 0]
    hours = [n for h in (12, 6) for n, day in enumerate(begins) if day.hour % h == 0 and day.hour != begins[n - 1].hour]
    taken: dict[int, str] = {}
    for place in (0, *months, *mondays, *days, *hours):
        # An hour says nothing where nobody can see of which day.
        is_told = place in days or all(day in taken for day in days)
        if is_told and all(abs(place - other) >= spacing for other in taken):
            taken[place] = _label(begins[place], len(days)) if place in days else f"{begins[place]:%H:%M}"
    return sorted(taken.items())


def _label(day: datetime, days: int) -> str:
    return f"{day.day} {day:%b}" if days > _MANY_DAYS else f"{day:%a} {day.day}"
