"""Normal traffic at the hours of a campaign, on the campaign's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from spikekit.campaign.model import PastCurve
from spikekit.readiness.normal import normal_of
from spikekit.site.model import NormalTraffic

WEEK_OF_HOURS = tuple(3600.0 * h for h in range(7 * 24 + 1))
FRIDAY_18 = datetime(2026, 12, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))
MONDAY = datetime(2026, 11, 2)  # noqa: DTZ001 - a clock's time without a zone, as in a file


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def curve(begins: datetime | None) -> NormalTraffic:
    """Requests/s that say their own hour of the week."""
    return NormalTraffic(
        curve=PastCurve(offset_seconds=WEEK_OF_HOURS, visitors=tuple(float(h) for h in range(168)), begins=begins)
    )


def test_a_week_is_laid_over_weekday_and_hour_of_the_campaign() -> None:
    normal = normal_of(curve(MONDAY), FRIDAY_18, draws=2, rng=rng())
    hour = 4 * 24 + 18
    at = np.array([[-3600.0, 0.0, 3599.0, 3600.0, 6 * 3600.0 + 86_400 * 2 + 1]]).T
    assert normal.at(at)[:, 0].tolist() == [hour - 1, hour, hour, hour + 1, 0]
    assert normal.steps(-10.0, 3700.0) == [0.0, 3600.0]


def test_rows_with_an_offset_are_instants() -> None:
    normal = normal_of(curve(MONDAY.replace(tzinfo=UTC)), FRIDAY_18, draws=1, rng=rng())
    assert normal.at(np.zeros(1)).tolist() == [4 * 24 + 17]


def test_a_curve_without_dates_is_taken_at_its_highest() -> None:
    assert normal_of(curve(None), FRIDAY_18, draws=1, rng=rng()).at(np.zeros(1)).tolist() == [167]


def test_moving_the_launch_moves_the_hour() -> None:
    normal = normal_of(curve(MONDAY), FRIDAY_18, draws=1, rng=rng())
    assert normal.moved(7200.0).at(np.zeros(1)).tolist() == normal.at(np.array([7200.0])).tolist()


def test_typical_and_busy_are_the_middle_and_one_hour_in_twenty() -> None:
    normal = normal_of(NormalTraffic(typical=40, busy=95), FRIDAY_18, draws=40_000, rng=rng())
    assert np.quantile(normal.level, [0.5, 0.95]) == pytest.approx([40, 95], rel=0.02)


def test_without_a_declaration_none_is_added() -> None:
    assert normal_of(None, FRIDAY_18, draws=3, rng=rng()).level.tolist() == [0, 0, 0]
