"""The kernels of posts against what the cascades say."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.forecast.bank import FITTED, KernelRows, RowBank, bank_of, kernel
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.kernels import ACCOUNTS, KERNELS, LOG_SHARES, RESPONSES_24H
from spikekit.vocabulary import Range
from tests.forecast.campaigns import SEED, campaign, channel


@pytest.fixture(scope="module")
def post() -> Forecast:
    return forecast(campaign(channel("celebrity_post", 1e6, click_rate=Range.exact(0.01))), seed=SEED, draws=4000)


def test_every_post_of_the_table_has_all_its_figures() -> None:
    assert len(KERNELS) == len(ACCOUNTS) == len(LOG_SHARES) == len(RESPONSES_24H) == 53
    for row in KERNELS:
        assert sum(row[:3]) == pytest.approx(1.0, abs=2e-3)
        assert row[3] < row[4] < row[5]
        assert min(row) > 0


def test_every_account_counts_as_one() -> None:
    of_account: dict[int, float] = {}
    for account, chance in zip(ACCOUNTS, FITTED.chances, strict=True):
        of_account[account] = of_account.get(account, 0.0) + chance
    assert list(of_account.values()) == pytest.approx([1 / len(of_account)] * len(of_account))


@pytest.mark.parametrize("between", [0.0, 0.3, 1.0])
def test_drawing_between_rows_keeps_mean_spread_and_correlation(between: float) -> None:
    bank = RowBank(rows=FITTED.rows, chances=FITTED.chances, between=between)
    drawn = bank.draw(np.random.default_rng(SEED), 40_000).figures()
    rows = FITTED.rows.figures()
    assert drawn.mean(axis=1) == pytest.approx(rows @ FITTED.chances, abs=0.05)
    assert np.cov(drawn) == pytest.approx(np.cov(rows, aweights=FITTED.chances, ddof=0), abs=0.12)


def test_a_kernels_figures_are_the_kernel() -> None:
    again = KernelRows.of_figures(FITTED.rows.figures())
    for name in ("weights", "medians", "sigmas"):
        assert getattr(again, name) == pytest.approx(getattr(FITTED.rows, name))


def test_a_bank_of_one_row_draws_that_row() -> None:
    drawn = bank_of([kernel(KERNELS[0])], [0]).draw(np.random.default_rng(SEED), 5)
    assert drawn.medians == pytest.approx(np.repeat(np.array(KERNELS[0])[3:6, np.newaxis], 5, axis=1))


def test_the_share_of_the_day_in_the_peak_minute_is_that_of_the_cascades(post: Forecast) -> None:
    """But for the noise of arrivals, by which the busiest minute of a few thousand stands out a tenth higher."""
    low, mid, high = np.quantile(post.peak_minute_visitors / post.visitors_24h, [0.05, 0.5, 0.95])
    seen = np.exp(np.quantile(np.array(LOG_SHARES)[:, 0], [0.05, 0.5, 0.95]))
    assert np.array([low, mid, high]) == pytest.approx(seen / 1.12, rel=0.3)


def test_half_of_a_days_response_comes_as_soon_as_in_the_cascades(post: Forecast) -> None:
    # Median over 53 cascades: 1.07 hours.
    assert 0.8 * 3600 < post.band.half_of_day_seconds < 1.4 * 3600
