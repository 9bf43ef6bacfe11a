"""Lines and areas as SVG path data on a canvas of 1000 × 100, which the page stretches to any size."""

from __future__ import annotations

import math
from collections.abc import Iterator

from spikekit.report.axis import Axis
from spikekit.report.series import Points

WIDTH, HEIGHT = 1000.0, 100.0
STEPS_UP_TO = 30
"""A run this short (in points) is drawn as steps, one a second: a line through it would show what never was."""


def line(points: Points, x: Axis, y: Axis) -> str:
    """A line through the points; a gap where there is no value."""
    return " ".join("M" + " L".join(f"{px:.1f} {py:.2f}" for px, py in part) for part in _parts(points, x, y))


def area(points: Points, x: Axis, y: Axis) -> str:
    """The same, filled down to the axis."""
    return " ".join(
        f"M{part[0][0]:.1f} {HEIGHT:.0f} L"
        + " L".join(f"{px:.1f} {py:.2f}" for px, py in part)
        + f" L{part[-1][0]:.1f} {HEIGHT:.0f} Z"
        for part in _parts(points, x, y)
    )


def _parts(points: Points, x: Axis, y: Axis) -> Iterator[list[tuple[float, float]]]:
    """The unbroken stretches of the points on the canvas."""
    steps = points.x.size <= STEPS_UP_TO
    part: list[tuple[float, float]] = []
    for at, value in zip(points.x.tolist(), points.y.tolist(), strict=True):
        if math.isnan(value):
            if part:
                yield part
            part = []
            continue
        height = HEIGHT * (1 - y.place(value))
        sides = (at - 0.5, at + 0.5) if steps else (at,)
        part.extend((WIDTH * x.place(side), height) for side in sides)
    if part:
        # A lone point is no line: give it the width of its second.
        yield part if len(part) > 1 else [(part[0][0] - 1, part[0][1]), (part[0][0] + 1, part[0][1])]
