"""Workers that send nothing to anybody: they say to a master, each on its own connection, what real ones say.

    python -m benchmarks.simulated_workers PORT WORKERS SECONDS VISITORS STEPS

Heartbeats, Locust's statistics and a line a second, at the rhythm of real ones: all lines at once, as real workers'
seconds end together. Prints one JSON document: how large a line and a report are, and the longest silence of the master
between two of the words that renew the workers' leases.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import locust.stats
import msgpack  # type: ignore[import-untyped]
import numpy as np
import zmq
from locust import __version__ as locust_version

from spikekit.engine.cluster import ARMED, CLOCK, DONE, HEARTBEAT_SECONDS, HELLO, PLAN, SECOND
from spikekit.engine.locust.stats import feed_locust
from spikekit.engine.recorder import Recorder
from spikekit.measurement.second import Second
from spikekit.vocabulary import FailureKind

FAILED_RATIO = 0.01
ALONE_SECONDS = 70.0
"""A master that has said nothing for so long is gone; at first it waits a minute for everybody to come."""

NOBODY = -1
"""The worker's number in a line that all of them send; each puts its own."""


class Site:
    """Makes the line of any second: so many visitors, each of whom asks for one of the steps."""

    def __init__(self, visitors: int, steps: int) -> None:
        names = [f"GET /page/{number}" for number in range(steps)]
        self._visitors, self._steps = visitors, steps
        self._recorder = Recorder(names)
        self._luck = np.random.default_rng(1)

    def second(self, number: int, *, last: bool) -> Second:
        """Answers after 80 ms in the middle (lognormal), those of this second's requests and of the last one's."""
        luck = self._luck
        intended = number + np.sort(luck.random(self._visitors)) - 0.05
        lags = luck.exponential(0.001, self._visitors)
        latencies = luck.lognormal(np.log(0.08), 0.6, self._visitors)
        steps = luck.integers(0, self._steps, self._visitors)
        fails = luck.random(self._visitors) < FAILED_RATIO
        for at, lag, latency, step, failed in zip(
            intended.tolist(), lags.tolist(), latencies.tolist(), steps.tolist(), fails.tolist(), strict=True
        ):
            due = max(at, 0.0)
            self._recorder.planned[int(due)] += 1
            self._recorder.dispatch(step, due, due + lag, True)
            if failed:
                self._recorder.failure(step, due, due + lag, due + latency, FailureKind.STATUS, "503")
            else:
                self._recorder.answer(step, due, due + lag, due + latency)
        self._recorder.completed = self._visitors - int(fails.sum())
        self._recorder.failed = int(fails.sum())
        return self._recorder.take(number, worker=NOBODY, now=number + 1.0, in_flight=400, last=last)


@dataclass(slots=True)
class Worker:
    """One worker's connection, and what it still has to say when. ``gap`` is its master's longest silence."""

    number: int
    socket: zmq.Socket[bytes]
    name: str
    heartbeat_at: float
    stats_at: float
    lanes: dict[str, int] = field(default_factory=dict)
    state: str = "ready"
    heard: float | None = None
    gap: float = 0.0

    def say(self, kind: str, data: bytes) -> None:
        """Send a message whose data is packed already, as Locust packs messages."""
        self.socket.send(b"\x93" + pack(kind) + data + pack(self.name))

    def hear(self, now: float) -> str | None:
        """Answer what has come; returns the last kind of message that matters to all."""
        told = None
        while self.socket.poll(0):
            kind, data, _ = msgpack.unpackb(self.socket.recv(), strict_map_key=False)
            if kind == PLAN:
                self.say(ARMED, pack({}))
            elif kind == "spawn":
                self.lanes, self.state = data["user_classes_count"], "running"
                self.say("spawning", pack(None))
                self.say("spawning_complete", pack(self.users))
            elif kind == CLOCK:
                self.gap = max(self.gap, now - (self.heard or now))
                self.heard, told = now, f"{now - data['elapsed']!r}"
            elif kind == "quit":
                told = "quit"
        return told

    @property
    def users(self) -> dict[str, Any]:
        return {"user_classes_count": self.lanes, "user_count": sum(self.lanes.values())}

    def keep_alive(self, now: float, report: dict[str, Any]) -> None:
        """The heartbeat and Locust's statistics, when they are due."""
        if now >= self.heartbeat_at:
            self.heartbeat_at += HEARTBEAT_SECONDS
            usage = {"state": self.state, "current_cpu_usage": 50, "current_memory_usage": 90_000_000}
            self.say("heartbeat", pack(usage))
        if now >= self.stats_at:
            self.stats_at += 1.0
            self.say("stats", pack({**report, **self.users}))


def pack(value: Any) -> bytes:
    """As Locust packs it."""
    packed: bytes = msgpack.packb(value)
    return packed


def report_of(line: Second) -> dict[str, Any]:
    """What Locust's own statistics say of a second."""
    stats = locust.stats.RequestStats()
    feed_locust(SimpleNamespace(stats=stats), line, {}, time.time())
    total = stats.total.get_stripped_report()
    return {"stats": stats.serialize_stats(), "stats_total": total, "errors": stats.serialize_errors()}


def joined(port: int, count: int) -> list[Worker]:
    """So many workers, who have greeted the master."""
    context, now = zmq.Context(), time.monotonic()
    context.set(zmq.MAX_SOCKETS, count + 10)
    workers = []
    for number in range(count):
        name = f"simulated_{number}"
        socket = context.socket(zmq.DEALER)
        socket.setsockopt(zmq.IDENTITY, name.encode())
        socket.connect(f"tcp://127.0.0.1:{port}")
        phase = number / count
        worker = Worker(number, socket, name, now + phase * HEARTBEAT_SECONDS, now + phase)
        worker.say("client_ready", pack(locust_version))
        worker.say(HELLO, pack({}))
        workers.append(worker)
    return workers


def simulate(port: int, count: int, seconds: int, site: Site) -> dict[str, float]:
    """Take part in one run of so many seconds."""
    workers = joined(port, count)
    began: float | None = None
    written, over = 0, False
    line = site.second(0, last=seconds == 1)
    text, report = line.line(), {"stats": [], "stats_total": report_of(Second(second=0))["stats_total"], "errors": {}}
    sizes = len(text), len(pack(report_of(line)))
    until = time.monotonic() + ALONE_SECONDS
    while not over and time.monotonic() < until:
        for worker in workers:
            told = worker.hear(time.monotonic())
            over = over or told == "quit"
            until = time.monotonic() + ALONE_SECONDS if told else until
            if told and told != "quit" and began is None:
                began = float(told)
            worker.keep_alive(time.monotonic(), report)
        if began is not None and written < seconds and time.monotonic() >= began + written + 1:
            for worker in workers:
                own = text.replace(f'"worker": {NOBODY}', f'"worker": {worker.number + 1}', 1)
                worker.say(SECOND, pack({"line": own}))
                if written + 1 == seconds:
                    worker.say(DONE, pack({}))
            report, written = report_of(line), written + 1
            line = site.second(written, last=written + 1 == seconds)
            text = line.line()
        time.sleep(0.005)
    return {"line_bytes": sizes[0], "report_bytes": sizes[1], "longest_silence": max(w.gap for w in workers)}


def main() -> None:
    """As the module says."""
    port, count, seconds, visitors, steps = map(int, sys.argv[1:])
    print(json.dumps(simulate(port, count, seconds, Site(visitors, steps))))


if __name__ == "__main__":
    main()
