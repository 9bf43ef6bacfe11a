"""What moves the peak most."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.forecast.drivers import drivers
from spikekit.forecast.forecast import forecast
from spikekit.forecast.inputs import Driver, Input
from spikekit.vocabulary import Range
from tests.forecast.campaigns import SEED, campaign, channel, five_channels


def shares(result: tuple) -> dict[Driver, float]:
    return {d.name: d.share_of_variance for d in result}


def test_known_shares_are_found_again() -> None:
    z = np.random.default_rng(SEED).standard_normal((2, 5000))
    inputs = [
        Input(driver=Driver.CLICK_RATE, deviates=z[:1]),
        Input(driver=Driver.AUDIENCE, deviates=z[1:]),
    ]
    found = shares(drivers([np.exp(2 * z[0] + z[1])], inputs)[0])
    assert found[Driver.CLICK_RATE] == pytest.approx(0.8, abs=0.02)
    assert found[Driver.AUDIENCE] == pytest.approx(0.2, abs=0.02)


def test_what_has_no_part_in_it_explains_nothing() -> None:
    z = np.random.default_rng(SEED).standard_normal((2, 5000))
    inputs = [
        Input(driver=Driver.CLICK_RATE, deviates=z[:1]),
        Input(driver=Driver.TIMING, deviates=z[1:]),
    ]
    assert Driver.TIMING not in shares(drivers([np.exp(z[0])], inputs)[0])


def test_shares_add_up_to_one_and_the_largest_comes_first() -> None:
    told = forecast(five_channels(), seed=SEED, draws=3000).drivers
    assert sum(d.share_of_variance for d in told) == pytest.approx(1.0, abs=0.03)
    named = [d.share_of_variance for d in told]
    assert named == sorted(named, reverse=True)


def test_the_click_rate_moves_a_post_most_and_nothing_but_reaction_once_it_is_known() -> None:
    unknown = forecast(campaign(channel("celebrity_post", 1e6)), seed=SEED, draws=3000).drivers
    assert unknown[0].name is Driver.CLICK_RATE
    assert 0.5 < unknown[0].share_of_variance < 0.85
    known = channel("celebrity_post", 1e6, click_rate=Range.exact(0.01))
    assert forecast(campaign(known), seed=SEED, draws=3000).drivers[0].name is Driver.REACTION


def test_requests_add_their_own_doubt() -> None:
    result = forecast(campaign(channel("push", 1e6)), seed=SEED, draws=3000)
    assert Driver.REQUESTS in shares(result.drivers_of_requests)
    assert Driver.REQUESTS not in shares(result.drivers)


def test_where_nothing_varies_nothing_drives() -> None:
    assert drivers([np.full(1000, 5.0)], []) == [()]
