"""What production can take, as draws: the target's capacity over its share of production, never below what held.

    production = measured on the target ÷ capacity_ratio, at least busiest_minute

The ratio is never guessed: without one there is no supply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from spikekit.capacity.posterior import samples
from spikekit.forecast.normal import Floats, spread
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.vocabulary import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Measured visitors/s on production, one entry a draw; ``cold`` for the first ``warm_up_seconds`` of a spike.

    ``on_target`` and ``ratio`` are what it was drawn from, ``is_floored`` whether what held in real life decided more
    than half of the draws: then the measurement or the ratio is doubtful.
    """

    warm: Floats
    cold: Floats
    warm_up_seconds: float
    on_target: Floats
    ratio: Floats
    is_floored: bool = False

    @property
    def has_cold(self) -> bool:
        return self.warm_up_seconds > 0 and not np.array_equal(self.warm, self.cold)


def supply_of(
    evidence: Evidence,
    bounds: Iterable[Evidence],
    ratio: Range,
    *,
    floor: float,
    draws: int,
    rng: np.random.Generator,
) -> Supply:
    """Production's capacity from the ``evidence``, narrowed by ``bounds`` on the same target and journey.

    ``floor`` is what production has held, in measured visitors/s; it is known of a warm site only. Draws below a
    bound are moved onto it: the rest of what was measured stays as it was.
    """
    drawn = samples(evidence.capacity, draws=draws, rng=rng)
    warm, cold = drawn.warm, drawn.cold
    for each in bounds:
        rate = each.capacity.warm.likely
        limit = np.maximum if each.knowledge is Knowledge.AT_LEAST else np.minimum
        warm = limit(warm, rate)
    cold = np.minimum(cold, warm)
    shares = spread(ratio, rng.standard_normal(draws))
    production = warm / shares
    floored = np.maximum(production, floor)
    return Supply(
        warm=floored,
        cold=floored if drawn.warm_up_seconds == 0 else cold / shares,
        warm_up_seconds=drawn.warm_up_seconds,
        on_target=warm,
        ratio=shares,
        is_floored=bool(np.mean(production < floor) > 0.5),
    )
