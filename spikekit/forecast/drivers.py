"""What moves the peak most: the shares of the variance of ln(peak) that each kind of doubt explains.

The inputs are drawn independently, so the variance splits: ln(peak) is regressed on each group's deviates, their
sizes and (within a kernel's parameters) their products; the explained share is the group's own. What no group
explains alone is their interplay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikekit.forecast.inputs import Driver, Input
from spikekit.forecast.normal import Floats

_LEAST_SHARE = 0.005
_LEAST_DRAWS = 100
_DRAWS = 4_000
"""Enough draws to know a share to a per cent or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverShare:
    """One kind of doubt and the share (0-1) of the peak's variance that it explains."""

    name: Driver
    share_of_variance: float


def drivers(peaks: Sequence[Floats], inputs: Sequence[Input]) -> list[tuple[DriverShare, ...]]:
    """The drivers of each of the ``peaks`` (one entry per draw), largest first; they add up to 1.

    None where nothing varies, or where there are too few draws to tell.
    """
    groups: dict[Driver, list[Floats]] = defaultdict(list)
    for each in inputs:
        groups[each.driver].append(_features(each.deviates[:, :_DRAWS]))
    logs = np.stack([_centred(peak[:_DRAWS]) for peak in peaks])
    explained = {name: _explained(logs, np.concatenate(features)) for name, features in groups.items()}
    return [_told(log, {name: float(shares[i]) for name, shares in explained.items()}) for i, log in enumerate(logs)]


def _centred(peaks: Floats) -> Floats:
    """ln(peak) about its mean; all zeros where nothing is there to explain."""
    if (peaks <= 0).any() or len(peaks) < _LEAST_DRAWS:
        return np.zeros_like(peaks)
    logs = np.log(peaks)
    return np.asarray(logs - logs.mean())


def _told(log: Floats, shares: dict[Driver, float]) -> tuple[DriverShare, ...]:
    if float(log.var()) < 1e-12:
        return ()
    total = sum(shares.values())
    if total > 1:
        shares = {name: share / total for name, share in shares.items()}
    shares[Driver.REST] = max(0.0, 1 - total)
    told = [DriverShare(name=n, share_of_variance=s) for n, s in shares.items() if s >= _LEAST_SHARE]
    return tuple(sorted(told, key=lambda d: -d.share_of_variance))


def _explained(logs: Floats, features: Floats) -> Floats:
    """The share of each log's variance in the span of the features, corrected for their number."""
    features = features - features.mean(axis=1, keepdims=True)
    weights, *_ = np.linalg.lstsq(features @ features.T, features @ logs.T, rcond=1e-10)
    left = logs - weights.T @ features
    free = logs.shape[1] - 1 - len(features)
    whole = (logs**2).sum(axis=1)
    if free < 1:
        return np.zeros(len(logs))
    ratio = (left**2).sum(axis=1) / free / np.maximum(whole / (logs.shape[1] - 1), 1e-300)
    return np.asarray(np.maximum(0.0, 1 - ratio) * (whole > 0))


def _features(deviates: Floats) -> Floats:
    spread = deviates.std(axis=1, keepdims=True)
    z = (deviates - deviates.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    products = [z[i] * z[j] for i in range(len(z)) for j in range(i, len(z))]
    return np.concatenate([z, np.abs(z), products])
