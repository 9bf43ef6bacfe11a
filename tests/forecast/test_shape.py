"""Shapes of response against slow and plain arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.forecast.shape import Lognormal, Past, Ramp, Shape

medians = st.floats(20, 40_000)
sigmas = st.floats(0.2, 3.0)
windows = st.one_of(st.just(0.0), st.floats(5, 20_000))


def lognormal(median: float, sigma: float, window: float) -> Lognormal:
    return Lognormal(median=np.array([median]), sigma=np.array([sigma]), window=window)


def at(shape: Shape, t: float) -> float:
    return float(shape.cumulative(np.array([t]))[0])


@given(median=medians, sigma=sigmas, window=st.floats(5, 20_000), t=st.floats(1, 100_000))
def test_a_send_window_is_the_mean_over_its_moments(median: float, sigma: float, window: float, t: float) -> None:
    moments = (np.arange(4000) + 0.5) / 4000 * window
    ages = np.maximum(t - moments, 1e-12)
    plain = [0.5 * math.erfc(-(math.log(a / median) / sigma) / math.sqrt(2)) for a in ages]
    assert at(lognormal(median, sigma, window), t) == pytest.approx(float(np.mean(plain)), abs=2e-4)


@given(median=medians, sigma=sigmas, window=windows)
def test_no_one_comes_before_the_start_and_all_in_the_end(median: float, sigma: float, window: float) -> None:
    shape = lognormal(median, sigma, window)
    assert at(shape, -1.0) == pytest.approx(0.0, abs=1e-9)
    assert at(shape, 1e12) == pytest.approx(1.0, abs=1e-4)


@settings(max_examples=60)
@given(median=medians, sigma=sigmas, window=windows, length=st.sampled_from([10.0, 60.0]))
def test_the_crest_is_no_worse_than_any_second(median: float, sigma: float, window: float, length: float) -> None:
    shape = lognormal(median, sigma, window)
    crest = shape.crest(length, 1)
    found = (shape.cumulative(crest + length) - shape.cumulative(crest))[0]
    starts = np.unique(np.concatenate((np.arange(0, 2000.0), np.geomspace(1, 200_000, 3000))))
    best = (shape.cumulative(starts + length) - shape.cumulative(starts)).max()
    assert found >= best * 0.995 - 1e-12


def test_a_ramp_is_busiest_at_its_end() -> None:
    ramp = Ramp(length=600.0)
    assert ramp.crest(10.0, 2).tolist() == [590.0, 590.0]
    assert at(ramp, 300.0) == pytest.approx(0.25)
    assert at(ramp, 9e9) == 1.0


def test_a_past_curve_keeps_its_bins() -> None:
    past = Past(edges=np.array([0.0, 60.0, 120.0, 600.0]), shares=np.array([0.0, 0.1, 0.7, 1.0]))
    assert at(past, 90.0) == pytest.approx(0.4)
    start = float(past.crest(60.0, 1)[0])
    assert at(past, start + 60) - at(past, start) == pytest.approx(0.6)
