"""What a failed request of a Locust class failed of, from the exceptions its clients really raise."""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket
import ssl
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from geventhttpclient.response import HTTPConnectionClosed
from geventhttpclient.useragent import BadStatusCode, RetriesExceeded

from spikekit.engine.locust.failure import failure_kind
from spikekit.vocabulary import FailureKind
from tests.engine.servers import OK, Peer, serving
from tests.ports import free_port


@dataclass
class Answer:
    status_code: int


def _chained(outer: Exception, inner: BaseException) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("exception", "response", "kind"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), None, FailureKind.REFUSED),
        (ConnectionResetError(errno.ECONNRESET, "reset"), None, FailureKind.RESET),
        (_chained(requests.ConnectionError("no"), OSError(errno.EMFILE, "too many")), None, FailureKind.NO_PORTS),
        (_chained(requests.ConnectionError("no"), socket.gaierror(-2, "unknown")), None, FailureKind.DNS),
        (requests.exceptions.SSLError(ssl.SSLError(1, "bad certificate")), None, FailureKind.TLS),
        (requests.exceptions.ConnectTimeout("slow"), None, FailureKind.CONNECT_TIMEOUT),
        (requests.exceptions.ReadTimeout("slow"), None, FailureKind.TIMEOUT),
        (TimeoutError("no answer within 8.0 s"), None, FailureKind.TIMEOUT),
        (RetriesExceeded("http://x", 0, original=TimeoutError("slow")), None, FailureKind.TIMEOUT),
        (http.client.RemoteDisconnected("gone"), None, FailureKind.CLOSED),
        (HTTPConnectionClosed("gone"), None, FailureKind.CLOSED),
        (http.client.BadStatusLine("?"), None, FailureKind.INVALID),
        (requests.exceptions.TooManyRedirects("round"), None, FailureKind.REDIRECT),
        (requests.HTTPError("503"), Answer(503), FailureKind.STATUS),
        (requests.HTTPError("429"), Answer(429), FailureKind.BLOCKED),
        (BadStatusCode("http://x", code=404), Answer(404), FailureKind.STATUS),
        ("somebody's own words", None, FailureKind.STATUS),
        (RuntimeError("of a client nobody knows"), None, FailureKind.STATUS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_exception_tells_its_kind(exception: Any, response: Any, kind: FailureKind) -> None:
    assert failure_kind(exception, response) is kind


def test_what_a_class_itself_calls_wrong_is_an_answer_without_what_it_should_hold() -> None:
    """Unless its status was wrong already. (The class is told by name: importing Locust would patch this process.)"""
    judged = type("CatchResponseError", (Exception,), {})("no bargain")
    assert failure_kind(judged, Answer(200)) is FailureKind.TEXT
    assert failure_kind(judged, Answer(500)) is FailureKind.STATUS


def test_exceptions_in_a_circle_come_to_an_end() -> None:
    one, two = RuntimeError("one"), RuntimeError("two")
    one.__cause__, two.__cause__ = two, one
    assert failure_kind(one, None) is FailureKind.STATUS


def _raised(url: str) -> requests.RequestException:
    with contextlib.closing(requests.Session()) as session:
        session.trust_env = False
        with pytest.raises(requests.RequestException) as raised:
            session.get(url, timeout=5)
    return raised.value


def test_what_requests_raises_where_nobody_listens_is_a_refused_connection() -> None:
    assert failure_kind(_raised(f"http://127.0.0.1:{free_port()}/"), None) is FailureKind.REFUSED


@pytest.mark.parametrize(
    ("said", "kind"),
    [(b"", FailureKind.CLOSED), (OK[:-1], FailureKind.CLOSED), (b"nonsense\r\n\r\n", FailureKind.INVALID)],
)
def test_what_requests_raises_at_a_bad_server(said: bytes, kind: FailureKind) -> None:
    """A server that closes early or speaks no HTTP."""

    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(said)

    with serving(answer) as server:
        assert failure_kind(_raised(f"http://127.0.0.1:{server.port}/"), None) is kind
