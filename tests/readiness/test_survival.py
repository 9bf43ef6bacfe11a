"""Survival agrees with what can be computed by hand, and obeys its laws."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.forecast.forecast import drawn
from spikekit.readiness.answer import assess
from spikekit.readiness.question import situation_of
from spikekit.readiness.situation import need
from spikekit.readiness.survival import chances
from spikekit.readiness.unknown import Unknown, dominant, in_quarters
from spikekit.site.model import NormalTraffic
from spikekit.vocabulary import Range
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import LOOK, PEAK, again, held_in_life, measured, question, site, spread_range

QUICK = settings(deadline=None, max_examples=25)


def survival(asked: object) -> float:
    found = assess(asked, with_advice=False).survival  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("demand", "capacity", "ratio", "margin"),
    [(0.5, 0.1, 0.1, 1.0), (0.8, 0.02, 0.0, 1.6), (0.3, 0.3, 0.2, 0.8), (1.2, 0.0, 0.0, 1.0), (0.0, 0.2, 0.1, 1.2)],
)
def test_survival_is_the_exact_one_for_lognormal_demand_capacity_and_ratio(
    demand: float, capacity: float, ratio: float, margin: float, seed: int
) -> None:
    asked = question(again(demand), measured(PEAK * margin / 4, capacity), ratio=spread_range(0.25, ratio), seed=seed)
    sigma = math.hypot(demand, capacity, ratio)
    assert survival(asked) == pytest.approx(NormalDist().cdf(math.log(margin) / sigma), abs=0.01)


def test_what_is_certain_is_told_as_certain() -> None:
    assert survival(question(again(), measured(PEAK * 1.001))) == 1.0
    assert survival(question(again(), measured(PEAK * 0.999))) == 0.0


def test_normal_traffic_is_added_once_and_counts_by_its_requests() -> None:
    place = site(normal_traffic=NormalTraffic(typical=3.0, busy=3.0))
    one = [survival(question(again(), measured(PEAK + extra), site=place)) for extra in (2.99, 3.01)]
    two = [
        survival(question(again(), measured(PEAK + extra, requests_per_visitor=2.0), site=place))
        for extra in (1.49, 1.51)
    ]
    assert one == two == [0.0, 1.0]


def test_other_campaigns_of_the_same_hours_are_added_and_those_of_other_days_are_not() -> None:
    from datetime import timedelta

    asked = question(again(), measured(PEAK * 1.5))
    for later, expected in ((timedelta(0), 0.0), (timedelta(days=3), 1.0)):
        other = replace(again(), id="other", launch=again().launch + later)
        beside = drawn(other, site=site(), seed=1, draws=20_000)
        assert survival(replace(asked, others=(beside,))) == expected


def test_what_production_held_in_life_is_a_lower_bound_of_what_it_takes() -> None:
    weak = measured(PEAK / 10)
    answer = assess(question(again(), weak, site=site(production=held_in_life(PEAK * 1.01))), with_advice=False)
    assert answer.survival == 1.0
    assert answer.is_floored


def test_a_spike_meets_the_cold_capacity_until_the_warm_up_has_passed() -> None:
    """The curve is highest from second 60 to 120."""

    def with_cold(seconds: float) -> float:
        exact = Estimate(low=PEAK * 0.8, likely=PEAK * 0.8, high=PEAK * 0.8, confidence=0.95)
        warm = measured(PEAK * 1.1).capacity.warm
        return survival(
            question(again(), measured(1, capacity=Capacity(warm=warm, cold=exact, warm_up_seconds=seconds)))
        )

    assert (with_cold(50.0), with_cold(70.0)) == (1.0, 0.0)


@QUICK
@given(scale=st.floats(0.2, 3.0), more=st.floats(1.0, 2.0), capacity=st.floats(0.3, 3.0), better=st.floats(1.0, 2.0))
def test_more_visitors_never_help_and_more_capacity_never_harms(
    scale: float, more: float, capacity: float, better: float
) -> None:
    def at(visitors: float, takes: float) -> float:
        place = site(normal_traffic=NormalTraffic(typical=1.0, busy=4.0), production=held_in_life(PEAK / 2))
        asked = question(
            again(0.5, visitors), measured(PEAK * takes, 0.1), site=place, ratio=spread_range(1, 0.2), draws=500
        )
        situation, _ = situation_of(asked, asked.ratio)  # type: ignore[arg-type]
        return chances(need(situation), situation.supply).survival

    assert at(scale * more, capacity) <= at(scale, capacity) <= at(scale, capacity * better)


@QUICK
@given(audience=st.floats(1e3, 1e8), more=st.floats(1.0, 10.0))
def test_a_larger_audience_is_never_safer(audience: float, more: float) -> None:
    def at(people: float) -> float:
        asked = campaign(channel("celebrity_post", people, journey=LOOK))
        situation, _ = situation_of(question(asked, measured(20, 0.1), draws=300), Range.exact(0.5))
        return chances(need(situation), situation.supply).survival

    assert at(audience * more) <= at(audience)


def test_every_draw_of_the_demand_meets_every_capacity() -> None:
    asked = question(again(0.5), measured(PEAK, 0.3))
    situation, _ = situation_of(asked, Range.exact(1.0))
    met = chances(need(situation), situation.supply)
    every = np.mean([np.mean(need(situation).warm[:500, None] <= situation.supply.warm[None, :])])
    assert met.by_demand[:500].mean() == pytest.approx(every, abs=1e-9)
    assert met.by_supply.mean() == pytest.approx(met.survival, abs=1e-9)


@pytest.mark.parametrize(
    ("demand", "capacity", "ratio", "name"),
    [
        (0.8, 0.1, 0.1, Unknown.CLICK_RATE),
        (0.1, 0.8, 0.1, Unknown.CAPACITY),
        (0.1, 0.1, 0.8, Unknown.RATIO),
    ],
)
def test_the_widest_doubt_is_named_and_its_outer_quarters_are_the_range(
    demand: float, capacity: float, ratio: float, name: Unknown
) -> None:
    answer = assess(question(again(demand), measured(PEAK, capacity), ratio=spread_range(1, ratio)), with_advice=False)
    assert answer.doubt is not None
    assert answer.doubt.name is name
    # Given the widest deviate z, the margin is 0.8·z and the others' doubt is left; z in its upper quarter, by tenths.
    deviates = [NormalDist().inv_cdf(0.75 + (i + 0.5) / 4000) for i in range(1000)]
    best = sum(NormalDist().cdf(0.8 * z / math.hypot(0.1, 0.1)) for z in deviates) / len(deviates)
    assert answer.survival_range == pytest.approx((1 - best, best), abs=0.01)


def test_a_doubt_that_decides_in_its_last_tenth_is_the_great_one() -> None:
    score = np.arange(1000.0)
    in_the_tail = in_quarters(Unknown.NORMAL, score, (score < 900).astype(float))
    a_little = in_quarters(Unknown.RATIO, score, 0.88 + 0.04 * score / 1000)
    assert (in_the_tail.low, in_the_tail.high) == (pytest.approx(0.6), 1.0)
    assert dominant([a_little, in_the_tail]) is in_the_tail


def test_nothing_dominates_what_is_certain() -> None:
    answer = assess(question(again(), measured(PEAK * 2)), with_advice=False)
    assert answer.doubt is None
    assert answer.survival_range == (1.0, 1.0)
