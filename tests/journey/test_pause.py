"""Think times from the recording's clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.files.quantity import duration
from spikekit.journey.pause import LONGEST_SECONDS, rounded, written
from spikekit.journey.propose import propose
from tests.journey.recordings import call, entry, har, proposed, read


@given(st.floats(0, LONGEST_SECONDS))
def test_what_is_written_is_read_as_what_was_meant(seconds: float) -> None:
    assert duration(written(rounded(seconds))) == pytest.approx(rounded(seconds))


@given(st.floats(0, LONGEST_SECONDS), st.floats(0, LONGEST_SECONDS))
def test_rounding_keeps_the_order_and_stays_near(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert rounded(low) <= rounded(high)
    assert abs(rounded(one) - one) <= max(0.5, 0.25 * one)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.3, "300ms"), (1.4, "1s"), (7.6, "8s"), (33.0, "35s"), (61.0, "1m"), (100.0, "1m45s")]
)
def test_figures_have_no_more_digits_than_one_recording_deserves(seconds: float, text: str) -> None:
    assert written(rounded(seconds)) == text


def test_the_pause_is_from_the_end_of_one_page_to_the_next_click(tmp_path: Path) -> None:
    steps = proposed(tmp_path, entry("/", took=2), entry("/a", at=9, took=1), entry("/b", at=15)).steps
    assert [s.think_seconds for s in steps] == [0, 7, 5]


def test_waiting_for_the_pictures_is_not_thinking(tmp_path: Path) -> None:
    page = {"id": "p", "startedDateTime": "2026-11-22T12:00:00Z", "pageTimings": {"onLoad": 4000}}
    document = har(entry("/", pageref="p"), entry("/a", at=9), pages=[page])
    assert [s.think_seconds for s in propose(read(tmp_path, document), name="w").steps] == [0, 5]


def test_pages_of_one_kind_share_the_median_of_their_pauses(tmp_path: Path) -> None:
    books = [entry(f"/books/{n}", at=at, took=0) for n, at in ((1, 4), (2, 10), (3, 40), (4, 48))]
    assert [s.think_seconds for s in proposed(tmp_path, entry("/", took=0), *books).steps] == [0, 7, 7, 7, 7]


def test_calls_that_scripts_make_have_no_pause_and_those_of_people_do(tmp_path: Path) -> None:
    steps = proposed(tmp_path, entry("/", took=0.1), call("/stock", at=0.8), call("/cart", method="POST", at=6.0)).steps
    assert [s.think_seconds for s in steps] == [0, 0, 5]


def test_a_telephone_call_while_recording_is_cut_and_told(tmp_path: Path) -> None:
    _, second = proposed(tmp_path, entry("/", took=0), entry("/a", at=900)).steps
    assert second.think_seconds == LONGEST_SECONDS
    assert [n.text for n in second.notes] == ["the recording rests for 15 min here; that was cut"]


def test_a_recording_without_a_clock_has_no_pauses(tmp_path: Path) -> None:
    there = {"request": {"method": "GET", "url": "https://shop.example/"}}
    assert [s.think_seconds for s in proposed(tmp_path, there, there).steps] == [0, 0]
