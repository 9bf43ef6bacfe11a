"""One HTTP/1.1 exchange over a connection: the request's bytes out, the whole answer in.

Parsing is llhttp's (through ``httptools``). What a visitor cannot need is not kept: a body is stored only when
somebody asks for its text, and nobody has a parser before the first bytes of an answer are there.
"""

from __future__ import annotations

from typing import Any

import httptools

from spikekit.engine.failure import RequestFailed
from spikekit.engine.http.coding import unpacked
from spikekit.engine.http.connection import Connection
from spikekit.vocabulary import FailureKind

MAX_HEAD_BYTES = 256 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_TEXT_BYTES = 4 * 1024 * 1024
"""No page that people wait for is larger once unpacked; what lies beyond is not looked at (a gzip bomb, say)."""

_FRAMING = (b"content-length", b"transfer-encoding")


class Reply:
    """An answer as llhttp calls it out. One serves many exchanges in turn.

    ``asked`` is the request it answers; the names in ``headers`` are as the server wrote them.
    """

    __slots__ = (
        "_bodiless",
        "_content",
        "_heard",
        "_parser",
        "_room",
        "asked",
        "body",
        "complete",
        "headers",
        "keep_alive",
        "sets_cookies",
        "started",
        "status",
    )

    def __init__(self) -> None:
        self._parser: Any = httptools.HttpResponseParser(self)
        # Lines without a carriage return: old programs send them, and every browser bears them (RFC 9112, 2.2).
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self.reset(b"")

    def reset(self, asked: bytes, *, bodiless: bool = False, wanted: int = 0) -> None:
        """Make ready for the next answer; ``bodiless`` for one to a HEAD, ``wanted`` bytes of body to keep."""
        self.asked = asked
        self._room = wanted
        self._content: bytes | None = None
        self.status = 0
        self._heard: list[tuple[bytes, bytes]] = []
        self.headers = self._heard
        self.body: list[bytes] = []
        self.started = self.complete = self.keep_alive = self.sets_cookies = False
        self._bodiless = bodiless

    @property
    def is_reusable(self) -> bool:
        """Whether the parser stands where any answer may begin."""
        return self.complete and self.keep_alive and not self._bodiless

    def retire(self) -> None:
        """No more answers will come; what the last one said stays."""
        self._parser = None

    def feed(self, data: bytes | memoryview) -> None:
        """The next bytes. Raises ``RequestFailed`` for what is not HTTP."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            raise RequestFailed(FailureKind.INVALID, "it changes to another protocol, which nobody asked for") from None
        except httptools.HttpParserError as error:
            if not self.complete:
                raise RequestFailed(FailureKind.INVALID, str(error)) from None
            self.keep_alive = False

    def finish(self) -> None:
        """The stream ended: right for a body that only the close delimits, too early for any other."""
        if not self.status or any(name.lower() in _FRAMING for name, _ in self.headers):
            text = "the connection closed before the whole answer" if self.started else "closed without an answer"
            raise RequestFailed(FailureKind.CLOSED, text)
        self.complete, self.keep_alive = True, False

    def on_message_begin(self) -> None:
        if self.complete:
            self.keep_alive = False  # bytes nobody asked for: this connection is not to be trusted
        self.started = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._heard.append((name, value))

    def on_headers_complete(self) -> None:
        if self.complete:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self.headers = self._heard = []  # 100 Continue and 103 Early Hints announce; the answer follows
            return
        self.status = status
        for name, _ in self._heard:
            if len(name) == 10 and name.lower() == b"set-cookie":
                self.sets_cookies = True
        # What comes after these is a trailer, or nobody's: browsers pass over both.
        self._heard = []
        self.keep_alive = self._parser.should_keep_alive()
        if self._bodiless:
            self.complete = True

    def on_body(self, data: bytes) -> None:
        if self._room > 0 and not self.complete:
            self.body.append(data)
            self._room -= len(data)

    def on_message_complete(self) -> None:
        if self.status:
            self.complete = True

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, its name given in lower case."""
        return next((value for n, value in self.headers if n.lower() == name), None)

    def content(self) -> bytes:
        """The body, unpacked, up to ``MAX_TEXT_BYTES``. A body that cannot be unpacked is returned as it came."""
        if self._content is None:
            coding = (self.header(b"content-encoding") or b"").strip().lower()
            self._content = unpacked(b"".join(self.body), coding, most=MAX_TEXT_BYTES)
        return self._content


def ask(connection: Connection, request: bytes) -> bytes | memoryview:
    """Send ``request``; returns the first bytes of its answer. Raises ``RequestFailed`` or ``Stopped``."""
    connection.send(request)
    data = connection.receive()
    if not data:
        raise RequestFailed(FailureKind.CLOSED, "closed without an answer")
    return data


def read_answer(
    connection: Connection,
    reply: Reply,
    data: bytes | memoryview,
    request: bytes,
    *,
    bodiless: bool = False,
    wanted: int = 0,
) -> None:
    """Read the answer to ``request`` that begins with ``data``. Raises ``RequestFailed`` or ``Stopped``."""
    reply.reset(request, bodiless=bodiless, wanted=wanted)
    received = 0
    while True:
        received += len(data)
        reply.feed(data)
        if received > MAX_BODY_BYTES:
            raise RequestFailed(FailureKind.TOO_LARGE, f"more than {MAX_BODY_BYTES >> 20} MB")
        if not reply.status and received > MAX_HEAD_BYTES:
            raise RequestFailed(FailureKind.INVALID, f"headers longer than {MAX_HEAD_BYTES >> 10} kB")
        if reply.complete:
            return
        data = connection.receive()
        if not data:
            reply.finish()
            return
