"""A run that plain Locust leads: ``locust -f FILE``, headless or with its web UI, alone or as master and workers.

Locust starts the lanes as its users and stops them; here is what lies between. Who *leads* (the only process, or the
master) tells the time, which renews the leases of those who *send* (the only process, or the workers), until all of
them are done. The same plan as ever is sent by the same code as ever.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import gevent
import locust
import locust.runners
from gevent.event import Event
from locust import LoadTestShape
from locust.env import Environment

from spikekit.engine.cluster import CLOCK, DONE, PLAN, SECOND, STOP, data_of, quicken
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import RENEW_SECONDS, STOPPED_BY_HAND
from spikekit.engine.locust.stats import feed_locust
from spikekit.engine.locust.visit import overhear
from spikekit.engine.plan import Plan
from spikekit.engine.visitor.template import Values
from spikekit.engine.worker import Worker
from spikekit.errors import SpikekitError
from spikekit.measurement.record import Record
from spikekit.measurement.second import Second, second_of

REFUSED = "spikekit_refused"
"""worker → master   it may not send: the words, and the exit code"""

_LEAD_SECONDS = 0.5
_SPARE_SECONDS = 5.0
"""Beyond the plan's end and its drain, nobody is waited for longer than this."""

_LINGER_SECONDS = 1.2
"""Locust writes its CSV every second, and its workers report every second, but neither once more at the end."""

_LAST_LINE_SECONDS = 3.0


class Leave(Protocol):
    """Leave to send, for one run of one process, from the side that knows the site and the guard.

    ``withdrawn`` becomes why the run must end; ``end`` gives the leave back; ``told`` says what the run showed.
    """

    @property
    def plan(self) -> Plan: ...

    @property
    def tables(self) -> Mapping[Path, tuple[Values, ...]]: ...

    @property
    def withdrawn(self) -> str | None: ...

    def end(self) -> None: ...

    def told(self, record: Record, ended: str | None) -> str: ...


def senders(runner: Any) -> set[str]:
    """Who sends for this runner, by name: itself, or the living workers of a master."""
    if not isinstance(runner, locust.runners.MasterRunner):
        return {"local"}
    return {c.id for c in runner.clients.all if c.state != locust.runners.STATE_MISSING}


class Leader:
    """Tells the time until everybody is done, and collects what they measured."""

    def __init__(self, runner: Any, leave: Leave) -> None:
        self._runner = runner
        self._leave = leave
        self._done: set[str] = set()
        self._record = Record()
        self._leading = False
        self.stop_because: str | None = None
        self.over_at: float | None = None

    def hear(self, line: str) -> None:
        """One second of one sender."""
        self._record.add(second_of(line))

    def hear_done(self, sender: str) -> None:
        """One sender has nothing more to do."""
        self._done.add(sender)

    def lead(self) -> None:
        """Begin, once, now that all lanes are placed."""
        if not self._leading:
            self._leading = True
            gevent.spawn(self._lead)

    def _lead(self) -> None:
        plan = self._leave.plan
        began = time.perf_counter() + _LEAD_SECONDS
        last = began + plan.profile.duration_seconds + plan.drain_seconds + _SPARE_SECONDS
        while senders(self._runner) - self._done and time.perf_counter() < last:
            self.stop_because = self.stop_because or self._leave.withdrawn
            if self.stop_because:
                self._runner.send_message(STOP, {"why": self.stop_because})
            workers = max(len(senders(self._runner)), 1)
            self._runner.send_message(CLOCK, {"elapsed": time.perf_counter() - began, "workers": workers})
            gevent.sleep(RENEW_SECONDS)
        reports = isinstance(self._runner, locust.runners.MasterRunner)
        self.over_at = time.perf_counter() + _LINGER_SECONDS * (2 if reports else 1)

    def end(self) -> None:
        """The test is over: say what it showed."""
        by_hand = self.over_at is None and self.stop_because is None
        ended = STOPPED_BY_HAND if by_hand else self.stop_because
        self.over_at = self.over_at or time.perf_counter()
        if self._leading:
            logging.info("spikekit: %s", self._leave.told(self._record, ended))


class Sender:
    """Holds the lanes Locust gives to this process, and sends while the leader's word renews the lease."""

    def __init__(self, runner: Any, environment: Environment, leave: Leave) -> None:
        self._runner = runner
        self._environment = environment
        self._methods = leave.plan.methods
        number = runner.worker_index
        self.worker = Worker(leave.plan, leave.tables, self._sink, number=number, environment=environment)
        self._working = False
        self._ended = Event()

    def hear(self, elapsed: float, workers: int) -> None:
        """The leader's word: how long ago the run began, and how many send."""
        self.worker.lease.renew()
        self.worker.share_limit(workers)
        if not self._working:
            self._working = True
            self.worker.begin(elapsed)
            gevent.spawn(self._work)

    def end(self, why: str) -> None:
        """Send no more."""
        self.worker.lease.give_up(why)

    def wait(self) -> None:
        """Until the last line is written."""
        if self._working:
            self._ended.wait(_LAST_LINE_SECONDS)

    def _work(self) -> None:
        self.worker.run()
        self._runner.send_message(DONE, {})
        self._ended.set()

    def _sink(self, line: Second) -> None:
        self._runner.send_message(SECOND, {"line": line.line()})
        feed_locust(self._environment, line, self._methods, time.time(), self.worker.found_names)


