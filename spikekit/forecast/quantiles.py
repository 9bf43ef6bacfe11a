"""Five quantiles of one figure over equally weighted draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikekit.forecast.normal import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """The figure is below ``p5`` one time in twenty, below ``p50`` every other time, and so on."""

    p5: float
    p10: float
    p50: float
    p90: float
    p95: float

    @classmethod
    def of(cls, values: Floats) -> Quantiles:
        """The quantiles of ``values``, one entry a draw."""
        p5, p10, p50, p90, p95 = (float(q) for q in np.quantile(values, (0.05, 0.1, 0.5, 0.9, 0.95)))
        return cls(p5=p5, p10=p10, p50=p50, p90=p90, p95=p95)
