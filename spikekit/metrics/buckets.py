"""Measured histograms as classic buckets, which any Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from spikekit.measurement.histogram import Histogram, bins_of, highs_of

DURATIONS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: from a fast page to a visitor's patience, two or three a decade; objectives are added to them."""

LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Seconds of dispatch lag; 0.05 is what a healthy generator keeps to."""


def bounds(objectives: Iterable[float], usual: tuple[float, ...] = DURATIONS) -> tuple[float, ...]:
    """The usual bounds and those of every objective, so that "within the limit" is counted and not guessed."""
    return tuple(sorted({*usual, *objectives}))


class Buckets:
    """Cumulative counts of durations by bound, and their sum, added to histogram by histogram."""

    def __init__(self, edges: tuple[float, ...]) -> None:
        self._bins = bins_of(np.array(edges))
        self._counts = np.zeros(len(edges) + 1)
        self._sum = 0.0

    def add(self, part: Histogram) -> None:
        """Count durations where they belong: in a bound's bin counts as within it, as everywhere in a report."""
        if len(part.bins):
            places = np.searchsorted(self._bins, part.bins, side="left")
            self._counts += np.bincount(places, weights=part.counts, minlength=len(self._counts))
            self._sum += float(highs_of(part.bins) @ part.counts)

    def add_beyond(self, part: Histogram) -> None:
        """Count requests that never got their answer: beyond every bound; what they lasted is a lower bound."""
        self._counts[-1] += part.total
        self._sum += float(highs_of(part.bins) @ part.counts) if len(part.bins) else 0.0

    def cumulative(self) -> tuple[list[float], float]:
        """Counts up to each bound and beyond, and the sum of all durations in seconds."""
        return [float(n) for n in np.cumsum(self._counts)], self._sum
