"""The one address at which everything is scraped: plain HTTP, on this machine alone unless somebody asks for more."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import Metric

from spikekit import __version__
from spikekit.errors import UsageError
from spikekit.metrics import names
from spikekit.metrics.family import Source, simple

METRICS_PATH = "/metrics"
SLOWEST_CLIENT_SECONDS = 10.0
"""Somebody who asks slower than this is let go: a scraper takes milliseconds."""

Page = Callable[[str], tuple[str, str] | None]
"""From a path to what it shows, as media type and text; ``None`` where there is nothing."""


class Collector:
    """Everything the sources know, whenever it is asked for."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """Called by prometheus_client at each scrape."""
        yield simple(names.BUILD, {(__version__,): 1.0})
        for source in self._sources:
            yield from source.families()

    def describe(self) -> list[Metric]:
        """Nothing is asked before there is a scrape."""
        return []


class Endpoint:
    """Answers ``/metrics`` while it is open; other paths are asked of ``page``.

    Raises ``UsageError`` when it cannot listen there.
    """

    def __init__(self, listen: tuple[str, int], sources: Sequence[Source], *, page: Page = lambda _: None) -> None:
        registry = CollectorRegistry()
        registry.register(Collector(sources))
        self._metrics = make_wsgi_app(registry)
        self._page = page
        self._begun = self._answered = 0
        self._scraped = threading.Condition()
        host, port = listen
        kind = _Server6 if ":" in host else _Server
        try:
            self._server = make_server(host, port, self._answer, kind, _Quiet)
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host}:{port}: {error.strerror}", hint="another port: --listen 127.0.0.1:9778"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._server.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{shown}:{port}{METRICS_PATH}"

    def __enter__(self) -> Endpoint:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for_scrape(self, seconds: float) -> bool:
        """Return once a scrape that began after now was answered, at most after ``seconds``; whether one was."""
        with self._scraped:
            begun = self._begun
            return self._scraped.wait_for(lambda: self._answered > begun, seconds)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        return self._scrape(environ, start) if path == METRICS_PATH else self._other(path, start)

    def _scrape(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        with self._scraped:
            self._begun += 1
            number = self._begun
        yield from self._metrics(environ, start)
        # Asked for the next part, the server has sent all of them.
        with self._scraped:
            self._answered = max(self._answered, number)
            self._scraped.notify_all()

    def _other(self, path: str, start: Callable[..., Any]) -> Iterable[bytes]:
        found = self._page(path)
        media, text = found or ("text/plain", f"nothing here; numbers are at {METRICS_PATH}\n")
        headers = {"Content-Type": f"{media}; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        start("200 OK" if found else "404 Not Found", list(_sized(headers, text).items()))
        return [text.encode()]


def _sized(headers: Mapping[str, str], text: str) -> dict[str, str]:
    return {**headers, "Content-Length": str(len(text.encode()))}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        """Without asking the name service who we are, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    timeout = SLOWEST_CLIENT_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gives it
        """Scrapes are no news."""
