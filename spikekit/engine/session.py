"""A visitor's browser: its connections, its cookies, and the redirects it follows within a host."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from spikekit.engine.connection import Connection, Network
from spikekit.engine.failure import RequestFailed, Stopped
from spikekit.engine.http import Reply, exchange
from spikekit.engine.lease import Lease
from spikekit.engine.plan import Host
from spikekit.engine.recorder import Recorder
from spikekit.engine.reference import path_on
from spikekit.engine.script import Page, Values, body_of
from spikekit.site.model import Habits
from spikekit.vocabulary import FailureKind

_MAX_REDIRECTS = 10
_REPEATED = (307, 308)
"""Redirects that want the same method and body again (RFC 9110, 15.4.8 and 15.4.9); others become a GET."""

_ENDS = re.compile(r"\s*(?:max-age=(?:0|-\d+)|expires=.*\b1970\b.*)\s*$", re.IGNORECASE)
"""How servers have a cookie forgotten (RFC 6265, 5.2.2); the year in which time began is what they all write."""

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
        self.slowest_seconds = slowest_seconds
        self.luck = luck
        self.pool: dict[str, list[Wire]] | None = {} if reuse else None
        self.start = 0.0
        self.environment: Any = None

    def now(self) -> float:
        """Seconds since the run's start."""
        return self.clock() - self.start


class Wire:
    """A connection with the reader of its answers."""

    __slots__ = ("connection", "reply")

    def __init__(self, world: World, host: Host) -> None:
        self.connection = Connection(world.network, host)
        self.reply = Reply()


class Session:
    """Asks for pages over kept-alive connections, one to each host. Raises ``RequestFailed`` or ``Stopped``."""

    __slots__ = ("_cookies", "_wires", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._wires: dict[str, Wire] = {}
        self._cookies: dict[str, dict[str, str]] = {}

    def cookies(self, host: Host) -> Mapping[str, str]:
        """What the host has asked this visitor to remember."""
        return self._cookies.get(host.name, {})

    def close(self) -> None:
        """Close every connection, or leave it to the next visitor where the plan says so."""
        for name, wire in self._wires.items():
            if self._world.pool is not None and wire.connection.opened:
                self._world.pool.setdefault(name, []).append(wire)
            else:
                wire.connection.close()

    def fetch(self, page: Page, request: bytes, values: Values, *, deadline: float, wanted: int) -> Reply:
        """The answer to ``request``, after redirects within the host; ``wanted`` bytes of its body are kept."""
        method, path = page.step.method, None
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self.exchange(page.host, request, deadline=deadline, wanted=wanted, bodiless=method == "HEAD")
            self._keep_cookies(page.host.name, reply)
            if not 300 <= reply.status < 400 or reply.status in page.step.expect.status:
                return reply
            location = reply.header(b"location")
            if location is None:
                return reply
            path = page.target(values) if path is None else path
            path = _same_host(page.host, path, location)
            if reply.status in _REPEATED:
                request = page.follow(method, path, self.cookies(page.host), body_of(request))
            else:
                method = "HEAD" if method == "HEAD" else "GET"
                request = page.follow(method, path, self.cookies(page.host))
        raise RequestFailed(FailureKind.REDIRECT, f"more than {_MAX_REDIRECTS} redirects")

    def exchange(self, host: Host, request: bytes, *, deadline: float, wanted: int, bodiless: bool = False) -> Reply:
        """One request and its answer, over the kept connection where there is one."""
        wire = self._wire(host)
        connection, reply = wire.connection, wire.reply
        if not self._world.lease.holds(self._world.clock()):
            raise Stopped
        connection.begin(deadline)
        self._world.recorder.sent += 1
        reused = connection.opened
        try:
            if not reused:
                connection.open()
            exchange(connection, reply, request, bodiless=bodiless, wanted=wanted)
        except RequestFailed as failed:
            connection.close()
            if reused and not reply.started and failed.kind in _LOST_IDLE:
                # The server closed an idle connection as we spoke; every browser quietly tries once more.
                return self.exchange(host, request, deadline=deadline, wanted=wanted, bodiless=bodiless)
            raise
        except BaseException:
            connection.close()
            raise
        finally:
            connection.end()
        if bodiless or not reply.keep_alive:
            connection.close()
        return reply

    def _wire(self, host: Host) -> Wire:
        wire = self._wires.get(host.name)
        if wire is None and self._world.pool:
            wire = self._left_over(host)
        if wire is not None and wire.connection.opened:
            if not wire.connection.is_stale:
                return wire
            wire.connection.close()
        wire = self._wires[host.name] = Wire(self._world, host)
        return wire

    def _left_over(self, host: Host) -> Wire | None:
        left = self._world.pool and self._world.pool.get(host.name)
        if not left:
            return None
        wire = self._wires[host.name] = left.pop()
        return wire

    def _keep_cookies(self, host: str, reply: Reply) -> None:
        for name, value in reply.headers:
            if name == b"set-cookie":
                pair, *attributes = value.decode("latin-1").split(";")
                key, _, text = pair.partition("=")
                jar = self._cookies.setdefault(host, {})
                if any(_ENDS.match(a) for a in attributes):
                    jar.pop(key.strip(), None)
                else:
                    jar[key.strip()] = text.strip()


def _same_host(host: Host, path: str, location: bytes) -> str:
    said = location.decode("utf-8", "replace")
    try:
        target = path_on(host, path, location)
    except ValueError:
        raise RequestFailed(FailureKind.REDIRECT, f"to no address: {said}") from None
    if target is None:
        raise RequestFailed(FailureKind.REDIRECT, f"to {said}")
    return target
