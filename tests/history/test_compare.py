"""Two runs differ when the difference is more than their noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikekit.capacity.document import CapacityRun, capacity_from_document
from spikekit.errors import UsageError
from spikekit.history.compare import compare
from spikekit.verdict.run import Run
from tests.readiness.cases import capacity_document
from tests.sample_runs import good_run


def search(rate: float, **more: object) -> CapacityRun:
    return capacity_from_document(capacity_document(rate=rate, **more))  # type: ignore[arg-type]


def test_a_capacity_that_fell_by_more_than_its_intervals_is_lower_beyond_noise() -> None:
    (found,) = compare(search(500), search(440), seed=1).differences
    assert found.beyond_noise is True
    assert found.change == pytest.approx(-0.12, abs=0.005)
    assert found.sentence().startswith("The capacity is 12 % lower, beyond noise (")


def test_a_difference_inside_the_intervals_is_noise() -> None:
    (found,) = compare(search(500), search(505), seed=1).differences
    assert found.beyond_noise is False
    assert "the same within noise" in found.sentence()


def test_a_lower_bound_is_not_compared() -> None:
    ends = {"requests_per_second": [490.0, None], "visitors_per_second": [490.0, None]}
    found = compare(search(500, interval=ends), search(440), seed=1)
    assert found.differences == ()
    assert "lower bound" in found.notes[0]


def timed(run: Run, seconds: float, seed: int, spread: float = 0.2, rate: int = 100) -> Run:
    """A run of two minutes whose answers take about so long."""
    logs = np.random.default_rng(seed).normal(np.log(seconds), spread, 120)
    times = np.exp(logs).tolist()
    timeline = replace(run.timeline, p50=times, p95=[2 * t for t in times])
    visitors = replace(run.visitors, planned=120 * rate)
    return replace(run, timeline=timeline, visitors=visitors, duration_seconds=120.0)


@pytest.fixture
def run() -> Run:
    return good_run()


def test_equal_runs_are_hardly_ever_told_apart(run: Run) -> None:
    told = [
        compare(timed(run, 0.1, seed), timed(run, 0.1, seed + 1000), seed=1).differences[0].beyond_noise
        for seed in range(60)
    ]
    # One in twenty is expected; seven or more of sixty would come once in a hundred times.
    assert sum(bool(t) for t in told) <= 7


def test_a_slower_run_is_told_as_slower(run: Run) -> None:
    for found in compare(timed(run, 0.1, 1), timed(run, 0.13, 2), seed=1).differences:
        assert found.beyond_noise is True
        assert found.change == pytest.approx(0.3, abs=0.1)


def test_runs_that_were_asked_different_things_are_not_compared(run: Run) -> None:
    found = compare(timed(run, 0.1, 1), timed(run, 0.1, 2, rate=200), seed=1)
    assert found.differences == ()
    assert "not compared" in found.notes[0]


def test_rates_that_differ_a_little_are_told_beside_the_times_and_equal_ones_are_not(run: Run) -> None:
    near, same = (compare(timed(run, 0.1, 1, rate=1000), timed(run, 0.2, 2, rate=r), seed=1) for r in (1030, 1015))
    assert len(near.differences) == len(same.differences) == 2
    assert near.notes == ("They were asked 1,000 and 1,030 visitors/s, which moves their times, too.",)
    assert same.notes == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"journey": "buy"}, {"journey": "look"}, "different journeys (buy and look)"),
        ({"asked": {"landing": "/"}}, {"asked": {"landing": "/books"}}, "different pages (/ and /books)"),
        ({"target": "staging"}, {"target": "canary"}, "different targets (staging and canary)"),
        (
            {"target": "a", "journey": "buy"},
            {"target": "b", "journey": "look"},
            "different targets (a and b) and journeys (buy and look)",
        ),
    ],
)
@pytest.mark.parametrize("rate", [500, 440])
def test_of_searches_that_measured_different_things_nothing_is_concluded(
    before: dict[str, object], after: dict[str, object], told: str, rate: float
) -> None:
    found = compare(search(500, **before), search(rate, **after), seed=1)
    assert found.differences == ()
    assert found.notes == (f"They were measured on {told}, so nothing is concluded from one to the other.",)


def test_what_was_inconclusive_is_called_so_beside_its_difference() -> None:
    doubtful = search(440, conclusive=False, reasons=["this machine got tired"])
    assert compare(search(500), search(440), seed=1).notes == ()
    found = compare(search(500), doubtful, seed=1)
    assert len(found.differences) == 1
    assert found.notes == ("The later one was inconclusive (this machine got tired); its figures are doubtful.",)
    assert compare(doubtful, search(500), seed=1).notes[0].startswith("The earlier one was inconclusive")


def test_a_page_that_nobody_wrote_down_keeps_no_searches_apart() -> None:
    assert compare(search(500), search(440, asked={"landing": "/"}), seed=1).differences


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"campaign": "mail"}, "different campaigns (fry-reads and mail)"),
        ({"campaign": None, "asked": {"journey": "look", "landing": "/"}}, "different campaigns (fry-reads and none)"),
        ({"target": "canary"}, "different targets (staging and canary)"),
    ],
)
def test_of_runs_that_were_sent_elsewhere_nothing_is_concluded(run: Run, more: dict[str, Any], told: str) -> None:
    found = compare(timed(run, 0.1, 1), replace(timed(run, 0.2, 2), **more), seed=1)
    assert (found.differences, told in found.notes[0]) == ((), True)


def test_plain_loads_are_compared_on_the_same_journey_and_page_alone(run: Run) -> None:
    plain = replace(timed(run, 0.1, 1), campaign=None, asked={"journey": "look", "landing": "/"})
    slower = replace(timed(run, 0.2, 2), campaign=None, asked=plain.asked)
    assert compare(plain, slower, seed=1).differences
    for other in ({"journey": "buy", "landing": "/"}, {"journey": "look", "landing": "/books"}):
        assert compare(plain, replace(slower, asked=other), seed=1).differences == ()


def test_a_run_and_a_search_are_two_things(run: Run) -> None:
    with pytest.raises(UsageError, match="cannot be compared"):
        compare(run, search(500), seed=1)
