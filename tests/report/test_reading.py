"""How a run is read: objectives in words, failures by kind, what became of everyone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.report import reading
from spikekit.verdict.run import FailureExample, ObjectiveResult
from spikekit.vocabulary import FailureKind, VisitorCounts
from tests.sample_runs import empty_run, one_second_run, overloaded_run, shedding_run


def _objective(name: str, limit: float, observed: float | None, *, held: bool | None = True) -> ObjectiveResult:
    return ObjectiveResult(name=name, step=None, limit=limit, observed=observed, held=held, worst_window=None)


@pytest.mark.parametrize(
    ("objective", "asks", "observed", "used"),
    [
        (_objective("p95", 0.8, 0.4), "95 % of pages within 800 ms", "400 ms", 0.5),
        (_objective("p99.9", 2.0, 3.0), "99.9 % of pages within 2 s", "3 s", 1.5),
        (_objective("errors", 0.01, 0.004), "at most 1 % of pages fail", "0.4 %", 0.4),
        (_objective("visitors", 0.98, 0.99), "98 % of visitors served in time", "99 %", 0.5),
    ],
)
def test_an_objective_says_what_it_asks_and_how_much_of_that_was_used(
    objective: ObjectiveResult, asks: str, observed: str, used: float
) -> None:
    read = reading.read_objective(objective)
    assert (read.asks, read.observed) == (asks, observed)
    assert read.used == pytest.approx(used)


def test_an_objective_that_allows_nothing_is_used_up_by_anything() -> None:
    assert reading.read_objective(_objective("errors", 0.0, 0.0)).used == 0
    assert reading.read_objective(_objective("errors", 0.0, 0.001, held=False)).used == float("inf")


def test_an_objective_that_nothing_was_measured_for_is_not_judged() -> None:
    read = reading.read_objective(_objective("p95", 0.8, None, held=None))
    assert (read.observed, read.used, read.light.word) == ("–", None, "not judged")
    assert reading.read_objective(_objective("p95", 0.8, None, held=False)).observed == "no answer"


def test_objectives_are_grouped_by_step_in_the_order_of_the_journey_after_those_of_all() -> None:
    steps = [step for step, _ in reading.objective_groups(overloaded_run())]
    assert steps == [None, "GET {landing}", "GET /books/{id}", "POST /basket"]


def test_failures_come_the_most_frequent_first_with_the_first_example_of_their_kind() -> None:
    run = shedding_run()
    examples = [FailureExample(kind="timeout", step="a", detail=d, offset_seconds=1.0) for d in ("first", "second")]
    run = replace(run, failures={"dns": 0, "timeout": 3, "closed_early": 9}, examples=examples)
    read = reading.read_failures(run)
    assert [(f.kind, f.count) for f in read] == [("closed_early", 9), ("timeout", 3)]
    assert read[0].example is None
    assert read[1].example == examples[0]


def test_every_kind_of_failure_has_words_of_its_own() -> None:
    assert set(reading.FAILURE_WORDS) == set(FailureKind)
    assert len(set(reading.FAILURE_WORDS.values())) == len(FailureKind)


def test_a_kind_of_failure_from_a_newer_version_is_still_shown() -> None:
    run = replace(shedding_run(), failures={"quantum_flip": 2}, examples=[])
    assert reading.read_failures(run)[0].words == "quantum flip"


def test_what_became_of_everyone_is_said_once_and_adds_up() -> None:
    assert reading.what_became(one_second_run()) == "All 53 visitors got every page."
    fates = reading.visitor_fates(overloaded_run())
    assert sum(f.count for f in fates) == overloaded_run().visitors.planned
    assert sum(f.share for f in fates) == pytest.approx(1)


def test_a_run_that_dropped_visitors_says_so() -> None:
    counts = VisitorCounts(
        planned=10, started=7, completed=4, failed=1, abandoned=1, in_flight=1, dropped=2, unreported=1
    )
    said = reading.what_became(replace(one_second_run(), visitors=counts))
    assert said == (
        "Of 10 visitors 4 got every page, 1 met an error, 1 gave up waiting, 1 were still there at the end, "
        "2 could not be sent, 1 were lost with a worker."
    )


def test_a_generator_that_sent_nothing_is_not_praised() -> None:
    assert reading.generator_sentence(empty_run()) == "The load generator sent nothing."


def test_the_first_missed_window_is_the_earliest_of_all_objectives() -> None:
    run = overloaded_run()
    assert reading.first_miss(run) == min(
        o.missed_at_seconds for o in run.objectives if o.missed_at_seconds is not None
    )
    assert reading.first_miss(one_second_run()) is None


def test_the_four_headlines_of_a_run_without_data_are_dashes_and_zero() -> None:
    assert [h.figure for h in reading.headlines(empty_run())] == ["0", "–", "–", "–"]
