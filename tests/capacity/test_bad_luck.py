"""What a search says of a target that does not stay the same meanwhile: never a confident wrong number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.finding import Finding, find
from spikekit.capacity.search import Quest
from spikekit.shop.capacity import Capacity
from spikekit.shop.settings import Settings
from tests.capacity.virtual import LOOK, Moving, Shared, searched

QUEST = Quest(most_per_second=5000, budget_seconds=180)
SHOP = Settings(slots=12, service_seconds=0.05)
NOMINAL = 240.0


def _found(capacity: Capacity, seed: int) -> Finding:
    return find(QUEST, searched(SHOP, QUEST, seed=seed, capacity=capacity), {LOOK.name: 1.0})


def _is_honest(found: Finding, low: float, high: float) -> bool:
    """Whether a confident interval reaches into what was true at some time; a lower bound never exceeds it."""
    if found.capacity is None or not found.conclusive:
        return bool(found.doubts)
    warm = found.capacity.warm
    return warm.low <= 1.02 * high and (warm.high or warm.low) >= 0.95 * low


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("begins", [40.0, 100.0])
def test_a_machine_that_fails_during_the_search_is_noticed(begins: float, seed: int) -> None:
    found = _found(Moving(SHOP.capacity(), lambda now: 0.6 if now > begins else 1.0), seed)
    assert found.capacity is None or found.capacity.warm.low <= 0.6 * NOMINAL * 1.05


def test_a_site_that_grows_late_is_not_told_as_small_without_a_doubt() -> None:
    found = _found(Moving(SHOP.capacity(), lambda now: 1.6 if now > 60 else 1.0), seed=1)
    assert found.capacity is not None
    assert not found.conclusive or found.capacity.warm.likely > 1.3 * NOMINAL


@pytest.mark.parametrize("seed", [1, 2])
def test_somebody_else_s_passing_load_gives_no_confident_wrong_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    others = [(float(at), 1.0) for at in rng.uniform(50, 100, int(50 * 0.4 * NOMINAL))]
    assert _is_honest(_found(Shared(SHOP.capacity(), others), seed), 0.6 * NOMINAL, NOMINAL)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cluster_of_pauses_gives_no_confident_wrong_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pauses = [(float(at), float(rng.uniform(10, 50))) for at in rng.uniform(40, 80, 6) for _ in range(12)]
    assert _is_honest(_found(Shared(SHOP.capacity(), pauses), seed), NOMINAL, NOMINAL)


@pytest.mark.parametrize("factor", [lambda now: 1 / (1 + now / 150), lambda now: 1 / (1 + now / 300)])
def test_a_site_that_takes_ever_less_is_told_so_though_idle_pages_stay_quick(factor: Callable[[float], float]) -> None:
    quick = Settings(slots=1, service_seconds=1 / NOMINAL)
    trials = searched(quick, QUEST, capacity=Moving(quick.capacity(), factor))
    found = find(QUEST, trials, {LOOK.name: 1.0})
    assert found.behaviour is Behaviour.DEGRADES
    assert not found.conclusive


def test_pages_of_a_few_milliseconds_that_vary_are_no_wear() -> None:
    quick = Settings(slots=1, service_seconds=1 / NOMINAL)
    trials = searched(quick, QUEST)
    assert find(QUEST, trials, {LOOK.name: 1.0}).behaviour is Behaviour.QUEUES
