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
def _table() -> Floats:
    """A row a grid point: the Taylor coefficients of the distribution function there, in steps of the grid.

    The four of a point lie together, so that one look into memory brings them all.
    """
    step = 1 / _PER_UNIT
    z = np.arange(-_ZERO, _ZERO + 1) * step
    value = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in z])
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    slopes = (density, -z * density / 2, (z * z - 1) * density / 6)
    return np.stack([value, *(s * step**n for n, s in enumerate(slopes, 1))], axis=1)


def distribution(z: Floats) -> Floats:
    """P(Z ≤ z) for each ``z``; absolute error below 1e-14."""
    # In place: this is where a forecast spends its time.
    d = z * _PER_UNIT
    np.clip(d, -_ZERO, _ZERO, out=d)
    nearest = np.rint(d)
    d -= nearest
    index = nearest.astype(np.intp)
    index += _ZERO
    row = _table().take(index, axis=0)
    series: Floats = row[..., 3] * d
    for term in (2, 1):
        series += row[..., term]
        series *= d
    series += row[..., 0]
    return series


def spread(quantity: Range, z: Floats) -> Floats:
    """``Range.at`` for many standard-normal deviates at once."""
    if quantity.likely == 0:
        return np.zeros_like(z)
    up, down = np.log(quantity.high / quantity.likely), np.log(quantity.low / quantity.likely)
    result: Floats = quantity.likely * np.exp(np.where(z >= 0, z * up, -z * down) / P95_Z)
    return result
