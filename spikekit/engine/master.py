"""The master of several workers: hands out the plan, gives the start, renews leases, writes the lines.

Locust's own master places the lanes and moves those of a dead worker; it sends nothing to the target.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from spikekit.engine.cluster import ARMED, CLOCK, DONE, HELLO, PLAN, SECOND, STOP, data_of, quicken
from spikekit.engine.lanes import lane_classes
from spikekit.engine.lease import CANNOT_WRITE, RENEW_SECONDS, Lease
from spikekit.engine.locust.stats import forget_seconds
from spikekit.engine.plan import Plan
from spikekit.engine.visitor.script import table_texts

_LEAD_SECONDS = 0.3
_ARM_WITHIN_SECONDS = 60.0
_LAST_LINES_SECONDS = 3.0


class Master:
    """``run`` returns when every living worker is done, or when none is left."""

    def __init__(self, plan: Plan, seconds: Path) -> None:
        quicken()
        self._plan = plan
        self._seconds = seconds.open("a", encoding="utf-8")
        self._lease = Lease(time.perf_counter)
        self._environment = Environment(user_classes=lane_classes(plan.lanes, adopt=_nothing, release=_nothing))
        # Locust moves a dead worker's users only when its command line said so.
        self._environment.parsed_options = argparse.Namespace(enable_rebalancing=True, host=None, headless=True)
        host, port = plan.sending.join_address
        self._runner = self._environment.create_master_runner(host, port)
        self._armed: set[str] = set()
        self._done: set[str] = set()
        self._numbers = 0
        self._members: list[subprocess.Popen[bytes]] = []
        self._runner.register_message(HELLO, self._on_hello)
        self._runner.register_message(ARMED, self._on_armed)
        self._runner.register_message(SECOND, self._on_second)
        self._runner.register_message(DONE, self._on_done)

    def run(self, listen: Callable[[Lease], None]) -> None:
        """Start the local workers, wait for those of other hosts, and lead the run to its end."""
        self._lease.renew()
        gevent.spawn(listen, self._lease)
        try:
            self._members = [self._start_member() for _ in range(self._plan.sending.workers)]
            if self._wait_for(lambda: len(self._armed) >= self._plan.sending.all_workers, _ARM_WITHIN_SECONDS):
                self._place_lanes()
                self._lead()
            else:
                logging.error("%d of %d workers came", len(self._armed), self._plan.sending.all_workers)
        finally:
            self._stop_members()
            self._seconds.close()

    def _place_lanes(self) -> None:
        self._runner.start(self._plan.lanes, spawn_rate=self._plan.lanes)
        self._wait_for(lambda: self._lanes_placed >= self._plan.lanes, _ARM_WITHIN_SECONDS)

    @property
    def _lanes_placed(self) -> int:
        return sum(sum(c.user_classes_count.values()) for c in self._runner.clients.values())

    def _lead(self) -> None:
        """Tell the time until everybody is done: each word renews the workers' leases."""
        began = time.perf_counter() + _LEAD_SECONDS
        while self._lease.holds(time.perf_counter()) and not self._is_over:
            self._runner.send_message(CLOCK, {"elapsed": time.perf_counter() - began})
            gevent.sleep(RENEW_SECONDS)
        if self._lease.given_up:
            self._runner.send_message(STOP, {"why": self._lease.given_up})
        self._wait_for(lambda: self._is_over, _LAST_LINES_SECONDS, leased=False)

    @property
    def _is_over(self) -> bool:
        alive = {c.id for c in self._runner.clients.all if c.state != "missing"}
        return not (alive & self._armed) - self._done

    def _wait_for(self, met: Callable[[], bool], seconds: float, *, leased: bool = True) -> bool:
        until = time.perf_counter() + seconds
        while not met():
            if time.perf_counter() > until or (leased and not self._lease.holds(time.perf_counter())):
                return False
            gevent.sleep(0.02)
        return True

    def _start_member(self) -> subprocess.Popen[bytes]:
        host = self._plan.sending.join_address[0]
        near = "127.0.0.1" if host in ("0.0.0.0", "*") else host
        words = [sys.executable, "-m", "spikekit.engine.generator", "--member", near, str(self._runner.server.port)]
        # Its end of the pipe closes with this process, however that ends.
        return subprocess.Popen(words, stdin=subprocess.PIPE)

    def _stop_members(self) -> None:
        self._runner.quit()
        gevent.sleep(0.2)
        for member in self._members:
            if member.stdin is not None:
                member.stdin.close()
        for member in self._members:
            try:
                member.wait(_LAST_LINES_SECONDS)
            except subprocess.TimeoutExpired:
                member.kill()

    def _on_hello(self, environment: Environment, msg: Any) -> None:
        number, self._numbers = self._numbers, self._numbers + 1
        data = {"plan": self._plan.text(), "tables": table_texts(self._plan.journeys), "number": number}
        self._runner.send_message(PLAN, data, msg.node_id)

    def _on_armed(self, environment: Environment, msg: Any) -> None:
        self._armed.add(msg.node_id)

    def _on_done(self, environment: Environment, msg: Any) -> None:
        self._done.add(msg.node_id)

    def _on_second(self, environment: Environment, msg: Any) -> None:
        try:
            self._seconds.write(data_of(msg)["line"] + "\n")
            self._seconds.flush()
            forget_seconds(self._environment, time.time())
        except OSError as error:
            # Load that nobody measures is worth nothing.
            self._lease.give_up(f"{CANNOT_WRITE}: {error.strerror}")


def _nothing(_lane: int) -> None:
    """The master holds no lanes itself."""
