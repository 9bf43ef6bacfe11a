"""The part of a generator that sends, alone or as one of many: a crowd, its lease, and a line a second."""

from __future__ import annotations

import gc
import os
import random
import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gevent

from spikekit.engine.crowd import Crowd
from spikekit.engine.http.connection import Network
from spikekit.engine.lease import Lease
from spikekit.engine.plan import Plan
from spikekit.engine.recorder import Recorder
from spikekit.engine.visitor.script import Library
from spikekit.engine.visitor.session import World
from spikekit.engine.visitor.template import Values
from spikekit.measurement.second import Second

_SPARE_DESCRIPTORS = 256
_WATCH_SECONDS = 0.05
_END_WITHIN_SECONDS = 0.8
"""A visit that is told to end ends at once, unless code of the user's own holds on to it."""

# Remembering where each of a million greenlets was spawned would cost more than the greenlets.
gevent.config.track_greenlet_tree = False


class Worker:
    """Give it lanes (``adopt``), let it ``begin``, and ``run`` it to the end. ``sink`` gets every second's line.

    ``number`` tells its lines from other workers'; ``environment`` is Locust's, where a journey is a Locust class.
    """

    def __init__(
        self,
        plan: Plan,
        tables: Mapping[Path, tuple[Values, ...]],
        sink: Callable[[Second], None],
        *,
        number: int = 0,
        environment: Any = None,
    ) -> None:
        clock = time.perf_counter
        library = Library(plan, os.environ, tables, number=number)
        self._plan = plan
        self._sink = sink
        self._number = number
        self.lease = Lease(clock)
        self._recorder = Recorder(library.names)
        self._world = World(
            network=Network(gevent.get_hub(), clock),
            recorder=self._recorder,
            lease=self.lease,
            clock=clock,
            habits=plan.habits,
            slowest_seconds=max((limit for _, limit in plan.objectives.latency), default=plan.habits.patience.high),
            luck=random.Random(plan.seed + 1 + number),
            reuse=plan.sending.reuse,
        )
        self._world.environment = environment
        most = max(_raise_descriptor_limit() - _SPARE_DESCRIPTORS, 1)
        # Readers keep a page's six connections, as browsers do, only while there is room for everybody else's first.
        self._world.network.comfortable = most // 2
        self._crowd = Crowd(plan, library, self._world, most=most)
        self._pending: list[tuple[int, float]] = []
        self._written = 0
        self.adopt = self._crowd.adopt
        self.release = self._crowd.release
        self.share_limit = self._crowd.share_limit

    @property
    def found_names(self) -> set[str]:
        """The steps that Locust itself heard of and counted: requests of Locust classes."""
        return self._recorder.found_names

    def begin(self, elapsed: float) -> None:
        """The run began ``elapsed`` seconds ago, or begins in so many if negative."""
        # Whatever exists now lives as long as the run: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        # A crowd that waits is a hundred thousand objects; to look through them again and again makes arrivals late.
        # Our own visits leave no cycles behind, so nothing is lost by not looking; a user's code may.
        if not any(journey.locust for journey in self._plan.journeys):
            gc.disable()
        self._world.start = self._world.clock() - elapsed
        if elapsed > 0:
            self._crowd.skip_to_now()
        self._written = max(int(elapsed), 0)

    def run(self) -> None:
        """Send until the plan's end, or until the lease is lost; return when every visitor is out."""
        writing = gevent.spawn(self._write_lines)
        watching = gevent.spawn(self._keep_deadlines)
        self._crowd.send_all()
        self._drain()
        gevent.killall([writing, watching])
        self._write(last=True)

    def _drain(self) -> None:
        """Let those who wait for a page have it, for as long as the plan allows; nobody goes on to another."""
        self._crowd.stop_idle()
        until = self._world.now() + self._plan.drain_seconds
        while any(self._crowd.waiting) and self._world.now() < until and not self._crowd.stopped:
            gevent.sleep(_WATCH_SECONDS)
            self._crowd.stop_idle()
        self._stop()

    def _stop(self) -> None:
        """End every visit; who was still waiting for what is remembered for the last line."""
        if self._crowd.inside:
            self._pending = list(self._crowd.waiting)
        self._crowd.stop()
        until = self._world.now() + _END_WITHIN_SECONDS
        while self._crowd.inside and self._world.now() < until:
            gevent.sleep(0.01)

    def _keep_deadlines(self) -> None:
        """Everybody's, and the lease's own: in one greenlet, for to wake one up twenty times a second is 2 ms."""
        lost = False
        while True:
            now = self._world.clock()
            self._world.network.wheel.turn(now)
            if not lost and not self.lease.holds(now):
                lost = True
                self._stop()
            gevent.sleep(_WATCH_SECONDS)

    def _write_lines(self) -> None:
        while True:
            gevent.sleep(max(self._written + 1 - self._world.now(), 0.001))
            if self._world.now() >= self._written + 1:
                self._write()

    def _write(self, *, last: bool = False) -> None:
        if last and self.lease.given_up:
            self._recorder.note(self.lease.given_up)
        line = self._recorder.take(
            self._written,
            worker=self._number,
            now=self._world.now(),
            in_flight=self._crowd.in_flight,
            last=last,
            pending=self._pending if last else (),
        )
        self._written += 1
        self._sink(line)


def _raise_descriptor_limit() -> int:
    """As many open sockets as this user may have; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1_048_576 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
