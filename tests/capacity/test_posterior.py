"""A measured capacity as draws."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.posterior import samples
from spikekit.vocabulary import Range

WARM = Estimate(low=500, likely=520, high=560, confidence=0.95)
COLD = Estimate(low=300, likely=310, high=330, confidence=0.95)


def _rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_the_draws_have_the_median_and_the_interval_that_were_stated() -> None:
    warm = samples(Capacity(warm=WARM), draws=100_000, rng=_rng()).warm
    assert np.quantile(warm, [0.025, 0.5, 0.975]) == pytest.approx([500, 520, 560], rel=2e-3)


def test_cold_is_warm_where_it_was_not_measured() -> None:
    drawn = samples(Capacity(warm=WARM), draws=100, rng=_rng())
    assert (drawn.cold == drawn.warm).all()
    assert drawn.warm_up_seconds == 0


def test_no_draw_is_better_cold_than_warm() -> None:
    nearly = Estimate(low=500, likely=519, high=600, confidence=0.95)
    drawn = samples(Capacity(warm=WARM, cold=nearly, warm_up_seconds=40), draws=10_000, rng=_rng())
    assert (drawn.cold <= drawn.warm).all()
    assert drawn.warm_up_seconds == 40


def test_a_lower_bound_promises_no_more_than_was_shown() -> None:
    bound = Estimate(low=900, likely=1000, high=None, confidence=0.95)
    warm = samples(Capacity(warm=bound), draws=10_000, rng=_rng()).warm
    assert warm.max() <= 1000
    assert np.quantile(warm, 0.025) == pytest.approx(900, rel=1e-2)


def test_an_exact_capacity_is_the_same_in_every_draw() -> None:
    exact = Capacity(warm=Estimate(low=100, likely=100, high=100, confidence=0.95))
    assert set(samples(exact, draws=50, rng=_rng()).warm) == {100.0}


def test_production_is_what_was_measured_over_the_target_s_share() -> None:
    drawn = samples(Capacity(warm=WARM, cold=COLD, warm_up_seconds=40), draws=20_000, rng=_rng())
    on_production = drawn.on_production(Range(low=0.2, likely=0.25, high=0.3), rng=_rng())
    assert np.median(on_production.warm) == pytest.approx(2080, rel=0.02)
    assert np.median(on_production.cold) == pytest.approx(1240, rel=0.02)
    assert on_production.warm_up_seconds == 40


def test_the_same_seed_draws_the_same() -> None:
    one, other = (samples(Capacity(warm=WARM, cold=COLD), draws=10, rng=_rng()) for _ in range(2))
    assert (one.warm == other.warm).all()
    assert (one.cold == other.cold).all()
