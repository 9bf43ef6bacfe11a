"""However long a run, its picture keeps everything that stood out."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikekit.report.chart import series

_values = st.lists(st.none() | st.integers(0, 1000).map(float), max_size=400)


@given(_values, st.integers(1, 60))
def test_thinning_keeps_the_extremes_the_order_and_the_size(values: list[float | None], columns: int) -> None:
    whole = series.numbers(values)
    thin = series.thinned(whole, columns)
    assert series.largest(thin.y) == series.largest(whole)
    assert series.largest(-thin.y) == series.largest(-whole)
    assert thin.x.size <= max(2 * columns, 0) or thin.x.size == whole.size
    assert (np.diff(thin.x) > 0).all()


@given(_values, st.integers(1, 60))
def test_a_point_of_a_thinned_series_is_a_second_of_the_run(values: list[float | None], columns: int) -> None:
    whole = series.numbers(values)
    thin = series.thinned(whole, columns)
    np.testing.assert_array_equal(thin.y, whole[thin.x.astype(int)])


@given(st.integers(0, 200_000), st.integers(1, 60))
def test_buckets_cover_every_second_once_and_are_not_too_many(length: int, most: int) -> None:
    parts = series.buckets(length, most)
    assert len(parts) <= most
    assert [i for part in parts[:3] for i in range(part.start, part.stop)] == list(
        range(sum(p.stop - p.start for p in parts[:3]))
    )
    assert sum(part.stop - part.start for part in parts) == length


@given(st.lists(st.booleans(), max_size=50))
def test_stretches_of_flags_are_exactly_the_flags(flags: list[bool]) -> None:
    runs = series.runs_of(flags)
    assert [i for a, b in runs for i in range(a, b)] == [i for i, flag in enumerate(flags) if flag]
    assert all(b < c for (_, b), (c, _) in itertools.pairwise(runs))


@given(st.lists(st.integers(0, 1000).map(float), min_size=1, max_size=400), st.integers(1, 100))
def test_columns_of_a_terminal_keep_the_largest_value(values: list[float], columns: int) -> None:
    shown = series.stretched(np.array(values), columns)
    assert len(shown) == columns
    assert max(shown) == max(values)
