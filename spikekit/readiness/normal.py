"""What comes anyway, in requests/s on production, at the hours of a campaign; added once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from spikekit.campaign.model import PastCurve
from spikekit.forecast.normal import Floats, spread
from spikekit.site.model import NormalTraffic
from spikekit.vocabulary import Range

WEEK = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """``level`` requests/s, one entry a draw; times the ``shape`` of the week where a curve is known.

    ``edges`` and ``shape`` are the curve in seconds after a campaign's launch, repeated over ``WEEK`` or its own
    length; ``deviates`` are what ``level`` was drawn from, ``None`` where it is exact.
    """

    level: Floats
    deviates: Floats | None = None
    edges: Floats | None = None
    shape: Floats | None = None

    @property
    def is_constant(self) -> bool:
        return self.edges is None or self.shape is None

    def at(self, seconds: Floats) -> Floats:
        """Requests/s at each instant (seconds after the launch); the last axis is draws."""
        if self.edges is None or self.shape is None:
            return self.level + 0.0 * seconds
        length = self.edges[-1] - self.edges[0]
        wrapped = self.edges[0] + np.mod(seconds - self.edges[0], length)
        index = np.clip(np.searchsorted(self.edges, wrapped, side="right") - 1, 0, len(self.shape) - 1)
        return np.asarray(self.level * self.shape[index])

    def steps(self, start: float, end: float) -> list[float]:
        """The instants between ``start`` and ``end`` at which the curve steps."""
        if self.edges is None:
            return []
        length = float(self.edges[-1] - self.edges[0])
        first = np.floor((start - self.edges[0]) / length)
        last = np.floor((end - self.edges[0]) / length)
        whole = [self.edges[:-1] + n * length for n in np.arange(first, last + 1)]
        return [float(t) for t in np.concatenate(whole) if start < t < end]

    def moved(self, seconds: float) -> Normal:
        """The same traffic seen from a launch ``seconds`` later."""
        edges = None if self.edges is None else self.edges - seconds
        return Normal(level=self.level, deviates=self.deviates, edges=edges, shape=self.shape)


def normal_of(traffic: NormalTraffic | None, launch: datetime, *, draws: int, rng: np.random.Generator) -> Normal:
    """Normal traffic around ``launch`` (timezone-aware).

    ``typical`` and ``busy`` are read as P50 and P95 of a lognormal: which of them the hour is, nobody said. A curve
    whose rows have dates is laid over the weekdays and hours of the campaign; one in mere seconds says its highest.
    """
    z = rng.standard_normal(draws)
    if traffic is None:
        return Normal(level=np.zeros(draws))
    if traffic.curve is not None:
        return _of_curve(traffic.curve, launch, draws)
    typical, busy = traffic.typical or traffic.busy or 0.0, traffic.busy or traffic.typical or 0.0
    if not typical or busy <= typical:
        return Normal(level=np.full(draws, busy))
    return Normal(level=spread(Range(low=typical * typical / busy, likely=typical, high=busy), z), deviates=z)


def _of_curve(curve: PastCurve, launch: datetime, draws: int) -> Normal:
    if curve.begins is None:
        return Normal(level=np.full(draws, max(curve.visitors)))
    edges = np.asarray(curve.offset_seconds) - _since(curve.begins, launch)
    shape = np.asarray(curve.visitors, dtype=np.float64)
    if edges[-1] - edges[0] > 86_400.0 and edges[-1] - edges[0] < WEEK:
        # Not quite a week: the hours that are missing are as busy as the busiest that is known.
        edges, shape = np.append(edges, edges[0] + WEEK), np.append(shape, shape.max())
    return Normal(level=np.ones(draws), edges=edges, shape=shape)


def _since(begins: datetime, launch: datetime) -> float:
    """Seconds from the curve's first row to the launch; rows without a zone are on the launch's own clock."""
    if begins.tzinfo is not None:
        return (launch.astimezone(UTC) - begins.astimezone(UTC)) / timedelta(seconds=1)
    return (launch.replace(tzinfo=None) - begins) / timedelta(seconds=1)
