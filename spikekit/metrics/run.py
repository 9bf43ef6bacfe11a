"""The run in progress: every worker's lines added up as they come, told to whoever scrapes."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client.core import Metric

from spikekit.engine.failure import GENERATOR_FAULTS
from spikekit.engine.plan import Plan
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import ASSETS, Answers, Second
from spikekit.metrics import names
from spikekit.metrics.buckets import LAGS, Buckets, bounds
from spikekit.metrics.family import Labels, histogram, quantiles, simple
from spikekit.metrics.label import Room, clean
from spikekit.verdict.health import Health
from spikekit.vocabulary import VisitorCounts

MOST_STEPS = 20
"""Steps with series of their own; each has a histogram, so the rest share one."""

HEALTH_SECONDS = 10
"""Health is told of the newest so many seconds, the time over which objectives are judged."""

SILENT_SECONDS = 5
"""A worker that tells nothing for so long, while others do, is lost."""


class RunMetrics:
    """Counts of the lines seen so far. ``add`` and ``families`` may be called from different threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: Labels | None = None
        self._visitors: Counter[str] = Counter()
        self._steps = Room(MOST_STEPS)
        self._requests: Counter[str] = Counter()
        self._failures: Counter[tuple[str, str]] = Counter()
        self._answered = 0
        self._inside: dict[int, int] = {}
        self._limits: tuple[tuple[float, float], ...] = ()
        self._bounds = bounds(())
        self._durations: dict[str, Buckets] = {}
        self._lag = Buckets(LAGS)
        self._recent = _Recent()
        self.is_concluded = False

    def add(self, plan: Plan, line: Second) -> None:
        """Count one more line of the plan's run (of each trial's, in a search)."""
        with self._lock:
            if self._run is None:
                self._begin(plan)
            self._visitors.update(
                planned=sum(line.planned.values()),
                started=sum(line.started.values()),
                completed=line.completed,
                failed=line.failed,
                abandoned=line.abandoned,
                dropped=line.dropped,
            )
            self._inside[line.worker] = line.in_flight
            for step, sent in line.sent.items():
                self._requests[self._steps.label(step)] += sent
            for answers in line.answers:
                self._count(answers)
            for late in line.lag.values():
                self._lag.add(late)
            self._recent.add(line)

    def conclude(self, visitors: VisitorCounts | None = None) -> None:
        """The run is over; its ``visitors`` tell what dead workers had planned, and who was left inside."""
        with self._lock:
            self.is_concluded = True
            self._answered = self._requests.total()
            if visitors is not None:
                self._visitors["planned"] = max(visitors.planned, self._visitors["planned"])
                self._visitors["unreported"] = visitors.unreported
                self._inside = {0: visitors.in_flight}

    def families(self) -> Iterator[Metric]:
        """What is known now; nothing before the first line."""
        with self._lock:
            return iter(self._families() if self._run is not None else [])

    def _begin(self, plan: Plan) -> None:
        self._run = (clean(plan.campaign or ""), clean(plan.hosts[0].name))
        self._limits = plan.objectives.latency
        self._bounds = bounds(seconds for _, seconds in self._limits)
        for name in (ASSETS, *plan.methods):
            # These come before whatever a Locust class makes up on the way.
            self._steps.label(name)

    def _count(self, answers: Answers) -> None:
        step = self._steps.label(answers.step)
        durations = self._durations.setdefault(step, Buckets(self._bounds))
        durations.add(answers.latency)
        durations.add_beyond(answers.lost)
        self._answered += answers.latency.total + sum(answers.failures.values())
        for reason, count in answers.failures.items():
            self._failures[step, reason] += count

    def _families(self) -> list[Metric]:
        run = self._run or ()
        told = {
            names.PLANNED: "planned",
            names.STARTED: "started",
            names.COMPLETED: "completed",
            names.FAILED: "failed",
            names.ABANDONED: "abandoned",
            names.DROPPED: "dropped",
            names.UNREPORTED: "unreported",
        }
        waiting = max(0, self._requests.total() - self._answered)
        return [
            *(simple(name, {run: self._visitors[key]}) for name, key in told.items()),
            simple(names.INSIDE, {run: sum(self._inside.values())}),
            simple(names.REQUESTS, {(*run, step): count for step, count in self._requests.items()}),
            simple(names.FAILURES, {(*run, *key): count for key, count in self._failures.items()}),
            histogram(names.DURATION, self._bounds, {(*run, s): b.cumulative() for s, b in self._durations.items()}),
            simple(names.IN_FLIGHT, {run: waiting}),
            histogram(names.LAG, LAGS, {run: self._lag.cumulative()}),
            simple(names.HEALTHY, {run: float(self._recent.is_healthy)}),
            quantiles(names.OBJECTIVE, {run: dict(self._limits)}),
        ]


class _Recent:
    """The newest whole seconds, for the generator's health: the same rule by which windows are judged."""

    def __init__(self) -> None:
        self._newest = -1
        self._counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._lags: defaultdict[int, list[Histogram]] = defaultdict(list)
        self._heard: dict[int, Second] = {}

    def add(self, line: Second) -> None:
        if line.second < self._newest - HEALTH_SECONDS:
            # The next trial of a search begins at its second 0.
            self._newest = -1
            self._counts.clear()
            self._lags.clear()
            self._heard.clear()
        self._newest = max(self._newest, line.second)
        self._heard[line.worker] = line
        self._counts[line.second]["faults"] += sum(
            count for a in line.answers for kind, count in a.failures.items() if kind in GENERATOR_FAULTS
        )
        for key, counts in (("planned", line.planned), ("started", line.started)):
            for second, count in counts.items():
                self._counts[second][key] += count
        for second, lag in line.lag.items():
            self._lags[second].append(lag)
        oldest = self._newest - HEALTH_SECONDS
        self._counts = defaultdict(Counter, {s: c for s, c in self._counts.items() if s >= oldest})
        self._lags = defaultdict(list, {s: h for s, h in self._lags.items() if s >= oldest})

    @property
    def is_healthy(self) -> bool:
        # Of the newest second some starts are still to be told.
        whole = [counts for second, counts in self._counts.items() if second < self._newest]
        counts = sum(whole, Counter[str]())
        lag = Histogram.merged(h for parts in self._lags.values() for h in parts)
        health = Health(
            planned=counts["planned"],
            started=counts["started"],
            lag_p99_seconds=lag.quantile(0.99),
            own_failures=counts["faults"],
        )
        silent = [w for w in self._heard.values() if not w.last and w.second < self._newest - SILENT_SECONDS]
        return not health.reasons and not silent
