"""Whole searches against shops of known capacity, in virtual time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.finding import Finding, find
from spikekit.capacity.search import Quest, next_move
from spikekit.capacity.trace import Trace
from spikekit.capacity.trial import LimitedBy, Move, Trial, TrialKind, trial_of
from spikekit.measurement.record import Record
from spikekit.shop.settings import Settings
from spikekit.site.model import Step
from spikekit.verdict.judge import judged
from spikekit.vocabulary import FailureKind, Verdict
from tests.capacity.trials import trial
from tests.capacity.virtual import LOOK, VirtualShop, plan_of, searched

QUEST = Quest(most_per_second=5000, budget_seconds=180)
PAGES = {LOOK.name: 1.0}


def _found(settings: Settings, *, quest: Quest = QUEST, seed: int = 1) -> tuple[Finding, list[Trial]]:
    trials = searched(settings, quest, seed=seed)
    return find(quest, trials, PAGES), trials


@pytest.mark.parametrize(
    ("settings", "truth", "behaviour", "limited_by"),
    [
        # The truths of ``benchmarks.capacity``: an hour of the same server at each rate.
        (Settings(slots=10, service_seconds=0.1), 97.9, Behaviour.QUEUES, LimitedBy.LATENCY),
        (Settings(slots=24, service_seconds=0.04, queue=6), 496.0, Behaviour.SHEDS, LimitedBy.ERRORS),
        (Settings(slots=None, rate_limit=300), 295.1, Behaviour.RATE_LIMITS, LimitedBy.RATE_LIMIT),
        (Settings(slots=20, service_seconds=0.05, collapse=True), 256.0, Behaviour.COLLAPSES, LimitedBy.LATENCY),
    ],
    ids=["queue", "shed", "rate limit", "collapse"],
)
def test_a_known_capacity_is_found_with_how_it_fails_within_three_minutes(
    settings: Settings, truth: float, behaviour: Behaviour, limited_by: LimitedBy
) -> None:
    found, trials = _found(settings)
    assert found.capacity is not None
    assert found.conclusive
    assert found.capacity.warm.likely == pytest.approx(truth, rel=0.08)
    assert (found.behaviour, found.limited_by, found.bottleneck) == (behaviour, limited_by, LOOK.name)
    assert trials[-1].offset_seconds + trials[-1].duration_seconds <= QUEST.budget_seconds
    assert found.seconds_above < QUEST.budget_seconds * 0.55


@pytest.mark.parametrize(("slots", "per_second", "truth"), [(1, 20, 18.3), (1, 40, 38.17), (4, 100, 97.62)])
def test_a_small_queue_holds_less_than_it_lets_through_and_the_interval_knows(
    slots: int, per_second: float, truth: float
) -> None:
    """The truths of ``benchmarks.capacity``. One in twenty intervals may miss."""
    settings = Settings(slots=slots, service_seconds=slots / per_second)
    found = [_found(settings, seed=seed)[0].capacity for seed in range(8)]
    warm = [capacity.warm for capacity in found if capacity is not None]
    assert len(warm) == 8
    assert sum(e.low <= truth <= (e.high or 0.0) for e in warm) >= 7
    assert sorted(e.likely for e in warm)[4] == pytest.approx(truth, rel=0.04)


def test_a_cold_site_has_two_capacities_and_the_time_between_them() -> None:
    found, _ = _found(Settings(slots=20, service_seconds=0.05, cold=2.0, warm_up_seconds=25))
    assert found.capacity is not None
    assert found.capacity.cold is not None
    assert found.capacity.warm.likely == pytest.approx(400, rel=0.05)
    assert found.capacity.cold.low <= 200 <= (found.capacity.cold.high or 0.0)
    assert 15 <= found.capacity.warm_up_seconds <= 90
    assert found.behaviour is Behaviour.QUEUES


def test_a_site_that_grows_is_told_from_one_that_warms() -> None:
    found, _ = _found(Settings(slots=10, service_seconds=0.05, replicas=3, replica_seconds=15))
    assert found.behaviour is Behaviour.SCALES_OUT
    assert found.capacity is not None
    assert found.capacity.warm.likely == pytest.approx(600, rel=0.08)


def test_a_site_that_wears_out_has_no_capacity() -> None:
    found, _ = _found(Settings(slots=20, service_seconds=0.05, doubling_seconds=200))
    assert found.behaviour is Behaviour.DEGRADES
    assert found.capacity is None
    assert not found.conclusive


def test_a_wall_that_refuses_us_is_no_capacity() -> None:
    found, trials = _found(Settings(blocked=True))
    assert len(trials) == 1
    assert found.capacity is None
    assert "ask IT" in found.doubts[0]


def test_a_rule_about_rates_met_by_a_tired_generator_is_no_refusal_of_us() -> None:
    shop = VirtualShop(Settings(slots=None, rate_limit=300))
    move = Move(kind=TrialKind.TRIAL, visitors_per_second=310, duration_seconds=6)
    plan = plan_of(move.curve())
    trace, record = Trace(plan), Record()
    for line in shop.seconds(plan):
        record.add(line)
        trace.add(line)
    tired = replace(judged(plan, record), verdict=Verdict.INCONCLUSIVE)
    assert tired.failures[FailureKind.BLOCKED] > 5
    told = trial_of(
        move, tired, trace, sent_seconds=6, offset_seconds=0, took_seconds=7, recovery_seconds=0, rest_seconds=0.05
    )
    assert not told.refused


def test_what_holds_all_that_was_asked_for_has_a_lower_bound_only() -> None:
    quest = Quest(most_per_second=50, budget_seconds=120)
    found, _ = _found(Settings(slots=40, service_seconds=0.05), quest=quest)
    assert found.conclusive
    assert found.limited_by is LimitedBy.NONE
    assert found.capacity is not None
    assert found.capacity.warm.is_lower_bound
    assert found.capacity.warm.likely == 50


def test_a_generator_that_cannot_follow_gives_a_lower_bound_and_never_a_capacity() -> None:
    trials = [trial(5000, Verdict.READY, kind=TrialKind.LOOK), trial(1000, Verdict.READY)]
    while (move := next_move(QUEST, trials)) and len(trials) < 30:
        rate = move.visitors_per_second
        trials.append(trial(rate, Verdict.READY if rate < 2000 else Verdict.INCONCLUSIVE))
    found = find(QUEST, trials, PAGES)
    assert found.limited_by is LimitedBy.GENERATOR
    assert not found.conclusive
    assert found.capacity is not None
    assert found.capacity.warm.is_lower_bound
    assert found.capacity.warm.likely < 2000


def test_a_generator_that_gave_way_at_the_first_look_is_tried_with_half_of_that_and_named() -> None:
    look = replace(trial(2000, Verdict.INCONCLUSIVE, kind=TrialKind.LOOK), offered_per_second=2000)
    move = next_move(QUEST, [look])
    assert move is not None
    assert move.visitors_per_second <= 1000
    nothing = find(QUEST, [look], PAGES)
    assert (nothing.limited_by, nothing.capacity) == (LimitedBy.GENERATOR, None)
    assert "this machine could not send fast enough" in nothing.doubts[0]
    held = find(QUEST, [look, trial(1000, Verdict.READY)], PAGES)
    assert held.limited_by is LimitedBy.GENERATOR
    assert held.capacity is not None
    assert held.capacity.warm.is_lower_bound


def test_pages_of_half_a_second_are_no_crowd_that_grows() -> None:
    found, trials = _found(Settings(slots=100, service_seconds=0.5), quest=replace(QUEST, budget_seconds=60))
    assert trials[0].visitors_per_second > 180
    assert found.capacity is not None
    assert found.capacity.warm.low < 200 < (found.capacity.warm.high or 0)


def test_a_step_that_refuses_everybody_is_named() -> None:
    look = replace(trial(30, Verdict.INCONCLUSIVE, kind=TrialKind.LOOK), refused=True, step="POST /basket")
    assert "refuses us at POST /basket" in find(QUEST, [look], PAGES).doubts[0]


def test_a_target_that_dies_ends_the_search_with_what_it_had_held() -> None:
    look = trial(300, Verdict.NOT_READY, kind=TrialKind.LOOK)
    gone = replace(trial(250, Verdict.NOT_READY), gone=True, recovery_seconds=None)
    trials = [look, trial(200, Verdict.READY), gone]
    assert next_move(QUEST, trials) is None
    found = find(QUEST, trials, PAGES)
    assert "stopped answering at 250 visitors/s" in found.doubts[0]
    assert found.capacity is not None
    assert found.capacity.warm.is_lower_bound
    assert found.capacity.warm.likely <= 200


def test_one_miss_by_somebody_else_s_doing_does_not_settle_it() -> None:
    trials = [trial(400, Verdict.NOT_READY, kind=TrialKind.LOOK)]
    trials += [trial(r, v) for r, v in [(200, Verdict.NOT_READY), (300, Verdict.READY), (350, Verdict.READY)]]
    trials += [trial(420, Verdict.NOT_READY), (trial(380, Verdict.READY)), trial(400, Verdict.NOT_READY)]
    found = find(QUEST, trials, PAGES)
    assert found.capacity is not None
    assert found.capacity.warm.low > 330


def test_of_two_journeys_the_dearer_has_less_capacity_and_its_slow_step_is_named() -> None:
    shop = Settings(slots=20, service_seconds=0.05, slow=(("/basket", 6.0),))
    basket = Step(name="POST /basket", method="POST", path="/basket", think_seconds=1.0, continue_ratio=0.5)
    quest = Quest(most_per_second=2000, budget_seconds=180, settle_seconds=2.0)
    trials = searched(shop, quest, steps=(LOOK, basket))
    dear = find(quest, trials, {LOOK.name: 1.0, basket.name: 0.5})
    assert dear.bottleneck == basket.name
    assert dear.capacity is not None
    # A visitor is 1 + 6/2 pages' work: a quarter of what the look alone would have.
    assert dear.capacity.warm.likely == pytest.approx(100, rel=0.08)
