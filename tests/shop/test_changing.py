"""Capacities that change while they are used."""

from __future__ import annotations

import pytest

from spikekit.shop.capacity import Capacity, Refusal, Slots
from spikekit.shop.changing import Degrading, Scaling, Warming


def _leave_a_second(capacity: Capacity, per_second: float, seconds: int) -> list[int]:
    """How many are answered in each second when so many come."""
    counts = [0] * seconds
    for i in range(int(per_second * seconds)):
        due = capacity.admit(i / per_second)
        if not isinstance(due, Refusal) and due < seconds:
            counts[int(due)] += 1
    return counts


def test_a_cold_shop_serves_less_until_it_is_warm() -> None:
    served = _leave_a_second(Warming(Slots(10, 0.1, queue=0), factor=2, warm_up_seconds=5), 200, 10)
    assert served[2] == pytest.approx(50, abs=1)
    assert served[8] == pytest.approx(100, abs=1)


def test_after_a_minute_without_requests_it_is_cold_again() -> None:
    shop = Warming(Slots(1, 0.1), factor=3, warm_up_seconds=5)
    assert [shop.admit(at) for at in (0.0, 6.0, 67.0)] == pytest.approx([0.3, 6.1, 67.3])


def test_a_busy_shop_orders_a_replica_which_serves_when_it_is_there() -> None:
    served = _leave_a_second(Scaling(Slots(10, 0.1, queue=40), replicas=3, after_seconds=10), 400, 40)
    assert [served[s] for s in (2, 16, 34)] == pytest.approx([100, 200, 300], abs=3)
    quiet = _leave_a_second(Scaling(Slots(10, 0.1, queue=0), replicas=3, after_seconds=10), 60, 40)
    assert set(quiet[1:]) <= {59, 60, 61}


def test_a_degrading_shop_is_twice_as_slow_when_it_was_said_to_be() -> None:
    shop = Degrading(Slots(1, 0.1), doubling_seconds=60)
    assert [shop.admit(at) for at in (0.0, 60.0, 120.0)] == pytest.approx([0.1, 60.2, 120.3])


@pytest.mark.parametrize(
    "make",
    [
        lambda slots: Warming(slots, factor=0.5, warm_up_seconds=5),
        lambda slots: Scaling(slots, replicas=1, after_seconds=5),
        lambda slots: Degrading(slots, doubling_seconds=0),
    ],
)
def test_a_change_that_is_none_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"shop|takes"):
        make(Slots(1, 1.0))
