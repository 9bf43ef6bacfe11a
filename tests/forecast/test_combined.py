"""Several campaigns at once: joint draws on one clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from spikekit.campaign.model import Campaign
from spikekit.forecast.combined import beside, extent, neighbours, on_clock
from spikekit.forecast.forecast import forecast
from spikekit.forecast.wave import Wave, cumulative
from spikekit.vocabulary import Range, Status
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel

HOUR = 3600.0


def named(name: str, hours: float = 0.0, *, kind: str = "push", status: Status = Status.CONFIRMED) -> Campaign:
    """A campaign of one channel, some hours after the usual launch."""
    launch = LAUNCH + timedelta(hours=hours)
    return replace(campaign(channel(kind, 1e6)), id=name, launch=launch, status=status)


def by(waves: tuple[Wave, ...], seconds: float) -> np.ndarray:
    return cumulative(waves, np.array([seconds]))


def test_what_comes_in_a_draw_is_the_sum_of_what_each_campaign_brings() -> None:
    one, two = (forecast(c, seed=SEED, draws=50) for c in (named("one"), named("two", 2)))
    together = one.waves + beside(one, [two])
    assert by(together, 3 * HOUR) == pytest.approx(by(one.waves, 3 * HOUR) + by(two.waves, 1 * HOUR))


def test_two_campaigns_have_their_own_luck_and_share_the_site() -> None:
    """Click rates of two campaigns do not hang together; how many requests a page makes is the site's."""
    one, two = (forecast(named(name), seed=SEED, draws=8000) for name in ("one", "two"))
    volumes = np.corrcoef(np.log(one.waves[0].volume), np.log(two.waves[0].volume))[0, 1]
    assert abs(volumes) < 0.05
    assert np.array_equal(one.waves[0].requests_per_visitor, two.waves[0].requests_per_visitor)


def test_joint_draws_are_narrower_than_the_sum_of_quantiles() -> None:
    one, two = (forecast(named(name), seed=SEED, draws=8000) for name in ("one", "two"))
    whole = by(one.waves + beside(one, [two]), 7 * 24 * HOUR)
    alone = [np.quantile(f.waves[0].volume, 0.9) for f in (one, two)]
    assert np.quantile(whole, 0.9) < 0.95 * sum(alone)
    # Two equal lognormals with sigma ln(10/3.5)/1.645: the sum's spread can be had the plain way too.
    z = np.random.default_rng(1).standard_normal((2, 200_000))
    rate = Range(low=0.01, likely=0.035, high=0.1)
    plain = 1e6 * np.sum([[rate.at(v) for v in row] for row in z[:, :50_000]], axis=0)
    assert np.quantile(whole, 0.9) == pytest.approx(float(np.quantile(plain, 0.9)), rel=0.05)


def test_forecasts_that_are_not_joint_cannot_be_added() -> None:
    own = forecast(named("own"), seed=SEED, draws=50)
    for other in (forecast(named("other"), seed=SEED + 1, draws=50), forecast(named("other"), seed=SEED, draws=60)):
        with pytest.raises(ValueError, match='"other"'):
            beside(own, [other])


def test_a_clock_that_is_put_back_between_two_launches_loses_no_hour() -> None:
    """The clocks of London go back on 25 October 2026: from noon to noon there are 25 hours."""
    london = ZoneInfo("Europe/London")
    saturday, sunday = (datetime(2026, 10, day, 12, tzinfo=london) for day in (24, 25))
    result = forecast(replace(named("one"), launch=sunday, timezone="Europe/London"), seed=SEED, draws=5)
    assert on_clock(result, saturday)[0].start == pytest.approx(25 * HOUR)


def test_only_confirmed_campaigns_in_the_same_days_are_neighbours() -> None:
    own = named("own")
    others = [
        named("own", 1),
        named("soon", 24),
        named("before", -6 * 24),
        named("long-past", -8 * 24),
        named("far", 8 * 24),
        named("draft", 1, status=Status.DRAFT),
        named("cancelled", 1, status=Status.CANCELLED),
    ]
    assert [c.id for c in neighbours(own, others)] == ["soon", "before"]


def test_a_waiting_crowd_comes_before_the_launch_and_paid_posts_last_as_long_as_they_are_shown() -> None:
    drop = campaign(channel("drop", 1e4, arrive_before_seconds=600.0, reload_every_seconds=20.0, within_seconds=60.0))
    assert extent(drop)[0] == LAUNCH - timedelta(seconds=660)
    ads = campaign(channel("paid_social", 1e6, deliver_over_seconds=3 * 86_400.0, at_seconds=60.0))
    assert extent(ads) == (LAUNCH + timedelta(minutes=1), LAUNCH + timedelta(days=10, minutes=1))
