"""Axes: round marks, and every value in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit import wording
from spikekit.report.chart import axis


@given(st.floats(1e-6, 1e9))
def test_an_upward_axis_holds_its_largest_value_between_round_marks(largest: float) -> None:
    found = axis.upwards(largest, wording.count)
    assert found.low == 0
    assert largest <= found.high * (1 + 1e-9)
    assert found.high <= 2.6 * largest
    assert 2 <= len(found.ticks) <= 6
    assert [found.ticks[0].at, found.ticks[-1].at] == [0, 1]


@given(st.floats(0, 1e6))
def test_a_time_axis_has_few_marks_in_ascending_order(length: float) -> None:
    places = [tick.at for tick in axis.seconds(length).ticks]
    assert places == sorted(set(places))
    assert 1 <= len(places) <= 13
    assert all(0 <= at <= 1 for at in places)


@given(st.floats(1e-4, 30), st.floats(1.0, 1e4))
def test_a_logarithmic_axis_holds_both_ends_and_keeps_their_order(low: float, factor: float) -> None:
    found = axis.decades(low, low * factor)
    assert found.low <= low * (1 + 1e-9)
    assert found.high >= low * factor * (1 - 1e-9)
    assert 0 <= found.place(low) <= found.place(low * factor) <= 1
    assert len(found.ticks) >= 2


def test_marks_of_a_two_minute_run_are_every_twenty_seconds() -> None:
    assert [tick.text for tick in axis.seconds(120).ticks] == ["0:00", "0:20", "0:40", "1:00", "1:20", "1:40", "2:00"]


@pytest.mark.parametrize(("value", "place"), [(-5, 0), (0, 0), (50, 0.5), (100, 1), (1000, 1)])
def test_a_value_beyond_an_axis_stands_at_its_end(value: float, place: float) -> None:
    assert axis.upwards(100, wording.count).place(value) == place
