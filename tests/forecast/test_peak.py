"""Peaks against the slow way: every second of a draw."""

from __future__ import annotations

import numpy as np
import pytest

from spikekit.campaign.model import Campaign, PastCurve
from spikekit.forecast.forecast import forecast
from spikekit.forecast.peak import busiest
from tests.forecast.campaigns import SEED, busiest_by_seconds, campaign, channel, five_channels

SHAPES = {
    "post": campaign(channel("celebrity_post", 6.2e6)),
    "email at once": campaign(channel("email", 250e3)),
    "email over 20 minutes": campaign(channel("email", 250e3, send_over_seconds=1200.0)),
    "spots that overlap": campaign(
        channel("tv_spot", 3e6, label="a"),
        channel("tv_spot", 3e6, label="b", at_seconds=45.0),
        channel("tv_spot", 4e6, label="c", at_seconds=80.0),
    ),
    "broad hills": campaign(
        channel("story_link", 1e6), channel("influencer_video", 1e6, at_seconds=-1800.0), channel("press")
    ),
    "drop": campaign(channel("drop", 40e3), channel("push", 100e3)),
    "five channels": five_channels(),
    "a day of hours": campaign(
        channel(
            "past",
            within_seconds=600.0,
            curve=PastCurve(
                offset_seconds=tuple(3600.0 * h for h in range(25)),
                visitors=tuple(1000.0 + 100 * (h * 7 % 24) for h in range(24)),
            ),
        )
    ),
    "last year": campaign(
        channel("past", curve=PastCurve(offset_seconds=(0.0, 60.0, 120.0, 3600.0), visitors=(50.0, 900.0, 2000.0))),
        channel("push", 20e3, at_seconds=30.0),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_peaks_are_those_of_every_second(name: str) -> None:
    result = forecast(SHAPES[name], seed=SEED, draws=400)
    for draw in range(0, 400, 50):
        waves = tuple(w for w in result.waves_in(draw) if w.brings_visitors)
        ten, minute = busiest_by_seconds(waves, 10), busiest_by_seconds(waves, 60)
        # A second's grid may miss a little of a spike of seconds; the search must not.
        assert ten * 0.99 <= result.peak_visitors_per_second[draw] * 10 <= ten * 1.03
        assert minute * 0.985 <= result.peak_minute_visitors[draw] <= minute * 1.01


def test_the_peak_is_where_it_is_said_to_be() -> None:
    result = forecast(five_channels(), seed=SEED, draws=300)
    visitors = [w for w in result.waves if w.brings_visitors]
    there = np.sum([w.between(result.peak_at_seconds - 5, 10.0) for w in visitors], axis=0)
    assert there == pytest.approx(result.peak_visitors_per_second * 10, rel=1e-9)


def peak_at(of: Campaign, quantile: float) -> float:
    return float(np.quantile(forecast(of, seed=SEED, draws=2000).peak_visitors_per_second, quantile))


def test_the_peaks_quantile_is_not_the_curves() -> None:
    """A post that may come at any time of four hours has a low curve and an unchanged peak."""
    uncertain = campaign(channel("celebrity_post", 1e6, within_seconds=7200.0))
    result = forecast(uncertain, seed=SEED, draws=2000)
    assert float(result.band.p50.max()) < 0.5 * peak_at(uncertain, 0.5)
    assert peak_at(uncertain, 0.5) == pytest.approx(peak_at(campaign(channel("celebrity_post", 1e6)), 0.5), rel=1e-6)


@pytest.mark.parametrize("name", ["five channels", "spots that overlap", "drop", "last year", "a day of hours"])
def test_the_busiest_window_of_a_stretch_is_the_busiest_of_its_seconds(name: str) -> None:
    waves = tuple(w.take(slice(0, 20)) for w in forecast(SHAPES[name], seed=SEED, draws=400).waves)
    weights = tuple(np.ones_like(w.volume) for w in waves)
    for start, end in ((-3600.0, 0.0), (0.0, 1800.0), (3600.0, 7200.0), (86_400.0, 90_000.0)):
        seconds = np.arange(start, end - 60 + 0.5)[:, np.newaxis]
        slow = np.sum([w.between(seconds, 60.0) for w in waves], axis=0).max(axis=0)
        found = busiest(waves, 60.0, weights, within=(start, end))
        assert found.count == pytest.approx(slow, rel=0.015, abs=1e-6)
        assert ((found.start >= start) & (found.start + 60 <= end)).all()
