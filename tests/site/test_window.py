"""Windows say on which days and between which hours load is allowed."""

from __future__ import annotations

import pytest

from spikekit.site.window import window


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ("Mon-Thu", {0, 1, 2, 3}),
        ("Sat,Sun", {5, 6}),
        ("Fri-Mon", {4, 5, 6, 0}),
        ("wed", {2}),
        ("daily", set(range(7))),
        ("Mon-Tue,Sun", {0, 1, 6}),
    ],
)
def test_days_may_be_ranges_that_pass_the_weekend(days: str, numbers: set[int]) -> None:
    assert window(f"{days} 01:00-05:00 UTC").days == numbers


def test_hours_may_pass_midnight_and_end_with_the_day() -> None:
    night = window("Mon 22:30-05:00 Europe/London")
    assert (night.start_minute, night.end_minute, night.timezone) == (1350, 300, "Europe/London")
    assert window("Mon 00:00-24:00 UTC").end_minute == 1440


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Mon 01:00-01:00 UTC", "it ends when it starts; a whole day is 00:00-24:00"),
        ("Mon 24:00-02:00 UTC", "it starts at 00:00 of the next day"),
        ("Mon 01:00-25:00 UTC", "a day has no 25:00"),
        ("Mon 01:00-02:75 UTC", "a day has no 02:75"),
        ("Mon 01:00-02:00 Europe/Lodnon", "the time zone is not known; did you mean Europe/London?"),
        ("Mo 01:00-02:00 UTC", '"mo" is no day; days are Mon, Tue, Wed, Thu, Fri, Sat, Sun'),
        ("Mon 01:00-02:00", ""),
        ("01:00-02:00 UTC", ""),
    ],
)
def test_a_window_that_cannot_be_meant_says_why(text: str, note: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        window(text)
    assert str(caught.value) == note
