"""Measured figures in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit import wording


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0004, "0.4 ms"),
        (0.062, "62 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (1, "1 s"),
        (1.94, "1.9 s"),
        (9.96, "10 s"),
        (25.4, "25 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (5400, "1 h 30 min"),
        (7200, "2 h"),
    ],
)
def test_a_duration_has_the_unit_and_the_digits_it_deserves(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.0, "0 %"),
        (0.00005, "under 0.01 %"),
        (0.0002, "0.02 %"),
        (0.026, "2.6 %"),
        (0.5, "50 %"),
        (0.9994, "99.94 %"),
        (0.99999, "over 99.99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_nothing_or_everything_only_when_it_is(ratio: float, text: str) -> None:
    assert wording.percent(ratio) == text


@given(st.floats(1e-9, 1 - 1e-9))
def test_no_share_between_rounds_to_nothing_or_everything(ratio: float) -> None:
    assert wording.percent(ratio) not in ("0 %", "0.0 %", "0.00 %", "100 %", "100.00 %")


def test_a_quantile_that_no_answer_showed_is_more_than_the_longest_one() -> None:
    assert wording.quantile(0.062, longest=30.0, requests=9) == "62 ms"
    assert wording.quantile(None, longest=30.0, requests=9) == "more than 30 s"
    assert wording.quantile(None, longest=None, requests=9) == "no answer"
    assert wording.quantile(None, longest=None, requests=0) == "–"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65, "1:05"), (3720, "1:02:00")])
def test_an_offset_reads_like_a_clock(seconds: float, text: str) -> None:
    assert wording.clock(seconds) == text


def test_an_instant_is_said_in_utc_and_nonsense_is_left_alone() -> None:
    assert wording.instant("2026-12-04T18:55:00+01:00") == "4 December 2026, 17:55 UTC"
    assert wording.instant("yesterday") == "yesterday"


def test_numbers_keep_their_units_on_the_same_line() -> None:
    assert wording.tied("95 % within 800 ms, 5 pages") == "95\u00a0% within 800\u00a0ms, 5 pages"
    assert wording.tied("2 steps, 3 h") == "2 steps, 3\u00a0h"


@pytest.mark.parametrize(
    ("figure", "limit", "said", "text"),
    [
        (0.9796, 0.98, wording.percent, "97.96 %"),
        (0.95, 0.98, wording.percent, "95 %"),
        (0.98, 0.98, wording.percent, "98 %"),
        (0.010_01, 0.01, wording.percent, "1.001 %"),
        (1.504, 1.5, wording.duration, "1.504 s"),
        (1.0004, 1.0, wording.duration, "1.0004 s"),
        (0.8002, 0.8, wording.duration, "800.2 ms"),
        (125.3, 125.0, wording.duration, "125.3 s"),
    ],
)
def test_a_figure_that_misses_its_limit_never_looks_like_it(
    figure: float, limit: float, said: Callable[[float], str], text: str
) -> None:
    assert wording.told_apart(figure, limit, said) == text


@given(st.floats(min_value=0.001, max_value=500.0), st.floats(min_value=1e-4, max_value=0.5))
def test_figure_and_limit_are_told_apart_however_near_they_are(limit: float, beyond: float) -> None:
    limit = round(limit, 3)
    assert wording.told_apart(limit * (1 + beyond), limit, wording.duration) != wording.duration(limit)
