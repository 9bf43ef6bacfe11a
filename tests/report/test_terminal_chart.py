"""Charts in a terminal."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.report.figures import about, brief, people, span
from spikekit.report.terminal_chart import SOLID, Layer, Level, Tick, chart, nice_ceiling
from spikekit.report.time_axis import even_cells, even_ticks, highest, round_ticks

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


@given(cells=st.lists(st.floats(1, 1e5), min_size=2, max_size=300), columns=st.integers(5, 70))
def test_columns_cover_the_whole_time_and_keep_the_highest_cell(cells: list[float], columns: int) -> None:
    edges = np.concatenate(([0.0], np.cumsum(cells)))
    values = np.array(cells)
    over = even_cells(edges, columns)
    assert over[0] == 0
    assert over[-1] == pytest.approx(edges[-1])
    assert max(highest(edges[:-1], values, over)) == values.max()


@given(start=st.floats(-1e5, 1e5), length=st.floats(10, 1e6))
def test_ticks_lie_on_the_axis_and_apart(start: float, length: float) -> None:
    edges = np.linspace(start, start + length, 61)
    for ticks in (round_ticks(edges), even_ticks(start, start + length, 60)):
        columns = sorted(t.column for t in ticks)
        assert all(0 <= c < 60 for c in columns)
        assert all(b - a >= 5 for a, b in pairwise(columns))


def test_figures_are_said_as_people_say_them() -> None:
    assert [about(v) for v in (0, 0.04, 0.304, 1.26, 847, 18_612)] == ["0", "under 0.1", "0.3", "1.3", "850", "19,000"]
    assert [people(v) for v in (250_000, 6.2e6, 1.5e9)] == ["250,000", "6.2 million", "1.5 billion"]
    assert [span(s) for s in (12, 300, 3900, 9000, 3 * 86_400)] == ["12 s", "5 min", "65 min", "2½ hours", "3 days"]
    assert [brief(s) for s in (0, -600, 45, 5400, 86_400)] == ["0", "-10m", "45s", "1h30m", "1d"]