class PlainLocust:
    """``ask(leads, workers)`` is asked for leave whenever a test starts, in every process, for one of so many workers;
    it may raise ``SpikekitError``.

    ``names`` is what the Locust file must hold.
    """

    def __init__(self, *, lanes: int, url: str, ask: Callable[[bool, int], Leave]) -> None:
        quicken()
        self._lanes = lanes
        self._url = url
        self._ask = ask
        self._leave: Leave | None = None
        self._leader: Leader | None = None
        self._sender: Sender | None = None
        self._refused = False
        self._workers = 1
        events = locust.events
        events.init.add_listener(self._on_init)
        events.test_start.add_listener(self._on_test_start)
        events.spawning_complete.add_listener(self._on_spawned)
        events.test_stopping.add_listener(self._on_test_stopping)
        events.test_stop.add_listener(self._on_test_stop)
        events.request.add_listener(overhear)

    @property
    def names(self) -> dict[str, type]:
        """The lanes, and the shape that starts them all at once and ends the test when everything is over."""
        lanes = lane_classes(self._lanes, adopt=self._adopt, release=self._release)
        for lane in lanes:
            lane.host = self._url
        tick = self._tick

        class Arrivals(LoadTestShape):  # type: ignore[misc]
            def tick(self) -> tuple[int, float] | None:
                return tick()

        return {**{lane.__name__: lane for lane in lanes}, Arrivals.__name__: Arrivals}

    def _tick(self) -> tuple[int, float] | None:
        over_at = self._leader.over_at if self._leader else None
        if self._refused or (over_at is not None and time.perf_counter() >= over_at):
            return None
        return self._lanes, self._lanes

    def _adopt(self, lane: int) -> None:
        if self._sender is not None:
            self._sender.worker.adopt(lane)

    def _release(self, lane: int) -> None:
        if self._sender is not None:
            self._sender.worker.release(lane)

    def _on_init(self, environment: Environment, runner: Any, **_: Any) -> None:
        self._environment, self._runner = environment, runner
        self._leads = not isinstance(runner, locust.runners.WorkerRunner)
        self._sends = not isinstance(runner, locust.runners.MasterRunner)
        if self._sends:
            runner.register_message(PLAN, self._on_plan)
            runner.register_message(CLOCK, self._on_clock)
            runner.register_message(STOP, self._on_stop)
        if self._leads:
            runner.register_message(SECOND, self._on_second)
            runner.register_message(DONE, self._on_done)
            runner.register_message(REFUSED, self._on_refused)
        if environment.host and environment.host.rstrip("/") != self._url.rstrip("/"):
            logging.warning("--host %s changes nothing: this load goes to %s", environment.host, self._url)
        if environment.parsed_options is not None:
            # A dead worker's lanes are to move to the others.
            environment.parsed_options.enable_rebalancing = True

    def _on_test_start(self, **_: Any) -> None:
        self._environment.process_exit_code = None
        if not self._sends:
            # Said before Locust's own word to start, so that each knows its share when it does.
            self._workers = max(len(senders(self._runner)), 1)
            self._runner.send_message(PLAN, {"workers": self._workers})
        try:
            self._leave = self._ask(self._leads, self._workers)
        except SpikekitError as error:
            self._refuse(". ".join(part for part in (error.message, error.hint) if part), int(error.exit_code))
            return
        if self._leads:
            self._leader = Leader(self._runner, self._leave)
        if self._sends:
            self._sender = Sender(self._runner, self._environment, self._leave)

    def _refuse(self, words: str, exit_code: int) -> None:
        logging.error("spikekit: nothing is sent: %s", words)
        self._environment.process_exit_code = exit_code
        self._refused = True
        if not self._leads:
            self._runner.send_message(REFUSED, {"words": words, "exit_code": exit_code})

    def _on_spawned(self, **_: Any) -> None:
        if self._leader is not None and not self._refused:
            self._leader.lead()

    def _on_test_stopping(self, **_: Any) -> None:
        if self._sender is not None:
            self._sender.end(STOPPED_BY_HAND)

    def _on_test_stop(self, **_: Any) -> None:
        if self._sender is not None:
            self._sender.wait()
        if self._leader is not None:
            self._leader.end()
        if self._leave is not None:
            self._leave.end()
        # From the web page it may be started again.
        self._leader = self._sender = self._leave = None
        self._refused = False

    def _on_plan(self, msg: Any, **_: Any) -> None:
        self._workers = data_of(msg)["workers"]

    def _on_clock(self, msg: Any, **_: Any) -> None:
        if self._sender is not None:
            self._sender.hear(**data_of(msg))

    def _on_stop(self, msg: Any, **_: Any) -> None:
        if self._sender is not None:
            self._sender.end(data_of(msg)["why"])

    def _on_second(self, msg: Any, **_: Any) -> None:
        if self._leader is not None:
            self._leader.hear(data_of(msg)["line"])

    def _on_done(self, msg: Any, **_: Any) -> None:
        if self._leader is not None:
            self._leader.hear_done(msg.node_id)

    def _on_refused(self, msg: Any, **_: Any) -> None:
        if self._leader is not None:
            self._leader.stop_because = "a worker was refused"
        self._refuse(**data_of(msg))
