"""Deadlines, in virtual time."""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.http.connection import Connection, DeadlineWheel


class Waiting:
    """Remembers how often it was expired."""

    def __init__(self) -> None:
        self.expired = 0

    def expire(self) -> None:
        """Its time is up."""
        self.expired += 1


def _set(wheel: DeadlineWheel, at: float) -> tuple[Waiting, int]:
    waiting = Waiting()
    return waiting, wheel.set(cast(Connection, waiting), at)


@given(st.floats(0, 1e5), st.floats(0, 60), st.floats(0.001, 0.5))
def test_a_deadline_expires_once_never_early_and_at_most_a_turn_and_a_slot_late(
    start: float, wait: float, turn_every: float
) -> None:
    wheel = DeadlineWheel()
    wheel.turn(start)
    waiting, _ = _set(wheel, start + wait)
    now = start
    while not waiting.expired and now < start + wait + 2:
        now += turn_every if now + turn_every >= start + wait - 1 else max(turn_every, start + wait - 1 - now)
        wheel.turn(now)
    assert waiting.expired == 1
    assert start + wait - 1e-6 <= now <= start + wait + turn_every + 0.05 + 1e-6
    wheel.turn(now + 100)
    assert waiting.expired == 1


def test_a_cleared_deadline_never_expires() -> None:
    wheel = DeadlineWheel()
    waiting, slot = _set(wheel, 10.0)
    wheel.clear(cast(Connection, waiting), slot)
    wheel.turn(100.0)
    assert waiting.expired == 0


@given(st.floats(0, 50))
def test_a_deadline_that_has_passed_already_expires_at_the_next_turn(at: float) -> None:
    wheel = DeadlineWheel()
    wheel.turn(50.0)
    waiting, _ = _set(wheel, at)
    wheel.turn(50.1)
    assert waiting.expired == 1


def test_deadlines_set_before_the_first_turn_expire_however_late_that_comes() -> None:
    wheel = DeadlineWheel()
    waiting, _ = _set(wheel, 3.0)
    wheel.turn(1000.0)
    assert waiting.expired == 1


def test_a_wheel_that_stood_still_makes_up_for_it() -> None:
    wheel = DeadlineWheel()
    wheel.turn(0.0)
    waiting = [_set(wheel, at / 10)[0] for at in range(1, 100)]
    wheel.turn(1000.0)
    assert all(w.expired == 1 for w in waiting)
