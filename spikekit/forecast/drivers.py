"""What moves the peak most: the shares of the variance of ln(peak) that each kind of doubt explains.

The inputs are drawn independently, so the variance splits: ln(peak) is regressed on each group's deviates, their
sizes and (within a kernel's parameters) their products; the explained share is the group's own. What no group
explains alone is their interplay.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from spikekit.forecast.inputs import Driver, Input
from spikekit.forecast.normal import Floats

_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverShare:
    """One kind of doubt and the share (0-1) of the peak's variance that it explains."""

    name: Driver
    share_of_variance: float


def drivers(peaks: Floats, inputs: list[Input]) -> tuple[DriverShare, ...]:
    """The drivers of ``peaks`` (one per draw), largest first; they add up to 1. None where nothing varies."""
    if (peaks <= 0).any() or len(peaks) < 100:
        return ()
    y = np.log(peaks) - np.log(peaks).mean()
    if float(y.var()) < 1e-12:
        return ()
    groups: dict[Driver, list[Input]] = defaultdict(list)
    for each in inputs:
        groups[each.driver].append(each)
    shares = {name: _explained(y, members) for name, members in groups.items()}
    total = sum(shares.values())
    if total > 1:
        shares = {name: share / total for name, share in shares.items()}
    shares[Driver.REST] = max(0.0, 1 - total)
    told = [DriverShare(name=n, share_of_variance=s) for n, s in shares.items() if s >= _LEAST_SHARE]
    return tuple(sorted(told, key=lambda d: -d.share_of_variance))


def _explained(y: Floats, inputs: list[Input]) -> float:
    """The share of y's variance in the span of the inputs' features, corrected for the number of features."""
    features = np.concatenate([_features(i.deviates) for i in inputs])
    features = features - features.mean(axis=1, keepdims=True)
    weights, *_ = np.linalg.lstsq(features @ features.T, features @ y, rcond=1e-10)
    left = y - weights @ features
    free = len(y) - 1 - len(features)
    if free < 1:
        return 0.0
    return float(max(0.0, 1 - (left @ left / free) / (y @ y / (len(y) - 1))))


def _features(deviates: Floats) -> Floats:
    spread = deviates.std(axis=1, keepdims=True)
    z = (deviates - deviates.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    products = [z[i] * z[j] for i in range(len(z)) for j in range(i, len(z))]
    return np.concatenate([z, np.abs(z), products])
