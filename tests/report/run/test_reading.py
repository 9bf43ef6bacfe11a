"""How a run is read: failures by kind, what became of everyone, the first figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.report.run import reading
from spikekit.report.run.page import page
from spikekit.report.run.terminal import summary
from spikekit.verdict.run import FailureExample
from spikekit.vocabulary import FailureKind, VisitorCounts
from tests.sample_runs import empty_run, one_second_run, overloaded_run, shedding_run


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
    run = one_second_run()
    one_left = replace(run, visitors=replace(run.visitors, completed=52, in_flight=1))
    assert reading.what_became(one_left) == "Of 53 visitors 52 got every page, 1 was still there at the end."
    fates = reading.visitor_fates(overloaded_run())
    assert sum(f.count for f in fates) == overloaded_run().visitors.planned
    assert sum(f.share for f in fates) == pytest.approx(1)


def test_a_run_that_dropped_visitors_says_so() -> None:
    counts = VisitorCounts(
        planned=10, started=7, completed=4, failed=1, abandoned=1, in_flight=1, dropped=2, unreported=1
    )
    said = reading.what_became(replace(one_second_run(), visitors=counts))
    assert said == (
        "Of 10 visitors 4 got every page, 1 met an error, 1 gave up waiting, 1 was still there at the end, "
        "2 could not be sent, 1 was lost with a worker."
    )


def test_a_generator_that_sent_nothing_is_not_praised() -> None:
    assert reading.generator_sentence(empty_run()) == "The load generator sent nothing."


def test_the_four_headlines_of_a_run_without_data_are_dashes_and_zero() -> None:
    assert [h.figure for h in reading.headlines(empty_run())] == ["0", "–", "–", "–"]


def test_a_step_that_the_end_cut_off_is_said_to_be_hardly_tested() -> None:
    run = one_second_run()
    steps = [
        replace(run.steps[0], name="landing page", requests=832, expected=830.0),
        replace(run.steps[0], name="POST /checkout", requests=12, expected=105.0),
        replace(run.steps[0], name="GET /imprint", requests=0, expected=4.0),
    ]
    cut = replace(run, steps=steps, visitors=replace(run.visitors, in_flight=136))
    said = "Hardly tested: POST /checkout (12 of about 105 requests): the run ended before most came so far."
    assert reading.hardly_tested(cut) == said
    assert said in " ".join(summary(cut).split())
    assert said in page(cut)
    lost = replace(cut, visitors=replace(cut.visitors, abandoned=500))
    assert "too many met an error or gave up before" in (reading.hardly_tested(lost) or "")
    assert reading.hardly_tested(replace(run, steps=[replace(s, expected=None) for s in steps])) is None
