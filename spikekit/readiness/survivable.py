"""The largest audience that holds: traffic is proportional to it, so scaling the draws finds it without a guess.

    audience a holds in a draw when  a · peak per head + normal traffic ≤ capacity
    so the draw's limit is           (capacity − normal traffic) ÷ peak per head

and the audience that holds with the stated chance is the quantile of those limits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.readiness.normal import Normal
from spikekit.readiness.situation import Situation, need

HEADS = 100_000.0
"""The audience that is drawn to be scaled."""

_PAIRINGS = 16


def survivable(one: Situation, *, heads: float, chance: float) -> float:
    """The audience that holds with ``chance`` (0-1), where ``one`` is the situation of ``heads`` people alone.

    ``one`` must hold nothing but that audience's streams and constant normal traffic. 0 where normal traffic alone is
    already too much.
    """
    silent = replace(one, normal=Normal(level=np.zeros_like(one.normal.level)))
    asked = need(silent)
    normal = one.normal_at(np.zeros_like(one.normal.level))
    limits = [
        _limits(np.roll(one.supply.warm, s), np.roll(one.supply.cold, s), asked.warm, asked.cold, normal, heads)
        for s in np.linspace(0, len(normal), _PAIRINGS, endpoint=False, dtype=int)
    ]
    return float(max(0.0, np.quantile(np.concatenate(limits), 1 - chance)))


def _limits(warm: Floats, cold: Floats, asked_warm: Floats, asked_cold: Floats, normal: Floats, heads: float) -> Floats:
    with np.errstate(divide="ignore"):
        of_warm = np.where(asked_warm > 0, (warm - normal) / np.maximum(asked_warm, 1e-12), np.inf)
        of_cold = np.where(asked_cold > 0, (cold - normal) / np.maximum(asked_cold, 1e-12), np.inf)
    limit = np.minimum(of_warm, of_cold) * heads
    # A site that normal traffic alone overloads holds nobody.
    return np.where((warm >= normal) & np.isfinite(limit), limit, 0.0)


def rounded_down(audience: float) -> int:
    """Two significant digits, never more than was found: what is called safe stays safe."""
    if audience < 1:
        return 0
    digits = 10 ** max(0, int(np.floor(np.log10(audience))) - 1)
    return int(audience // digits * digits)
