"""Objectives in words and in shares of what they allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.report.run import objectives
from spikekit.report.run.page import page
from spikekit.report.run.terminal import summary
from spikekit.verdict.run import ObjectiveResult
from tests.sample_runs import one_second_run, overloaded_run, tired_run


def _objective(name: str, limit: float, observed: float | None, *, held: bool | None = True) -> ObjectiveResult:
    return ObjectiveResult(name=name, step=None, limit=limit, observed=observed, held=held, worst_window=None)


@pytest.mark.parametrize(
    ("objective", "asks", "observed", "used"),
    [
        (_objective("p95", 0.8, 0.4), "95 % of pages within 800 ms", "400 ms", 0.5),
        (_objective("p99.9", 2.0, 3.0), "99.9 % of pages within 2 s", "3 s", 1.5),
        (_objective("errors", 0.01, 0.004), "at most 1 % of pages fail", "0.4 %", 0.4),
        (_objective("visitors", 0.98, 0.99), "98 % of visitors get all they came for", "99 %", 0.5),
    ],
)
def test_an_objective_says_what_it_asks_and_how_much_of_that_was_used(
    objective: ObjectiveResult, asks: str, observed: str, used: float
) -> None:
    read = objectives.read_objective(objective)
    assert (read.asks, read.observed) == (asks, observed)
    assert read.used == pytest.approx(used)


def test_an_objective_that_allows_nothing_is_used_up_by_anything() -> None:
    assert objectives.read_objective(_objective("errors", 0.0, 0.0)).used == 0
    assert objectives.read_objective(_objective("errors", 0.0, 0.001, held=False)).used == float("inf")


def test_an_objective_that_nothing_was_measured_for_is_not_judged() -> None:
    read = objectives.read_objective(_objective("p95", 0.8, None, held=None))
    assert (read.observed, read.used, read.light.word) == ("–", None, "not judged")
    assert objectives.read_objective(_objective("p95", 0.8, None, held=False)).observed == "no answer"


def test_pages_that_failed_at_once_are_no_quick_ones_and_use_up_what_is_allowed() -> None:
    failed = replace(_objective("p99", 2.0, 1.0, held=False), unanswered=True, worst_window=1.0, worst_unanswered=True)
    read = objectives.read_objective(failed)
    assert (read.observed, read.worst) == ("failed", "failed")
    assert (read.used, read.worst_used) == (float("inf"), float("inf"))


def test_a_wait_that_nobody_saw_the_end_of_is_told_as_a_lower_bound() -> None:
    read = objectives.read_objective(replace(_objective("p99", 2.0, 30.0, held=False), unanswered=True))
    assert (read.observed, read.used) == ("≥ 30 s", 15.0)


def test_who_was_still_inside_at_the_end_is_named_beside_the_share_that_leaves_them_out() -> None:
    run = one_second_run()
    run = replace(run, visitors=replace(run.visitors, in_flight=136))
    notes = [(o.step, o.note) for _, group in objectives.objective_groups(run) for o in group if o.note]
    assert notes == [(None, "136 were still inside when it ended, and not judged")]
    assert "136 were still inside when it ended" in summary(run)
    assert "136 were still inside when it ended" in page(run)
    assert not any(o.note for _, group in objectives.objective_groups(one_second_run()) for o in group)


def test_seconds_that_the_objectives_leave_out_and_the_pages_count_are_said() -> None:
    run = tired_run()
    for text in (" ".join(summary(run).split()), page(run)):
        assert "40 s in which the load generator did not keep up are left out of the objectives" in text
    assert objectives.left_out(one_second_run()) is None


def test_objectives_are_grouped_by_step_in_the_order_of_the_journey_after_those_of_all() -> None:
    steps = [step for step, _ in objectives.objective_groups(overloaded_run())]
    assert steps == [None, "GET {landing}", "GET /books/{id}", "POST /basket"]


def test_the_first_missed_window_is_the_earliest_of_all_objectives() -> None:
    run = overloaded_run()
    assert objectives.first_miss(run) == min(
        o.missed_at_seconds for o in run.objectives if o.missed_at_seconds is not None
    )
    assert objectives.first_miss(one_second_run()) is None
