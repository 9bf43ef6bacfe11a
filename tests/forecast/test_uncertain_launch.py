"""Launches not known to the minute, crowds that wait, one time in several zones, and the edges of the possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.campaign.file import load_campaign
from spikekit.forecast.band import band, punctual
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.forecast.wave import Role, cumulative
from spikekit.vocabulary import Range
from tests.forecast.campaigns import SEED, campaign, channel

few = settings(max_examples=12, deadline=None)
TEN = 10.0


def people_of(result: Forecast) -> np.ndarray:
    return np.asarray(sum(w.volume for w in result.waves if w.role is Role.PEOPLE))


@few
@given(within=st.floats(60, 20_000), seed=st.integers(0, 1000))
def test_an_uncertain_start_moves_a_lone_channel_and_leaves_its_peak(within: float, seed: int) -> None:
    sure, unsure = (
        forecast(campaign(channel("push", 1e5, within_seconds=w)), seed=seed, draws=40) for w in (0.0, within)
    )
    assert unsure.peak_visitors_per_second == pytest.approx(sure.peak_visitors_per_second, rel=1e-6)
    moved = unsure.peak_at_seconds - sure.peak_at_seconds
    assert (np.abs(moved) <= within + 1).all()


def test_starts_are_even_over_the_time_in_which_they_may_fall() -> None:
    start = forecast(campaign(channel("push", 1e5, within_seconds=3600.0)), seed=SEED, draws=4000).waves[0].start
    assert np.quantile(start, [0.25, 0.5, 0.75]) == pytest.approx([-1800, 0, 1800], abs=120)


@few
@given(within=st.floats(600, 20_000), at=st.floats(-5000, 5000))
def test_the_punctual_picture_is_that_of_the_same_campaign_on_time(within: float, at: float) -> None:
    sure, unsure = (
        forecast(campaign(channel("email", 1e5, within_seconds=w, at_seconds=round(at))), seed=SEED, draws=2000)
        for w in (0.0, within)
    )
    shown = band(punctual(unsure.waves))
    # The middle of two thousand starts lies within a thousandth of the declared one.
    assert shown.p90.max() == pytest.approx(band(sure.waves).p90.max(), rel=0.05)
    assert shown.offset_seconds[0] == pytest.approx(round(at), abs=0.005 * within + 1)


def test_a_waiting_crowd_reloads_ever_faster_until_the_minute() -> None:
    """6,000 people gather evenly over 600 s and reload every 20 s: 300 a second in the end, for one request each."""
    drop = channel("drop", 6_000, arrive_before_seconds=600.0, reload_every_seconds=20.0)
    result = forecast(campaign(drop), seed=SEED, draws=20)
    reloads = tuple(w for w in result.waves if w.role is Role.RELOADS)
    asked = cumulative(reloads, np.array([[-310.0], [-300.0], [-10.0], [0.0], [60.0]]))[:, 0]
    assert (asked[1] - asked[0]) / TEN == pytest.approx(147.5, rel=1e-3)
    assert (asked[3] - asked[2]) / TEN == pytest.approx(297.5, rel=1e-3)
    assert asked[3] == asked[4] == pytest.approx(6_000 * 600 / (2 * 20))
    # On the servers the crowd is there before anyone counts as a visitor.
    assert (result.peak_requests_per_second >= 297).all()
    assert cumulative(tuple(w for w in result.waves if w.brings_visitors), np.array([-1.0])).max() < 1


@few
@given(every=st.floats(2, 120), factor=st.floats(1.1, 10))
def test_reloading_more_often_asks_for_more_and_brings_no_one(every: float, factor: float) -> None:
    slow, fast = (
        forecast(campaign(channel("drop", 5e3, reload_every_seconds=e)), seed=SEED, draws=20)
        for e in (every * factor, every)
    )
    more = [next(w for w in f.waves if w.role is Role.RELOADS).volume for f in (slow, fast)]
    assert more[1] == pytest.approx(more[0] * factor, rel=1e-6)
    assert fast.visitors_24h == pytest.approx(slow.visitors_24h, rel=1e-3)


def test_a_range_of_audience_is_met_by_the_draws() -> None:
    drop = replace(channel("drop"), audience=Range(low=1e4, likely=4e4, high=6e4))
    found = people_of(forecast(campaign(drop), seed=SEED, draws=10_000))
    assert np.quantile(found, [0.05, 0.5, 0.95]) == pytest.approx([1e4, 4e4, 6e4], rel=0.03)


@few
@given(overlap=st.floats(0, 0.99), seed=st.integers(0, 1000))
def test_people_reached_twice_come_once(overlap: float, seed: int) -> None:
    """Two audiences of 100,000 and a share o of them reached twice: 200,000 · (1 − o/2) people."""
    both = (channel("drop", 1e5, label="a"), channel("drop", 1e5, label="b"))
    result = forecast(campaign(*both, overlap=overlap), seed=seed, draws=10)
    assert people_of(result) == pytest.approx(2e5 * (1 - overlap / 2), rel=1e-9)
    alone = forecast(campaign(both[0], overlap=overlap), seed=seed, draws=10)
    assert people_of(alone) == pytest.approx(1e5)


def test_a_shared_quality_makes_the_sum_of_channels_less_sure_than_independent_ones() -> None:
    """Two equal lognormals of sigma s with correlation .4: the variance of the mean log is s² (1 + .4) / 2."""
    pair = campaign(channel("push", 1e6, label="a"), channel("push", 1e6, label="b"))
    logs = np.log([w.volume for w in forecast(pair, seed=SEED, draws=20_000).waves])
    # The published range is not symmetric: each half has its own sigma, whose mean square counts.
    single = logs.var(axis=1).mean()
    assert np.corrcoef(logs)[0, 1] == pytest.approx(0.4, abs=0.03)
    assert logs.mean(axis=0).var() == pytest.approx(single * (1 + 0.4) / 2, rel=0.03)


def test_one_local_time_in_three_zones_comes_in_three_waves(tmp_path: Path) -> None:
    file = tmp_path / "zones.yaml"
    zones = ("Europe/London", "America/New_York", "America/Los_Angeles")
    lines = "\n".join(f"  - {{kind: push, audience: 1M, timezone: {zone}, click_rate: 1%}}" for zone in zones)
    # The clocks of America go back on 1 November 2026, a week after London's.
    file.write_text(
        f"version: 1\nname: A\nlaunch: 2026-10-28T18:00\ntimezone: Europe/London\nlanding: /\nchannels:\n{lines}\n"
    )
    result = forecast(load_campaign(file), seed=SEED, draws=20)
    assert [float(w.start[0]) / 3600 for w in result.waves] == [0, 4, 7]
    assert people_of(result) == pytest.approx(30_000)


@pytest.mark.parametrize("launch", [(2026, 10, 25), (2026, 3, 29), (2001, 1, 1)])
def test_the_day_of_a_launch_changes_nothing_but_the_day(launch: tuple[int, int, int]) -> None:
    """Days of 25 and of 23 hours, and one long past."""
    london = replace(campaign(channel("email", 1e5)), launch=datetime(*launch, tzinfo=ZoneInfo("Europe/London")))
    here = forecast(campaign(channel("email", 1e5)), seed=SEED, draws=50)
    there = forecast(london, seed=SEED, draws=50)
    assert np.array_equal(there.peak_visitors_per_second, here.peak_visitors_per_second)


@pytest.mark.parametrize("audience", [1.0, 8e9, 1e15])
def test_audiences_of_one_and_of_everyone_are_finite(audience: float) -> None:
    result = forecast(campaign(channel("celebrity_post", audience)), seed=SEED, draws=200)
    for figures in (result.peak_visitors_per_second, result.peak_requests_per_second, result.visitors_24h):
        assert np.isfinite(figures).all()
        assert (figures >= 0).all()
    assert (result.visitors_24h <= audience * (1 + 1e-9)).all()


def test_an_audience_of_nobody_brings_nobody() -> None:
    result = forecast(campaign(channel("email", 0.0), channel("drop", 0.0)), seed=SEED, draws=200)
    assert result.visitors_24h.max() == result.peak_requests_per_second.max() == 0
    assert result.drivers == ()
