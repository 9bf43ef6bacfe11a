"""Forecast against observed: both counted over the same buckets of the same hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from spikekit.forecast.forecast import MINUTE, Forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Wave, cumulative
from spikekit.review.record import Judged
from spikekit.traffic.observed import Observed

BAND = (0.1, 0.5, 0.9)
"""The band of 8 in 10, and its middle."""

BAND_DRAWS = 1_000
"""Draws behind the band over time and the busiest minute: a hundred beyond either edge."""

MOST_BUCKETS = 1_500
"""A day of minutes; longer observations are compared in longer buckets."""

MATTERS = 0.02
"""Where the clipped minutes held less of what came and of what was forecast than this, nothing much was lost."""

_BLOCK = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """Counts of what came from each edge (seconds after the launch) to the next; ``saturated`` has a flag each."""

    edges: Floats
    visitors: Floats
    saturated: NDArray[np.bool_]

    @property
    def seconds(self) -> float:
        """How long each is."""
        return float(self.edges[1] - self.edges[0])

    @property
    def total(self) -> float:
        return float(self.visitors.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a forecast says of the same buckets: pointwise quantiles of counts, and draws of the whole and the peak."""

    p10: Floats
    p50: Floats
    p90: Floats
    total: Floats
    peak: Floats


def buckets(observed: Observed, launch: datetime) -> Buckets:
    """What came in buckets of a minute at least, and no more of them than can be compared."""
    size = len(observed.visitors)
    join = max(1, round(MINUTE / observed.step_seconds), -(-size // MOST_BUCKETS))
    counts, flags = (_joined(np.array(v, dtype=float), join) for v in (observed.visitors, observed.flags()))
    first = (observed.began.astimezone(UTC) - launch.astimezone(UTC)).total_seconds()
    edges = np.asarray(first + observed.step_seconds * join * np.arange(len(counts) + 1), dtype=np.float64)
    # The last bucket may hold fewer of the observed ones; nothing was counted after them.
    edges[-1] = first + observed.step_seconds * size
    return Buckets(edges=edges, visitors=counts, saturated=flags > 0)


def _joined(values: Floats, join: int) -> Floats:
    padded = np.concatenate((values, np.zeros(-len(values) % join)))
    return np.asarray(padded.reshape(-1, join).sum(axis=1))


def expected(forecast: Forecast, over: Buckets) -> Expected:
    """What ``forecast`` says of ``over``."""
    waves = tuple(w for w in forecast.waves if w.brings_visitors)
    some = tuple(w.take(slice(0, BAND_DRAWS)) for w in waves)
    edges = over.edges
    blocks = [edges[i : i + _BLOCK, np.newaxis] for i in range(0, len(edges), _BLOCK)]
    counts = np.diff(np.concatenate([cumulative(some, block) for block in blocks]), axis=0)
    p10, p50, p90 = np.quantile(counts, BAND, axis=1)
    return Expected(p10=p10, p50=p50, p90=p90, total=came(waves, over), peak=counts.max(axis=0))


def came(waves: Sequence[Wave], over: Buckets) -> Floats:
    """Visitors of the waves within the observed hours, in each draw."""
    first, last = float(over.edges[0]), float(over.edges[-1])
    return np.sum([w.cumulative(np.array([last])) - w.cumulative(np.array([first])) for w in waves], axis=0)  # type: ignore[no-any-return]


def is_clipped(over: Buckets, likely: Floats) -> bool:
    """Whether saturation held back enough to matter: of what came, or of what was likely, in the flagged buckets."""
    shares = [
        float(values[over.saturated].sum() / values.sum()) for values in (over.visitors, likely) if values.sum() > 0
    ]
    return max(shares, default=0.0) > MATTERS


def judged(observed: float, drawn: Floats, *, is_lower_bound: bool) -> Judged:
    """One figure against its draws."""
    p10, p50, p90 = (float(q) for q in np.quantile(drawn, BAND))
    return Judged(observed=observed, p10=p10, p50=p50, p90=p90, is_lower_bound=is_lower_bound)
