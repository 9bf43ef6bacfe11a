"""The shop in virtual time: the very arithmetic that decides in ``spikekit.shop``, met by drawn arrivals.

So a search can be run thousands of times, against a truth that comes from simulating the same server for hours.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from spikekit.capacity.search import Quest, next_move
from spikekit.capacity.trace import Trace
from spikekit.capacity.trial import Move, Trial, TrialKind, trial_of
from spikekit.engine.plan import Host, Plan
from spikekit.measurement.histogram import Histogram
from spikekit.measurement.record import Record
from spikekit.measurement.second import Answers, Second
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Profile, Stream
from spikekit.shop.capacity import Capacity, Refusal
from spikekit.shop.settings import Settings
from spikekit.site.model import Journey, Objectives, Step
from spikekit.verdict.judge import judged
from spikekit.vocabulary import FailureKind, RunKind

LOOK = Step(name="GET /books", method="GET", path="/books")
START_SECONDS = 1.2
"""What it takes to start a generator."""

NETWORK_SECONDS = 0.0005
"""What a request costs on the way there and back, on one machine."""


IDLE_SECONDS = 0.55
"""A target that answers so soon is idle again."""


def plan_of(curve: RateCurve, *, steps: tuple[Step, ...] = (LOOK,), seed: int = 1) -> Plan:
    """A run of visitors who take these steps, judged by the default objectives."""
    stream = Stream(origin="load", curve=curve, landing="/books", journey=(("look", 1.0),))
    return Plan(
        id="virtual",
        kind=RunKind.LOAD,
        seed=seed,
        profile=Profile(streams=(stream,), duration_seconds=curve.duration_seconds),
        journeys=(Journey(name="look", steps=steps),),
        hosts=(Host(name="staging", scheme="http", hostname="shop", port=80, addresses=("127.0.0.1",)),),
        objectives=Objectives(),
        created="2026-12-04T18:00:00+00:00",
        tool_version="1",
        drain_seconds=3.0,
    )


class Moving:
    """A capacity that is ``factor(now)`` times as much: a machine fails, comes back, is throttled, leaks."""

    def __init__(self, inner: Capacity, factor: Callable[[float], float]) -> None:
        self._inner = inner
        self._factor = factor

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        return self._inner.admit(now, work / self._factor(now))


class Shared:
    """A capacity that somebody else uses too: ``others`` are (instant, work) of requests that are not ours."""

    def __init__(self, inner: Capacity, others: Iterable[tuple[float, float]]) -> None:
        self._inner = inner
        self._others = sorted(others, reverse=True)

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        while self._others and self._others[-1][0] <= now:
            self._inner.admit(*self._others.pop())
        return self._inner.admit(now, work)


class VirtualShop:
    """One shop whose clock moves only when somebody uses it."""

    def __init__(self, settings: Settings, capacity: Capacity | None = None) -> None:
        self._settings = settings
        self._capacity = settings.capacity() if capacity is None else capacity
        self.now = 0.0
        self.stopped = False
        """Set by whoever reads ``seconds``: the load ends, and one more line tells who was still waiting."""

    def wait(self, seconds: float) -> None:
        """Nothing happens for so long."""
        self.now += seconds

    def probe(self, path: str = "/books") -> float | None:
        """How long one page takes now; None when it is refused."""
        if self._settings.blocked:
            self.now += NETWORK_SECONDS
            return None
        due = self._capacity.admit(self.now, self._settings.work(path))
        if isinstance(due, Refusal):
            return None
        taken = due - self.now + NETWORK_SECONDS
        self.now += taken
        return taken

    def seconds(self, plan: Plan) -> Iterator[Second]:
        """The lines of a run, one a second. The last ones are the drain's."""
        begun, crowd = self.now, _Crowd(plan)
        self.stopped = False
        end = int(np.ceil(plan.profile.duration_seconds))
        for second in range(end + int(plan.drain_seconds)):
            crowd.walk(second + 1, lambda at, path: self._ask(begun + at, path))
            self.now = begun + second + 1
            last = second + 1 >= end and (not crowd.waiting or second + 1 == end + int(plan.drain_seconds))
            yield crowd.line(second, second + 1, last=last)
            if last:
                return
            if self.stopped:
                yield crowd.line(second + 1, second + 1, last=True)
                return

    def _ask(self, at: float, path: str) -> float | FailureKind:
        """How long the answer takes, or how it fails."""
        if self._settings.blocked:
            return FailureKind.BLOCKED
        due = self._capacity.admit(at, self._settings.work(path))
        if isinstance(due, Refusal):
            return FailureKind.BLOCKED if due.status == 429 else FailureKind.STATUS
        return due - at + NETWORK_SECONDS


