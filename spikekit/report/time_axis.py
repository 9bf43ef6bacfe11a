"""Time on a chart: which stretch of time a column stands for, and where the labels go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spikekit.report.figures import brief
from spikekit.report.terminal_chart import Tick

Floats = NDArray[np.float64]

MINUTE, HOUR, DAY = 60, 3600, 86_400
_ROUND = [
    *(1, 2, 5, 10, 15, 20, 30),
    *(MINUTE * n for n in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 3, 5, 7, 14)),
]
_SPACING = 6
"""Columns between labels at least."""


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
