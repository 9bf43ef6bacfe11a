"""The lease, in virtual time."""

from __future__ import annotations

from spikekit.engine.lease import LEASE_LOST, LEASE_SECONDS, PARENT_GONE, RENEW_SECONDS, STOPPED_BY_HAND, Lease


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _held(clock: Clock) -> Lease:
    lease = Lease(clock)
    lease.renew()
    return lease


def test_nothing_may_be_sent_before_the_first_word_of_the_parent() -> None:
    assert not Lease(Clock()).holds(100.0)


def test_a_lease_holds_for_two_seconds_and_no_longer() -> None:
    clock = Clock()
    lease = _held(clock)
    assert lease.holds(100.0 + LEASE_SECONDS)
    assert not lease.holds(100.0 + LEASE_SECONDS + 0.001)
    assert lease.given_up == LEASE_LOST


def test_each_renewal_is_worth_two_seconds_from_its_own_instant() -> None:
    clock = Clock()
    lease = _held(clock)
    for _ in range(100):
        clock.now += LEASE_SECONDS - 0.1
        lease.renew()
    assert lease.holds(clock.now + LEASE_SECONDS)


def test_one_late_renewal_costs_nothing() -> None:
    assert 3 * RENEW_SECONDS < LEASE_SECONDS


def test_a_lost_lease_never_comes_back() -> None:
    clock = Clock()
    lease = _held(clock)
    clock.now += LEASE_SECONDS + 1
    lease.renew()
    assert not lease.holds(clock.now)


def test_a_lease_given_up_ends_at_once_and_keeps_its_first_reason() -> None:
    clock = Clock()
    lease = _held(clock)
    lease.give_up(STOPPED_BY_HAND)
    lease.give_up(PARENT_GONE)
    lease.renew()
    assert not lease.holds(clock.now)
    assert lease.given_up == STOPPED_BY_HAND
