"""Need × supply → the chance of holding: every draw of the one against many of the other, for they are independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.readiness.situation import Need
from spikekit.readiness.supply import Supply

_PAIRINGS = 48
"""How many draws of the capacity each draw of the demand meets where cold and warm must both hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """``by_demand[i]``: the chance that the i-th draw of the demand holds; ``by_supply[i]``: that the i-th capacity."""

    by_demand: Floats
    by_supply: Floats

    @property
    def survival(self) -> float:
        return float(self.by_demand.mean())


def chances(need: Need, supply: Supply) -> Chances:
    """Who holds against whom. Where only one figure counts, every draw meets every other."""
    draws = len(need.warm)
    if not need.cold.any():
        ordered, asked = np.sort(supply.warm), np.sort(need.warm)
        return Chances(
            by_demand=1 - np.searchsorted(ordered, need.warm, side="left") / draws,
            by_supply=np.searchsorted(asked, supply.warm, side="right") / draws,
        )
    by_demand, by_supply = np.zeros(draws), np.zeros(draws)
    for step in np.linspace(0, draws, _PAIRINGS, endpoint=False, dtype=int):
        holds = (need.warm <= np.roll(supply.warm, step)) & (need.cold <= np.roll(supply.cold, step))
        by_demand += holds
        by_supply += np.roll(holds, -step)
    return Chances(by_demand=by_demand / _PAIRINGS, by_supply=by_supply / _PAIRINGS)
