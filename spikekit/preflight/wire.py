"""One connection to the target, taken its time: to connect, to shake hands, to answer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

from spikekit.engine.failure import RequestFailed
from spikekit.engine.http.exchange import MAX_BODY_BYTES, Reply
from spikekit.engine.plan import Host
from spikekit.errors import Unmeasured
from spikekit.site.masking import mask

WAIT_SECONDS = 15.0
"""How long one answer may take, all of it."""

SHORTEST_SECONDS = 0.0001
"""Less than this is not measured over a network; a round trip or a cache within a machine takes about so long."""

_CHUNK = 65_536
_RTT_AT, _TCP_INFO_BYTES = 68, 72
"""Eight bytes and fifteen words into ``struct tcp_info`` (linux/tcp.h), in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came for ``target``. Header names in lower case; no value of a secret is in them, nor in ``target``.

    ``packed_bytes`` is the body as it came, ``content`` the body unpacked; ``seconds`` from the request's last byte
    to the answer's first, so a round trip and what the server needs.
    """

    target: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    packed_bytes: int = 0
    content: bytes = b""
    seconds: float = 0.0
    keep_alive: bool = True

    @property
    def challenge(self) -> str | None:
        """Who asks whether we are human, if anybody does: Cloudflare and AWS WAF say so in a header of their own."""
        if self.said("cf-mitigated").lower() == "challenge":
            return "Cloudflare"
        return "AWS WAF" if self.said("x-amzn-waf-action").lower() in ("challenge", "captcha") else None

    @property
    def is_given(self) -> bool:
        """Whether it is what was asked for: no error, and nobody who wants to know who we are."""
        return self.status < 400 and self.challenge is None

    def said(self, name: str) -> str:
        """All values of a header, joined as RFC 9110 (5.3) allows; empty when it is not there."""
        return ", ".join(value for known, value in self.headers if known == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A round trip, as the kernel timed it while connecting; and, with TLS, what it took to shake hands."""

    round_trip_seconds: float
    handshake_seconds: float | None = None
    version: str | None = None
    protocol: str | None = None
    resumed: bool = False
    expires: float | None = None


class Wire:
    """A connection to the first of a host's permitted addresses. All raise ``Unmeasured`` when it does not work."""

    def __init__(self, host: Host, context: ssl.SSLContext | None, session: ssl.SSLSession | None = None) -> None:
        self._host = host
        began = time.perf_counter()
        try:
            self._socket = socket.create_connection((host.addresses[0], host.port), timeout=WAIT_SECONDS)
            connected = time.perf_counter()
            trip = _round_trip(self._socket) or connected - began
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context is not None:
                self._socket = context.wrap_socket(self._socket, server_hostname=host.hostname, session=session)
        except OSError as error:
            self.close()
            raise self._lost(error) from error
        self.opened = _opened(self._socket, trip, time.perf_counter() - connected)
        self.answered = False
        self._reply = Reply()

    @property
    def session(self) -> ssl.SSLSession | None:
        """What lets the next connection shake hands sooner; with TLS 1.3 it comes with the first answer."""
        return self._socket.session if isinstance(self._socket, ssl.SSLSocket) else None

    def ask(self, request: bytes, target: str, secrets: Iterable[tuple[str, str]]) -> tuple[Answer, bytes | None]:
        """The answer to one request, and where it leads if it redirects (as the server wrote it, secrets and all)."""
        reply = self._reply
        reply.reset(request, wanted=MAX_BODY_BYTES)
        try:
            self._socket.sendall(request)
            sent = time.perf_counter()
            first = self._read(reply, until=sent + WAIT_SECONDS)
        except (OSError, RequestFailed) as error:
            self.close()
            raise self._lost(error) from error
        self.answered = True
        answer = Answer(
            target=mask(target, secrets),
            status=reply.status,
            headers=tuple((n.decode("latin-1").lower(), mask(v.decode("latin-1"), secrets)) for n, v in reply.headers),
            packed_bytes=sum(map(len, reply.body)),
            content=reply.content(),
            seconds=first - sent,
            keep_alive=reply.keep_alive,
        )
        return answer, reply.header(b"location") if 300 <= reply.status < 400 else None

    def close(self) -> None:
        """Give the connection back; may be called twice, or before there is one."""
        with contextlib.suppress(AttributeError):
            self._socket.close()

    def _read(self, reply: Reply, until: float) -> float:
        """Read the whole answer; returns the instant of its first byte."""
        first, received = 0.0, 0
        while not reply.complete:
            data = self._socket.recv(_CHUNK)
            now = time.perf_counter()
            first, received = first or now, received + len(data)
            if not data:
                reply.finish()
            elif now > until or received > MAX_BODY_BYTES:
                raise TimeoutError("its answer does not end")
            else:
                reply.feed(data)
        return first

    def _lost(self, error: Exception) -> Unmeasured:
        why = getattr(error, "detail", "") or str(error) or type(error).__name__
        return Unmeasured(f"target {self._host.name} did not answer: {why}", hint="is it up, and reached from here?")


def _round_trip(sock: socket.socket) -> float:
    """``tcpi_rtt`` of Linux's ``struct tcp_info``: our own process may be late, the kernel hardly is. 0: not told."""
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return float(struct.unpack_from("=I", told, _RTT_AT)[0]) / 1e6 if len(told) == _TCP_INFO_BYTES else 0.0


def _opened(sock: socket.socket, round_trip_seconds: float, handshake_seconds: float) -> Opened:
    if not isinstance(sock, ssl.SSLSocket):
        return Opened(round_trip_seconds=round_trip_seconds)
    until = (sock.getpeercert() or {}).get("notAfter")
    return Opened(
        round_trip_seconds=round_trip_seconds,
        handshake_seconds=handshake_seconds,
        version=sock.version(),
        protocol=sock.selected_alpn_protocol(),
        resumed=bool(sock.session_reused),
        expires=ssl.cert_time_to_seconds(until) if isinstance(until, str) else None,
    )
