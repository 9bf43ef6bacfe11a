"""One worker of several: takes its plan from a master, holds the lanes Locust gives it, and sends its lines there.

It sends to the target only while the master's word renews its lease.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any

import gevent
import locust
from gevent.event import Event
from locust.env import Environment

from spikekit.engine.admission import Admission
from spikekit.engine.cluster import ARMED, CLOCK, DONE, HELLO, PLAN, SECOND, STOP, data_of, quicken
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import LEASE_LOST, Lease
from spikekit.engine.locust.journey import NotAJourney
from spikekit.engine.locust.stats import feed_locust
from spikekit.engine.locust.visit import attend
from spikekit.engine.plan import LANES, Plan
from spikekit.engine.visitor.script import tables_of
from spikekit.engine.worker import Worker
from spikekit.errors import Refused
from spikekit.measurement.second import Second
from spikekit.vocabulary import ExitCode

_QUIT_WITHIN_SECONDS = 3.0
_LOOK_SECONDS = 0.2


class Member:
    """``run`` returns its exit code when the master says quit, or (inconclusive) when it has been silent for too long.

    ``admission`` is what this machine allows; a worker that the master itself started needs none.
    """

    def __init__(
        self, host: str, port: int, listen: Callable[[Lease], None], admission: Admission | None = None
    ) -> None:
        quicken()
        self._own = Lease(time.perf_counter)
        self._begun = Event()
        gevent.spawn(listen, self._own)
        gevent.spawn(self._watch_parent)
        self._admission = admission
        self._refusal: str | None = None
        self._worker: Worker | None = None
        self._methods: dict[str, str] = {}
        lanes = lane_classes(LANES, adopt=self._adopt, release=self._release)
        self._environment = Environment(user_classes=lanes, events=locust.events)
        self._runner = self._environment.create_worker_runner(host, port)
        self._runner.register_message(PLAN, self._on_plan)
        self._runner.register_message(CLOCK, self._on_clock)
        self._runner.register_message(STOP, self._on_stop)
        self._runner.client.send(self._message(HELLO, {}))

    def run(self) -> ExitCode:
        """Take part in one run."""
        while not self._begun.wait(0.05):
            if self._refusal:
                logging.error(self._refusal)
                return ExitCode.REFUSED
        worker = self._the_worker
        worker.run()
        self._runner.client.send(self._message(DONE, {}))
        with gevent.Timeout(_QUIT_WITHIN_SECONDS, False):
            self._runner.greenlet.join()
        if worker.lease.given_up == LEASE_LOST:
            logging.error("the machine that leads fell silent: nothing more was sent, and the run goes on without us")
            return ExitCode.INCONCLUSIVE
        return ExitCode.DONE

    def _watch_parent(self) -> None:
        """The parent's end is ours, even while the master's word still arrives.

        Before the run has begun there is nothing to tell: not even a master that may never answer is waited for.
        """
        while self._own.given_up is None:
            gevent.sleep(_LOOK_SECONDS)
        if not self._begun.is_set():
            os._exit(ExitCode.INTERRUPTED)
        self._the_worker.lease.give_up(self._own.given_up)

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
        plan = Plan.of_text(data["plan"])
        if self._admission is not None:
            try:
                plan = self._admission.bound(plan)
            except Refused as refusal:
                self._refusal = refusal.message
                return
        self._methods = plan.methods
        tables, environment = tables_of(data["tables"]), self._environment
        try:
            self._worker = Worker(plan, tables, self._sink, number=data["number"], environment=environment)
        except NotAJourney as why:
            self._refusal = str(why)
            return
        attend(environment, self._runner)
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
        feed_locust(self._environment, line, self._methods, time.time(), self._the_worker.found_names)

    def _message(self, kind: str, data: dict[str, Any]) -> Any:
        from locust.rpc import Message

        return Message(kind, data, self._runner.client_id)
