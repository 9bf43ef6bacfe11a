"""The rate curve against slow integrals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spikekit.profile.curve import RateCurve


@st.composite
def curves(draw: st.DrawFn) -> RateCurve:
    widths = draw(st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1000)), min_size=1, max_size=12))
    assume(sum(widths) > 0)
    times = (0.0, *np.cumsum(widths).tolist())
    rates = draw(st.lists(st.one_of(st.just(0.0), st.floats(0.001, 1e4)), min_size=len(times), max_size=len(times)))
    return RateCurve(times, tuple(rates))


@given(curve=curves(), part=st.floats(0, 1))
def test_the_area_is_the_integral_of_the_rate(curve: RateCurve, part: float) -> None:
    end = curve.duration_seconds * part
    knots = np.unique(np.clip([*curve.times, end], 0, end))
    # Straight pieces: the rate in the middle is the mean, once no step lies inside.
    middles = (knots[1:] + knots[:-1]) / 2
    slow = float(np.dot(curve.rate(middles), np.diff(knots)))
    assert float(curve.area(end)) == pytest.approx(slow, rel=1e-9, abs=1e-9)


@given(curve=curves(), part=st.floats(0, 1))
def test_the_instant_of_an_area_has_that_area(curve: RateCurve, part: float) -> None:
    wanted = curve.total * part
    instant = curve.instant(wanted)
    assert float(curve.area(instant)) == pytest.approx(wanted, rel=1e-6, abs=1e-6 * max(curve.total, 1))


@given(curve=curves(), part=st.floats(0, 1))
def test_the_instant_is_the_earliest_with_that_area(curve: RateCurve, part: float) -> None:
    t = curve.duration_seconds * part
    assert float(curve.instant(curve.area(t))) <= t + 1e-6 * max(1.0, curve.duration_seconds)


@given(curve=curves(), parts=st.lists(st.floats(-0.5, 1.5), min_size=2, max_size=20))
def test_the_area_never_falls(curve: RateCurve, parts: list[float]) -> None:
    areas = curve.area(np.sort(np.array(parts)) * curve.duration_seconds)
    assert (np.diff(areas) >= -1e-9 * max(1.0, curve.total)).all()


@given(curve=curves(), factor=st.floats(0, 100))
def test_scaling_is_linear(curve: RateCurve, factor: float) -> None:
    scaled = curve.scaled(factor)
    assert scaled.total == pytest.approx(curve.total * factor, rel=1e-9)
    assert scaled.peak == pytest.approx(curve.peak * factor, rel=1e-9)


def test_no_one_comes_outside_the_curve() -> None:
    curve = RateCurve.constant(5.0, 10.0)
    assert curve.rate(np.array([-1.0, 0.0, 10.0, 11.0])).tolist() == [0.0, 5.0, 5.0, 0.0]
    assert curve.area(np.array([-1.0, 11.0])).tolist() == [0.0, 50.0]


def test_a_ramp_reaches_its_rate_in_a_straight_line() -> None:
    curve = RateCurve.constant(10.0, 30.0, ramp_seconds=10.0)
    assert float(curve.rate(5.0)) == 5.0
    assert curve.total == pytest.approx(250)


def test_two_knots_at_one_instant_make_a_step() -> None:
    curve = RateCurve((0.0, 5.0, 5.0, 10.0), (1.0, 1.0, 3.0, 3.0))
    assert curve.rate(np.array([4.999, 5.0])).tolist() == [1.0, 3.0]
    assert curve.total == 20


@pytest.mark.parametrize(
    ("times", "rates"),
    [
        ((0.0,), (1.0,)),
        ((0.0, 1.0), (1.0,)),
        ((1.0, 2.0), (1.0, 1.0)),
        ((0.0, 2.0, 1.0), (1.0, 1.0, 1.0)),
        ((0.0, 0.0), (1.0, 1.0)),
        ((0.0, 1.0), (-1.0, 1.0)),
        ((0.0, float("nan")), (1.0, 1.0)),
        ((0.0, 1.0), (float("inf"), 1.0)),
    ],
)
def test_what_is_no_rate_over_time_is_refused(times: tuple[float, ...], rates: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"curve|rate"):
        RateCurve(times, rates)
