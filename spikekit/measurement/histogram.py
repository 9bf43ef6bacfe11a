"""Latency histograms with three significant digits, merged without loss.

The bins are HdrHistogram's (http://hdrhistogram.org) for microseconds and three digits: exact below 2,048 µs, then
1,024 bins for each doubling, so that a bin is never wider than a thousandth of its value. A histogram holds only its
occupied bins.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_HALF_BITS = 10
_HALF = 1 << _HALF_BITS
_MICRO = 1e6
_LAST_BIN = 64 << _HALF_BITS
"""No duration that 64 bits of microseconds can hold has a higher one."""


def bins_of(seconds: Floats) -> Ints:
    """The bin of each duration. Negative durations (a clock's jitter) count as zero."""
    micros = np.maximum(np.rint(np.asarray(seconds) * _MICRO), 0).astype(np.int64)
    shift = np.maximum(np.frexp(micros)[1].astype(np.int64) - (_HALF_BITS + 1), 0)
    return (shift << _HALF_BITS) + (micros >> shift)


def lows_of(bins: Ints) -> Floats:
    """Where each bin begins, in seconds."""
    shift = np.maximum((bins >> _HALF_BITS) - 1, 0)
    return np.asarray((bins - (shift << _HALF_BITS)) << shift, np.float64) / _MICRO


def highs_of(bins: Ints) -> Floats:
    """The largest duration each bin holds, in seconds."""
    return lows_of(bins + 1) - 1 / _MICRO


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts by bin, bins ascending, every count positive."""

    bins: Ints
    counts: Ints

    @classmethod
    def empty(cls) -> Histogram:
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))

    @classmethod
    def of(cls, seconds: Floats) -> Histogram:
        """The histogram of these durations."""
        bins, counts = np.unique(bins_of(seconds), return_counts=True)
        return cls(bins, counts.astype(np.int64))

    @classmethod
    def merged(cls, parts: Iterable[Histogram]) -> Histogram:
        """All the durations of all the parts."""
        filled = [p for p in parts if len(p.bins)]
        if not filled:
            return cls.empty()
        if len(filled) == 1:
            return filled[0]
        # Bins are few (an hour has some twenty thousand): adding into all between costs less than any sorting.
        first = min([p.bins[0] for p in filled])
        every = np.zeros(max([p.bins[-1] for p in filled]) - first + 1, np.int64)
        for part in filled:
            every[part.bins - first] += part.counts
        places = np.flatnonzero(every)
        return cls(places + first, every[places])

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    @property
    def max(self) -> float | None:
        return round(float(highs_of(self.bins[-1:])[0]), 6) if len(self.bins) else None

    def within(self, seconds: float) -> int:
        """How many lasted at most this long, to the bin's width."""
        return int(self.counts[self.bins <= bins_of(np.array([seconds]))[0]].sum())

    def quantile(self, q: float, *, beyond: int = 0) -> float | None:
        """The duration that a share ``q`` of all does not exceed; ``beyond`` more lasted longer than any here.

        None where there is no data, or where the quantile falls among those beyond.
        """
        total = self.total + beyond
        if total == 0:
            return None
        rank = max(int(np.ceil(q * total - 1e-9)), 1)
        if rank > self.total:
            return None
        place = int(np.searchsorted(np.cumsum(self.counts), rank))
        return round(float(highs_of(self.bins[place : place + 1])[0]), 6)

    def encoded(self) -> str:
        """As text: base64 of zlib of little-endian int32 bin steps, then counts."""
        if not len(self.bins):
            return ""
        steps = np.diff(self.bins, prepend=0).astype("<i4")
        return base64.b64encode(zlib.compress(steps.tobytes() + self.counts.astype("<i4").tobytes(), 1)).decode()

    @classmethod
    def decoded(cls, text: str) -> Histogram:
        """The inverse of ``encoded``. Raises ``ValueError`` for text it never wrote."""
        if not text:
            return cls.empty()
        try:
            plain = np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), "<i4").astype(np.int64)
        except (ValueError, zlib.error) as error:
            raise ValueError(f"not an encoded histogram: {error}") from error
        steps, counts = plain[: len(plain) // 2], plain[len(plain) // 2 :]
        if len(steps) != len(counts) or not len(counts):
            raise ValueError("not an encoded histogram: bins and counts do not pair up")
        bins = np.cumsum(steps)
        if steps[0] < 0 or (steps[1:] < 1).any() or bins[-1] > _LAST_BIN or (counts < 1).any():
            raise ValueError("not an encoded histogram: its bins do not ascend, or one is empty")
        return cls(bins, counts)
