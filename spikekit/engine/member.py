"""One worker of several: takes its plan from a master, holds the lanes Locust gives it, and sends its lines there.

It sends to the target only while the master's word renews its lease.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event
from locust.env import Environment

from spikekit.engine.cluster import ARMED, CLOCK, DONE, HELLO, PLAN, SECOND, STOP, data_of, quicken
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import Lease
from spikekit.engine.locust_stats import feed_locust
from spikekit.engine.plan import LANES, Plan
from spikekit.engine.script import tables_of
from spikekit.engine.worker import Worker
from spikekit.measurement.second import Second

Admit = Callable[[Plan], Plan]
_QUIT_WITHIN_SECONDS = 3.0


class Member:
    """``run`` returns when the master says quit, or when it has been silent for too long.

    ``admit`` may refuse a plan by raising, or bind it to this host's own permitted addresses.
    """

    def __init__(self, host: str, port: int, admit: Admit = lambda plan: plan) -> None:
        quicken()
        self._admit = admit
        self._worker: Worker | None = None
        self._methods: dict[str, str] = {}
        self._begun = Event()
        lanes = lane_classes(LANES, adopt=self._adopt, release=self._release)
        self._environment = Environment(user_classes=lanes)
        self._runner = self._environment.create_worker_runner(host, port)
        self._runner.register_message(PLAN, self._on_plan)
        self._runner.register_message(CLOCK, self._on_clock)
        self._runner.register_message(STOP, self._on_stop)
        self._runner.client.send(self._message(HELLO, {}))

    def run(self, listen: Callable[[Lease], None]) -> None:
        """Take part in one run."""
        own = Lease(time.perf_counter)
        gevent.spawn(listen, own)
        while not self._begun.wait(0.05):
            if own.given_up:
                return
        worker = self._the_worker
        gevent.spawn(self._watch, own, worker)
        worker.run()
        self._runner.client.send(self._message(DONE, {}))
        with gevent.Timeout(_QUIT_WITHIN_SECONDS, False):
            self._runner.greenlet.join()

    def _watch(self, own: Lease, worker: Worker) -> None:
        """The parent's end is ours, even while the master's word still arrives."""
        while own.given_up is None:
            gevent.sleep(0.05)
        worker.lease.give_up(own.given_up)

    @property
    def _the_worker(self) -> Worker:
        if self._worker is None:
            raise ValueError("no plan has come yet")
        return self._worker

    def _adopt(self, lane: int) -> None:
        self._the_worker.adopt(lane)

    def _release(self, lane: int) -> None:
        self._the_worker.release(lane)

    def _on_plan(self, environment: Environment, msg: Any) -> None:
        data = data_of(msg)
        plan = self._admit(Plan.of_text(data["plan"]))
        self._methods = plan.methods
        self._worker = Worker(plan, tables_of(data["tables"]), self._sink, number=data["number"])
        self._runner.client.send(self._message(ARMED, {}))

    def _on_clock(self, environment: Environment, msg: Any) -> None:
        worker = self._the_worker
        worker.lease.renew()
        if not self._begun.is_set():
            worker.begin(data_of(msg)["elapsed"])
            self._begun.set()

    def _on_stop(self, environment: Environment, msg: Any) -> None:
        self._the_worker.lease.give_up(data_of(msg)["why"])

    def _sink(self, line: Second) -> None:
        self._runner.client.send(self._message(SECOND, {"line": line.line()}))
        feed_locust(self._environment, line, self._methods, time.time())

    def _message(self, kind: str, data: dict[str, Any]) -> Any:
        from locust.rpc import Message

        return Message(kind, data, self._runner.client_id)
