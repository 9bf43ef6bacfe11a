"""The network's side of the shop: HTTP/1.1 on asyncio, answers delayed until the capacity says they are due."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import time
from collections import deque
from email.utils import formatdate

import httptools

from spikekit.shop.bookshop import Bookshop
from spikekit.shop.capacity import Capacity, Refusal
from spikekit.shop.message import Answer, Request
from spikekit.shop.settings import Settings
from spikekit.shop.truth import AccessLog, Truth

HOST = "127.0.0.1"
BACKLOG = 4096
"""Connections the kernel may hold for us: a crowd arrives at once. (Debian's own limit is as high.)"""

BODY_LIMIT = 64 * 1024
LOG_FLUSH_SECONDS = 0.1


class Shop:
    """What all connections share: the pages, the capacity and the counts."""

    def __init__(self, bookshop: Bookshop, capacity: Capacity, truth: Truth, *, assets_in_slots: bool) -> None:
        self._bookshop = bookshop
        self._capacity = capacity
        self._truth = truth
        self._assets_in_slots = assets_in_slots
        self._loop = asyncio.get_running_loop()
        self._second = 0
        self._date = ""

    def arrived(self, connection: Connection, request: Request) -> None:
        """Answer now, later, or not at all."""
        if request.path == "/_truth":
            return connection.send(self._bookshop.truth(self._truth), self.date())
        self._truth.asked(request)
        if not self._assets_in_slots and self._bookshop.is_cheap(request.path):
            return self._answer(connection, request)
        now = self._loop.time()
        due = self._capacity.admit(now)
        if isinstance(due, Refusal):
            return self._send(connection, request, self._bookshop.refusal(due))
        if due <= now:
            return self._answer(connection, request)
        self._loop.call_at(due, self._answer, connection, request)
        return None

    def left(self, request: Request) -> None:
        self._truth.left(request)

    def date(self) -> str:
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, formatdate(now, usegmt=True)
        return self._date

    def _answer(self, connection: Connection, request: Request) -> None:
        if connection.is_open:
            self._send(connection, request, self._bookshop.answer(request))

    def _send(self, connection: Connection, request: Request, answer: Answer) -> None:
        self._truth.answered(request, answer)
        connection.send(answer, self.date())


class Connection(asyncio.Protocol):
    """One client: requests in order, one in work at a time, also when they come pipelined."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._remote = "-"
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = b""
        self._current: Request | None = None
        self._waiting: deque[Request] = deque()

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._remote = peer[0] if peer else "-"

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._current:
            self._shop.left(self._current)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, ValueError):
            self._refuse(400)

    # httptools calls these while it reads.
    def on_message_begin(self) -> None:
        self._url, self._body, self._headers = b"", b"", {}

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > BODY_LIMIT:
            self._refuse(413)

    def on_message_complete(self) -> None:
        target = self._url.decode("latin-1")
        path, _, query = target.partition("?")
        request = Request(
            method=self._parser.get_method().decode("latin-1"),
            target=target,
            path=path,
            query=query,
            version=self._parser.get_http_version(),
            remote=self._remote,
            headers=self._headers,
            body=self._body,
            keep_alive=self._parser.should_keep_alive(),
        )
        if self._current is None:
            self._begin(request)
        else:
            self._waiting.append(request)

    def send(self, answer: Answer, date: str) -> None:
        """Answer the request in work, then take up the next."""
        request, self._current = self._current, None
        if self._transport is None or request is None:
            return
        head = answer.head(date=date, keep_alive=request.keep_alive)
        self._transport.write(head if request.method == "HEAD" else head + answer.body)
        if not request.keep_alive:
            self._transport.close()
        elif self._waiting:
            self._begin(self._waiting.popleft())

    def _begin(self, request: Request) -> None:
        self._current = request
        self._shop.arrived(self, request)

    def _refuse(self, status: int) -> None:
        if self._transport is not None:
            self._transport.write(Answer(status=status).head(date=self._shop.date(), keep_alive=False))
            self._transport.close()


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, or the parent's end if asked; prints one line when ready."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    _allow_crowds()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.with_parent:
        await _watch_parent(loop, stop)
    log = AccessLog(settings.access_log) if settings.access_log else None
    shop = Shop(
        Bookshop(consent=settings.consent),
        settings.capacity(),
        Truth(log),
        assets_in_slots=settings.assets_in_slots,
    )
    server = await loop.create_server(lambda: Connection(shop), HOST, settings.port, backlog=BACKLOG)
    sys.stdout.write(f"listening on http://{HOST}:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    flusher = asyncio.create_task(_flush_often(log)) if log else None
    await stop.wait()
    server.close()
    if flusher:
        flusher.cancel()
    if log:
        log.close()


def _allow_crowds() -> None:
    # Everyone who waits holds a descriptor, and 1,024, a common default, are soon gone.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when standard input closes: a killed parent can do no more than that."""

    class _Input(asyncio.Protocol):
        def eof_received(self) -> None:
            stop.set()

        def connection_lost(self, exc: Exception | None) -> None:
            stop.set()

    await loop.connect_read_pipe(_Input, sys.stdin)


async def _flush_often(log: AccessLog) -> None:
    while True:
        await asyncio.sleep(LOG_FLUSH_SECONDS)
        log.flush()
