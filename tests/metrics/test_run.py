"""The lines of a run in progress become numbers that agree with its report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from prometheus_client.core import Metric

from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import Answers, Second
from spikekit.metrics.label import OTHER
from spikekit.metrics.run import MOST_STEPS, RunMetrics
from spikekit.vocabulary import VisitorCounts
from tests.engine.plans import plan
from tests.metrics.numbers import HOSTILE


def line(second: int, steps: list[str], *, worker: int = 0, lag: float = 0.001, **counts: int) -> Second:
    right, lost = Histogram.of(np.array([0.2, 0.3])), Histogram.of(np.array([0.1]))
    return Second(
        second=second,
        planned={second: 10},
        started={second: 10},
        worker=worker,
        sent=dict.fromkeys(steps, 4),
        lag={second: Histogram.of(np.array([lag]))},
        answers=tuple(
            Answers(step=s, intended=second, latency=right, service=right, lost=lost, failures={"timeout": 1})
            for s in steps
        ),
        **counts,
    )


def _samples(metrics: RunMetrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name and label values; no two may be alike."""
    found: dict[tuple[str, ...], float] = {}
    for family in metrics.families():
        assert isinstance(family, Metric)
        for sample in family.samples:
            key = (sample.name, *sample.labels.values())
            assert key not in found
            found[key] = sample.value
    return found


def fed(*lines: Second) -> RunMetrics:
    metrics = RunMetrics()
    for line in lines:
        metrics.add(plan(), line)
    return metrics


def _value(metrics: RunMetrics, name: str) -> float:
    return sum(value for key, value in _samples(metrics).items() if key[0] == f"spikekit_{name}")


def test_before_the_first_line_there_is_no_series() -> None:
    assert list(RunMetrics().families()) == []


def test_the_lines_of_all_workers_are_one_run() -> None:
    metrics = fed(*(line(s, ["page"], worker=w, completed=3, in_flight=5) for s in range(3) for w in range(2)))
    assert _value(metrics, "visitors_planned_total") == 60
    assert _value(metrics, "visitors_completed_total") == 18
    assert _value(metrics, "visitors_in_flight") == 10
    assert _value(metrics, "requests_total") == 24
    assert _value(metrics, "request_failures_total") == 6
    assert _value(metrics, "requests_in_flight") == 6
    assert _value(metrics, "request_duration_seconds_count") == 18


def test_two_hundred_hostile_steps_stay_within_bounds_and_lose_no_request() -> None:
    steps = [f"{HOSTILE}{number}" for number in range(200)]
    metrics = fed(line(0, steps), line(1, list(reversed(steps))))
    labels = Counter(key[-1] for key in _samples(metrics) if key[0] == "spikekit_requests_total")
    assert MOST_STEPS - 2 <= len(labels) <= MOST_STEPS + 1
    assert OTHER in labels
    assert _value(metrics, "requests_total") == 2 * 4 * 200
    assert _value(metrics, "request_duration_seconds_count") == 2 * 3 * 200
    assert len(_samples(metrics)) < 500


def test_a_late_generator_is_told_while_it_is_late() -> None:
    on_time = [line(s, ["page"]) for s in range(3)]
    late = [line(s, ["page"], lag=0.2) for s in range(3, 6)]
    again = [line(s, ["page"]) for s in range(6, 30)]
    assert _value(fed(*on_time), "generator_healthy") == 1
    assert _value(fed(*on_time, *late), "generator_healthy") == 0
    assert _value(fed(*on_time, *late, *again), "generator_healthy") == 1


def test_a_worker_that_falls_silent_is_told() -> None:
    both = [line(s, ["page"], worker=w) for s in range(3) for w in range(2)]
    alone = [line(s, ["page"]) for s in range(3, 12)]
    assert _value(fed(*both, *alone), "generator_healthy") == 0
    assert _value(fed(*both[:-1], replace(both[-1], last=True), *alone), "generator_healthy") == 1


def test_at_its_end_the_run_tells_what_a_dead_worker_had_planned() -> None:
    metrics = fed(line(0, ["page"], completed=8, in_flight=2))
    metrics.conclude(VisitorCounts(planned=30, started=10, completed=8, unreported=20, in_flight=2))
    assert _value(metrics, "visitors_planned_total") == 30
    assert _value(metrics, "visitors_unreported_total") == 20
    assert _value(metrics, "requests_in_flight") == 0
    assert metrics.is_concluded
