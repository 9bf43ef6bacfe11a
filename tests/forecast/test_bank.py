"""The kernels of posts against what the cascades say."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.forecast.bank import PUBLISHED
from spikekit.forecast.forecast import forecast
from spikekit.forecast.normal import Floats
from spikekit.vocabulary import Range
from tests.forecast.campaigns import SEED, campaign, channel


@pytest.fixture(scope="module")
def rows() -> dict[str, Floats]:
    drawn = PUBLISHED.draw(np.random.default_rng(SEED), 20_000)
    return {name: getattr(drawn, name) for name in drawn.__slots__}


@pytest.mark.parametrize(
    ("name", "index"),
    [("fast_weight", 0), ("fast_median", 1), ("fast_sigma", 2), ("slow_median", 3), ("slow_sigma", 4)],
)
def test_each_parameter_keeps_its_published_quantiles(rows: dict[str, Floats], name: str, index: int) -> None:
    assert np.quantile(rows[name], [0.05, 0.5, 0.95]) == pytest.approx(PUBLISHED.quantiles[index], rel=0.06)


def test_parameters_keep_their_rank_correlations(rows: dict[str, Floats]) -> None:
    ranks = np.array([v.argsort().argsort() for v in rows.values()])
    assert np.corrcoef(ranks) == pytest.approx(np.array(PUBLISHED.rank_correlation), abs=0.05)


def test_the_share_of_the_day_in_the_peak_minute_is_that_of_the_cascades() -> None:
    result = forecast(campaign(channel("celebrity_post", 1e6, click_rate=Range.exact(0.01))), seed=SEED, draws=4000)
    low, mid, high = np.quantile(result.peak_minute_visitors / result.visitors_24h, [0.05, 0.5, 0.95])
    assert 0.008 < low < 0.022
    assert 0.038 < mid < 0.052
    assert 0.08 < high < 0.13


def test_half_of_a_days_response_comes_as_soon_as_in_the_cascades() -> None:
    result = forecast(campaign(channel("celebrity_post", 1e6)), seed=SEED, draws=4000)
    # Median over 53 cascades: 1.07 hours.
    assert 0.8 * 3600 < result.band.half_of_day_seconds < 1.4 * 3600
