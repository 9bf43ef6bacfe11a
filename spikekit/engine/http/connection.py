"""One TCP or TLS connection of a visitor, on gevent's event loop.

A bare socket and one watcher: a request that need not wait costs no timer and no allocation beyond its bytes.
Deadlines are kept by a wheel that all connections share.
"""

from __future__ import annotations

import _socket
import os
import ssl
from collections.abc import Callable
from errno import EINPROGRESS
from typing import Any

import greenlet

from spikekit.engine.failure import RequestFailed, failure_of
from spikekit.engine.plan import Host
from spikekit.guard.trust import trusting
from spikekit.vocabulary import FailureKind

_READ, _WRITE = 1, 2
_CHUNK = 65_536
_SLOTS_PER_SECOND = 20


class DeadlineWheel:
    """Deadlines in slots of a twentieth of a second: setting and clearing one is a set's add and discard."""

    def __init__(self) -> None:
        self._slots: dict[int, set[Connection]] = {}
        self._next: int | None = None

    def set(self, connection: Connection, at: float) -> int:
        """Have ``connection.expire`` called soon after the instant ``at``; returns the slot, for ``clear``."""
        # A deadline that has passed already comes due at the next turn, not in a slot that no turn visits again.
        slot = max(int(at * _SLOTS_PER_SECOND) + 1, self._next or 0)
        members = self._slots.get(slot)
        if members is None:
            members = self._slots[slot] = set()
        members.add(connection)
        return slot

    def clear(self, connection: Connection, slot: int) -> None:
        """The deadline is not needed any more."""
        members = self._slots.get(slot)
        if members is not None:
            members.discard(connection)

    def turn(self, now: float) -> None:
        """Expire what is due; call a few times a second, from the event loop."""
        reached = int(now * _SLOTS_PER_SECOND)
        first = min(self._slots, default=reached) if self._next is None else self._next
        for slot in range(first, reached + 1):
            for connection in self._slots.pop(slot, ()):
                connection.expire()
        self._next = reached + 1


class Network:
    """What connections share: the loop, the wheel, the addresses and the TLS settings of each host."""

    def __init__(self, hub: Any, clock: Callable[[], float]) -> None:
        self.hub = hub
        self.clock = clock
        self.wheel = DeadlineWheel()
        self.opened = 0
        self.comfortable = 1 << 30
        # One for all: what arrives is read on before anybody else's turn, and to allocate as much for each costs more.
        self.buffer = memoryview(bytearray(_CHUNK))
        self._tls: dict[str, ssl.SSLContext] = {}
        self._next = 0

    @property
    def is_crowded(self) -> bool:
        """Whether so many sockets are open that nobody should keep one for later."""
        return self.opened > self.comfortable

    def tls(self, host: Host) -> ssl.SSLContext:
        """One context a host; every connection still does its whole handshake, as strangers do."""
        context = self._tls.get(host.name)
        if context is None:
            context = self._tls[host.name] = trusting(host.tls)
            context.set_alpn_protocols(["http/1.1"])
        return context

    def address(self, host: Host) -> str:
        """The host's addresses in turn."""
        self._next += 1
        return host.addresses[self._next % len(host.addresses)]


