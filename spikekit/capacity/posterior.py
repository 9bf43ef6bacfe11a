"""A measured capacity as many draws of what may be true: what readiness multiplies with a forecast's draws."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.forecast.normal import spread
from spikekit.vocabulary import P95_Z, Range

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityDraws:
    """Visitors/s, one entry a draw. ``cold`` counts for the first ``warm_up_seconds`` after idle, then ``warm``."""

    warm: Floats
    cold: Floats
    warm_up_seconds: float

    def on_production(self, ratio: Range, *, rng: np.random.Generator) -> CapacityDraws:
        """Divided by draws of ``ratio``, the target's share of production's capacity; one draw serves warm and cold."""
        shares = spread(ratio, rng.standard_normal(len(self.warm)))
        return CapacityDraws(warm=self.warm / shares, cold=self.cold / shares, warm_up_seconds=self.warm_up_seconds)


def samples(capacity: Capacity, *, draws: int, rng: np.random.Generator) -> CapacityDraws:
    """``draws`` pairs of warm and cold capacity; no draw is colder than warm. Where cold is unknown it is warm's.

    Of a lower bound no draw exceeds what was shown: what nobody measured is not promised.
    """
    warm = _drawn(capacity.warm, rng.standard_normal(draws))
    if capacity.cold is None:
        return CapacityDraws(warm=warm, cold=warm.copy(), warm_up_seconds=0.0)
    cold = np.minimum(_drawn(capacity.cold, rng.standard_normal(draws)), warm)
    return CapacityDraws(warm=warm, cold=cold, warm_up_seconds=capacity.warm_up_seconds)


def _drawn(estimate: Estimate, z: Floats) -> Floats:
    """A two-piece lognormal: its median is ``likely``, and the interval's ends are met with its confidence."""
    edge = NormalDist().inv_cdf(0.5 + estimate.confidence / 2)
    high = estimate.likely if estimate.high is None else estimate.high
    scale = P95_Z / edge
    return spread(
        Range(
            low=estimate.likely * (estimate.low / estimate.likely) ** scale,
            likely=estimate.likely,
            high=estimate.likely * (high / estimate.likely) ** scale,
        ),
        z,
    )
