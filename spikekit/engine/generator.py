"""The child process: reads a plan, lets Locust place the lanes, and writes a line a second until everybody is gone.

Run as ``python -m spikekit.engine.generator FOLDER``. Every byte on standard input renews the lease; its end means that
the parent is gone. ``FOLDER/plan.json`` is read, ``FOLDER/seconds.jsonl`` written.
"""

from __future__ import annotations

import gevent.monkey

gevent.monkey.patch_all()

import gc
import logging
import os
import random
import resource
import sys
import time
from pathlib import Path

import gevent
from gevent.os import make_nonblocking, nb_read
from locust.env import Environment

from spikekit.engine.connection import Network
from spikekit.engine.crowd import Crowd
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import PARENT_GONE, STOPPED_BY_HAND, Lease
from spikekit.engine.locust_stats import feed_locust
from spikekit.engine.plan import Plan
from spikekit.engine.process import STOP
from spikekit.engine.recorder import Recorder
from spikekit.engine.script import Library
from spikekit.engine.session import World
from spikekit.measurement.second import Second

PLAN_FILE = "plan.json"
SECONDS_FILE = "seconds.jsonl"
_LEAD_SECONDS = 0.1
_SPARE_DESCRIPTORS = 256


# Remembering where each of a million greenlets was spawned would cost more than the greenlets.
gevent.config.track_greenlet_tree = False


class Generator:
    """One worker: its crowd, its lines, its lease."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._library = Library(plan, os.environ)
        clock = time.perf_counter
        self._lease = Lease(clock)
        self._recorder = Recorder(self._library.names)
        self._world = World(
            network=Network(gevent.get_hub(), clock),
            recorder=self._recorder,
            lease=self._lease,
            clock=clock,
            patience_seconds=plan.patience_seconds,
            slowest_seconds=max((limit for _, limit in plan.objectives.latency), default=plan.patience_seconds),
            luck=random.Random(plan.seed + 1),
            reuse=plan.reuse,
        )
        self._crowd = Crowd(plan, self._library, self._world, most=_raise_descriptor_limit() - _SPARE_DESCRIPTORS)
        self._out = (folder / SECONDS_FILE).open("a", encoding="utf-8")
        self._methods = {s.name: s.method for j in plan.journeys for s in j.steps}
        self._pending: list[tuple[int, float]] = []
        self._written = 0

    def run(self) -> None:
        """Send the whole plan and return when every visitor is out, or nobody may send any more."""
        background = [gevent.spawn(self._listen), gevent.spawn(self._crowd.turn_wheel)]
        lanes = lane_classes(self._plan.lanes, adopt=self._crowd.adopt, release=self._crowd.release)
        environment = Environment(user_classes=lanes)
        runner = environment.create_local_runner()
        runner.start(self._plan.lanes, spawn_rate=self._plan.lanes)
        runner.spawning_greenlet.join()
        gevent.sleep(_LEAD_SECONDS)
        # Whatever exists now lives as long as the run: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        self._world.start = self._world.clock()
        sending = gevent.spawn(self._crowd.send_all)
        writing = gevent.spawn(self._write_lines, environment)
        watching = gevent.spawn(self._watch_lease)
        sending.join()
        self._drain()
        gevent.killall([writing, watching, *background])
        self._write(environment, last=True)
        self._out.close()
        runner.quit()

    def _drain(self) -> None:
        """Let those who wait for a page have it, for as long as the plan allows; nobody goes on to another."""
        self._crowd.stop_idle()
        until = self._world.now() + self._plan.drain_seconds
        while any(self._crowd.waiting) and self._world.now() < until and not self._crowd.stopped:
            gevent.sleep(0.05)
            self._crowd.stop_idle()
        self._stop()

    def _stop(self) -> None:
        """End every visit; who was still waiting for what is remembered for the last line."""
        if not self._crowd.stopped or self._crowd.inside:
            self._pending = list(self._crowd.waiting)
            self._crowd.stop()
        while self._crowd.inside:
            gevent.sleep(0.01)

    def _listen(self) -> None:
        """Renew the lease with every word from the parent; its silence or its end is our end."""
        make_nonblocking(0)
        while self._lease.given_up is None:
            word = nb_read(0, 64)
            if not word:
                self._lease.give_up(PARENT_GONE)
            elif STOP in word:
                self._lease.give_up(STOPPED_BY_HAND)
            else:
                self._lease.renew()

    def _watch_lease(self) -> None:
        while self._lease.holds(self._world.clock()):
            gevent.sleep(0.05)
        self._stop()

    def _write_lines(self, environment: Environment) -> None:
        while True:
            gevent.sleep(max(self._written + 1 - self._world.now(), 0.001))
            if self._world.now() >= self._written + 1:
                self._write(environment)

    def _write(self, environment: Environment, *, last: bool = False) -> None:
        if last and self._lease.given_up:
            self._recorder.note(self._lease.given_up)
        line = self._recorder.take(
            self._written,
            now=self._world.now(),
            in_flight=self._crowd.in_flight,
            last=last,
            pending=self._pending if last else (),
        )
        self._out.write(line.line() + "\n")
        self._out.flush()
        self._written += 1
        self._feed(environment, line)

    def _feed(self, environment: Environment, line: Second) -> None:
        feed_locust(environment, line, self._methods, time.time())


def _raise_descriptor_limit() -> int:
    """As many open sockets as this user may have; returns how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1_048_576 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def main() -> None:
    """The child's entry."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    folder = Path(sys.argv[1])
    Generator(Plan.read(folder / PLAN_FILE), folder).run()


if __name__ == "__main__":
    main()
