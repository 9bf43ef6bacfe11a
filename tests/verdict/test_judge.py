"""A measured run and its verdict, on records whose truth is known because they were made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.measurement.record import Record
from spikekit.measurement.second import ASSETS, Second
from spikekit.profile.curve import RateCurve
from spikekit.site.model import Step
from spikekit.verdict.judge import judged
from spikekit.verdict.run import ObjectiveResult, Run
from spikekit.verdict.words import misses
from spikekit.vocabulary import FailureKind, RunKind, Verdict
from tests.verdict.recordings import (
    BASKET,
    PAGE,
    answers,
    busy_second,
    failing_second,
    histogram,
    plan,
    recorded,
    tired_second,
)


def _objective(run: Run, name: str) -> ObjectiveResult:
    return next(o for o in run.objectives if o.name == name)


def test_a_site_that_answers_everybody_in_time_is_ready() -> None:
    run = judged(plan(400), recorded(30, lambda s: busy_second(s, 400)))
    assert run.verdict is Verdict.READY
    assert run.reasons == []
    assert all(o.held for o in run.objectives)
    assert run.sentence.startswith("Ready: staging held the load of 400 visitors/s for 30 s")
    assert run.generator.healthy


def test_a_queue_that_grows_is_not_ready() -> None:
    run = judged(plan(1100), recorded(30, lambda s: busy_second(s, 1100, latency=0.05 + 0.27 * s)))
    assert run.verdict is Verdict.NOT_READY
    assert run.sentence.startswith("Not ready: staging did not hold the load of 1,100 visitors/s")
    assert _objective(run, "p95").held is False
    assert _objective(run, "errors").held is True


def test_every_missed_objective_is_a_reason_and_nothing_else_is() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, "unexpected_status")))
    assert run.verdict is Verdict.NOT_READY
    assert [o.held for o in run.objectives] == [False] * 4
    assert len(run.reasons) == 4
    assert not any("nothing was measured" in reason for reason in run.reasons)


def test_a_miss_in_a_healthy_window_stays_not_ready_when_the_generator_tires_later() -> None:
    run = judged(
        plan(), recorded(40, lambda s: tired_second(s) if s >= 20 else busy_second(s, latency=1.5 if s < 10 else 0.05))
    )
    assert run.verdict is Verdict.NOT_READY
    assert "1.5 s or longer" in run.reasons[0]
    assert not run.generator.healthy


def test_a_generator_tired_all_along_says_nothing_about_the_site() -> None:
    for latency in (0.05, 5.0):
        run = judged(plan(), recorded(30, lambda s, latency=latency: replace(busy_second(s, latency=latency, lag=0.3))))
        assert run.verdict is Verdict.INCONCLUSIVE, latency
        assert "late" in run.reasons[0]


def test_visitors_that_never_started_say_nothing_about_the_site() -> None:
    run = judged(plan(), recorded(30, lambda s: tired_second(s, dropped=2)))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert "of 3,000 planned visitors were started" in run.reasons[0]
    assert "dropped" not in run.reasons[0]


def test_a_limit_that_turned_visitors_away_is_named_as_the_reason() -> None:
    limit = "the target's limit of 100 requests/s"
    run = judged(
        plan(),
        recorded(30, lambda s: replace(tired_second(s, dropped=2), notes=(f"visitors were dropped at {limit}",))),
    )
    assert run.verdict is Verdict.INCONCLUSIVE
    assert run.reasons[0].endswith(f"99 % needed), for visitors were dropped at {limit}")


@pytest.mark.parametrize("ended", [True, False])
def test_no_data_is_never_ready(ended: bool) -> None:
    run = judged(plan(), Record([Second(second=0, last=True)] if ended else []))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert run.reasons


def test_visitors_planned_but_nothing_answered_is_never_ready() -> None:
    lines = [Second(second=0, planned={0: 10}, started={0: 10}, sent={PAGE: 10}, in_flight=10, last=True)]
    assert judged(plan(), Record(lines)).verdict is not Verdict.READY


def test_a_generator_that_died_is_inconclusive_however_well_it_went_until_then() -> None:
    run = judged(plan(), recorded(20, busy_second, ended=False))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert not run.generator.healthy


def test_a_run_that_ended_early_is_inconclusive_and_says_why() -> None:
    run = judged(plan(), recorded(12, busy_second), ended="the target withdrew its consent: status 404")
    assert run.verdict is Verdict.INCONCLUSIVE
    assert "withdrew its consent" in run.sentence
    assert run.duration_seconds == 12


def test_one_slow_page_in_a_quiet_window_condemns_nobody() -> None:
    def line(s: int) -> Second:
        if s < 20:
            return busy_second(s, 200)
        slow = busy_second(s, 1)
        return replace(slow, answers=(answers(PAGE, s, [4.0]),)) if s == 22 else slow

    run = judged(plan(200), recorded(30, line))
    assert run.verdict is Verdict.READY
    assert _objective(run, "p95").worst_window == pytest.approx(4.0, rel=0.01)


def test_the_worst_ten_seconds_are_those_with_the_largest_figure_though_no_page_missed() -> None:
    run = judged(plan(), recorded(30, lambda s: busy_second(s, latency=0.2 if 10 <= s < 20 else 0.05)))
    assert _objective(run, "p95").worst_window == pytest.approx(0.2, rel=0.01)


def test_the_worst_ten_seconds_are_those_with_the_largest_figure_among_equal_shares_of_misses() -> None:
    run = judged(plan(), recorded(30, lambda s: busy_second(s, latency=3.0 if s >= 20 else 1.5)))
    assert _objective(run, "p95").worst_window == pytest.approx(3.0, rel=0.01)


@given(
    st.lists(st.sampled_from([0.05, 0.2, 0.9, 2.5]), min_size=2, max_size=40), st.integers(0, 40), st.integers(0, 60)
)
def test_the_worst_ten_seconds_are_never_better_than_the_whole_run(
    latencies: list[float], failing: int, visitors: int
) -> None:
    def line(s: int) -> Second:
        if s >= 10 and s % 3 == 0:
            return failing_second(s, "unexpected_status", visitors + 40, failing=failing)
        return busy_second(s, 1 + (visitors if s < 10 else 3), latency=latencies[s])

    run = judged(plan(), recorded(len(latencies), line))
    for o in run.objectives:
        assert o.observed is not None
        assert o.worst_window is not None
        sign = -1 if o.name == "visitors" else 1
        assert (o.worst_unanswered, sign * o.worst_window) >= (o.unanswered, sign * o.observed), o


def test_a_share_that_failed_at_once_is_told_apart_from_one_that_waited_as_long() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, "unexpected_status")))
    assert _objective(run, "p95").unanswered
    assert _objective(run, "p95").worst_unanswered
    slow = judged(plan(), recorded(30, lambda s: busy_second(s, latency=1.5)))
    assert not _objective(slow, "p95").unanswered
    assert not _objective(slow, "p95").worst_unanswered


def test_requests_still_waiting_beyond_the_limit_at_the_end_are_misses() -> None:
    def line(s: int) -> Second:
        silent = Second(second=s, planned={s: 100}, started={s: 100}, sent={PAGE: 100}, in_flight=100 * (s + 1))
        return replace(silent, lag={s: histogram([0.001] * 100)})

    lines = [line(s) for s in range(5)]
    waiting = tuple(answers(PAGE, s, [4.0 - s + 0.5] * 100) for s in range(5))
    lines[-1] = replace(lines[-1], pending=waiting, last=True)
    run = judged(plan(), Record(lines), ended="the run was stopped by hand", interrupted=True)
    assert run.verdict is Verdict.NOT_READY
    assert _objective(run, "p95").observed == pytest.approx(4.5, rel=0.01)


def test_requests_that_have_only_just_been_sent_are_no_misses() -> None:
    lines = [busy_second(s) for s in range(10)]
    lines[-1] = replace(lines[-1], pending=(answers(PAGE, 9, [0.3] * 20),), last=True)
    assert judged(plan(seconds=10), Record(lines)).verdict is Verdict.READY


def test_a_generator_out_of_ports_is_no_fault_of_the_target() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, FailureKind.NO_PORTS.value)))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert any("this machine" in reason for reason in run.reasons)
    assert not run.generator.healthy


def test_a_page_late_only_because_the_generator_was_late_is_held_back_from_judgement() -> None:
    run = judged(
        plan(), recorded(30, lambda s: busy_second(s, latency=1.5, lag=1.4) if 10 <= s < 20 else busy_second(s))
    )
    assert run.verdict is Verdict.INCONCLUSIVE


def test_visitors_served_too_late_are_not_served() -> None:
    run = judged(plan(), recorded(30, lambda s: replace(busy_second(s), late=3)))
    visitors = _objective(run, "visitors")
    assert (visitors.held, visitors.observed) == (False, 0.97)


def test_failed_assets_are_told_apart_and_condemn_no_page() -> None:
    def line(s: int) -> Second:
        page = busy_second(s)
        pictures = answers(ASSETS, s, [3.0] * 50, failures={"unexpected_status": 50})
        return replace(page, sent={**page.sent, ASSETS: 100}, answers=(*page.answers, pictures))

    run = judged(plan(), recorded(30, line))
    assert run.verdict is Verdict.READY
    assert (run.assets.requests, run.assets.failed) == (3000, 1500)
    assert run.requests.failed == 0
    assert [step.name for step in run.steps] == [PAGE]


def test_visitors_whose_visits_end_after_the_last_arrival_count_too() -> None:
    # Everybody gives up after 30 s, when nobody is planned any more.
    def line(s: int) -> Second:
        came = Second(second=s, planned={s: 100}, started={s: 100}, sent={PAGE: 100}, in_flight=100 * (s + 1))
        if s >= 10:
            came = Second(second=s, in_flight=1000)
        if s >= 30:
            given_up = answers(PAGE, s - 30, failures={"timeout": 100}, after=30.0)
            came = Second(second=s, abandoned=100, in_flight=1000 - 100 * (s - 29), answers=(given_up,))
        return came

    run = judged(plan(seconds=10), recorded(40, line))
    assert run.verdict is Verdict.NOT_READY
    visitors = _objective(run, "visitors")
    assert (visitors.held, visitors.observed) == (False, 0.0)
    assert run.visitors.broken_laws() == []


def test_a_few_patient_visitors_at_the_very_end_are_weighed_with_all_the_others() -> None:
    # One in a hundred gives up after 30 s: those of the last seconds are alone when they do.
    def line(s: int) -> Second:
        lost = 1 if s >= 30 else 0
        if s >= 60:
            gone = answers(PAGE, s - 30, failures={"timeout": 1}, after=30.0)
            return Second(second=s, abandoned=1, answers=(gone,), in_flight=89 - s)
        well = busy_second(s)
        page = answers(PAGE, s, [0.05] * 99)
        gone = answers(PAGE, s - 30, failures={"timeout": lost}, after=30.0)
        return replace(well, completed=99, abandoned=lost, answers=(page, gone), in_flight=min(s + 1, 30))

    visitors = _objective(judged(plan(seconds=60), recorded(90, line)), "visitors")
    assert visitors.held is True
    assert visitors.observed == pytest.approx(0.99)


def test_a_step_that_nobody_reached_is_never_part_of_ready() -> None:
    steps = (
        Step(name=PAGE, method="GET", path="/"),
        Step(name="POST /basket", method="POST", path="/basket", think_seconds=120.0),
    )
    run = judged(plan(steps=steps), recorded(30, busy_second))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert "POST /basket" in run.reasons[0]


def test_a_step_so_rare_that_nobody_was_expected_there_holds_nothing_up() -> None:
    steps = (
        Step(name=PAGE, method="GET", path="/"),
        Step(name="GET /imprint", method="GET", path="/imprint", continue_ratio=0.0005),
    )
    assert judged(plan(steps=steps), recorded(30, busy_second)).verdict is Verdict.READY


def test_the_law_of_visitors_holds_in_every_document() -> None:
    lines = [
        lambda s: busy_second(s),
        lambda s: tired_second(s),
        lambda s: failing_second(s, "connection_reset", failing=30),
    ]
    for line in lines:
        for ended in (True, False):
            run = judged(plan(), recorded(25, line, ended=ended))
            assert run.visitors.broken_laws() == []
            assert sum(run.timeline.planned) == run.visitors.planned
            assert sum(run.timeline.started) == run.visitors.started
            assert sum(run.timeline.completed) == run.visitors.completed
            assert run.requests.sent == run.requests.succeeded + run.requests.failed


def test_quantiles_count_a_failed_request_as_slower_than_any_answered_one() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, "timeout", failing=10)))
    assert run.latency_seconds.p50 == pytest.approx(0.05, rel=0.001)
    assert run.latency_seconds.p95 is None
    assert run.latency_seconds.max is not None


def test_judging_changes_nothing_that_was_measured() -> None:
    """What a lost worker left unreported is known from the plan, and added to the document only."""
    lines = [replace(busy_second(s, 50), worker=1, last=s == 29) for s in range(30)]
    record = Record([*lines, *(busy_second(s, 50) for s in range(10))])
    first = judged(plan(), record)
    assert (record.planned[20], record.lost_workers) == (50, 1)
    assert first.visitors.unreported > 0
    assert judged(plan(), record) == first


def test_who_was_due_when_somebody_stopped_the_run_says_nothing_of_the_generator() -> None:
    def line(s: int) -> Second:
        return replace(busy_second(s, 1), planned={s: 3}, dropped=2) if s == 12 else busy_second(s, 3)

    stopped = judged(plan(3), recorded(13, line), ended="the run was stopped by hand", interrupted=True)
    assert stopped.verdict is Verdict.INCONCLUSIVE
    assert stopped.reasons == ["the run was stopped by hand"]
    assert stopped.generator.healthy
    assert stopped.generator.notes == []
    assert not judged(plan(3), recorded(13, line)).generator.healthy


def test_a_generator_that_was_tired_before_somebody_stopped_the_run_stays_so() -> None:
    run = judged(plan(), recorded(30, tired_second), ended="the run was stopped by hand", interrupted=True)
    assert not run.generator.healthy


def test_seconds_that_no_objective_is_judged_by_are_counted() -> None:
    run = judged(plan(), recorded(30, lambda s: busy_second(s, latency=1.5, lag=1.4) if s >= 20 else busy_second(s)))
    assert run.generator.left_out_seconds == 10
    assert _objective(run, "p99").observed == pytest.approx(0.05, rel=0.01)
    assert run.steps[0].latency_seconds.p99 == pytest.approx(1.5, rel=0.01)
    assert judged(plan(), recorded(30, busy_second)).generator.left_out_seconds == 0


def test_a_step_says_how_often_it_should_have_been_asked_for() -> None:
    steps = (
        Step(name=PAGE, method="GET", path="/"),
        Step(name=BASKET, method="POST", path="/basket", think_seconds=60.0, continue_ratio=0.5),
    )

    def line(s: int) -> Second:
        well = busy_second(s)
        return replace(well, sent={PAGE: 100, BASKET: 2}, answers=(*well.answers, answers(BASKET, s, [0.05] * 2)))

    found = {step.name: step for step in judged(plan(steps=steps), recorded(30, line)).steps}
    assert (found[PAGE].requests, found[PAGE].expected) == (3000, 3000)
    # A run that was stopped half-way expected half as many.
    half = judged(plan(steps=steps), recorded(15, line), ended="the run was stopped by hand", interrupted=True)
    assert {step.name: step.expected for step in half.steps} == {PAGE: 1500, BASKET: 750}
    assert (found[BASKET].requests, found[BASKET].expected) == (60, 1500)


def test_a_spike_is_named_by_its_busiest_ten_seconds_and_a_load_by_its_highest_rate() -> None:
    """For one second 1,000/s, else 10/s: its busiest ten seconds bring 109/s."""
    curve = RateCurve((0.0, 5.0, 5.0, 6.0, 6.0, 30.0), (10.0, 10.0, 1000.0, 1000.0, 10.0, 10.0))
    spiked = plan()
    stream = replace(spiked.profile.streams[0], curve=curve)
    spiked = replace(spiked, kind=RunKind.REHEARSAL, profile=replace(spiked.profile, streams=(stream,)))
    assert "held the spike of 109 visitors/s" in judged(spiked, recorded(30, busy_second)).sentence
    load = replace(spiked, kind=RunKind.LOAD)
    assert "held the load of 1,000 visitors/s" in judged(load, recorded(30, busy_second)).sentence


def test_a_quantile_that_failed_over_the_whole_run_is_not_told_of_its_worst_seconds_only() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, "unexpected_status", failing=20)))
    assert "more than 5 % got no right answer to GET / within 800 ms" in run.reasons
    assert not any("worst ten seconds" in reason for reason in run.reasons)


def test_the_first_missed_seconds_are_not_called_the_worst() -> None:
    def line(s: int) -> Second:
        slow = {0: 1.0, 2: 3.0}.get(s // 10 if s < 30 else -1, 0.05)
        return replace(busy_second(s), answers=(answers(PAGE, s, [0.05] * 92 + [slow] * 8),))

    reasons = judged(plan(seconds=60), recorded(60, line)).reasons
    assert reasons[0] == (
        "in its worst ten seconds 5 % waited 3.0 s or longer for GET / (800 ms allowed), missed first from 0:00 on"
    )


@pytest.mark.parametrize(
    ("name", "limit", "observed", "words"),
    [
        ("visitors", 0.98, 0.9796, "only 97.96 % of visitors got all they came for in time (98 % needed)"),
        ("visitors", 0.98, 0.0, "no visitor got all they came for in time (98 % needed)"),
        ("p99", 1.5, 1.504, "1 % waited 1.504 s or longer for GET / (1.5 s allowed)"),
        ("errors", 0.01, 0.010_02, "1.002 % of requests for GET / failed (1 % allowed)"),
    ],
)
def test_a_reason_never_says_that_a_figure_missed_itself(name: str, limit: float, observed: float, words: str) -> None:
    missed = ObjectiveResult(name=name, step="GET /", limit=limit, observed=observed, held=False, worst_window=observed)
    assert misses([missed]) == [words]
