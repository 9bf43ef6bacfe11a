"""From a forecast to what a rehearsal sends."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.campaign.model import PastCurve
from spikekit.cli.heading import heading
from spikekit.errors import UsageError
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.wave import cumulative
from spikekit.profile.campaign import NORMAL, campaign_profile, scale, weighed
from spikekit.profile.document import SCHEMA, profile_document
from spikekit.profile.model import Profile
from spikekit.profile.requests import UNSEEN, PageRequests, expected_requests, sent_requests_per_visitor
from spikekit.site.model import NormalTraffic
from tests.forecast.campaigns import ALONE, LAUNCH, SEED, STAGING, campaign, channel, five_channels, site

FULL = replace(STAGING, capacity_ratio=replace(STAGING.capacity_ratio, low=1.0, likely=1.0, high=1.0))


@pytest.fixture(scope="module")
def five() -> Forecast:
    return forecast(five_channels(), seed=SEED, draws=1000)


def whole(result: Forecast, *, at: float = 0.9, seconds: float = 300.0) -> Profile:
    return campaign_profile(result, at=at, window_seconds=seconds, target=FULL, site=site())


@settings(max_examples=25, deadline=None)
@given(at=st.floats(0.05, 0.99), seconds=st.floats(10, 20_000))
def test_the_window_holds_exactly_the_draws_visitors(five: Forecast, at: float, seconds: float) -> None:
    profile = whole(five, at=at, seconds=seconds)
    waves = five.waves_in(five.draw_at(at))
    start = profile.window_start_seconds or 0.0
    edges = np.asarray(profile.streams[0].curve.times)
    exact = cumulative(waves, (start + edges)[:, np.newaxis])[:, 0]
    sent = sum(s.curve.area(edges) for s in profile.streams)
    assert sent == pytest.approx(exact - exact[0], rel=1e-3, abs=0.1)
    assert profile.duration_seconds == seconds


@settings(max_examples=25, deadline=None)
@given(at=st.floats(0.05, 0.99), seconds=st.floats(10, 20_000))
def test_the_window_holds_the_draws_peak(five: Forecast, at: float, seconds: float) -> None:
    profile = whole(five, at=at, seconds=seconds)
    draw = five.draw_at(at)
    start = profile.window_start_seconds or 0.0
    peak = five.peak_at_seconds[draw]
    assert start - 1e-6 <= peak - 5
    assert peak + 5 <= start + seconds + 1e-6
    assert profile.busiest() == pytest.approx(five.peak_visitors_per_second[draw], rel=0.01)


def test_no_other_window_with_the_peak_is_busier(five: Forecast) -> None:
    waves = five.waves_in(five.draw_at(0.9))
    peak = float(five.peak_at_seconds[five.draw_at(0.9)])
    starts = np.linspace(peak + 5 - 300, peak - 5, 3000)

    def requests(at: np.ndarray) -> np.ndarray:
        return np.sum([w.cumulative(at[:, np.newaxis])[:, 0] * w.requests_per_visitor[0] for w in waves], axis=0)

    found = np.array([whole(five).window_start_seconds])
    best = (requests(starts + 300) - requests(starts)).max()
    assert (requests(found + 300) - requests(found))[0] >= best * 0.9999


def test_the_chosen_draw_is_the_wanted_quantile(five: Forecast) -> None:
    for at in (0.5, 0.9, 0.99):
        assert whole(five, at=at).busiest() == pytest.approx(np.quantile(five.peak_visitors_per_second, at), rel=0.05)


def test_everything_is_scaled_by_capacity_ratio_and_headroom(five: Forecast) -> None:
    scaled = campaign_profile(five, target=STAGING, site=site(headroom=1.3, normal=NormalTraffic(busy=95.0)))
    full = campaign_profile(five, target=FULL, site=site(normal=NormalTraffic(busy=95.0)))
    assert scale(STAGING, site(headroom=1.3)) == pytest.approx(0.325)
    assert scaled.total == pytest.approx(full.total * 0.325, rel=1e-6)
    assert scaled.window_start_seconds == full.window_start_seconds


def test_a_target_without_a_capacity_ratio_is_refused_not_taken_as_one(five: Forecast) -> None:
    with pytest.raises(UsageError, match="no capacity_ratio") as refused:
        campaign_profile(five, target=replace(STAGING, capacity_ratio=None), site=site())
    assert "capacity_ratio:" in (refused.value.hint or "")


@pytest.mark.parametrize("at", [0.0, 1.0, 1.5])
def test_a_quantile_lies_between_0_and_1(five: Forecast, at: float) -> None:
    with pytest.raises(UsageError, match="quantile"):
        whole(five, at=at)


def test_a_window_is_at_least_as_long_as_a_peak(five: Forecast) -> None:
    with pytest.raises(UsageError, match="10 seconds"):
        whole(five, seconds=9.0)


def test_each_channel_is_a_stream_with_its_own_landing_and_the_campaigns_utm() -> None:
    offer = channel("push", 1e6, landing="/offer", journey=(("browse", 1.0),))
    both = campaign(offer, channel("email", 1e6), utm=(("source", "x"),))
    result = forecast(both, site=site(), seed=SEED, draws=200)
    streams = {s.origin: s for s in campaign_profile(result, target=STAGING, site=site()).streams}
    assert streams.keys() == {"push", "email", "bots"}
    assert streams["push"].landing == "/offer"
    assert streams["push"].journey == (("browse", 1.0),)
    assert streams["bots"].journey == ALONE
    assert all(s.utm == (("source", "x"),) for s in streams.values())
    assert {origin: s.kind for origin, s in streams.items()} == {"push": "push", "email": "email", "bots": None}


def test_a_waiting_crowds_reloads_are_sent_too() -> None:
    drop = channel("drop", 40_000, arrive_before_seconds=600.0, reload_every_seconds=20.0)
    profile = whole(forecast(campaign(drop), seed=SEED, draws=200), seconds=620.0)
    streams = {s.origin: s for s in profile.streams}
    assert streams["drop"].curve.total == pytest.approx(40_000, rel=0.01)
    assert streams["reloads"].curve.total == pytest.approx(600_000, rel=0.01)


def test_normal_traffic_is_requests_turned_into_visitors() -> None:
    browsing = replace(campaign(channel("push", 1e6)), journey=(("browse", 1.0),))
    result = forecast(browsing, site=site(), seed=SEED, draws=100)
    usual = site(normal=NormalTraffic(typical=40.0, busy=95.0))
    normal = campaign_profile(result, target=FULL, site=usual).streams[-1]
    assert normal.origin == "normal"
    # A landing with its assets is 25 requests; six in ten open a second page.
    assert normal.curve.total == pytest.approx(95 / 25.6 * 300)
    assert normal.utm == ()


def test_once_a_page_was_seen_the_usual_requests_are_those_of_more_visitors() -> None:
    """A light page of 4 requests instead of 25; the campaign's own people stay as many as they are."""
    browsing = replace(campaign(channel("push", 1e6)), journey=(("browse", 1.0),))
    usual = site(normal=NormalTraffic(busy=95.0))
    profile = campaign_profile(forecast(browsing, site=usual, seed=SEED, draws=100), target=FULL, site=usual)
    seen = PageRequests(seen={"/": 4.0})
    light = weighed(profile, usual, taken=UNSEEN, seen=seen)
    assert light.streams[-1].curve.total == pytest.approx(95 / 4.6 * 300)
    assert light.streams[:-1] == profile.streams[:-1]
    again = weighed(light, usual, taken=seen, seen=UNSEEN)
    assert again.streams[-1].curve.total == pytest.approx(profile.streams[-1].curve.total)


