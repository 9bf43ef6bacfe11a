"""Records of runs built by hand, second by second: what a generator would have written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from spikekit.engine.plan import Host, Plan
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.measurement.second import Answers, Second
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.site.model import Journey, Objectives, Step
from spikekit.vocabulary import RunKind

PAGE = "GET /"
BASKET = "POST /basket"


def plan(rate: float = 100.0, seconds: float = 30.0, *, steps: tuple[Step, ...] | None = None) -> Plan:
    """A load of ``rate`` visitors/s, one page each unless ``steps`` says more; the default objectives."""
    steps = steps or (Step(name=PAGE, method="GET", path="/"),)
    stream = Stream(origin="load", curve=RateCurve.constant(rate, seconds), landing="/", journey=(("look", 1.0),))
    return Plan(
        id="20261204-180000-load-staging-0000",
        kind=RunKind.LOAD,
        seed=1,
        profile=Profile(streams=(stream,), duration_seconds=seconds),
        journeys=(Journey(name="look", steps=steps),),
        hosts=(Host(name="staging", scheme="http", hostname="shop", port=80, addresses=("127.0.0.1",)),),
        objectives=Objectives(),
        created="2026-12-04T18:00:00+00:00",
        tool_version="1",
        command="spikekit load --rate 100/s --duration 30s",
    )


def histogram(values: Iterable[float]) -> Histogram:
    """The histogram of these seconds."""
    return Histogram.of(np.array(list(values), np.float64))


def answers(
    step: str, intended: int, right: Iterable[float] = (), *, failures: dict[str, int] | None = None, after: float = 0.1
) -> Answers:
    """Right answers with their latencies, and failures that came ``after`` so long."""
    failures = failures or {}
    latency = histogram(right)
    return Answers(
        step=step,
        intended=intended,
        latency=latency,
        service=latency,
        lost=histogram([after] * sum(failures.values())),
        failures=failures,
    )


def busy_second(second: int, visitors: int = 100, *, latency: float = 0.05, lag: float = 0.001) -> Second:
    """``visitors`` came, each saw one page ``latency`` seconds later and went; the generator was ``lag`` late."""
    return Second(
        second=second,
        planned={second: visitors},
        started={second: visitors},
        completed=visitors,
        cpu_ratio=0.2,
        sent={PAGE: visitors},
        lag={second: histogram([lag] * visitors)},
        answers=(answers(PAGE, second, [latency] * visitors),),
    )


def failing_second(second: int, kind: str, visitors: int = 100, *, failing: int | None = None) -> Second:
    """``failing`` of the visitors (all, unless said) got an answer of that kind of failure."""
    failing = visitors if failing is None else failing
    well = busy_second(second, visitors)
    page = answers(PAGE, second, [0.05] * (visitors - failing), failures={kind: failing})
    return replace(well, completed=visitors - failing, failed=failing, answers=(page,))


def tired_second(second: int, visitors: int = 100, *, dropped: int = 50) -> Second:
    """The generator was too late to start some of them, and late with the rest."""
    came = busy_second(second, visitors - dropped, lag=0.3)
    return replace(came, planned={second: visitors}, dropped=dropped)


def recorded(seconds: int, line: Callable[[int], Second], *, ended: bool = True) -> Record:
    """A run of ``line(0)``, ``line(1)``, …; the last one says that it was the last unless the generator died."""
    lines = [line(s) for s in range(seconds)]
    if lines and ended:
        lines[-1] = replace(lines[-1], last=True)
    return Record(lines)
