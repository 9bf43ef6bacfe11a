"""Cells of time that are fine where a rate may turn sharply, and coarser the longer nothing turned."""

from __future__ import annotations

import numpy as np

from spikekit.forecast.normal import Floats

Turn = tuple[float, float]
"""An instant at which some wave may turn, and the shortest cell that is useful after it (seconds)."""


def cells(turns: list[Turn], start: float, end: float, growth: float) -> Floats:
    """The edges from ``start`` to ``end``; every turn between is one.

    A cell is as long as the latest turn asks, or ``growth`` times the seconds since it, whichever is more.
    """
    ascending = sorted(turns)
    before = [t for t in ascending if t[0] <= start]
    latest = (before or [(start, ascending[0][1] if ascending else 1.0)])[-1]
    ahead = [t for t in ascending if start < t[0] < end]
    edges = [start]
    for following in [*ahead, (end, 0.0)]:
        while edges[-1] < following[0]:
            length = max(latest[1], growth * (edges[-1] - latest[0]))
            # A last sliver would be a cell too short to mean anything: the one before takes it in.
            edges.append(following[0] if edges[-1] + 1.5 * length >= following[0] else edges[-1] + length)
        latest = following
    return np.array(edges)
