"""The hours in which load is allowed: weekdays, midnight, and clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spikekit.errors import Refused
from spikekit.guard.window import is_open, require_open
from spikekit.site.model import Window
from spikekit.site.window import window

NIGHTS = "Mon-Thu 01:00-05:00 Europe/London"
LATE = "Fri 22:00-02:00 Europe/London"


def _at(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "at", "open_"),
    [
        (NIGHTS, "2026-12-07T01:00", True),  # a Monday
        (NIGHTS, "2026-12-07T04:59:59", True),
        (NIGHTS, "2026-12-07T05:00", False),
        (NIGHTS, "2026-12-07T00:59:59", False),
        (NIGHTS, "2026-12-11T03:00", False),  # a Friday
        (NIGHTS, "2026-12-06T03:00", False),
        (LATE, "2026-12-11T21:59", False),
        (LATE, "2026-12-11T22:00", True),
        (LATE, "2026-12-12T01:59", True),  # Saturday, but the window began on Friday
        (LATE, "2026-12-12T02:00", False),
        (LATE, "2026-12-12T22:30", False),
        (LATE, "2026-12-11T01:00", False),  # Friday, but Thursday's night is not meant
        ("daily 00:00-24:00 UTC", "2026-12-11T23:59:59", True),
    ],
)
def test_a_window_is_open_from_its_start_to_its_end(text: str, at: str, open_: bool) -> None:
    assert is_open(window(text), _at(at)) is open_


def test_a_window_is_told_in_its_own_zone() -> None:
    tokyo = window("Mon 01:00-05:00 Asia/Tokyo")
    assert is_open(tokyo, _at("2026-12-06T17:00", "UTC"))
    assert not is_open(tokyo, _at("2026-12-07T02:00", "UTC"))


def test_a_window_follows_the_clocks_of_its_zone() -> None:
    summer, winter = _at("2026-07-06T00:30", "UTC"), _at("2026-12-07T00:30", "UTC")
    assert is_open(window(NIGHTS), summer)  # 01:30 in London
    assert not is_open(window(NIGHTS), winter)


def _refused(windows: list[Window], at: datetime, seconds: float) -> str | None:
    try:
        require_open(windows, at, seconds)
    except Refused as refused:
        return refused.message
    return None


def test_without_windows_it_is_always_open() -> None:
    assert _refused([], _at("2026-12-06T12:00"), 1e6) is None


def test_the_whole_run_must_fit() -> None:
    nights = [window(NIGHTS)]
    assert _refused(nights, _at("2026-12-07T04:00"), 3599) is None
    assert _refused(nights, _at("2026-12-07T04:59:30"), 60) is not None
    assert _refused(nights, _at("2026-12-07T00:59:59"), 60) is not None
    assert _refused(nights, _at("2026-12-07T01:30"), 24 * 3600) is not None


def test_a_refusal_says_when_it_is_allowed() -> None:
    assert NIGHTS in (_refused([window(NIGHTS)], _at("2026-12-07T12:00"), 60) or "")


def test_any_of_several_windows_serves() -> None:
    both = [window(NIGHTS), window(LATE)]
    assert _refused(both, _at("2026-12-11T23:00"), 7200) is None
    assert _refused(both, _at("2026-12-08T02:00"), 7200) is None
    assert _refused(both, _at("2026-12-09T23:00"), 60) is not None


def test_a_night_in_which_the_clocks_go_back_holds_an_hour_more() -> None:
    sunday = [window("Sun 00:30-03:00 Europe/London")]
    start = _at("2026-10-25T00:30")
    assert _refused(sunday, start, 3 * 3600) is None
    assert _refused(sunday, start, 3.6 * 3600) is not None


def test_a_night_in_which_the_clocks_go_forward_holds_an_hour_less() -> None:
    sunday = [window("Sun 00:30-03:00 Europe/London")]
    start = _at("2026-03-29T00:30")
    assert _refused(sunday, start, 1.4 * 3600) is None
    assert _refused(sunday, start, 2 * 3600) is not None


def test_a_run_over_midnight_stays_in_its_window_minute_by_minute() -> None:
    assert _refused([window(LATE)], _at("2026-12-11T23:59:30"), timedelta(hours=2).total_seconds() - 1) is None
