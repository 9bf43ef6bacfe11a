"""The standard normal distribution over whole arrays, fast and exact enough to be differenced.

numpy has no error function, and calling ``math.erf`` millions of times is too slow. So: ``math.erfc`` on a grid once,
and between grid points the Taylor series of the distribution function, whose derivatives are the density times a
polynomial. With steps of 1/1024 and terms up to the third order the absolute error stays below 1e-14.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from spikekit.vocabulary import P95_Z, Range

Floats = NDArray[np.float64]

_PER_UNIT = 1024
_EDGE = 8.5
"""Beyond this the distribution function is 0 or 1 to within 1e-16."""

_ZERO = int(_EDGE * _PER_UNIT)
"""Where 0 stands in the grid."""


@cache
def _grid() -> tuple[Floats, Floats]:
    z = np.arange(-_ZERO, _ZERO + 1) / _PER_UNIT
    distribution = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in z])
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return distribution, density


def distribution(z: Floats) -> Floats:
    """P(Z ≤ z) for each ``z``; absolute error below 1e-14."""
    values, densities = _grid()
    # In place: this is where a forecast spends its time.
    d = np.clip(z, -_EDGE, _EDGE)
    d *= _PER_UNIT
    a = np.rint(d)
    i = a.astype(np.int32)
    i += _ZERO
    d -= a
    d *= 1 / _PER_UNIT
    a *= 1 / _PER_UNIT
    series = a * a
    series -= 1
    series *= d
    series *= 1 / 3
    series -= a
    series *= d
    series *= 0.5
    series += 1
    series *= d
    series *= densities[i]
    series += values[i]
    return series


def spread(quantity: Range, z: Floats) -> Floats:
    """``Range.at`` for many standard-normal deviates at once."""
    if quantity.likely == 0:
        return np.zeros_like(z)
    up, down = np.log(quantity.high / quantity.likely), np.log(quantity.low / quantity.likely)
    result: Floats = quantity.likely * np.exp(np.where(z >= 0, z * up, -z * down) / P95_Z)
    return result
