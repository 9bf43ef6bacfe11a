"""Pauses and patience, held against the distributions they are said to have."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import erf, exp, log, sqrt

import pytest

from spikekit.engine.visitor.patience import patience_of
from spikekit.engine.visitor.pause import pause_seconds
from spikekit.site.model import LognormalPause, Pause, WeibullPause
from spikekit.site.pause import pause_of
from spikekit.vocabulary import P95_Z, Range

DRAWS = 20_000


def _furthest(values: list[float], below: Callable[[float], float]) -> float:
    """√n · sup |F_n − F| (Kolmogorov–Smirnov); above 1.95 in one sample of a thousand."""
    shares = [below(v) for v in sorted(values)]
    size = len(shares)
    return sqrt(size) * max(max((i + 1) / size - f, f - i / size) for i, f in enumerate(shares))


def _normal(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


@pytest.mark.parametrize(
    ("pause", "below"),
    [
        (LognormalPause(median_seconds=8.0, sigma=1.0), lambda t: _normal(log(t / 8.0))),
        (WeibullPause(scale_seconds=8.0, shape=0.6), lambda t: 1 - exp(-((t / 8.0) ** 0.6))),
        (pause_of(8.0), lambda t: _normal((log(t / 8.0) + 0.18) / 0.6)),
    ],
)
def test_pauses_are_spread_as_they_are_said_to_be(pause: Pause, below: Callable[[float], float]) -> None:
    luck = random.Random(7)
    assert _furthest([pause_seconds(pause, luck) for _ in range(DRAWS)], below) < 1.95


@pytest.mark.parametrize(
    "pause", [pause_of(8.0), LognormalPause(median_seconds=5.0, sigma=0.8), WeibullPause(scale_seconds=8.0, shape=1.3)]
)
def test_pauses_have_the_mean_that_is_expected_of_them(pause: Pause) -> None:
    luck = random.Random(8)
    mean = sum(pause_seconds(pause, luck) for _ in range(DRAWS)) / DRAWS
    assert mean == pytest.approx(pause.mean_seconds, rel=0.03)


def test_a_mean_alone_is_kept() -> None:
    pause = pause_of(8.0)
    assert pause is not None
    assert pause.mean_seconds == pytest.approx(8.0)
    assert pause_of(0.0) is None


def test_patience_has_the_quantiles_that_were_declared() -> None:
    luck = random.Random(9)
    patience = Range(low=8.0, likely=20.0, high=60.0)

    def below(seconds: float) -> float:
        end = 60.0 if seconds >= 20 else 8.0
        return _normal(log(seconds / 20) / abs(log(end / 20)) * P95_Z)

    drawn = [patience_of(patience, luck) for _ in range(DRAWS)]
    assert _furthest(drawn, below) < 1.95
    for bound, share in ((8.0, 0.05), (20.0, 0.5), (60.0, 0.95)):
        assert sum(d < bound for d in drawn) / DRAWS == pytest.approx(share, abs=0.01)
