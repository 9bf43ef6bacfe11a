"""The generator's process: reads a plan, lets Locust place the lanes, and writes a line a second until all are gone.

Run as ``python -m spikekit.engine.generator FOLDER`` (alone, or as the master of several workers, as the plan says), or
with ``--member HOST PORT [ADMISSION]`` as one of those workers (exit 5: this machine does not admit the plan). Every
byte on standard input renews the lease; its end means that the parent is gone. ``FOLDER/plan.json`` is read,
``FOLDER/seconds.jsonl`` written.
"""

from __future__ import annotations

import gevent.monkey

gevent.monkey.patch_all()

from spikekit.engine.locust.stand_in import import_locust

import_locust()

import logging
import os
import signal
import sys
import time
from pathlib import Path

import gevent
import locust
from gevent.os import make_nonblocking, nb_read
from locust.env import Environment

from spikekit.engine.admission import Admission
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import CANNOT_WRITE, PARENT_GONE, STOPPED_BY_HAND, Lease
from spikekit.engine.locust.stats import feed_locust, forget_seconds
from spikekit.engine.locust.visit import attend
from spikekit.engine.master import Master
from spikekit.engine.member import Member
from spikekit.engine.plan import Plan
from spikekit.engine.process import STOP
from spikekit.engine.visitor.script import read_tables
from spikekit.engine.worker import Worker
from spikekit.measurement.second import Second

PLAN_FILE = "plan.json"
SECONDS_FILE = "seconds.jsonl"
STUCK_SECONDS = 8.0
"""A process whose event loop has not turned for so long is ended by the kernel (SIGALRM)."""


def alone(plan: Plan, seconds: Path) -> Environment:
    """One process does it all: Locust's local runner holds the lanes. Returns Locust's environment with its figures."""
    methods = plan.methods
    environment = Environment(events=locust.events)
    with seconds.open("a", encoding="utf-8") as out:

        def sink(line: Second) -> None:
            try:
                out.write(line.line() + "\n")
                out.flush()
            except OSError as error:
                # Load that nobody measures is worth nothing.
                worker.lease.give_up(f"{CANNOT_WRITE}: {error.strerror}")
            now = time.time()
            feed_locust(environment, line, methods, now, worker.found_names)
            forget_seconds(environment, now)

        worker = Worker(plan, read_tables(plan), sink, environment=environment)
        environment.user_classes += lane_classes(plan.lanes, adopt=worker.adopt, release=worker.release)
        runner = environment.create_local_runner()
        attend(environment, runner)
        runner.start(plan.lanes, spawn_rate=plan.lanes)
        runner.spawning_greenlet.join()
        worker.lease.renew()
        gevent.spawn(listen, worker.lease)
        worker.begin(0.0)
        worker.run()
        runner.quit()
    return environment


def listen(lease: Lease) -> None:
    """Renew the lease with every word from the parent; its silence or its end is our end.

    A process that is stuck (a pattern without end, say) cannot look at its lease: then the alarm clock, which every
    round sets again, ends it.
    """
    make_nonblocking(0)
    gevent.spawn(_stay_awake)
    while lease.given_up is None:
        word = nb_read(0, 64)
        if not word:
            lease.give_up(PARENT_GONE)
        elif STOP in word:
            lease.give_up(STOPPED_BY_HAND)
        else:
            lease.renew()


def _stay_awake() -> None:
    while True:
        signal.setitimer(signal.ITIMER_REAL, STUCK_SECONDS)
        gevent.sleep(STUCK_SECONDS / 10)


def main() -> None:
    """The process's entry."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if sys.argv[1] == "--member":
        admission = Admission.read(Path(sys.argv[4])) if len(sys.argv) > 4 else None
        code = Member(sys.argv[2], int(sys.argv[3]), listen, admission).run()
        sys.stderr.flush()
        # Locust's connection would wait for a master that may be gone; everything has been said.
        os._exit(code)
    folder = Path(sys.argv[1])
    plan = Plan.read(folder / PLAN_FILE)
    if plan.sending.is_distributed:
        Master(plan, folder / SECONDS_FILE).run(listen)
    else:
        alone(plan, folder / SECONDS_FILE)


if __name__ == "__main__":
    main()
