"""A visitor's browser: its connections, its cookies, what it keeps, and the redirects it follows within a host."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.http.connection import Connection, Network
from spikekit.engine.http.cookie import Jar
from spikekit.engine.http.exchange import Reply, ask, read_answer
from spikekit.engine.http.freshness import Kept
from spikekit.engine.http.reference import path_on
from spikekit.engine.lease import Lease
from spikekit.engine.plan import Host
from spikekit.engine.recorder import Recorder
from spikekit.engine.visitor.page import Here, Page
from spikekit.engine.visitor.request import body_of, target_of
from spikekit.site.model import Habits
from spikekit.vocabulary import FailureKind

_MAX_REDIRECTS = 20
"""As many as Chromium and Firefox follow before they give up."""

_REPEATED = (307, 308)
"""Redirects that want the same method and body again (RFC 9110, 15.4.8 and 15.4.9)."""

_MOST_SPARE = 256
"""So many readers without a connection are kept for the next visitors."""

_LOST_IDLE = frozenset({FailureKind.CLOSED, FailureKind.RESET})


class World:
    """What every visitor of a worker shares. ``environment`` is Locust's, for journeys that are Locust classes."""

    def __init__(
        self,
        *,
        network: Network,
        recorder: Recorder,
        lease: Lease,
        clock: Callable[[], float],
        habits: Habits,
        slowest_seconds: float,
        luck: random.Random,
        reuse: bool,
    ) -> None:
        self.network = network
        self.recorder = recorder
        self.lease = lease
        self.clock = clock
        self.habits = habits
        self.patience_seconds = habits.patience.likely
        self.slowest_seconds = slowest_seconds
        self.luck = luck
        self.pool: dict[str, list[Wire]] | None = {} if reuse else None
        self.spare_replies: list[Reply] = []
        self.start = 0.0
        self.environment: Any = None

    def now(self) -> float:
        """Seconds since the run's start."""
        return self.clock() - self.start


class Wire:
    """A connection, with the reader of its answers once the first has begun to come."""

    __slots__ = ("connection", "reply")

    def __init__(self, world: World, host: Host) -> None:
        self.connection = Connection(world.network, host)
        self.reply: Reply | None = None

    def close(self) -> None:
        """For good. Reader and parser let go of each other: no cycle is left to a collector that does not run."""
        self.connection.close()
        if self.reply is not None:
            self.reply.retire()

    def give_back(self, spare: list[Reply]) -> None:
        """Close it as somebody leaves; the reader may serve others."""
        reply = self.reply
        if reply is not None and reply.is_reusable and len(spare) < _MOST_SPARE:
            spare.append(reply)
            self.reply = None
        self.close()


