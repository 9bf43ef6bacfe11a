"""Charts of columns in a terminal: no colour needed, 80 columns, fit for a pipe.

    3,000 ┤ ░
          │ ░░
    1,500 ┤ █░░
          │ █▆░░░
        0 ┼─┬────┬──────
          0 10m  1h

Layers are painted one over the other, the first at the back. A solid layer ends in eighths of a row; a shaded one in
whole cells. Whoever wants colour hands in a painter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from spikekit.report.palette import Role, painted

SOLID = "█"
SHADES = "█▓▒░"
"""From the heaviest to the lightest; enough for four stacked layers, after which they repeat."""

HEIGHT = 8
_EIGHTHS = " ▁▂▃▄▅▆▇█"

Paint = Callable[[str, str], str]
"""Text and the name of a colour → the text in that colour."""


def plain(text: str, _colour: str) -> str:
    """The painter that does not paint."""
    return text


def inked(text: str, colour: str) -> str:
    """The painter of the one colour scale; ``colour`` names a role. Whoever prints takes the codes out of a pipe."""
    return painted(text, Role(colour), colour=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One value for each column, drawn from 0 up to it with ``glyph``."""

    values: Sequence[float]
    glyph: str = SOLID
    colour: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A label on the time axis under a column."""

    column: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A horizontal line at a value, such as a capacity."""

    value: float
    label: str
    colour: str | None = None


_Cell = tuple[str, str | None]


def chart(
    layers: Sequence[Layer],
    *,
    unit: str,
    ticks: Sequence[Tick] = (),
    levels: Sequence[Level] = (),
    height: int = HEIGHT,
    paint: Paint = plain,
) -> list[str]:
    """The lines of a chart, the first naming the ``unit``. All layers have the same number of columns."""
    top = nice_ceiling(max((v for layer in layers for v in layer.values), default=0.0))
    top = max(top, nice_ceiling(max((level.value for level in levels), default=0.0)))
    columns = len(layers[0].values)
    labels = {0: _figure(top), height // 2: _figure(top / 2)}
    margin = max(len(text) for text in labels.values())
    rows = [
        [_cell(layers, column, height - 1 - row, top / height) for column in range(columns)] for row in range(height)
    ]
    for level in levels:
        _draw_level(rows, level, top, height)
    lines = [f"{unit:>{margin}}" if len(unit) <= margin else unit]
    for row, cells in enumerate(rows):
        edge = "┤" if row in labels else "│"
        lines.append(f"{labels.get(row, ''):>{margin}} {edge}{_painted(cells, paint)}".rstrip())
    return [*lines, *_axis(columns, ticks, margin)]


def nice_ceiling(value: float) -> float:
    """The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten at or above ``value``; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((s * power for s in (1, 2, 3, 4, 5, 6, 8) if value <= s * power * (1 + 1e-9)), 10 * power)


def _cell(layers: Sequence[Layer], column: int, level: int, step: float) -> _Cell:
    """What the cell ``level`` rows above the axis shows: the frontmost layer that reaches it."""
    shown: _Cell = (" ", None)
    for layer in layers:
        filled = layer.values[column] / step - level
        if layer.glyph == SOLID:
            # The least that is not nothing is still seen.
            eighths = 1 if level == 0 and 0 < filled < 0.125 else int(min(filled, 1.0) * 8 + 0.5)
            if eighths > 0:
                shown = (_EIGHTHS[eighths], layer.colour)
        elif filled >= 0.5:
            shown = (layer.glyph, layer.colour)
    return shown


def _draw_level(rows: list[list[_Cell]], level: Level, top: float, height: int) -> None:
    row = min(height - 1, max(0, height - 1 - int(level.value / top * height - 1e-9)))
    cells = rows[row]
    text = f" {level.label} "
    place = max(0, len(cells) - len(text) - 2)
    for column, (character, _) in enumerate(cells):
        if place <= column < place + len(text):
            cells[column] = (text[column - place], level.colour)
        elif character == " ":
            cells[column] = ("─", level.colour)


def _painted(cells: Sequence[_Cell], paint: Paint) -> str:
    while cells and cells[-1][0] == " ":
        cells = cells[:-1]
    runs = ((colour, "".join(c for c, _ in run)) for colour, run in groupby(cells, key=lambda cell: cell[1]))
    return "".join(paint(text, colour) if colour else text for colour, text in runs)


def _axis(columns: int, ticks: Sequence[Tick], margin: int) -> list[str]:
    line = ["─"] * columns
    words = [" "] * (margin + 2 + columns)
    free = 0
    for tick in sorted(ticks, key=lambda t: t.column):
        # Centred under its mark where there is room, and never over its neighbour.
        start = min(margin + 2 + tick.column - len(tick.label) // 2, len(words) - len(tick.label))
        if start < free or not 0 <= tick.column < columns:
            continue
        line[tick.column] = "┬"
        words[start : start + len(tick.label)] = tick.label
        free = start + len(tick.label) + 1
    return [f"{'0':>{margin}} ┼{''.join(line)}", "".join(words).rstrip()]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:,.2g}"
