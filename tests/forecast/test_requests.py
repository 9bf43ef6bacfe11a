"""Requests a visitor makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from spikekit.forecast.calibration import PastResult
from spikekit.forecast.explained import Origin, explained
from spikekit.forecast.forecast import forecast
from spikekit.forecast.priors import Figure, Tag
from spikekit.forecast.requests import requests_per_visitor
from spikekit.vocabulary import ChannelKind, Range
from tests.forecast.campaigns import ALONE, LAUNCH, SEED, campaign, channel, site

PER_LANDING = np.array([25.0])


def test_a_page_with_assets_asks_for_a_landings_requests_and_a_bare_page_for_one() -> None:
    assert requests_per_visitor((("browse", 1.0),), site(), PER_LANDING) == pytest.approx([25 + 0.6])


def test_a_mix_is_its_mean() -> None:
    mix = (("browse", 0.5), ("landing", 0.5))
    assert requests_per_visitor(mix, site(), PER_LANDING) == pytest.approx([(25.6 + 25) / 2])


@pytest.mark.parametrize("name", ["own", "unheard-of", "landing"])
def test_a_journey_that_is_not_described_counts_as_one_landing(name: str) -> None:
    assert requests_per_visitor(((name, 1.0),), site(), PER_LANDING) == pytest.approx([25.0])


def test_the_published_range_holds_without_a_site() -> None:
    result = forecast(campaign(channel("push", 1e5)), seed=SEED, draws=8000)
    ratio = result.peak_requests_per_second / result.peak_visitors_per_second
    assert np.quantile(ratio, [0.05, 0.5, 0.95]) == pytest.approx([10, 25, 60], rel=0.05)


COUNTED = Figure(range=Range.exact(6.0), source="counted on staging", tag=Tag.COMPUTED)


def test_what_was_counted_on_a_target_takes_the_place_of_what_is_published() -> None:
    """And changes nothing else of the forecast."""
    asked = campaign(channel("push", 1e5))
    result, published = (forecast(asked, seed=SEED, draws=200, **more) for more in ({"landing": COUNTED}, {}))
    assert result.peak_requests_per_second == pytest.approx(6 * result.peak_visitors_per_second)
    assert np.array_equal(result.peak_visitors_per_second, published.peak_visitors_per_second)
    (used,) = [u for e in explained(result, None) for u in e.figures if u.name == "requests a landing"]
    assert (used.range, used.origin, used.source) == (COUNTED.range, Origin.MEASURED, COUNTED.source)


def test_what_production_s_logs_told_counts_more_than_what_was_counted_on_a_target() -> None:
    before = LAUNCH - timedelta(days=30)
    seen = PastResult(
        campaign="before", kind=ChannelKind.PUSH, clicks=10, audience=1e3, date=before, requests_per_landing=40.0
    )
    result = forecast(campaign(channel("push", 1e5)), seed=SEED, draws=2000, past=[seen], landing=COUNTED)
    assert np.median(result.peak_requests_per_second / result.peak_visitors_per_second) > 25


def test_each_channel_follows_its_own_journey() -> None:
    browse = replace(channel("push", 1e5), journey=(("browse", 1.0),))
    alone = replace(channel("sms", 1e5), journey=ALONE)
    waves = forecast(campaign(browse, alone), site=site(), seed=SEED, draws=50).waves
    assert waves[0].requests_per_visitor == pytest.approx(waves[1].requests_per_visitor + 0.6)
