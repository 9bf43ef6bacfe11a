"""The crowd of one worker: its lanes' arrivals merged in time, each sent on its way at its instant.

One greenlet sleeps until the next arrival and starts all that are due; nothing a visitor does can hold it up except
the processor itself, and that is measured as dispatch lag.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import gevent
import numpy as np

from spikekit.engine.arrivals import LaneSchedule
from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.plan import MAX_LATENESS_SECONDS, Plan
from spikekit.engine.visitor.script import Library, Script
from spikekit.engine.visitor.session import World
from spikekit.engine.visitor.visit import Visit
from spikekit.engine.walkers import Walkers
from spikekit.measurement.second import DROPPED_AT
from spikekit.vocabulary import FailureKind

if TYPE_CHECKING:
    from spikekit.engine.locust.visit import LocustVisit

_BLOCK_SECONDS = 0.25
_BATCH = 64
"""After so many starts in a row the visitors already inside get their turn."""

_GAVE_UP = frozenset({FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT})


class Crowd:
    """Starts visitors, knows those inside, stops them."""

    def __init__(self, plan: Plan, library: Library, world: World, *, most: int) -> None:
        self._plan = plan
        self._library = library
        self._world = world
        self._most = most
        self._lanes: dict[int, LaneSchedule] = {}
        self._curves = tuple(stream.curve for stream in plan.profile.streams)
        self._luck = random.Random(plan.seed)
        self._walkers = Walkers(self._visit)
        limit = plan.max_requests_per_second
        self._budget = _Budget(limit and limit / plan.sending.all_workers)
        self.inside: set[Visit | LocustVisit] = set()
        self.stopped = False
        self.cut_short = 0

    @property
    def in_flight(self) -> int:
        """Visitors inside, and those whom a stop cut short."""
        return len(self.inside) + self.cut_short

    def adopt(self, lane: int) -> None:
        """Take over a lane from here on; its arrivals before now belong to whoever had it."""
        schedule = LaneSchedule(
            self._curves, seed=self._plan.seed, lane=lane, lanes=self._plan.lanes, even=self._plan.sending.even
        )
        # Before the start nothing is due; but the first draw, which takes longest, makes nobody late then.
        schedule.take(self._world.now() if self._world.start else 0.0)
        self._lanes[lane] = schedule

    def skip_to_now(self) -> None:
        """What came due before this worker joined belongs to others."""
        for schedule in self._lanes.values():
            schedule.take(self._world.now())

    def release(self, lane: int) -> None:
        """Another worker has it now."""
        self._lanes.pop(lane, None)

    def share_limit(self, workers: int) -> None:
        """So many workers share the target's limit from now on."""
        limit = self._plan.max_requests_per_second
        self._budget.become(limit and limit / workers)

    def send_all(self) -> None:
        """Start every arrival of the plan at its instant; returns at the end of the profile or when stopped."""
        end = self._plan.profile.duration_seconds
        horizon = min(max(self._world.now(), 0.0), end)
        while horizon < end and not self.stopped:
            horizon = min(horizon + _BLOCK_SECONDS, end)
            self._send(*self._draw(horizon))
            self._sleep_until(horizon - _BLOCK_SECONDS / 4)
        gevent.sleep(0)  # those who came last are inside before anybody asks who is
        if self.stopped:
            self._drop_overdue()

    def stop(self) -> None:
        """Start nobody more, and end every visit where it stands."""
        self.stopped = True
        for visit in list(self.inside):
            self._world.network.hub.loop.run_callback(_throw_stopped, visit)

    def stop_idle(self) -> None:
        """End the visits of those who are not waiting for a page: they read, think, or load what a page needs."""
        for visit in list(self.inside):
            if visit.waiting is None:
                self._world.network.hub.loop.run_callback(_throw_stopped, visit)

    @property
    def waiting(self) -> Iterable[tuple[int, float]]:
        """The step's code and the intended instant of every page being waited for."""
        return (visit.waiting for visit in self.inside if visit.waiting)

    def _draw(self, horizon: float) -> tuple[list[float], list[int], list[int]]:
        """Instants in order, with each one's stream and lane."""
        taken = [schedule.take(horizon) for schedule in self._lanes.values()]
        if not taken:
            return [], [], []
        lanes = np.concatenate([np.full(len(t), lane) for lane, (t, _) in zip(self._lanes, taken, strict=True)])
        instants = np.concatenate([t for t, _ in taken])
        order = np.argsort(instants, kind="stable")
        streams = np.concatenate([s for _, s in taken])
        return instants[order].tolist(), streams[order].tolist(), lanes[order].tolist()

    def _send(self, instants: list[float], streams: list[int], lanes: list[int]) -> None:
        place = 0
        while place < len(instants):
            now = self._world.now()
            if self.stopped or not self._world.lease.holds(self._world.clock()):
                self._count_dropped(instants[place : bisect_right(instants, now)])
                self.stopped = True
                return
            due = min(bisect_right(instants, now, place), place + _BATCH)
            if due == place:
                gevent.sleep(instants[place] - now)
                continue
            late = min(bisect_left(instants, now - MAX_LATENESS_SECONDS, place), due)
            self._count_dropped(instants[place:late])
            for i in range(late, due):
                if lanes[i] in self._lanes:  # else it moved away meanwhile, and its new worker sends this one
                    self._start(instants[i], streams[i])
            if due - place == _BATCH or self._plan.max_requests_per_second is not None:
                gevent.sleep(0)  # a limit is kept by what was really sent
            place = due

    def _start(self, intended: float, stream: int) -> None:
        recorder = self._world.recorder
        if refusal := self._refusal():
            self._count_dropped([intended])
            recorder.note(DROPPED_AT + refusal)
            return
        recorder.planned[int(intended)] += 1
        scripts = self._library.streams[stream]
        script = scripts[0][1]
        if len(scripts) > 1:
            luck = self._luck.random() * scripts[-1][0]
            script = next(s for share, s in scripts if luck <= share)
        # A user's code may leave something behind in its greenlet, so that gets one of its own.
        start = self._walkers.start if script.locust is None else partial(gevent.spawn_raw, self._visit)
        start((script, script.pages_for(self._luck.random()), intended))

    def _refusal(self) -> str | None:
        if len(self.inside) >= self._most:
            return f"this machine's limit of {self._most:,} visitors at once"
        limit = self._plan.max_requests_per_second
        if limit is not None and not self._budget.allows(self._world.now(), self._world.recorder.sent):
            return f"the target's limit of {limit:,.0f} requests/s"
        return None

    def _visit(self, call: tuple[Script, int, float]) -> None:
        script, pages, intended = call
        visit = Visit(self._world) if script.locust is None else script.locust.visit(self._world)
        recorder = self._world.recorder
        if self.stopped:
            recorder.dropped += 1
            return
        visit.greenlet = gevent.getcurrent()
        self.inside.add(visit)
        try:
            visit.walk(script, pages, intended)
            recorder.completed += 1
            recorder.late += visit.late
        except RequestFailed as failed:
            if failed.kind in _GAVE_UP:
                recorder.abandoned += 1
            else:
                recorder.failed += 1
        except Stopped:
            self.cut_short += 1
        except Exception as error:  # noqa: BLE001 - a defect of ours must not lose the visitor from the count
            recorder.failed += 1
            recorder.note(f"a visit broke down: {type(error).__name__}: {error}")
        finally:
            self.inside.discard(visit)
            visit.greenlet = None

    def _sleep_until(self, instant: float) -> None:
        while not self.stopped and (wait := instant - self._world.now()) > 0:
            gevent.sleep(wait)

    def _count_dropped(self, instants: list[float]) -> None:
        recorder = self._world.recorder
        recorder.dropped += len(instants)
        for intended in instants:
            recorder.planned[int(intended)] += 1

    def _drop_overdue(self) -> None:
        """What came due before the stop but was not drawn yet was planned too."""
        self._count_dropped(self._draw(min(self._world.now(), self._plan.profile.duration_seconds))[0])


class _Budget:
    """A worker's share of the target's declared limit, as a token bucket one second deep: the engine's own last word.

    Every request draws from it, whoever sends it; new visitors are let in while it is not overdrawn.
    """

    def __init__(self, per_second: float | None) -> None:
        self._rate = per_second
        self._tokens = per_second or 0.0
        self._at = 0.0
        self._sent = 0

    def become(self, per_second: float | None) -> None:
        """Another share from now on."""
        self._rate = per_second

    def allows(self, now: float, sent: int) -> bool:
        if self._rate is None:
            return True
        gained = (now - self._at) * self._rate - (sent - self._sent)
        self._tokens = min(self._tokens + gained, self._rate)
        self._at, self._sent = now, sent
        return self._tokens > 0


def _throw_stopped(visit: Visit | LocustVisit) -> None:
    # Called by the loop itself; the visit may have ended since it was asked to stop, and its greenlet walk another.
    if visit.greenlet is not None:
        visit.greenlet.throw(Stopped)