class Connection:
    """Open it, send, receive, close. Every wait ends at the deadline that ``begin`` sets.

    All raise ``RequestFailed`` (``timeout`` past the deadline), or ``Stopped`` when it is thrown in. One watcher looks
    for incoming bytes from the first wait to the end: between two answers it costs nothing.
    """

    __slots__ = (
        "_established",
        "_expired",
        "_incoming",
        "_network",
        "_outgoing",
        "_reader",
        "_reading",
        "_slot",
        "_sock",
        "_stirred",
        "_tls",
        "_waiting",
        "_watching",
        "_writer",
        "host",
        "opened",
    )

    def __init__(self, network: Network, host: Host) -> None:
        self._network = network
        self.host = host
        self.opened = False
        self._sock: Any = None
        self._reader: Any = None
        self._writer: Any = None
        self._waiting: Any = None
        self._established = self._reading = self._watching = self._stirred = self._expired = False
        self._slot = -1
        self._tls: Any = None
        self._incoming: Any = None
        self._outgoing: Any = None

    def begin(self, deadline: float) -> None:
        """What follows must be done by ``deadline`` (on the network's clock)."""
        self._expired = False
        self._slot = self._network.wheel.set(self, deadline)

    def end(self) -> None:
        """Done in time."""
        self._network.wheel.clear(self, self._slot)

    def open(self) -> None:
        """Begin to connect, and shake hands where the host wants TLS.

        A plain connection may still be on its way: the first ``send`` waits for it, and tells when it failed.
        """
        address = self._network.address(self.host)
        family = _socket.AF_INET6 if ":" in address else _socket.AF_INET
        try:
            self._sock = _socket.socket(family, _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC)
            self._network.opened += 1
            self._sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            code = self._sock.connect_ex((address, self.host.port))
            if code not in (0, EINPROGRESS):
                raise OSError(code, os.strerror(code))
            self._reader = self._network.hub.loop.io(self._sock.fileno(), _READ)
            if self.host.scheme == "https":
                self._await_room()
                self._shake_hands()
        except OSError as error:
            self.close()
            raise failure_of(error) from None
        self.opened = True

    def send(self, data: bytes) -> None:
        """Hand all of ``data`` to the network."""
        try:
            if self._tls is not None:
                self._tls.write(data)
                data = self._outgoing.read()
            self._send_plain(data)
        except OSError as error:
            raise failure_of(error) from None

    def receive(self) -> bytes | memoryview:
        """The next bytes, to be read before anybody else receives; empty at the end of the stream."""
        try:
            return self._receive_plain() if self._tls is None else self._receive_tls()
        except OSError as error:
            raise failure_of(error) from None

    @property
    def is_stale(self) -> bool:
        """Whether the other side closed (or spoke out of turn) while the connection lay idle."""
        if not self._stirred:
            return False
        try:
            unasked = self._sock.recv(1, _socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        # TLS 1.3 session tickets arrive unasked; only a closed stream is stale.
        return self._tls is None or not unasked

    def close(self) -> None:
        """Give everything back; may be called twice."""
        self.opened = False
        if self._reader is not None:
            self._reader.stop()
            self._reader.close()
            self._reader = None
        if self._writer is not None:
            self._writer.stop()
            self._writer.close()
            self._writer = None
        if self._sock is not None:
            self._sock.close()
            self._sock = None
            self._network.opened -= 1

    def expire(self) -> None:
        """Called by the wheel, in its own greenlet: the throw itself must come from the loop."""
        self._expired = True
        if self._waiting is not None:
            self._network.hub.loop.run_callback(self._throw_expiry)

    def _throw_expiry(self) -> None:
        # The answer may have come between the decision and this callback: then nobody waits here any more.
        if self._waiting is not None and self._expired:
            self._waiting.throw(RequestFailed(self._too_late))

    @property
    def _too_late(self) -> FailureKind:
        return FailureKind.TIMEOUT if self._established else FailureKind.CONNECT_TIMEOUT

    def _readable(self) -> None:
        """Called by the loop while there is something to read."""
        if self._waiting is not None and self._reading:
            self._waiting.switch()
        else:
            # Nobody reads now; looking again and again would keep the loop spinning.
            self._reader.stop()
            self._watching = False
            self._stirred = True

    def _wait(self, *, reading: bool) -> None:
        if self._expired:
            raise RequestFailed(self._too_late)
        self._reading = reading
        self._waiting = greenlet.getcurrent()
        try:
            self._network.hub.switch()
        finally:
            self._waiting = None

    def _send_plain(self, data: bytes) -> None:
        sent = 0
        while True:
            try:
                sent += self._sock.send(data[sent:] if sent else data)
                self._established = True
                if sent >= len(data):
                    return
            except BlockingIOError:
                self._await_room()

    def _await_room(self) -> None:
        """Wait until bytes can be sent: at first, until the connection is there."""
        if self._writer is None:
            self._writer = self._network.hub.loop.io(self._sock.fileno(), _WRITE)
        self._writer.start(greenlet.getcurrent().switch)
        try:
            self._wait(reading=False)
        finally:
            if self._writer is not None:
                self._writer.stop()
        if not self._established:
            code = self._sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
            if code:
                raise OSError(code, os.strerror(code))
            self._established = True

    def _receive_plain(self) -> memoryview:
        # An answer is hardly ever there at once: to wait first saves a call that would fail.
        buffer = self._network.buffer
        while True:
            if not self._watching:
                self._reader.start(self._readable)
                self._watching = True
            self._wait(reading=True)
            try:
                return buffer[: self._sock.recv_into(buffer)]
            except BlockingIOError:
                continue

    def _receive_tls(self) -> memoryview:
        buffer = self._network.buffer
        while True:
            try:
                return buffer[: self._tls.read(_CHUNK, buffer)]
            except ssl.SSLWantReadError:
                sealed = self._receive_plain()
                if not sealed:
                    return sealed
                self._incoming.write(sealed)
            except ssl.SSLZeroReturnError:
                return buffer[:0]

    def _shake_hands(self) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = self._network.tls(self.host).wrap_bio(
            self._incoming, self._outgoing, server_hostname=self.host.hostname
        )
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush_handshake()
                sealed = self._receive_plain()
                if not sealed:
                    raise RequestFailed(FailureKind.TLS, "closed during the handshake") from None
                self._incoming.write(sealed)
            except ssl.SSLError:
                self._flush_handshake()  # the alert tells the server why
                raise
            else:
                return  # the last of it goes out with the first request

    def _flush_handshake(self) -> None:
        if self._outgoing.pending:
            self._send_plain(self._outgoing.read())
