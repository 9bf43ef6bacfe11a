"""Charts in a terminal."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikekit.report.chart.terminal import SOLID, Layer, Level, Tick, chart, nice_ceiling

GOLDEN = """\
visitors/min
8 ┤░
  │░█
4 ┤░█
  │██▄ ▁
0 ┼┬───┬─
   0  2m"""


def test_layers_are_painted_one_over_the_other() -> None:
    layers = [Layer(values=[8, 0, 0, 0, 0, 0], glyph="░"), Layer(values=[2, 6, 1, 0, 0.01, 0], glyph=SOLID)]
    ticks = [Tick(column=0, label="0"), Tick(column=4, label="2m")]
    assert "\n".join(chart(layers, unit="visitors/min", ticks=ticks, height=4)) == GOLDEN


def test_colour_is_the_painters_and_changes_no_character() -> None:
    layers = [Layer(values=[1, 2, 3], colour="blue")]
    painted = chart(layers, unit="x", paint=lambda text, colour: f"<{colour}>{text}</>")
    assert any("<blue>" in line for line in painted)
    assert [line.replace("<blue>", "").replace("</>", "") for line in painted] == chart(layers, unit="x")


@given(values=st.lists(st.floats(0, 1e9), min_size=1, max_size=60))
def test_a_taller_value_never_has_a_lower_column(values: list[float]) -> None:
    rows = chart([Layer(values=values)], unit="x")[1:-2]
    edge = min(row.find("┤") for row in rows if "┤" in row)

    def height(column: int) -> int:
        cells = [row.ljust(edge + 1 + len(values))[edge + 1 + column] for row in rows]
        return sum(" ▁▂▃▄▅▆▇█".index(cell) for cell in cells)

    heights = [height(c) for c in np.argsort(values)]
    assert heights == sorted(heights)


@given(values=st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=60))
def test_what_is_not_nothing_is_seen(values: list[float]) -> None:
    bottom = chart([Layer(values=values)], unit="x")[-3]
    assert len(bottom[bottom.index("│") + 1 :]) == len(values)


def test_a_level_is_a_labelled_line() -> None:
    lines = chart([Layer(values=[1.0] * 30)], unit="x", levels=[Level(value=9.0, label="capacity")], height=5)
    assert any("── capacity ──" in line for line in lines)


@given(value=st.floats(1e-6, 1e12))
def test_an_axis_ends_at_a_round_figure_just_above(value: float) -> None:
    assert value <= nice_ceiling(value) * (1 + 1e-9)
    assert nice_ceiling(value) <= 2 * value * (1 + 1e-9)
