"""A first figure for what a target holds, from a handful of short trials: doubling, then halving the doubt.

Short trials flatter: a queue that grows slowly looks healthy at first. The figure is a start, and is called that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """Visitors/s that held, and that did not; ``None`` where no trial showed one."""

    held: float | None
    missed: float | None


def first_capacity(holds: Callable[[float], bool | None], *, start: float, trials: int) -> Bracket:
    """Ask ``holds(rate)`` at most ``trials`` times; ``None`` (nobody knows) ends the search with what is known."""
    held: float | None = None
    missed: float | None = None
    rate = start
    for _ in range(trials):
        answer = holds(rate)
        if answer is None:
            break
        if answer:
            held = rate
        else:
            missed = rate
        rate = _next(held, missed, rate)
    return Bracket(held=held, missed=missed)


def _next(held: float | None, missed: float | None, rate: float) -> float:
    if missed is None:
        return rate * 2
    if held is None:
        return rate / 2
    return math.sqrt(held * missed)
