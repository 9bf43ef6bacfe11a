"""Time on a chart: which stretch of time a column stands for, and which instants and dates are labelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from spikekit.report.chart.series import Floats
from spikekit.report.chart.terminal import Tick
from spikekit.report.figures import brief

MINUTE, HOUR, DAY = 60, 3600, 86_400
_ROUND = [
    *(1, 2, 5, 10, 15, 20, 30),
    *(MINUTE * n for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 3, 5, 7, 14)),
]
_SPACING = 6
"""Columns between labels at least."""

_MANY_DAYS = 14
"""Over more days than this the month helps more than the weekday."""


def even_cells(cells: Floats, columns: int) -> Floats:
    """Edges of columns that hold equally many cells each: wide where the cells are fine, narrow where they are coarse.

    Time so opens out around each start of a campaign and runs together in the calm after it.
    """
    return np.interp(np.linspace(0, len(cells) - 1, columns + 1), np.arange(len(cells)), cells)


def highest(starts: Floats, values: Floats, edges: Floats) -> list[float]:
    """For each column the highest of the cells it touches; cell ``i`` runs from ``starts[i]`` to ``starts[i+1]``."""
    first = np.clip(np.searchsorted(starts, edges[:-1], side="right") - 1, 0, len(values) - 1)
    last = np.clip(np.searchsorted(starts, edges[1:], side="left"), first + 1, len(values))
    return [float(values[a:b].max()) for a, b in zip(first, last, strict=True)]


def round_ticks(edges: Floats, first: Sequence[float] = ()) -> list[Tick]:
    """Labels at the launch (0), at the instants that come ``first``, then at round times, while there is room."""
    start, end = float(edges[0]), float(edges[-1])
    wanted = [0.0, *first, *(float(s * r) for r in reversed(_ROUND) for s in (1, -1))]
    taken: list[Tick] = []
    for instant in wanted:
        if not start - 1e-6 <= instant <= end + 1e-6:
            continue
        column = int(np.clip(np.searchsorted(edges, instant + 1e-6) - 1, 0, len(edges) - 2))
        if all(abs(column - other.column) >= _SPACING for other in taken):
            taken.append(Tick(column=column, label=brief(instant)))
    return taken


def even_ticks(start: float, end: float, columns: int) -> list[Tick]:
    """Labels at a round step on a linear axis from ``start`` to ``end``."""
    step = next((r for r in _ROUND if columns * r / (end - start) >= 10), _ROUND[-1])
    first = int(np.ceil(start / step))
    instants = [n * step for n in range(first, int(np.floor(end / step)) + 1)]
    return [Tick(column=min(columns - 1, int((t - start) / (end - start) * columns)), label=brief(t)) for t in instants]


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
