"""The shop's capacity is arithmetic, so it can be checked without waiting."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.shop.capacity import Capacity, Collapse, RateLimit, Refusal, Slots, Stall, Unlimited


def _due(capacity: Capacity, arrivals: list[float]) -> list[float]:
    """When each of the arrivals that were admitted is answered."""
    answers = [capacity.admit(at) for at in arrivals]
    return [a for a in answers if not isinstance(a, Refusal)]


def _evenly(per_second: float, seconds: float) -> list[float]:
    return [i / per_second for i in range(int(per_second * seconds))]


def test_below_its_capacity_everyone_is_served_in_the_service_time() -> None:
    arrivals = _evenly(400, 10)
    assert _due(Slots(40, 0.05), arrivals) == [at + 0.05 for at in arrivals]


def test_above_its_capacity_exactly_that_many_leave_a_second() -> None:
    due = _due(Slots(40, 0.05), _evenly(1100, 20))
    assert sum(10 < at <= 11 for at in due) == 800


@given(
    slots=st.integers(1, 8),
    gaps=st.lists(st.floats(0, 0.2), min_size=1, max_size=60),
    queue=st.none() | st.integers(0, 5),
)
def test_never_more_at_work_than_slots_and_first_come_is_first_served(
    slots: int, gaps: list[float], queue: int | None
) -> None:
    arrivals = list(itertools.accumulate(gaps))
    due = _due(Slots(slots, 0.1, queue=queue), arrivals)
    assert due == sorted(due)
    # One slot is free again for the n-th after it: n answers cannot come closer than one service time.
    assert all(later - earlier >= 0.1 - 1e-9 for earlier, later in zip(due, due[slots:], strict=False))


def test_a_bounded_queue_sheds_exactly_those_who_find_it_full() -> None:
    capacity = Slots(2, 1.0, queue=3)
    answers = [capacity.admit(0.0) for _ in range(8)]
    assert answers == [1.0, 1.0, 2.0, 2.0, 3.0, *[Refusal(status=503)] * 3]
    assert capacity.admit(1.5) == 3.0, "two have begun since, so there is room again"


def test_a_rate_limit_lets_its_rate_through_in_the_long_run_and_says_429() -> None:
    capacity = RateLimit(Unlimited(), 100, burst=10)
    answers = [capacity.admit(at) for at in _evenly(300, 20)]
    assert sum(not isinstance(a, Refusal) for a in answers) == pytest.approx(2010, abs=1)
    assert {a.status for a in answers if isinstance(a, Refusal)} == {429}


def test_a_collapsing_shop_serves_less_above_its_capacity_than_at_it() -> None:
    def served(per_second: float) -> int:
        return sum(at <= 20 for at in _due(Collapse(Slots(40, 0.05)), _evenly(per_second, 20)))

    assert served(1600) < served(800) / 2


def test_a_stall_answers_nobody_while_it_lasts_and_loses_its_share() -> None:
    due = _due(Stall(Slots(1, 0.01), every_seconds=8, stall_seconds=0.8), _evenly(200, 40))
    assert not [at for at in due if 7.2 + 1e-9 < at % 8 < 8 - 1e-9]
    assert sum(at < 32 for at in due) == pytest.approx(4 * 7.2 * 100, abs=4)


@pytest.mark.parametrize(("slots", "service"), [(0, 0.05), (4, 0.0)])
def test_a_shop_without_work_or_workers_cannot_be_made(slots: int, service: float) -> None:
    with pytest.raises(ValueError, match="slot"):
        Slots(slots, service)
