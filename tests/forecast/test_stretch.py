"""Days and weeks by the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.forecast.stretch import stretches, weeks_of

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
instants = st.floats(0, 700).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"])


def day(month: int, number: int, hour: int = 12) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=LONDON)


@settings(max_examples=60, deadline=None)
@given(first=instants, length=st.floats(0, 500), zone=zones)
def test_stretches_follow_on_each_other_from_midnight_to_midnight(first: datetime, length: float, zone: str) -> None:
    where, last = ZoneInfo(zone), first + timedelta(days=length)
    parts = stretches(first, last, where)
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert parts[0][0] <= first < parts[0][0] + timedelta(days=8)
    assert last <= parts[-1][1] <= last + timedelta(days=8)
    assert {t.astimezone(where).strftime("%M:%S") for t in (parts[0][0], parts[-1][1])} == {"00:00"}
    assert sum((b - a for a, b in parts), timedelta()) == parts[-1][1] - parts[0][0]
    assert len(parts) <= 450


@pytest.mark.parametrize(
    ("days", "count", "length"), [(1, 24, 1), (7, 56, 3), (30, 60, 12), (100, 100, 24), (430, 430, 24)]
)
def test_the_longer_the_time_the_longer_its_parts(days: int, count: int, length: float) -> None:
    first = datetime(2026, 6, 1, tzinfo=UTC)
    parts = stretches(first, first + timedelta(days=days) - HOUR, ZoneInfo("UTC"))
    assert len(parts) == count
    assert parts[0][1] - parts[0][0] == length * HOUR


def test_two_years_are_told_in_weeks_from_monday() -> None:
    parts = stretches(day(6, 3), day(6, 3) + timedelta(days=700), LONDON)
    assert {part[0].astimezone(LONDON).weekday() for part in parts} == {0}
    assert len(parts) == 101


def test_the_day_on_which_the_clocks_go_back_has_25_hours() -> None:
    assert len(stretches(day(10, 25), day(10, 25), LONDON)) == 25
    assert len(stretches(day(3, 29), day(3, 29), LONDON)) == 23


def test_weeks_begin_on_monday_and_hold_every_stretch_once() -> None:
    # 4 December 2026 is a Friday.
    parts = stretches(day(12, 4), day(12, 16), LONDON)
    weeks = list(weeks_of(parts, LONDON))
    assert [w[0].strftime("%a %d") for w, _ in weeks] == ["Fri 04", "Mon 07", "Mon 14"]
    assert [p for _, rows in weeks for p in parts[rows]] == list(parts)
