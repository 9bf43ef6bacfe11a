"""Time on an axis: columns, ticks and dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.report.chart.time_axis import date_labels, even_cells, even_ticks, highest, round_ticks


def labels(hours: float, count: int, spacing: float) -> list[tuple[int, str]]:
    first = datetime(2026, 11, 27, tzinfo=UTC)
    return date_labels([first + timedelta(hours=hours * n) for n in range(count)], spacing)


def test_a_day_is_told_by_its_hours() -> None:
    assert labels(1, 24, 5) == [(0, "Fri 27"), (6, "06:00"), (12, "12:00"), (18, "18:00")]


def test_a_fortnight_is_told_by_weekdays_the_month_and_mondays_first() -> None:
    told = [(0, "Fri 27"), (4, "Tue 1"), (7, "Fri 4"), (10, "Mon 7"), (13, "Thu 10")]
    assert labels(24, 14, 3) == told


def test_hours_are_told_only_where_each_day_is() -> None:
    assert not [text for _, text in labels(12, 44, 4) if ":" in text]
    assert [text for _, text in labels(12, 4, 1)] == ["Fri 27", "12:00", "Sat 28", "12:00"]


def test_a_year_is_told_by_months() -> None:
    assert [text for _, text in labels(24, 365, 25)][:4] == ["27 Nov", "1 Jan", "1 Feb", "1 Mar"]


@pytest.mark.parametrize("count", [1, 2, 30, 400])
@pytest.mark.parametrize("spacing", [1, 8, 60])
def test_labels_never_stand_closer_than_asked(count: int, spacing: float) -> None:
    places = [place for place, _ in labels(12, count, spacing)]
    assert places[0] == 0
    assert all(b - a >= spacing for a, b in pairwise(places))


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
