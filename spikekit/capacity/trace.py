"""A trial as it is being measured: whether it has clearly failed already, whether it still grows, what got through.

Short trials flatter: a queue that is being filled answers in time until it is full. So whoever asks whether a rate can
be held for ever has to look at what is left inside as well as at what came out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from spikekit.engine.failure import GENERATOR_FAULTS
from spikekit.engine.plan import Plan
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.second import ASSETS, Second
from spikekit.site.model import Journey

GROWTH_Z = 0.7
"""A queue exactly at its capacity walks at random by √(r·T) visitors in T seconds. Past so much of it it grows."""

_CALM_Z = 1.5

CERTAIN = 1.3
"""With so many times the misses that a whole trial may have, no good end can save it."""

PLAIN_RATIO = 0.2
"""In a rising load, a second with so many misses (or five times the allowed share, if that is less) is a failure."""

STUCK_RATIO = 0.75
"""A queue lets its capacity through whatever comes; where plainly less gets through, it is collapsing."""

_FEW = 8
"""Fewer misses than this are chance, whatever their share."""

_HOLD_SECONDS = 2
_RISING = 1.5

GENTLE_SECONDS = 4
"""A rising load is hardly felt in its first seconds."""


class Trace:
    """The seconds of one trial added up as they come. ``rising``: a first look whose rate grows all the time."""

    def __init__(self, plan: Plan, *, settle_seconds: float = 0.0, rising: bool = False) -> None:
        self._plan = plan
        self._rising = rising
        self._settle = settle_seconds
        self._pages = plan.expected_pages()
        self._visitors = max(plan.profile.total, 1e-9)
        self._thinking = thinking_seconds(plan)
        self._workers = plan.sending.all_workers
        self._lines: Counter[int] = Counter()
        self.started: Counter[int] = Counter()
        self.in_flight: Counter[int] = Counter()
        self.right: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._gentle: list[Histogram] = []
        self._ended: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._missed: defaultdict[tuple[str, float], Counter[int]] = defaultdict(Counter)

    def add(self, line: Second) -> None:
        """Count one more line."""
        self._lines[line.second] += 1
        self.started.update(line.started)
        self.in_flight[line.second] += line.in_flight
        for answers in line.answers:
            if answers.step == ASSETS:
                continue
            failed = sum(n for kind, n in answers.failures.items() if kind not in GENERATOR_FAULTS)
            self.right[answers.step][line.second] += answers.latency.total
            if answers.intended < GENTLE_SECONDS:
                self._gentle.append(answers.latency)
            self._ended[answers.step][line.second] += answers.latency.total + failed
            for allowed, limit in self._limits:
                late = answers.latency.total - answers.latency.within(limit)
                self._missed[answers.step, allowed][line.second] += late + failed
            self._missed[answers.step, self._plan.objectives.errors][line.second] += failed

    @property
    def _limits(self) -> Iterable[tuple[float, float]]:
        """What each latency objective allows: (share of misses, seconds)."""
        return ((1 - quantile, limit) for quantile, limit in self._plan.objectives.latency)

    @property
    def seconds(self) -> int:
        """Whole seconds seen so far: those of which every worker has told."""
        newest = max(self._lines, default=-1)
        return newest + 1 if self._lines[newest] >= self._workers else max(newest, 0)

    def has_failed(self) -> bool:
        """Whether nothing that may still come could make this trial hold."""
        if self._overflows():
            return True
        return self._fails_now() if self._rising else self._fails_surely()

    def _overflows(self) -> bool:
        """More are waiting than can be served in time; or than soon can be, while plainly fewer leave than come."""
        limits = [limit for _, limit in self._plan.objectives.latency] or [math.inf]
        if self._rising:
            now = self.seconds - 1
            rate = max(self.started[now], 1)
            # Of a slow page many are inside while all is well, and of a rising load more than a second ago.
            served = _RISING * (self.gentle_median() or 0.0)
            return now >= 1 and self.in_flight[now] > rate * (self._thinking + served + 0.5 * min(limits)) + _FEW
        last = range(max(self.seconds - _HOLD_SECONDS, 0), self.seconds)
        rate = max(sum(self.started[s] for s in last) // _HOLD_SECONDS, 1)
        inside = min((self.in_flight[s] for s in last), default=0)
        soon = rate * (self._thinking + min(1.5 * min(limits), max(limits))) + _FEW
        stuck = self.served_per_second(_HOLD_SECONDS, self.seconds) < STUCK_RATIO * rate
        most = rate * (self._thinking + max(limits)) + _FEW
        return len(last) == _HOLD_SECONDS and (inside > most or (stuck and self.in_flight[last[-1]] > soon))

    def _fails_surely(self) -> bool:
        for (step, allowed), misses in self._missed.items():
            most = allowed * self._pages.get(step, self._visitors)
            if misses.total() > CERTAIN * most + _FEW:
                return True
        return False

    def _fails_now(self) -> bool:
        return bool(self.failing_steps()) or self.has_collapsed()

    def failing_steps(self) -> list[str]:
        """The steps that plainly missed an objective in the last second."""
        now = self.seconds - 1
        return [
            step
            for (step, allowed), misses in self._missed.items()
            if misses[now] > max(_FEW, self._ended[step][now] * min(PLAIN_RATIO, 5 * allowed))
        ]

    def is_growing(self, until: float) -> bool:
        """Whether ever more were inside, beyond chance, between the trial's settling and ``until`` (seconds).

        The least of the last third is held against the middle of the first: a hiccup at the end is no growth.
        """
        first = min(math.ceil(self._settle) + 1, int(until) - 2)
        seconds = range(max(first, 0), int(until))
        if len(seconds) < 3:
            return False
        third = max(len(seconds) // 3, 1)
        inside = np.array([self.in_flight[s] for s in seconds], dtype=np.float64)
        grown = inside[-third:].min() - float(np.median(inside[:third]))
        rate = sum(self.started[s] for s in seconds) / len(seconds)
        # However calm it is, how many are inside at two instants differs by chance (Poisson).
        calm = 2 * float(np.median(inside[:third]))
        chance = GROWTH_Z**2 * rate * (len(seconds) - third) + _CALM_Z**2 * calm
        return bool(grown > math.sqrt(chance) + 1)

    def has_collapsed(self, until: float | None = None) -> bool:
        """Whether, at ``until`` (now), plainly less got through than did before, though no fewer came."""
        end = self.seconds if until is None else min(int(until), self.seconds)
        best, now = self._most_served(list(self._pages)), self.served_per_second(1, end)
        return is_plainly_less(now, min(best, self.started[end - 1]))

    def served_per_second(self, last: int, until: float) -> float:
        """Visitors/s whose pages came right, over the ``last`` whole seconds before ``until``: the slowest step's."""
        seconds = range(max(int(until) - last, 0), int(until))
        return min((self._mean(step, seconds) for step in self._pages), default=0.0)

    def let_through_per_second(self, until: float) -> float:
        """Visitors/s that got through from the trial's settling on, or from the end of its first third."""
        return self.served_per_second(int(until) - math.ceil(max(self._settle, until / 3)), until)

    def tightness_per_second(self, rest_seconds: float) -> float:
        """Visitors/s by which a queue must stay below all that it lets through, for the objectives to hold for ever.

        In heavy traffic one in 1/(1−q) waits longer than t where 2·(μ − λ)·t = ln 1/(1−q) (J. F. C. Kingman, 1962; of
        random arrivals and even service). ``rest_seconds`` of what an objective allows are the page's own.
        """
        tight = (math.log(1 / share) / (2 * max(limit - rest_seconds, limit / 4)) for share, limit in self._limits)
        return max(tight, default=0.0) * self._visitors / max(sum(self._pages.values()), self._visitors)

    def most_served_per_second(self) -> float:
        """The most visitors/s that got through in two seconds together, counted where it broke (or everywhere)."""
        return self._most_served(self.failing_steps() or list(self._pages))

    def _most_served(self, steps: list[str]) -> float:
        pairs = [range(s, s + 2) for s in range(max(self.seconds - 1, 1))]
        return min((max(self._mean(step, pair) for pair in pairs) for step in steps), default=0.0)

    @property
    def last_rate(self) -> float:
        """Visitors/s that came in the last whole seconds."""
        last = range(max(self.seconds - _HOLD_SECONDS, 0), self.seconds)
        return sum(self.started[s] for s in last) / max(len(last), 1)

    def gentle_median(self) -> float | None:
        """The median latency while hardly anybody was there."""
        return Histogram.merged(self._gentle).quantile(0.5)

    def _mean(self, step: str, seconds: range) -> float:
        reach = self._pages.get(step, self._visitors) / self._visitors
        return sum(self.right[step][s] for s in seconds) / max(len(seconds), 1) / max(reach, 1e-9)


def is_plainly_less(served: float, expected: float) -> bool:
    """Whether so few got through that chance is no excuse."""
    return served < STUCK_RATIO * expected - 2 * math.sqrt(max(expected, 0.0))


def thinking_seconds(plan: Plan) -> float:
    """How long a visitor is inside without waiting for anything, on average: reading and thinking."""
    by_name = {journey.name: _thinking(journey) for journey in plan.journeys}
    streams = plan.profile.streams
    total = sum(s.curve.total for s in streams) or 1.0
    return sum(s.curve.total * share * by_name.get(name, 0.0) for s in streams for name, share in s.journey) / total


def _thinking(journey: Journey) -> float:
    return sum(reach * (s.think_seconds if s.pause is None else s.pause.mean_seconds) for s, reach in journey.reached())