def test_a_channel_that_is_called_normal_is_people() -> None:
    """What they cost does not change how many come."""
    named = replace(channel("push", 1e6), label=NORMAL)
    browsing = replace(campaign(named), journey=(("browse", 1.0),))
    profile = campaign_profile(forecast(browsing, site=site(), seed=SEED, draws=100), target=FULL, site=site())
    assert profile.streams[0].origin == NORMAL
    assert weighed(profile, site(), taken=UNSEEN, seen=PageRequests(seen={"/": 4.0})) == profile


def test_a_week_of_normal_traffic_counts_with_its_busiest_hour(five: Forecast) -> None:
    week = PastCurve(offset_seconds=(0.0, 3600.0, 7200.0), visitors=(30.0, 80.0))
    normal = campaign_profile(five, target=FULL, site=site(normal=NormalTraffic(curve=week))).streams[-1]
    assert normal.curve.peak == pytest.approx(80.0)


def test_a_stream_that_brings_no_one_is_left_out(five: Forecast) -> None:
    assert all(s.curve.total >= 0.01 for s in whole(five).streams)


def test_what_a_run_sends_is_counted_in_pages_and_assets() -> None:
    assert sent_requests_per_visitor((("browse", 0.5), ("landing", 0.5)), site()) == pytest.approx((25.6 + 1) / 2)
    assert sent_requests_per_visitor((("own", 1.0),), site()) == 1.0


def test_the_document_says_what_will_be_sent(five: Forecast) -> None:
    own = site(headroom=1.3)
    profile = campaign_profile(five, target=STAGING, site=own)
    first = heading(SCHEMA, created=LAUNCH, seed=SEED, inputs={})
    document = profile_document(profile, first, campaign="test", target=STAGING, site=own)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["schema"] == "spikekit.profile/1"
    assert document["scale"] == pytest.approx(0.325)
    assert sum(s["visitors"] for s in document["streams"]) == pytest.approx(document["visitors"])
    assert document["requests"] == pytest.approx(expected_requests(profile, site()))
    assert document["peak_visitors_per_second"] <= document["highest_visitors_per_second"]
