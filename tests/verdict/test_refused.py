"""Targets that refuse us: what is a wall, and what is a site that gives way."""

from __future__ import annotations

from dataclasses import replace

from spikekit.measurement.second import Second
from spikekit.site.model import Step
from spikekit.verdict.judge import judged
from spikekit.vocabulary import FailureKind, Verdict
from tests.verdict.recordings import (
    BASKET,
    PAGE,
    answers,
    busy_second,
    failing_second,
    plan,
    recorded,
)


def test_a_target_that_refuses_us_from_the_start_is_inconclusive_with_words_for_it() -> None:
    run = judged(plan(), recorded(30, lambda s: failing_second(s, FailureKind.BLOCKED.value)))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert "ask IT" in run.reasons[0]
    assert "403" in run.reasons[0]


TWO_STEPS = (Step(name=PAGE, method="GET", path="/"), Step(name=BASKET, method="POST", path="/basket"))


def _refused_at_the_basket(second: int, *, latency: float = 0.05) -> Second:
    well = busy_second(second, latency=latency)
    refused = answers(BASKET, second, failures={"blocked": 100})
    return replace(
        well, completed=0, failed=100, sent={PAGE: 100, BASKET: 100}, answers=(*well.answers, refused), cpu_ratio=0.2
    )


def test_a_target_that_refuses_us_at_one_step_is_inconclusive_and_says_where() -> None:
    run = judged(plan(steps=TWO_STEPS), recorded(30, _refused_at_the_basket))
    assert run.verdict is Verdict.INCONCLUSIVE
    assert f"refuses us at {BASKET}" in run.reasons[0]


def test_another_step_that_misses_is_not_excused_by_one_that_refuses_us() -> None:
    run = judged(plan(steps=TWO_STEPS), recorded(30, lambda s: _refused_at_the_basket(s, latency=3.0)))
    assert run.verdict is Verdict.NOT_READY
    assert PAGE in run.reasons[0]


def test_a_target_that_refuses_only_once_it_is_busy_is_not_ready() -> None:
    run = judged(
        plan(), recorded(30, lambda s: failing_second(s, "blocked", failing=80) if s >= 10 else busy_second(s))
    )
    assert run.verdict is Verdict.NOT_READY
