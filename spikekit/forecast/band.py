"""The pointwise band over time, for eyes and dashboards; figures of peaks come from whole draws instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spikekit.forecast.grid import Turn, cells
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Wave, cumulative

BAND_DRAWS = 2_000
"""Draws behind the band: enough for twenty beyond its upper edge at 99 %, a fifth of the work."""

DAY = 86_400.0
_LEAST_CELL = 10.0
_GROWTH = 0.18
_LAST_DAY = 14
_CELLS_WITHIN = 40
"""Cells over the time in which an uncertain start may fall."""

_CELLS_OF_PAST = 150
"""Cells for a counted curve of many bins."""

_BLOCK = 16
"""Rows worked on at once: they stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """``visitors_per_second`` quantiles of the mean rate from each offset (after the launch) to the next.

    ``offset_seconds`` has one more entry than the quantiles: the end of the last cell. ``half_of_day_seconds`` is the
    median instant by which half of the visitors up to 24 hours after the launch have come.
    """

    offset_seconds: Floats
    p50: Floats
    p90: Floats
    p99: Floats
    half_of_day_seconds: float


def band(waves: tuple[Wave, ...], draws: int = BAND_DRAWS) -> Band:
    """The band over the campaign: cells of 10 seconds after each start, growing with the time since the last one.

    Of the waves' draws the first ``draws`` are used.
    """
    some = tuple(w.take(slice(0, draws)) for w in waves)
    edges = _edges(some)
    blocks = [edges[i : i + _BLOCK, np.newaxis] for i in range(0, len(edges), _BLOCK)]
    counts = np.concatenate([cumulative(some, block) for block in blocks])
    rates = np.diff(counts, axis=0) / np.diff(edges)[:, np.newaxis]
    ranks = [_rank(q, rates.shape[1]) for q in (0.5, 0.9, 0.99)]
    p50, p90, p99 = np.partition(rates, ranks, axis=1)[:, ranks].T
    return Band(offset_seconds=edges, p50=p50, p90=p90, p99=p99, half_of_day_seconds=_half_of_day(edges, counts))


def punctual(waves: tuple[Wave, ...]) -> tuple[Wave, ...]:
    """The waves as if each began in the middle of the time in which it may: what an uncertain start smears is seen."""
    # Starts are even over that time, so the middle of the outermost is far nearer to its middle than their mean.
    return tuple(replace(w, start=np.full_like(w.start, np.rint((w.start.min() + w.start.max()) / 2))) for w in waves)


def _rank(quantile: float, draws: int) -> int:
    return min(int(quantile * draws), draws - 1)


def _edges(waves: tuple[Wave, ...]) -> Floats:
    """Cells that are fine after every instant at which some wave may turn, and coarser the longer nothing turned."""
    turns = sorted({turn for wave in waves for turn in _turns(wave)})
    first = turns[0][0]
    end = min(max(turns[-1][0], 0.0), first + _LAST_DAY * DAY) + DAY
    return np.union1d(cells(turns, first, end, _GROWTH), [min(DAY, end)])


def _turns(wave: Wave) -> list[Turn]:
    """The instants at which the wave may turn, each with the finest cell that is useful after it."""
    low, high = float(wave.start.min()), float(wave.start.max())
    least = max(_LEAST_CELL, (high - low) / _CELLS_WITHIN)
    kinks = wave.shape.kinks()
    some = kinks[:: 1 + len(kinks) // _CELLS_OF_PAST]
    return [(round(start + kink, 3), least) for kink in some for start in ({low, high} if high > low else {low})]


def _half_of_day(edges: Floats, counts: Floats) -> float:
    whole = counts[np.searchsorted(edges, min(DAY, edges[-1]))]
    below = counts < whole / 2
    first = np.argmin(below, axis=0)
    columns = np.arange(counts.shape[1])
    before = np.maximum(first - 1, 0)
    low, high = counts[before, columns], counts[first, columns]
    part = np.where(high > low, (whole / 2 - low) / np.where(high > low, high - low, 1.0), 0.0)
    return float(np.median(edges[before] + part * (edges[first] - edges[before])))
