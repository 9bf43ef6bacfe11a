"""Arrivals: Poisson at the curve's rate, shared out among lanes, the same however they are taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.arrivals import LaneSchedule, planned_by_second
from spikekit.profile.curve import Floats, RateCurve

LANES = 64
CURVES = {
    "constant": RateCurve.constant(300.0, 60.0),
    "ramp": RateCurve.constant(400.0, 60.0, ramp_seconds=40.0),
    "steps": RateCurve((0.0, 10.0, 10.0, 30.0, 30.0, 60.0), (50.0, 50.0, 900.0, 900.0, 5.0, 5.0)),
    "spike with silence before it": RateCurve((0.0, 20.0, 25.0, 60.0), (0.0, 0.0, 1500.0, 20.0)),
    "faint": RateCurve.constant(3.0, 60.0),
}
SEEDS = (1, 20_101_124, 5)


def _lanes(curve: RateCurve, seed: int, *, even: bool = False) -> list[Floats]:
    end = curve.duration_seconds
    return [LaneSchedule((curve,), seed=seed, lane=lane, lanes=LANES, even=even).take(end)[0] for lane in range(LANES)]


def _kolmogorov_smirnov(values: Floats) -> float:
    """√n · sup |F_n − F| against Exp(1); above 1.95 in one sample of a thousand."""
    ordered = 1 - np.exp(-np.sort(values))
    places = np.arange(1, len(values) + 1) / len(values)
    return float(np.sqrt(len(values)) * np.max(np.maximum(places - ordered, ordered - places + 1 / len(values))))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CURVES)
def test_gaps_rescaled_by_the_rate_are_exponential(name: str, seed: int) -> None:
    curve = CURVES[name]
    arrivals = np.sort(np.concatenate(_lanes(curve, seed)))
    gaps = np.diff(curve.area(arrivals), prepend=0.0)
    assert _kolmogorov_smirnov(gaps) < 1.95


@pytest.mark.parametrize("name", CURVES)
def test_counts_stay_within_five_sigma_of_the_integral(name: str) -> None:
    curve = CURVES[name]
    for seed in range(12):
        count = sum(len(lane) for lane in _lanes(curve, seed))
        assert abs(count - curve.total) < 5 * np.sqrt(curve.total)


def test_counts_of_equal_spells_are_as_dispersed_as_poisson_says() -> None:
    curve = CURVES["constant"]
    counts = np.concatenate(
        [np.histogram(np.concatenate(_lanes(curve, seed)), np.arange(0.0, 60.5, 0.5))[0] for seed in SEEDS]
    )
    # Of n Poisson counts, variance over mean has a standard deviation of √(2 / (n − 1)).
    assert abs(counts.var(ddof=1) / counts.mean() - 1) < 4 * np.sqrt(2 / (len(counts) - 1))


@pytest.mark.parametrize("name", CURVES)
def test_nobody_arrives_where_the_rate_is_zero_or_outside_the_curve(name: str) -> None:
    curve = CURVES[name]
    arrivals = np.concatenate(_lanes(curve, 3))
    assert (arrivals >= 0).all()
    assert (arrivals <= curve.duration_seconds).all()
    assert (curve.rate(arrivals) > 0).all()


def test_lanes_are_independent_and_equal_shares() -> None:
    lanes = _lanes(RateCurve.constant(6400.0, 20.0), 1)
    sizes = np.array([len(lane) for lane in lanes])
    assert abs(sizes - 2000).max() < 5 * np.sqrt(2000)
    assert len(np.unique(np.concatenate(lanes))) == sizes.sum()


def test_another_seed_stream_or_lane_draws_other_arrivals() -> None:
    curve = CURVES["constant"]

    def first(seed: int, lane: int) -> float:
        return float(LaneSchedule((curve,), seed=seed, lane=lane, lanes=LANES).take(60.0)[0][0])

    both = LaneSchedule((curve, curve), seed=1, lane=0, lanes=LANES)
    instants, streams = both.take(60.0)
    assert len({first(1, 0), first(2, 0), first(1, 1), float(instants[streams == 1][0])}) == 4


@given(st.lists(st.floats(0.0, 60.0), max_size=30), st.integers(0, LANES - 1), st.booleans())
def test_a_lane_hands_out_the_same_arrivals_whatever_the_pieces_it_is_taken_in(
    cuts: list[float], lane: int, even: bool
) -> None:
    curves = (CURVES["steps"], CURVES["ramp"])
    whole, of_stream = LaneSchedule(curves, seed=9, lane=lane, lanes=LANES, even=even).take(60.0)
    piecewise = LaneSchedule(curves, seed=9, lane=lane, lanes=LANES, even=even)
    before, instants, streams = 0.0, [], []
    for cut in [*sorted(cuts), 60.0]:
        part, numbers = piecewise.take(cut)
        assert ((part >= before) & (part < cut) | (part == 60.0)).all()
        before = cut
        instants.append(part)
        streams.append(numbers)
    for number in (0, 1):
        together = np.concatenate([p[s == number] for p, s in zip(instants, streams, strict=True)])
        assert together.tolist() == whole[of_stream == number].tolist()


@given(st.floats(0.1, 500.0), st.floats(1.0, 60.0))
def test_even_arrivals_are_the_rounded_integral_in_every_moment(rate: float, seconds: float) -> None:
    curve = RateCurve.constant(rate, seconds, ramp_seconds=seconds / 3)
    arrivals = np.sort(np.concatenate(_lanes(curve, 1, even=True)))
    assert abs(len(arrivals) - curve.total) <= 0.5 + 1e-6
    for share in (0.25, 0.5, 0.9):
        at = share * seconds
        assert abs((arrivals < at).sum() - float(curve.area(at))) <= 0.5 + 1e-6


def test_even_arrivals_do_not_depend_on_the_seed() -> None:
    one, other = (np.concatenate(_lanes(CURVES["ramp"], seed, even=True)) for seed in (1, 2))
    assert one.tolist() == other.tolist()


@pytest.mark.parametrize("even", [False, True])
@pytest.mark.parametrize("until", [0.0, 12.5, 60.0])
def test_what_is_planned_is_what_the_lanes_hand_out(until: float, even: bool) -> None:
    curves = (CURVES["steps"], CURVES["faint"])
    planned = planned_by_second(curves, seed=4, lanes=LANES, until=until, even=even)
    handed_out = np.concatenate(
        [LaneSchedule(curves, seed=4, lane=lane, lanes=LANES, even=even).take(until)[0] for lane in range(LANES)]
    )
    assert sum(planned.values()) == len(handed_out)
    assert planned == {second: int(((handed_out >= second) & (handed_out < second + 1)).sum()) for second in planned}


def test_a_curve_without_visitors_has_no_arrivals() -> None:
    assert planned_by_second((RateCurve.constant(0.0, 60.0),), seed=1, lanes=LANES, until=60.0) == {}
