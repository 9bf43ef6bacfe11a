"""What trials tell of a capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from spikekit.capacity.belief import Belief, believe
from spikekit.capacity.likelihood import Manner
from spikekit.capacity.reading import collapses
from spikekit.capacity.search import Quest, next_move
from spikekit.capacity.trial import Trial, TrialKind
from spikekit.vocabulary import Verdict
from tests.capacity.trials import held, missed, trial


def _belief(trials: Sequence[Trial], manner: Manner, *, broke_at: float | None = None) -> Belief:
    return believe(trials, anchor=100, broke_at=broke_at, manner=manner, at_work=50)


def test_what_tipped_over_at_once_holds_less_than_what_did_so_late() -> None:
    at_once, late = ([held(95), missed(110, lasted=seconds)] for seconds in (4.0, 28.0))
    assert _belief(at_once, Manner.COLLAPSE).quantile(0.5) < 0.98 * _belief(late, Manner.COLLAPSE).quantile(0.5)


def test_what_survives_a_trial_is_more_than_what_survives_an_hour() -> None:
    belief = _belief([held(100, seconds=20), missed(110, lasted=10), held(105, seconds=20)], Manner.COLLAPSE)
    assert belief.quantile(0.5) < 0.97 * belief.rate_that_misses(0.5, 20)


@pytest.mark.parametrize("manner", Manner)
def test_the_longer_a_trial_and_the_higher_its_rate_the_likelier_it_misses(manner: Manner) -> None:
    belief = _belief([held(95), missed(110, lasted=10)], manner)
    assert belief.rate_that_misses(0.3, 30) < belief.rate_that_misses(0.7, 30)
    if manner is Manner.COLLAPSE:
        assert belief.rate_that_misses(0.5, 30) < belief.rate_that_misses(0.5, 6)


def test_an_overloaded_queue_holds_no_more_than_it_lets_through_however_many_short_trials_flatter_it() -> None:
    flattered = [held(102, seconds=12), held(104, seconds=12), replace(missed(112, seconds=12), served_per_second=100)]
    full = [*flattered[:2], replace(flattered[2], let_through_per_second=100)]
    assert _belief(full, Manner.QUEUE).quantile(0.5) < _belief(flattered, Manner.QUEUE).quantile(0.5) - 1
    assert _belief(full, Manner.SHARP).quantile(0.5) == _belief(flattered, Manner.SHARP).quantile(0.5)


def test_the_tighter_the_objectives_the_further_below_what_it_lets_through_a_queue_holds() -> None:
    full = [held(15, seconds=12), replace(missed(25, seconds=12), let_through_per_second=20)]
    tight = [replace(t, tightness_per_second=2.0) for t in full]
    loose, strict = (
        believe(t, anchor=20, broke_at=None, manner=Manner.QUEUE, at_work=1).quantile(0.5) for t in (full, tight)
    )
    assert strict < loose - 0.8


def test_above_what_broke_the_look_a_capacity_is_unlikely_until_it_holds() -> None:
    short = [held(90, seconds=6)]
    unbroken, broken = _belief(short, Manner.QUEUE), _belief(short, Manner.QUEUE, broke_at=120)
    assert broken.quantile(0.9) < unbroken.quantile(0.9)
    grown = [held(rate, seconds=12) for rate in (130, 140, 150)]
    assert _belief(grown, Manner.QUEUE, broke_at=120).quantile(0.1) > 120


def _fall(rate: float) -> Trial:
    """Not half of those who came got through."""
    return replace(missed(rate, lasted=8), served_per_second=0.4 * rate, collapsed=True)


def test_what_gets_everybody_through_under_a_greater_crowd_is_no_collapse() -> None:
    look = replace(trial(150, Verdict.NOT_READY, kind=TrialKind.LOOK, seconds=12), served_per_second=100)
    fallen = [look, held(90), _fall(100), _fall(98), held(95)]
    assert collapses(fallen)
    waited = replace(missed(108, seconds=6), served_per_second=100, p95_seconds=0.7)
    assert not collapses([*fallen, waited])


def test_what_collapses_is_not_knocked_over_again_once_enough_is_known() -> None:
    look = replace(trial(150, Verdict.NOT_READY, kind=TrialKind.LOOK, seconds=12), served_per_second=100)
    trials = [look, held(90)]
    quest = Quest(most_per_second=1000, budget_seconds=1000)
    while (move := next_move(quest, trials)) and len(trials) < 30:
        rate, long = move.visitors_per_second, move.duration_seconds
        trials.append(held(rate, seconds=long) if rate < 105 else replace(_fall(rate), planned_seconds=long))
    assert 2 <= sum(t.collapsed for t in trials) <= 5
    assert all(t.visitors_per_second < 125 for t in trials[1:])