class Session:
    """Asks for pages, over kept-alive connections to each host. Raises ``RequestFailed`` or ``Stopped``.

    Several greenlets may ask at once: each has a connection to itself as long as its exchange lasts. ``kept`` is what
    the visitor's browser has in store, by host and target.
    """

    __slots__ = ("_closed", "_idle", "_jar", "_world", "kept")

    def __init__(self, world: World) -> None:
        self._world = world
        self._idle: dict[str, list[Wire]] = {}
        self._jar: Jar | None = None
        self._closed = False
        self.kept: dict[tuple[str, str], Kept] = {}

    def cookies(self, host: Host, target: str) -> bytes:
        """What the host is told of what it asked this visitor to remember."""
        return b"" if self._jar is None else self._jar.pairs(host, target, self._world.clock())

    @property
    def has_cookies(self) -> bool:
        """Whether anybody asked for any to be remembered."""
        return self._jar is not None

    def close(self) -> None:
        """Close every connection, or leave it to the next visitor where the plan says so."""
        self._closed = True
        pool = self._world.pool
        for name, wires in self._idle.items():
            for wire in wires:
                if pool is not None and wire.connection.opened:
                    pool.setdefault(name, []).append(wire)
                else:
                    wire.give_back(self._world.spare_replies)
        self._idle = {}

    def rest(self) -> None:
        """Somebody reads now: where sockets are scarce, all connections but one to each host are given back."""
        if self._world.network.is_crowded:
            for wires in self._idle.values():
                while len(wires) > 1:
                    wires.pop(0).close()

    def fetch(
        self, page: Page, request: bytes, *, guise: int = 0, here: Here | None = None, deadline: float, wanted: int
    ) -> Reply:
        """The answer to ``request``, after redirects within the host; ``wanted`` bytes of its body are kept."""
        host, method = page.host, page.step.method
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self.exchange(host, request, deadline=deadline, wanted=wanted, bodiless=method == "HEAD")
            if not 300 <= reply.status < 400 or reply.status in page.step.expect.status:
                return reply
            location = reply.header(b"location")
            if location is None:
                return reply
            target = _same_host(host, target_of(request), location)
            body = body_of(request)
            if _becomes_get(reply.status, method):
                method, body = "GET", b""
            request = page.follow(method, target, self.cookies(host, target), guise=guise, here=here, body=body)
        raise RequestFailed(FailureKind.REDIRECT, f"more than {_MAX_REDIRECTS} redirects")

    def exchange(self, host: Host, request: bytes, *, deadline: float, wanted: int, bodiless: bool = False) -> Reply:
        """One request and its answer, over a kept connection where there is one."""
        wire, world = self._wire(host), self._world
        connection, reply = wire.connection, None
        if not world.lease.holds(world.clock()):
            wire.close()
            raise Stopped
        connection.begin(deadline)
        world.recorder.sent += 1
        reused = connection.opened
        try:
            if not reused:
                connection.open()
            data = ask(connection, request)
            reply = self._reader(wire)
            read_answer(connection, reply, data, request, bodiless=bodiless, wanted=wanted)
        except RequestFailed as failed:
            wire.close()
            if reused and reply is None and failed.kind in _LOST_IDLE:
                # The server closed an idle connection as we spoke; every browser quietly tries once more.
                return self.exchange(host, request, deadline=deadline, wanted=wanted, bodiless=bodiless)
            raise
        except BaseException:
            wire.close()
            raise
        finally:
            connection.end()
        self._release(host, wire, reply)
        if reply.sets_cookies:
            self._remember(host, reply)
        return reply

    def _reader(self, wire: Wire) -> Reply:
        if wire.reply is None:
            spare = self._world.spare_replies
            wire.reply = spare.pop() if spare else Reply()
        return wire.reply

    def _wire(self, host: Host) -> Wire:
        """A connection that lies idle, or one yet to be opened."""
        wires = self._idle.get(host.name)
        if not wires and self._world.pool:
            wires = self._world.pool.get(host.name)
        while wires:
            wire = wires.pop()
            if wire.connection.opened and not wire.connection.is_stale:
                return wire
            wire.close()
        return Wire(self._world, host)

    def _release(self, host: Host, wire: Wire, reply: Reply) -> None:
        """Keep the connection for the next request, if the server does."""
        if not reply.keep_alive or self._closed:
            wire.close()
            return
        if not reply.is_reusable:
            # The reader still waits for the body that an answer to HEAD announces and never has.
            reply.retire()
            wire.reply = None
        wires = self._idle.get(host.name)
        if wires is None:
            self._idle[host.name] = [wire]
        else:
            wires.append(wire)

    def _remember(self, host: Host, reply: Reply) -> None:
        if self._jar is None:
            self._jar = Jar()
        now, today, target = self._world.clock(), time.time(), target_of(reply.asked)
        for name, value in reply.headers:
            if name.lower() == b"set-cookie":
                self._jar.hear(value, host, target, now=now, today=today)


def _becomes_get(status: int, method: str) -> bool:
    """Whether a redirect turns a request into a GET (Fetch, 4.4): 303 always, 301 and 302 only what was posted."""
    if status in _REPEATED or method in ("GET", "HEAD"):
        return False
    return status == 303 or method == "POST"


def _same_host(host: Host, target: str, location: bytes) -> str:
    said = location.decode("utf-8", "replace")
    try:
        there = path_on(host, target, location)
    except ValueError:
        raise RequestFailed(FailureKind.REDIRECT, f"to no address: {said}") from None
    if there is None:
        raise RequestFailed(FailureKind.REDIRECT, f"to {said}")
    return there
