"""A campaign's hours on production: its own visitors, the other campaigns', normal traffic, and what the site takes.

**Need** is the capacity that a draw asks for: the largest ten-second mean of everything that comes, normal traffic
and other campaigns added once. A draw survives when its need is at most the capacity; ``docs/design/readiness.md``
says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spikekit.forecast.normal import Floats
from spikekit.forecast.peak import busiest
from spikekit.forecast.wave import Wave
from spikekit.readiness.normal import Normal
from spikekit.readiness.supply import Supply
from spikekit.vocabulary import PEAK_SECONDS

HOURS_AFTER = 86_400.0
"""A campaign's hours end a day after its last channel has begun (or its delivery has ended)."""

COOLS_AFTER = 3_600.0
"""A site that had none of the campaign's visitors for an hour is cold again (judgement): scaled in, caches expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One wave of a campaign (its name) and what each of its visitors counts for, in measured visitors.

    ``is_own``: it is the campaign that is asked of.
    """

    wave: Wave
    weight: Floats
    campaign: str
    is_own: bool = True

    def per_second(self, start: Floats) -> Floats:
        """Measured visitors/s, the mean of the ten seconds after ``start``."""
        return self.wave.between(start, PEAK_SECONDS) * self.weight / PEAK_SECONDS

    def is_felt(self, first: float, last: float, *, least: float) -> bool:
        """Whether it ever brings ``least`` measured visitors/s between ``first`` and ``last``; one draw in 1000 aside.

        A wave rises to its crest and falls after it, so it is highest at the crest or at the end that is nearer.
        """
        if len(self.wave.shape.kinks()) > 2:
            return bool(np.any(self.wave.between(np.full_like(self.weight, first), last - first) > 0))
        highest = np.clip(self.wave.crest(PEAK_SECONDS), first, last - PEAK_SECONDS)
        return float(np.quantile(self.per_second(highest), 0.999)) >= least


@dataclass(frozen=True, slots=True, kw_only=True)
class Boost:
    """``factor`` times the capacity from ``start`` to ``end``, seconds after the launch."""

    factor: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that decides whether a campaign holds. ``room`` is how many visitors/s a waiting room lets in.

    ``normal`` is in requests/s, of which a measured visitor makes ``unit_requests``.
    """

    streams: tuple[Stream, ...]
    normal: Normal
    unit_requests: float
    supply: Supply
    room: float | None = None
    boost: Boost | None = None

    @property
    def own(self) -> tuple[Stream, ...]:
        return tuple(s for s in self.streams if s.is_own)

    def hours(self) -> tuple[float, float]:
        """The campaign's hours in seconds after the launch."""
        first = min(float(s.wave.start.min()) for s in self.own)
        last = max(float(s.wave.start.max()) + max(s.wave.shape.kinks()) for s in self.own)
        return first, last + HOURS_AFTER

    def normal_at(self, seconds: Floats) -> Floats:
        """Normal traffic in measured visitors/s."""
        return self.normal.at(seconds) / self.unit_requests

    def cold_spells(self) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
        """Starts of channels, one entry a draw, with the draws in which the site is cold then."""
        if not self.supply.has_cold:
            return
        starts = np.stack([s.wave.start for s in self.own])
        for start in starts:
            before = start - starts
            yield start, ~((before > 0) & (before <= COOLS_AFTER)).any(axis=0)


def scaled(situation: Situation, factor: float) -> Situation:
    """The same with ``factor`` times as many of the campaign's own visitors."""
    streams = tuple(replace(s, weight=s.weight * factor) if s.is_own else s for s in situation.streams)
    return replace(situation, streams=streams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Per draw, measured visitors/s: the capacity that its warm seconds ask for, and its cold ones."""

    warm: Floats
    cold: Floats


def need(situation: Situation) -> Need:
    """What each draw asks of the site."""
    warm = np.zeros_like(situation.normal.level)
    cold = np.zeros_like(warm)
    for start in _starts(situation):
        load = _load(situation, start)
        is_cold = _is_cold(situation, start)
        warm = np.where(is_cold, warm, np.maximum(warm, load))
        cold = np.where(is_cold, np.maximum(cold, load), cold)
    return Need(warm=warm, cold=cold)


def _starts(situation: Situation) -> Iterator[Floats]:
    """Ten seconds that may ask the most, per draw: the busiest of all, and every place where something turns."""
    first, last = situation.hours()
    waves = tuple(s.wave for s in situation.streams)
    weights = tuple(s.weight for s in situation.streams)
    yield busiest(waves, PEAK_SECONDS, weights, within=(first, last)).start
    turns = situation.normal.steps(first, last)
    if situation.boost:
        turns += [situation.boost.start, situation.boost.end]
    if turns or situation.supply.has_cold:
        for wave in waves:
            yield np.clip(wave.crest(PEAK_SECONDS), first, last)
    for turn in turns:
        for instant in (turn - PEAK_SECONDS, turn):
            if first <= instant <= last:
                yield np.full_like(situation.normal.level, instant)
    for start, _ in situation.cold_spells():
        yield start
        # The last ten seconds that are cold at all, and the first that are not.
        yield start + situation.supply.warm_up_seconds - 1e-3
        yield start + situation.supply.warm_up_seconds


def _load(situation: Situation, start: Floats) -> Floats:
    """What the site is asked for in the ten seconds after ``start``, as a share of its ordinary capacity."""
    visitors = np.zeros_like(start)
    for stream in situation.streams:
        visitors += stream.per_second(start)
    if situation.room is not None:
        visitors = np.minimum(visitors, situation.room)
    middle = start + PEAK_SECONDS / 2
    load = visitors + situation.normal_at(middle)
    if situation.boost is not None:
        within = (start >= situation.boost.start) & (start + PEAK_SECONDS <= situation.boost.end)
        load = load / np.where(within, situation.boost.factor, 1.0)
    return load


def _is_cold(situation: Situation, start: Floats) -> NDArray[np.bool_]:
    cold = np.zeros(start.shape, dtype=np.bool_)
    for begin, is_cold in situation.cold_spells():
        cold |= is_cold & (start + PEAK_SECONDS > begin) & (start < begin + situation.supply.warm_up_seconds)
    return cold
