"""A review: like is compared with like, channels are told apart where the data can, and what is kept is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.campaign.model import Campaign
from spikekit.errors import Unmeasured, UsageError
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.review.hits import hits
from spikekit.review.record import Outcome
from spikekit.review.review import Review, review
from spikekit.review.saturation import saturated, stretch
from spikekit.traffic.observed import Observed
from spikekit.vocabulary import Range
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel

DAY_MINUTES = 1440
few = settings(max_examples=8)


def drawn(own: Campaign, **more: Any) -> Forecast:
    return forecast(own, seed=SEED, draws=800, **more)


def as_forecast(
    result: Forecast, place: int | None = None, *, factor: float = 1.0, minutes: int = DAY_MINUTES
) -> Observed:
    """Visits that came exactly as one middling draw says, by the minute; of one channel, or of all."""
    waves = [w.one(result.draw_at(0.5)) for w in result.waves if w.brings_visitors and place in (None, w.channel)]
    edges = np.arange(minutes + 1)[:, np.newaxis] * 60.0
    counts = np.diff(np.sum([w.cumulative(edges) for w in waves], axis=0)[:, 0])
    return Observed(began=LAUNCH, step_seconds=60.0, visitors=tuple(float(c) * factor for c in counts))


@pytest.fixture(scope="module")
def post() -> Forecast:
    return drawn(campaign(channel("celebrity_post", 1e6, account="@StephenFry")))


@pytest.fixture(scope="module")
def two() -> Forecast:
    return drawn(
        campaign(
            channel("email", 1e5, label="evening newsletter"), channel("push", 1e5, at_seconds=3600.0, label="reminder")
        )
    )


def test_what_comes_as_a_draw_said_is_that_draws_quantile(post: Forecast) -> None:
    done = review(post, as_forecast(post))
    draw = post.draw_at(0.5)
    assert done.total.observed == pytest.approx(post.visitors_24h[draw])
    assert done.total.p50 == pytest.approx(np.median(post.visitors_24h), rel=1e-6)
    assert done.peak is not None
    assert done.peak.observed == pytest.approx(post.peak_minute_visitors[draw], rel=0.5)


def test_only_the_observed_hours_are_compared(post: Forecast) -> None:
    """The first hour alone: compared with the first hour of the forecast, and completed to all clicks."""
    hour, day = review(post, as_forecast(post, minutes=60)), review(post, as_forecast(post))
    assert hour.total.p50 < 0.8 * day.total.p50
    early, late = hour.channels[0].result, day.channels[0].result
    assert early is not None
    assert late is not None
    assert early.clicks > hour.total.observed
    assert early.clicks == pytest.approx(late.clicks, rel=1.0)


@pytest.mark.parametrize(("factor", "outcome"), [(1.0, Outcome.INSIDE), (100.0, Outcome.ABOVE), (0.001, Outcome.BELOW)])
def test_reality_falls_inside_above_or_below(post: Forecast, factor: float, outcome: Outcome) -> None:
    assert review(post, as_forecast(post, factor=factor)).total.outcome is outcome


def test_a_clipped_peak_is_a_lower_bound_and_a_clipped_hour_at_night_is_nothing(post: Forecast) -> None:
    observed = as_forecast(post)
    for first, last, is_bound in ((0, 30, True), (1300, 1310, False)):
        clipped = replace(observed, saturated=tuple(first <= i < last for i in range(DAY_MINUTES)))
        done = review(post, clipped)
        assert done.total.is_lower_bound is is_bound
        (result,) = done.record.results
        assert result.is_lower_bound is is_bound
        # The shape of what was clipped is the site's, not the crowd's.
        assert (result.curve is None) is is_bound


def test_a_single_channels_curve_is_kept_from_its_start(post: Forecast) -> None:
    observed = as_forecast(post)
    (result,) = review(post, observed).record.results
    assert result.curve is not None
    assert result.curve.offset_seconds[0] == 0
    assert result.curve.offset_seconds[1] == 60
    assert sum(result.curve.visitors) == pytest.approx(observed.total, rel=1e-3)
    assert len(result.curve.visitors) <= 120


def test_marks_tell_channels_apart(two: Forecast) -> None:
    parts = {"Evening Newsletter": as_forecast(two, 0, factor=2.0), "push": as_forecast(two, 1)}
    done = review(two, _sum(parts), parts=parts)
    assert [c.is_told_apart for c in done.channels] == [True, True]
    assert [c.judged.observed for c in done.channels] == pytest.approx([p.total for p in parts.values()])
    assert done.strange == ()


def test_what_nothing_tells_apart_is_shared_out_as_the_forecast_would(two: Forecast) -> None:
    observed = as_forecast(two, factor=1.5)
    done = review(two, observed)
    assert [c.is_told_apart for c in done.channels] == [False, False]
    assert sum(c.judged.observed for c in done.channels) == pytest.approx(observed.total)
    assert sum(c.share for c in done.channels) == pytest.approx(1)
    ratios = [c.judged.ratio for c in done.channels]
    assert ratios[0] == pytest.approx(ratios[1])
    assert [r.share for r in done.record.results] == [c.share for c in done.channels]
    assert all(r.curve is None for r in done.record.results)


def test_one_mark_leaves_the_rest_to_the_other_channel(two: Forecast) -> None:
    parts = {"push": as_forecast(two, 1)}
    done = review(two, _sum({**parts, "": as_forecast(two, 0)}), parts=parts)
    assert [c.is_told_apart for c in done.channels] == [True, True]
    assert done.channels[0].judged.observed == pytest.approx(as_forecast(two, 0).total)


def test_a_mark_that_means_nothing_here_is_told(two: Forecast) -> None:
    parts = {"push": as_forecast(two, 1), "billboard": as_forecast(two, 0)}
    assert review(two, _sum(parts), parts=parts).strange == ("billboard",)


@few
@given(factors=st.lists(st.floats(0.01, 50), min_size=2, max_size=2))
def test_no_visitor_is_lost_between_channels(two: Forecast, factors: list[float]) -> None:
    parts = {"email": as_forecast(two, 0, factor=factors[0])}
    total = _sum({**parts, "other": as_forecast(two, 1, factor=factors[1])})
    done = review(two, total, parts=parts)
    assert sum(c.judged.observed for c in done.channels) == pytest.approx(total.total)


def test_hours_of_another_day_are_refused(post: Forecast) -> None:
    with pytest.raises(UsageError, match="are not those of the campaign"):
        review(post, replace(as_forecast(post), began=LAUNCH - timedelta(days=3)))


def test_nobody_is_no_review(post: Forecast) -> None:
    with pytest.raises(Unmeasured, match="nobody came"):
        review(post, as_forecast(post, factor=0.0))


def test_reviewed_forecasts_move_the_next_one_towards_what_came(post: Forecast) -> None:
    observed = as_forecast(post, factor=3.0)
    done = review(post, observed)
    later = replace(post.campaign, launch=LAUNCH + timedelta(days=30))
    after = drawn(later, past=done.record.learned())
    assert 1.3 * np.median(post.visitors_24h) < np.median(after.visitors_24h) < observed.total
    assert np.log(after.visitors_24h).std() < np.log(post.visitors_24h).std()


def test_a_campaign_never_learns_from_itself(post: Forecast) -> None:
    own = review(post, as_forecast(post, factor=3.0)).record.learned()
    assert not drawn(post.campaign, past=own).calibrated


def test_the_hit_rate_counts_what_could_be_told(post: Forecast) -> None:
    observed = as_forecast(post)
    clipped = replace(observed, saturated=(True,) * DAY_MINUTES)
    all_of: list[Review] = [review(post, o) for o in (observed, as_forecast(post, factor=100.0), clipped)]
    score = hits(r.record for r in all_of)
    assert (score.judged, score.held, score.unknown) == (2, 1, 1)
    assert score.sentence.startswith("So far the forecast held 1 of 2 times. Too few yet")
    alone = [hits([r.record]).sentence.split(".")[0] for r in all_of[:2]]
    assert alone == [f"So far the forecast {held} the one time it was judged" for held in ("held", "did not hold")]


def test_half_seconds_are_compared_as_minutes_and_days_as_days(post: Forecast) -> None:
    fine = Observed(began=LAUNCH, step_seconds=10.0, visitors=(1.0,) * 8_640)
    assert review(post, fine).over.seconds == 60
    days = Observed(began=LAUNCH, step_seconds=86_400.0, visitors=(2_000.0, 500.0))
    assert review(post, days).peak is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("4m/20m", 4, 20), ("2026-12-04T18:04/2026-12-04T18:20", 4, 20), ("-5m/90s", 0, 2), ("10h/30h", 600, 1440)],
)
def test_a_known_stretch_of_saturation_marks_its_minutes(text: str, first: int, last: int) -> None:
    observed = Observed(began=LAUNCH, step_seconds=60.0, visitors=(1.0,) * DAY_MINUTES)
    marked = saturated(observed, [stretch(text, LAUNCH)])
    assert [i for i, flag in enumerate(marked.flags()) if flag] == list(range(first, last))


@pytest.mark.parametrize("text", ["", "4m", "20m/4m", "soon/later", "2026-12-04T18:04/", "4/20"])
def test_what_is_no_stretch_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=r"FROM/TO|before it begins"):
        stretch(text, LAUNCH)


def _sum(parts: dict[str, Observed]) -> Observed:
    counts = np.sum([p.visitors for p in parts.values()], axis=0)
    return Observed(began=LAUNCH, step_seconds=60.0, visitors=tuple(float(c) for c in counts))


def test_the_launch_and_the_data_may_be_in_different_zones(post: Forecast) -> None:
    moved = replace(as_forecast(post), began=datetime.fromisoformat("2026-12-05T03:00:00+09:00"))
    assert review(post, moved).total == review(post, as_forecast(post)).total


def test_a_declared_click_rate_still_teaches_the_next_campaign() -> None:
    sure = drawn(campaign(channel("push", 1e5, click_rate=Range.exact(0.02))))
    (result,) = review(sure, as_forecast(sure, factor=2.0)).record.results
    assert result.clicks / 1e5 == pytest.approx(0.04, rel=0.1)
