"""How a campaign runs its course: in cells of time, who comes and what the site takes, in some of the draws.

Time counts from each draw's own first visitor, so that a spike of seconds is seen though nobody knows its minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spikekit.forecast.grid import Turn, cells
from spikekit.forecast.normal import Floats
from spikekit.readiness.situation import Situation
from spikekit.vocabulary import PEAK_SECONDS

COURSE_DRAWS = 1_000
"""Enough for the 90 % quantile of a loss to within a few per cent of the draws."""

_GROWTH = 0.1
_BINS = 100
"""A counted curve of more bins is looked at in coarser ones."""

_UNCERTAIN = 60
"""Cells over the time in which the start of a channel may fall beside the first one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Rows are cells, columns draws. ``starts`` in seconds after the launch, ``lengths`` in seconds (one a row).

    ``everyone`` and ``load`` are measured visitors, and measured visitors/s with normal traffic; ``people`` the
    campaign's own visitors; ``capacity`` measured visitors/s.
    """

    starts: Floats
    lengths: Floats
    everyone: Floats
    people: Floats
    load: Floats
    capacity: Floats


def course_of(situation: Situation, draws: int = COURSE_DRAWS) -> Course:
    """The course of the first ``draws`` draws, the i-th draw of the demand beside the i-th of the capacity."""
    some = first_draws(situation, draws)
    begin = np.min([s.wave.start for s in some.own], axis=0)
    edges = _edges(some, begin)
    at = edges[:, np.newaxis] + begin
    everyone = np.zeros((len(edges) - 1, len(begin)))
    people = np.zeros_like(everyone)
    for stream in some.streams:
        came = np.diff(stream.wave.cumulative(at), axis=0)
        everyone += came * stream.weight
        if stream.is_own and stream.wave.brings_visitors:
            people += came
    lengths = np.diff(edges)
    middles = (at[1:] + at[:-1]) / 2
    return Course(
        starts=at[:-1],
        lengths=lengths,
        everyone=everyone,
        people=people,
        load=everyone / lengths[:, np.newaxis] + some.normal_at(middles),
        capacity=_capacity(some, middles),
    )


def first_draws(situation: Situation, draws: int) -> Situation:
    """The same situation in its first draws only."""
    part = slice(0, draws)
    supply, normal = situation.supply, situation.normal
    return replace(
        situation,
        streams=tuple(replace(s, wave=s.wave.take(part), weight=s.weight[part]) for s in situation.streams),
        normal=replace(normal, level=normal.level[part]),
        supply=replace(
            supply,
            warm=supply.warm[part],
            cold=supply.cold[part],
            on_target=supply.on_target[part],
            ratio=supply.ratio[part],
        ),
    )


def _capacity(situation: Situation, at: Floats) -> Floats:
    """Measured visitors/s that production takes at each instant of each draw."""
    capacity = situation.supply.warm + 0.0 * at
    for begin, is_cold in situation.cold_spells():
        within = is_cold & (at >= begin) & (at < begin + situation.supply.warm_up_seconds)
        capacity = np.where(within, situation.supply.cold, capacity)
    return capacity


def _edges(situation: Situation, begin: Floats) -> Floats:
    """Edges of cells after ``begin``: ten seconds where something turns, longer where it is calm."""
    first, last = situation.hours()
    end = last - first
    turns: list[Turn] = [(t - first, PEAK_SECONDS) for t in situation.normal.steps(first, last)]
    for stream in situation.streams:
        starts = stream.wave.start - begin
        low, high = float(starts.min()), float(starts.max())
        kinks = stream.wave.shape.kinks()[:: 1 + len(stream.wave.shape.kinks()) // _BINS]
        # Between the steps of a counted curve nothing turns.
        bins = float(np.diff(kinks).min()) if len(kinks) > 2 else PEAK_SECONDS
        least = max(PEAK_SECONDS, (high - low) / _UNCERTAIN, bins)
        turns += [(round(start + kink, 3), least) for kink in kinks for start in {low, high}]
    return cells([t for t in turns if t[0] < end], 0.0, end, _GROWTH)
