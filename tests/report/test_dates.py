"""Dates on an axis, and how few visitors are said."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from spikekit.report.dates import date_labels
from spikekit.report.figures import crowd, many


def labels(hours: float, count: int, spacing: float) -> list[tuple[int, str]]:
    first = datetime(2026, 11, 27, tzinfo=UTC)
    return date_labels([first + timedelta(hours=hours * n) for n in range(count)], spacing)


def test_a_day_is_told_by_its_hours() -> None:
    assert labels(1, 24, 5) == [(0, "Fri 27"), (6, "06:00"), (12, "12:00"), (18, "18:00")]


def test_a_fortnight_is_told_by_weekdays_the_month_and_mondays_first() -> None:
    told = [(0, "Fri 27"), (4, "Tue 1"), (7, "Fri 4"), (10, "Mon 7"), (13, "Thu 10")]
    assert labels(24, 14, 3) == told


def test_hours_are_told_only_where_each_day_is() -> None:
    assert not [text for _, text in labels(12, 44, 4) if ":" in text]
    assert [text for _, text in labels(12, 4, 1)] == ["Fri 27", "12:00", "Sat 28", "12:00"]


def test_a_year_is_told_by_months() -> None:
    assert [text for _, text in labels(24, 365, 25)][:4] == ["27 Nov", "1 Jan", "1 Feb", "1 Mar"]


@pytest.mark.parametrize("count", [1, 2, 30, 400])
@pytest.mark.parametrize("spacing", [1, 8, 60])
def test_labels_never_stand_closer_than_asked(count: int, spacing: float) -> None:
    places = [place for place, _ in labels(12, count, spacing)]
    assert places[0] == 0
    assert all(b - a >= spacing for a, b in itertools.pairwise(places))


@pytest.mark.parametrize(
    ("value", "words", "figure"),
    [
        (0, "no visitors", "0"),
        (0.3, "fewer than 10 visitors", "under 10"),
        (9.99, "fewer than 10 visitors", "under 10"),
        (10, "about 10 visitors", "10"),
        (847, "about 850 visitors", "850"),
    ],
)
def test_a_forecast_of_a_handful_is_not_given_a_figure(value: float, words: str, figure: str) -> None:
    assert crowd(value) == words
    assert many(value) == figure
