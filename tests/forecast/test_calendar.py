"""Every campaign on one time line: joint peaks, weeks, collisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from spikekit.campaign.model import Campaign, PastCurve
from spikekit.forecast.calendar import Calendar, calendar, draws_for
from spikekit.forecast.forecast import forecast
from spikekit.forecast.priors import Figure, Tag
from spikekit.vocabulary import Range, Status
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel

UTC_ZONE = ZoneInfo("UTC")
SPIKE = PastCurve(offset_seconds=(0.0, 60.0, 120.0), visitors=(600.0, 300.0))
"""600 visitors in the first minute, 300 in the second."""


def named(name: str, hours: float = 0.0, *, status: Status = Status.CONFIRMED, of: Campaign | None = None) -> Campaign:
    """A campaign some hours after the usual launch; a known spike unless another is given."""
    spike = of or campaign(channel("past", curve=SPIKE, scale=Range.exact(1.0)))
    return replace(spike, id=name, name=name.title(), launch=LAUNCH + timedelta(hours=hours), status=status)


def post(name: str, hours: float = 0.0) -> Campaign:
    return named(name, hours, of=campaign(channel("celebrity_post", 1e6), channel("push", 1e5)))


def drawn(*campaigns: Campaign, draws: int = 200) -> Calendar:
    return calendar(campaigns, site=None, zone=UTC_ZONE, seed=SEED, draws=draws)


def test_two_known_spikes_in_one_minute_are_their_sum() -> None:
    found = drawn(named("one"), named("two", 1 / 60))
    (collision,) = found.collisions
    # The second minute of one is the first of the other.
    assert collision.peaks.minute_visitors == pytest.approx(900)
    assert [e.peaks.minute_visitors for e in found.entries] == [pytest.approx(600)] * 2
    assert found.weeks[0].peaks.minute_visitors == pytest.approx(900)
    assert collision.peaks.requests_per_second == pytest.approx(15 / 10 * found.entries[0].peaks.requests_per_second)


def test_apart_they_do_not_collide_and_each_week_has_its_own_peak() -> None:
    found = drawn(post("one"), post("two", 24 * 10))
    assert found.collisions == ()
    assert len(found.weeks) == 3
    for week, name in ((found.weeks[0], "one"), (found.weeks[2], "two")):
        assert [e.campaign.id for e in week.entries] == [name]
        alone = next(e for e in found.entries if e.campaign.id == name).peaks
        assert week.peaks.minute_visitors == pytest.approx(alone.minute_visitors, rel=0.02)
        assert week.peaks.requests_per_second == pytest.approx(alone.requests_per_second, rel=0.02)


def test_a_campaign_in_the_calendar_is_the_campaign_that_is_forecast() -> None:
    (entry,) = drawn(post("one"), draws=400).entries
    alone = forecast(post("one"), seed=SEED, draws=400)
    assert entry.peaks.minute_visitors == pytest.approx(alone.peak_minute_visitors, rel=0.01)
    assert entry.peaks.requests_per_second == pytest.approx(alone.peak_requests_per_second, rel=0.01)


def test_together_no_draw_is_below_either_alone_nor_above_their_sum() -> None:
    found = drawn(post("one"), post("two", 0.1))
    one, two = (e.peaks.minute_visitors for e in found.entries)
    together = found.collisions[0].peaks.minute_visitors
    # Where many waves overlap, one draw in some hundreds has a peak found a few per cent too low.
    assert (together >= np.maximum(one, two) * 0.95).all()
    assert (together <= (one + two) * 1.01).all()
    assert float(np.quantile(together, 0.9)) < float(np.quantile(one, 0.9) + np.quantile(two, 0.9))


def test_drafts_are_shown_and_not_added_and_cancelled_ones_are_left_out() -> None:
    found = drawn(named("one"), named("maybe", status=Status.DRAFT), named("never", status=Status.CANCELLED))
    assert [(e.campaign.id, e.counts) for e in found.entries] == [("one", True), ("maybe", False)]
    assert [c.id for c in found.cancelled] == ["never"]
    assert found.collisions == ()
    assert found.peaks.minute_visitors.max() == pytest.approx(600)


def test_drafts_alone_are_a_calendar_in_which_nothing_comes() -> None:
    found = drawn(named("maybe", status=Status.DRAFT))
    assert found.peaks.minute_visitors.max() == 0


def test_cancelled_campaigns_alone_are_no_calendar() -> None:
    with pytest.raises(ValueError, match="not cancelled"):
        drawn(named("never", status=Status.CANCELLED))


def test_a_spike_over_midnight_is_not_cut_in_two() -> None:
    # The launch is at 18:00: half a minute before midnight is 5 hours 59.5 minutes later.
    found = drawn(named("late", 6 - 0.5 / 60))
    assert found.peaks.minute_visitors.max() == pytest.approx(600, rel=0.02)


def test_the_curve_of_a_stretch_is_the_highest_minute_that_begins_in_it() -> None:
    found = drawn(named("one", 0.25), named("two", 3.5))
    highest = {
        begin.hour: float(peaks.max())
        for (begin, _), peaks in zip(found.stretches, found.peaks.minute_visitors, strict=True)
        if peaks.max() > 0
    }
    assert highest == {18: pytest.approx(600), 21: pytest.approx(600)}


def test_a_busy_stretch_covers_every_time_at_which_an_uncertain_start_may_fall() -> None:
    uncertain = named("one", of=campaign(channel("tv_spot", 1e6, within_seconds=3600.0)))
    (entry,) = drawn(uncertain, draws=2000).entries
    before, after = (abs((edge - LAUNCH).total_seconds()) for edge in entry.busy)
    assert 3400 < before <= 3600
    assert 3400 < after < 3600 + 600


def test_many_campaigns_are_drawn_less_often() -> None:
    assert draws_for(3) == 10_000
    assert draws_for(50) < draws_for(15) < draws_for(3)


def test_what_was_counted_on_a_target_is_the_calendar_s_count_too() -> None:
    """Six requests a page where 10 to 60 are published."""
    counted = Figure(range=Range.exact(6.0), source="counted on staging", tag=Tag.COMPUTED)
    (entry,) = calendar([post("one")], site=None, zone=ZoneInfo("UTC"), seed=SEED, draws=400, landing=counted).entries
    alone = forecast(post("one"), seed=SEED, draws=400, landing=counted)
    assert entry.peaks.requests_per_second == pytest.approx(alone.peak_requests_per_second, rel=0.01)
    published = forecast(post("one"), seed=SEED, draws=400)
    assert np.median(alone.peak_requests_per_second) < 0.5 * np.median(published.peak_requests_per_second)
