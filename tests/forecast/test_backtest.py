"""The backtest in small: each account's posts forecast from the others', on the figures that the product carries."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.predicted import best_exponential, from_bank, normal_crps
from benchmarks.scoring import Floats, covered, crps, pinball, place, tolerance
from spikekit.forecast.bank import bank_of, kernel
from spikekit.forecast.kernels import ACCOUNTS, KERNELS, LOG_SHARES, RESPONSES_24H

SHARES, TOTALS = np.array(LOG_SHARES), np.array(RESPONSES_24H, dtype=np.float64)
DRAWS = 250


class Found:
    """Scores and places of every post (rows) and share (columns)."""

    def __init__(self) -> None:
        self.ours, self.empirical, self.exponential, self.places = (np.zeros(SHARES.shape) for _ in range(4))
        accounts, rng = np.array(ACCOUNTS), np.random.default_rng(1)
        for account in np.unique(accounts):
            others = np.nonzero(accounts != account)[0]
            bank = bank_of([kernel(KERNELS[i]) for i in others], accounts[others].tolist())
            said = from_bank(bank, TOTALS[others], rng, DRAWS).log_shares
            mean, deviation = best_exponential(SHARES[others])
            for i in np.nonzero(accounts == account)[0]:
                self.exponential[i] = normal_crps(mean, deviation, SHARES[i])
                for k, observed in enumerate(SHARES[i]):
                    self.ours[i, k] = crps(said[:, k], observed)
                    self.empirical[i, k] = crps(SHARES[others, k], observed)
                    self.places[i, k] = place(said[:, k], observed)


@pytest.fixture(scope="module")
def found() -> Found:
    return Found()


def test_the_bank_is_a_quarter_better_than_the_best_exponential(found: Found) -> None:
    assert found.ours.mean() < 0.75 * found.exponential.mean()


def test_the_bank_is_no_worse_than_the_other_posts_themselves(found: Found) -> None:
    # The full measure says .995; so few draws add one or two per cent of their own.
    assert found.ours.mean() < 1.025 * found.empirical.mean()


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_intervals_hold_as_often_as_they_say(found: Found, level: float) -> None:
    low, high = tolerance(level, len(SHARES))
    for places in found.places.T:
        assert low <= covered(places, level) <= high


def test_the_score_of_an_ensemble_is_its_definition() -> None:
    ensemble, rng = np.array([0.0, 1.0, 3.0]), np.random.default_rng(1)
    x = np.linspace(-5, 8, 130_001)
    below = (ensemble[:, np.newaxis] <= x).mean(axis=0)
    for observed in (-2.0, 0.5, 2.9, 4.0):
        squares: Floats = (below - (x >= observed)) ** 2
        assert crps(ensemble, observed) == pytest.approx(float(squares.sum() * (x[1] - x[0])), abs=1e-3)
    normal = rng.standard_normal(20_000)
    assert crps(normal, 0.7) == pytest.approx(float(normal_crps(np.zeros(1), np.ones(1), np.array([0.7]))[0]), rel=0.02)


def test_pinball_is_least_at_the_true_quantile() -> None:
    values = np.random.default_rng(1).standard_normal(4_000)
    losses = {q: np.mean([pinball(q, 0.9, v) for v in values]) for q in (0.8, 1.28, 1.8)}
    assert min(losses, key=lambda q: losses[q]) == 1.28


def test_chance_allows_what_the_binomial_says() -> None:
    assert tolerance(0.5, 100) == (0.40, 0.60)
