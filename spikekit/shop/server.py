"""The shop at work: requests are counted, and answered when the capacity says they are due."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import time
from email.utils import formatdate

from spikekit.shop.bookshop import Bookshop
from spikekit.shop.capacity import Capacity, Refusal
from spikekit.shop.connection import Connection
from spikekit.shop.message import Answer, Request
from spikekit.shop.settings import Settings
from spikekit.shop.truth import AccessLog, Truth

HOST = "127.0.0.1"
BACKLOG = 4096
"""Connections the kernel may hold for us: a crowd arrives at once. (Debian's own limit is as high.)"""

LOG_FLUSH_SECONDS = 0.1


class Shop:
    """What all connections share: the pages, the capacity and the counts."""

    def __init__(self, bookshop: Bookshop, settings: Settings, truth: Truth) -> None:
        self._bookshop = bookshop
        self._settings = settings
        self._capacity: Capacity = settings.capacity()
        self._truth = truth
        self._loop = asyncio.get_running_loop()
        self._second = 0
        self._date = ""

    def arrived(self, connection: Connection, request: Request) -> None:
        """Answer now, later, or not at all."""
        if request.path == "/_truth":
            return connection.send(self._bookshop.truth(self._truth), self.date())
        self._truth.asked(request)
        if not self._settings.assets_in_slots and self._bookshop.is_cheap(request.path):
            return self._answer(connection, request)
        if self._settings.blocked:
            return self._send(connection, request, self._bookshop.wall())
        now = self._loop.time()
        due = self._capacity.admit(now, self._settings.work(request.path))
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


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, or the parent's end if asked; prints one line when ready."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    _allow_crowds()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.with_parent:
        await _watch_parent(loop, stop)
    log = AccessLog(settings.access_log) if settings.access_log else None
    shop = Shop(Bookshop(consent=settings.consent, apologize=settings.apologize), settings, Truth(log))
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
