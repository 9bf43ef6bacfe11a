"""The network's side of the shop: one client's HTTP/1.1 on asyncio."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

import httptools

from spikekit.shop.message import Answer, Request

BODY_LIMIT = 64 * 1024


class Counter(Protocol):
    """Where a connection hands its requests in."""

    def arrived(self, connection: Connection, request: Request) -> None:
        """A whole request has come; ``connection.send`` answers it, now or later."""

    def left(self, request: Request) -> None:
        """Its client hung up before the answer."""

    def date(self) -> str:
        """Now, as HTTP says it."""


class Connection(asyncio.Protocol):
    """One client: requests in order, one in work at a time, also when they come pipelined."""

    def __init__(self, shop: Counter) -> None:
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
