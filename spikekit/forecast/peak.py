"""The busiest window of each draw: not of a quantile, which is no campaign that could happen.

Each wave alone has its busiest window in closed form (to a bisection), so the windows at the waves' crests are the
candidates, with those halfway between neighbours. The best of them is then moved, since another wave's slope shifts it
a little: three points, keep the best, narrow the step. Every count is exact (differences of cumulative functions), so
no grid can miss a spike. Against every half second of 8,000 draws of posts, the hardest case, all but two peaks are
within 0.3 % of the highest; the worst is 4 % below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Wave

_CHUNK = 5000
"""Draws worked on at once: their arrays stay in the processor's cache."""

_ROUNDS = 4
_NARROWING = 0.4


Weights = tuple[Floats, ...]
"""What one visitor of each wave counts for, in each draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Busiest:
    """Per draw: where the busiest window begins (seconds after the launch) and what comes in it."""

    start: Floats
    count: Floats


def busiest(waves: tuple[Wave, ...], length: float, *weights: Weights) -> tuple[Busiest, ...]:
    """Each draw's busiest ``length`` seconds, once for each way of weighing the waves' visitors."""
    draws = len(waves[0].start)
    chunks = [slice(i, i + _CHUNK) for i in range(0, draws, _CHUNK)]
    parts = [
        _of_chunk(tuple(w.take(c) for w in waves), length, tuple(tuple(f[c] for f in each) for each in weights))
        for c in chunks
    ]
    return tuple(
        Busiest(start=np.concatenate([p[k].start for p in parts]), count=np.concatenate([p[k].count for p in parts]))
        for k in range(len(weights))
    )


def _of_chunk(waves: tuple[Wave, ...], length: float, weights: tuple[Weights, ...]) -> list[Busiest]:
    candidates, steps = _candidates(waves, length)
    counts = [np.stack([w.between(c, length) for c in candidates]) for w in waves]
    columns = np.arange(candidates.shape[1])
    result = []
    for weight in weights:
        totals = np.sum([c * f for c, f in zip(counts, weight, strict=True)], axis=0)
        best = totals.argmax(axis=0)
        found = Busiest(start=candidates[best, columns], count=totals[best, columns])
        if len(waves) > 1:
            found = _moved(_counter(waves, weight, length), found, steps[best, columns])
        result.append(found)
    return result


def _candidates(waves: tuple[Wave, ...], length: float) -> tuple[Floats, Floats]:
    """Starts worth trying, and how far each may have to move: the waves' crests, and the middle between neighbours.

    Two hills may be highest in the valley between their crests, where they overlap.
    """
    crests = np.stack([w.crest(length) for w in waves])
    breadths = np.stack([w.shape.breadth(len(w.start)) for w in waves])
    ordered = np.sort(crests, axis=0)
    starts = np.concatenate((crests, (ordered[1:] + ordered[:-1]) / 2))
    return starts, np.concatenate((breadths, np.diff(ordered, axis=0) / 2)) / 2 + length / 2


def _counter(waves: tuple[Wave, ...], weight: Weights, length: float) -> Callable[[Floats], Floats]:
    weighed = [(w, f) for w, f in zip(waves, weight, strict=True) if f.any()]

    def count(start: Floats) -> Floats:
        total = np.zeros_like(start)
        for wave, factor in weighed:
            total += wave.between(start, length) * factor
        return total

    return count


def _moved(count: Callable[[Floats], Floats], found: Busiest, step: Floats) -> Busiest:
    start, value = found.start, found.count
    for _ in range(_ROUNDS):
        for other in (start - step, start + step):
            there = count(other)
            better = there > value
            start, value = np.where(better, other, start), np.where(better, there, value)
        step = step * _NARROWING
    return Busiest(start=start, count=value)