class _Crowd:
    """Visitors of a plan, walking through their steps."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._steps = plan.journeys[0].steps
        self._slowest = max(limit for _, limit in plan.objectives.latency)
        self._rng = np.random.default_rng(plan.seed)
        curve = plan.profile.streams[0].curve
        areas = np.cumsum(self._rng.standard_exponential(int(curve.total * 1.2 + 60)))
        instants = curve.instant(areas[areas < curve.total]).tolist()
        self._planned = Counter(int(at) for at in instants)
        self._pages = [(at, who, 0) for who, at in enumerate(instants)]
        self._inside = 0
        self._late: set[int] = set()
        self.waiting: list[tuple[float, float, int, int]] = []
        """(done, intended, who, step) of every page that is not answered yet."""
        self._right: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
        self._wrong: defaultdict[tuple[int, int], Counter[FailureKind]] = defaultdict(Counter)
        self._fates: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()

    def walk(self, until: float, ask: Callable[[float, str], float | FailureKind]) -> None:
        """Everything that happens before ``until`` (seconds of the run)."""
        while self._pages and self._pages[0][0] < until:
            at, who, number = heapq.heappop(self._pages)
            if number and at > self._plan.profile.duration_seconds:
                continue  # The run is over: nobody goes on to another page.
            self._inside += number == 0
            self._sent[self._steps[number].name] += 1
            answer = ask(at, self._steps[number].path)
            if isinstance(answer, FailureKind):
                self._wrong[number, int(at)][answer] += 1
                self._leave("failed", who)
            else:
                heapq.heappush(self.waiting, (at + answer, at, who, number))
            self._answer(min(until, self._pages[0][0] if self._pages else until))
        self._answer(until)

    def _answer(self, until: float) -> None:
        while self.waiting and self.waiting[0][0] < until:
            done, at, who, number = heapq.heappop(self.waiting)
            self._right[number, int(at)].append(done - at)
            if done - at > self._slowest:
                self._late.add(who)
            following = number + 1
            if following < len(self._steps) and self._rng.random() < self._steps[following].continue_ratio:
                pause = self._rng.exponential(max(self._steps[following].think_seconds, 1e-9))
                heapq.heappush(self._pages, (done + float(pause), who, following))
            else:
                self._fates["late"] += who in self._late
                self._leave("completed", who)

    def _leave(self, fate: str, who: int) -> None:
        self._late.discard(who)
        self._fates[fate] += 1
        self._inside -= 1

    def line(self, second: int, now: float, *, last: bool) -> Second:
        """What happened since the last line."""
        groups = sorted({*self._right, *self._wrong})
        fates, sent = self._fates, self._sent
        # A load that was stopped has begun no more.
        come = self._planned[second] if not last or self._sent else 0
        told = Second(
            second=second,
            planned={second: come} if come else {},
            started={second: come} if come else {},
            completed=fates["completed"],
            failed=fates["failed"],
            late=fates["late"],
            in_flight=self._inside,
            sent=dict(sent),
            lag={second: Histogram.of(np.full(come, 1e-4))} if come else {},
            answers=tuple(self._answers(*group) for group in groups),
            pending=tuple(self._pending(now)) if last else (),
            last=last,
        )
        for sums in (self._right, self._wrong, fates, sent):
            sums.clear()
        return told

    def _answers(self, number: int, intended: int) -> Answers:
        latency = Histogram.of(np.array(self._right.get((number, intended), []), np.float64))
        failures = self._wrong.get((number, intended), Counter())
        return Answers(
            step=self._steps[number].name,
            intended=intended,
            latency=latency,
            service=latency,
            lost=Histogram.of(np.full(failures.total(), NETWORK_SECONDS)),
            failures={kind.value: n for kind, n in failures.items()},
        )

    def _pending(self, now: float) -> Iterator[Answers]:
        for _done, at, _who, number in self.waiting:
            age = Histogram.of(np.array([now - at]))
            yield Answers(
                step=self._steps[number].name,
                intended=int(at),
                latency=age,
                service=age,
                lost=Histogram.empty(),
            )


def searched(
    settings: Settings,
    quest: Quest,
    *,
    seed: int = 1,
    steps: tuple[Step, ...] = (LOOK,),
    capacity: Capacity | None = None,
) -> list[Trial]:
    """A whole search against a shop of these settings, in virtual time; ``capacity``: what it can do, if not theirs."""
    shop = VirtualShop(settings, capacity)
    trials: list[Trial] = []
    while move := next_move(quest, trials):
        trials.append(tried(shop, move, quest, seed=seed * 1000 + len(trials), steps=steps))
    return trials


def tried(shop: VirtualShop, move: Move, quest: Quest, *, seed: int, steps: tuple[Step, ...] = (LOOK,)) -> Trial:
    """One trial: a generator starts, sends, is stopped when the trial has clearly failed; the shop cools down."""
    begun = shop.now
    shop.wait(START_SECONDS)
    plan = plan_of(move.curve(), steps=steps, seed=seed)
    trace = Trace(plan, settle_seconds=quest.settle_seconds, rising=move.kind is TrialKind.LOOK)
    record, sent = Record(), move.duration_seconds
    for line in shop.seconds(plan):
        record.add(line)
        if shop.stopped:
            continue
        trace.add(line)
        if line.second + 1 < move.duration_seconds and trace.has_failed():
            shop.stopped, sent = True, line.second + 1.0
    run = judged(plan, record, ended="stopped" if shop.stopped else None)
    recovery, rest = _cooled_down(shop)
    return trial_of(
        move,
        run,
        trace,
        sent_seconds=sent,
        offset_seconds=begun,
        took_seconds=shop.now - begun,
        recovery_seconds=recovery,
        rest_seconds=rest,
    )


def _cooled_down(shop: VirtualShop) -> tuple[float | None, float | None]:
    begun = shop.now
    while shop.now - begun < 60:
        answered = shop.probe()
        if answered is not None and answered < IDLE_SECONDS:
            return shop.now - begun, answered
        shop.wait(0.25)
    return None, None
