"""Histograms: the bins of HdrHistogram, merged and saved without loss."""

from __future__ import annotations

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from spikekit.measurement.histogram import Histogram, bins_of, highs_of, lows_of
from tests.measurement.strategies import HOUR_MICROSECONDS, histogram_of, histograms, microseconds, same


@given(microseconds)
def test_every_quantile_is_the_one_that_hdrhistogram_finds(micros: list[int]) -> None:
    oracle = HdrHistogram(1, HOUR_MICROSECONDS, 3)
    for value in micros:
        oracle.record_value(value)
    ours, total = histogram_of(micros), len(micros)
    for rank in range(1, total + 1):
        found = ours.quantile(rank / total)
        assert found is not None
        assert round(found * 1e6) == oracle.get_value_at_percentile(100 * rank / total)


@given(st.floats(0, 7200))
def test_a_bin_holds_its_duration_and_is_no_wider_than_a_thousandth_of_it(seconds: float) -> None:
    bins = bins_of(np.array([seconds]))
    low, high = float(lows_of(bins)[0]), float(highs_of(bins)[0])
    micros = round(seconds * 1e6) / 1e6
    assert low - 1e-9 <= micros <= high + 1e-9
    assert high - low <= max(low / 1000, 1e-9) + 1e-9


@given(microseconds)
def test_longer_durations_never_fall_into_lower_bins(micros: list[int]) -> None:
    assert (np.diff(bins_of(np.sort(np.array(micros)) / 1e6)) >= 0).all()


@given(st.lists(microseconds, max_size=6))
def test_merging_is_the_histogram_of_everything_together(parts: list[list[int]]) -> None:
    together = [value for part in parts for value in part]
    assert same(
        Histogram.merged(histogram_of(part) for part in parts),
        histogram_of(together) if together else Histogram.empty(),
    )


@given(histograms)
def test_a_histogram_survives_being_saved(histogram: Histogram) -> None:
    assert same(Histogram.decoded(histogram.encoded()), histogram)


@pytest.mark.parametrize("text", ["x", "!!!!", "eJwDAAAAAAE=", "AAAA", "é", "eJxjYGBgAAAABAAB"])
def test_text_that_was_never_a_histogram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an encoded histogram"):
        Histogram.decoded(text)


@given(histograms.filter(lambda h: h.total > 0), st.integers(1, 200))
def test_a_saved_histogram_that_was_cut_off_is_refused_or_at_least_never_crashes(
    histogram: Histogram, cut: int
) -> None:
    text = histogram.encoded()[:-cut]
    if text:
        with pytest.raises(ValueError, match="not an encoded histogram"):
            Histogram.decoded(text)


@given(microseconds, st.floats(0, 1))
def test_at_least_the_asked_share_lies_within_a_quantile_and_less_lies_below_its_bin(
    micros: list[int], q: float
) -> None:
    histogram = histogram_of(micros)
    found = histogram.quantile(q)
    assert found is not None
    assert histogram.within(found) >= q * histogram.total - 1e-6
    below = histogram.counts[histogram.bins < bins_of(np.array([found]))[0]].sum()
    assert below < max(q * histogram.total, 1)


@given(microseconds, st.floats(0, 7200), st.floats(0, 7200))
def test_no_fewer_lie_within_a_longer_time(micros: list[int], one: float, other: float) -> None:
    histogram = histogram_of(micros)
    assert histogram.within(min(one, other)) <= histogram.within(max(one, other))
    assert histogram.within(7200) == histogram.total == len(micros)


@given(microseconds, st.integers(0, 60), st.floats(0, 1))
def test_quantiles_count_those_beyond_as_longer_than_any_here(micros: list[int], beyond: int, q: float) -> None:
    histogram = histogram_of(micros)
    # Two hours stand for "longer than any".
    padded = histogram_of(micros + [2 * HOUR_MICROSECONDS] * beyond)
    found, expected = histogram.quantile(q, beyond=beyond), padded.quantile(q)
    assert found == (None if expected is not None and expected > 7000 else expected)


def test_without_data_there_is_no_quantile_and_no_longest() -> None:
    empty = Histogram.empty()
    assert (empty.quantile(0.5), empty.max, empty.total, empty.within(1)) == (None, None, 0, 0)
    assert empty.quantile(0.0, beyond=3) is None


def test_a_clock_that_ran_backwards_counts_as_no_time() -> None:
    assert Histogram.of(np.array([-0.001])).max == 0.0
