"""A page's pictures: their parts, and SVG paths on a canvas of 1000 × 100, which the page stretches to any size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from spikekit.report.chart.axis import Axis
from spikekit.report.chart.series import Points

WIDTH, HEIGHT = 1000.0, 100.0
STEPS_UP_TO = 30
"""A run this short (in points) is drawn as steps, one a second: a line through it would show what never was."""
ROWS = 30
"""More rows of a table than that nobody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One path: ``role`` is its colour, ``form`` how it is drawn (line, dashed, area, bar)."""

    role: str
    form: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line across the chart (an objective), or a stretch of it (a missed window), from ``at`` on.

    Without ``text``, the key says what it is.
    """

    at: float
    text: str
    width: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture with its words. ``spoken`` says it to whoever cannot see it."""

    unit: str
    spoken: str
    x: Axis
    y: Axis
    shapes: list[Shape]
    rules: list[Mark] = field(default_factory=list)
    stretches: list[Mark] = field(default_factory=list)
    gaps: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures behind a picture."""

    heads: list[str]
    rows: list[list[str]]


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
