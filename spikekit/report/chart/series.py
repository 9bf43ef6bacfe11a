"""A run's seconds as a picture can show them: as many points as fit, with every extreme kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NICE_SECONDS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


def numbers(values: Sequence[float | None]) -> Floats:
    """The values as an array; NaN where there is none."""
    return np.array([math.nan if v is None else v for v in values], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Points:
    """``y`` at ``x`` (seconds), ``x`` ascending; NaN in ``y`` is a gap."""

    x: Floats
    y: Floats


def thinned(values: Floats, columns: int) -> Points:
    """At most ``2 · columns`` points of one value a second, at the middle of their seconds.

    Of each column the smallest and the largest are kept, in the order in which they came: nothing that stood out is
    lost, however long the run. NaN are gaps, kept where a whole column has nothing.
    """
    at = np.arange(values.size, dtype=np.float64) + 0.5
    if values.size <= 2 * columns:
        return Points(at, values)
    kept: list[int] = []
    for part in np.array_split(np.arange(values.size), columns):
        known = part[~np.isnan(values[part])]
        if known.size == 0:
            kept.append(int(part[0]))
            continue
        extremes = {int(known[values[known].argmin()]), int(known[values[known].argmax()])}
        kept.extend(sorted(extremes))
    return Points(at[kept], values[kept])


def stretched(values: Floats, columns: int) -> list[float]:
    """One value for each column: the largest of its seconds, or its only second again; 0 where there is none."""
    edges = np.arange(columns + 1) * values.size / columns
    first = edges[:-1].astype(int)
    last = np.maximum(first + 1, np.ceil(edges[1:]).astype(int))
    return [largest(values[a:b]) or 0.0 for a, b in zip(first, last, strict=True)]


def buckets(length: int, most: int) -> list[slice]:
    """``length`` seconds in at most ``most`` equal stretches of a round number of seconds; the last may be short."""
    width = next((n for n in NICE_SECONDS if n * most >= length), max(1, math.ceil(length / most)))
    return [slice(start, min(start + width, length)) for start in range(0, length, width)]


def largest(values: Floats) -> float | None:
    """The largest number there is; None without any."""
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else None


def runs_of(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Where flags are set, as (first, one past last) of each unbroken stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], np.asarray(flags, dtype=bool), [False]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
