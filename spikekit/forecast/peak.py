"""The busiest window of each draw: not of a quantile, which is no campaign that could happen.

Each wave alone has its busiest window in closed form (to a bisection), so the windows at the waves' crests are the
candidates; where two neighbours matter, so is the middle between them, since hills that overlap may be highest in their
valley. The best is then moved, for another wave's slope shifts it a little: three points, keep the best, narrow the
step. Every count is exact (differences of cumulative functions), so no grid can miss a spike of seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.forecast.shape import Index
from spikekit.forecast.wave import Wave

_CHUNK = 5_000
"""Draws worked on at once: their arrays stay in the processor's cache."""

_ROUNDS = 4
_NARROWING = 0.4

_MATTERS = 0.5
"""The middle between two crests is tried where one of them reaches this share of the best."""

_HILLS = 8
"""Bins of a counted curve that are tried in a stretch of time."""

Stretch = tuple[float, float]
"""From when to when a window may lie (seconds after the launch)."""

Weights = tuple[Floats, ...]
"""What one visitor of each wave counts for, in each draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Busiest:
    """Per draw: where the busiest window begins (seconds after the launch) and what comes in it."""

    start: Floats
    count: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Some draws, a length of window, how each wave counts, and the first and last start of a window."""

    waves: tuple[Wave, ...]
    weights: Weights
    length: float
    first: float = -np.inf
    last: float = np.inf

    def take(self, index: Index) -> _Search:
        return _Search(
            waves=tuple(w.take(index) for w in self.waves),
            weights=tuple(f[index] for f in self.weights),
            length=self.length,
            first=self.first,
            last=self.last,
        )

    def crests(self) -> tuple[Floats, Floats]:
        """Starts worth trying, and how far from each a better one may lie: the waves' crests, the ends of a stretch."""
        crests = [w.crest(self.length) for w in self.waves]
        steps = [w.shape.breadth(len(w.start)) for w in self.waves]
        if np.isfinite(self.first):
            # A crest outside leads to the end that is nearest; the ends are tried once.
            inside = [i for i, c in enumerate(crests) if ((c > self.first) & (c < self.last)).any()]
            ends = [np.full_like(crests[0], end) for end in (self.first, self.last)]
            hills = [hill for w in self.waves for hill in self._hills(w)]
            crests = [*ends, *hills, *(np.clip(crests[i], self.first, self.last) for i in inside)]
            steps = [np.full_like(ends[0], self.length)] * (2 + len(hills)) + [steps[i] for i in inside]
        return np.stack(crests), np.stack(steps)

    def _hills(self, wave: Wave) -> list[Floats]:
        """The highest bins of a counted curve in the stretch: it may have more hills than its crest."""
        starts = np.array(wave.shape.kinks())
        if len(starts) <= 2:
            return []
        earliest, latest = self.first - float(wave.start.max()), self.last - float(wave.start.min())
        starts = starts[(starts > earliest) & (starts < latest)]
        gains = wave.shape.cumulative(starts + self.length) - wave.shape.cumulative(starts)
        highest = starts[np.argsort(gains)[-_HILLS:]]
        return [np.clip(wave.start + hill, self.first, self.last) for hill in highest]

    def count(self, start: Floats) -> Floats:
        total = np.zeros_like(start)
        for wave, weight in zip(self.waves, self.weights, strict=True):
            # A wave that has begun in no draw brings nobody: of waves far apart that spares half of the work.
            if weight.any() and (wave.start < start + self.length).any():
                total += wave.between(start, self.length) * weight
        return total


def busiest(
    waves: tuple[Wave, ...],
    length: float,
    weights: Weights,
    *,
    near: Floats | None = None,
    within: Stretch | None = None,
) -> Busiest:
    """Each draw's busiest ``length`` seconds, anywhere or ``within`` a stretch of time.

    ``near`` are starts that are worth trying too, such as those found for another length.
    """
    first, last = within or (-np.inf, np.inf)
    search = _Search(waves=waves, weights=weights, length=length, first=first, last=max(first, last - length))
    draws = len(waves[0].start)
    parts = [
        _of_chunk(search.take(chunk), None if near is None else near[chunk])
        for chunk in (slice(i, i + _CHUNK) for i in range(0, draws, _CHUNK))
    ]
    return Busiest(start=np.concatenate([p.start for p in parts]), count=np.concatenate([p.count for p in parts]))


def _of_chunk(search: _Search, near: Floats | None) -> Busiest:
    crests, steps = search.crests()
    totals = np.stack([search.count(c) for c in crests])
    best, columns = totals.argmax(axis=0), np.arange(crests.shape[1])
    found = Busiest(start=crests[best, columns], count=totals[best, columns])
    if len(search.waves) == 1:
        return found
    step = steps[best, columns]
    if near is None:
        found, step = _with_valleys(search, crests, totals, found, step)
    else:
        near = np.clip(near, search.first, search.last)
        found = _better(found, near, search.count(near))
    return _moved(search, found, (step + search.length) / 2)


def _with_valleys(
    search: _Search, crests: Floats, totals: Floats, found: Busiest, step: Floats
) -> tuple[Busiest, Floats]:
    """The middles between neighbouring crests, in those draws in which they may matter."""
    order = crests.argsort(axis=0)
    ordered, heights = np.take_along_axis(crests, order, 0), np.take_along_axis(totals, order, 0)
    start, count = found.start.copy(), found.count.copy()
    for left, right, high in zip(ordered, ordered[1:], np.maximum(heights[:-1], heights[1:]), strict=False):
        rows = np.nonzero((high > _MATTERS * count) & (right - left > search.length))[0]
        middle = (left[rows] + right[rows]) / 2
        there = search.take(rows).count(middle)
        better = there > count[rows]
        won = rows[better]
        start[won], count[won], step[won] = middle[better], there[better], (right[won] - left[won]) / 2
    return Busiest(start=start, count=count), step


def _moved(search: _Search, found: Busiest, step: Floats) -> Busiest:
    for _ in range(_ROUNDS):
        for other in (found.start - step, found.start + step):
            other = np.clip(other, search.first, search.last)
            found = _better(found, other, search.count(other))
        step = step * _NARROWING
    return found


def _better(found: Busiest, start: Floats, count: Floats) -> Busiest:
    better = count > found.count
    return Busiest(start=np.where(better, start, found.start), count=np.where(better, count, found.count))
