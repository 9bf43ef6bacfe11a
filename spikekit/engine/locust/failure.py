"""What a failed request of a Locust class failed of, told from the exception its client reports.

Locust's clients bring libraries of their own; their exceptions are told by name, and by the system errors inside.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any

from spikekit.engine.failure import failure_of
from spikekit.vocabulary import FailureKind

_BLOCKING = frozenset({403, 429})
_MOST_CAUSES = 20

_BY_NAME = {
    "ConnectTimeout": FailureKind.CONNECT_TIMEOUT,
    "ConnectTimeoutError": FailureKind.CONNECT_TIMEOUT,
    "RemoteDisconnected": FailureKind.CLOSED,
    "HTTPConnectionClosed": FailureKind.CLOSED,
    "EmptyResponse": FailureKind.CLOSED,
    "IncompleteRead": FailureKind.CLOSED,
    "HTTPParseError": FailureKind.INVALID,
    "BadStatusLine": FailureKind.INVALID,
    "LineTooLong": FailureKind.INVALID,
    "ContentDecodingError": FailureKind.INVALID,
    "DecodeError": FailureKind.INVALID,
    "TooManyRedirects": FailureKind.REDIRECT,
    "Timeout": FailureKind.TIMEOUT,
    "ReadTimeoutError": FailureKind.TIMEOUT,
    "NameResolutionError": FailureKind.DNS,
    "SSLError": FailureKind.TLS,
}
"""By the class's name or that of one it is derived from, the nearest first."""


def failure_kind(exception: Any, response: Any) -> FailureKind:
    """The kind of a ``request`` event's failure. Whatever says nothing of itself is an answer that was not expected."""
    causes = list(_causes(exception))
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return FailureKind.DNS
        if isinstance(cause, ssl.SSLError):
            return FailureKind.CLOSED if isinstance(cause, ssl.SSLEOFError) else FailureKind.TLS
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno is not None:
            return failure_of(cause).kind
    for cause in causes:
        named = next((_BY_NAME[c.__name__] for c in type(cause).__mro__ if c.__name__ in _BY_NAME), None)
        if named is not None:
            return named
        if isinstance(cause, TimeoutError) and cause.errno is None:
            return FailureKind.TIMEOUT
    return _judged(causes, response)


def _judged(causes: list[BaseException], response: Any) -> FailureKind:
    """An answer came, and was wrong by its status or by what the class itself says of it."""
    answers = (response, *(getattr(cause, "response", None) for cause in causes))
    statuses = (getattr(answer, "status_code", None) for answer in answers)
    status = next((s for s in statuses if isinstance(s, int) and s >= 400), None)
    if status is not None:
        return FailureKind.BLOCKED if status in _BLOCKING else FailureKind.STATUS
    if any(type(cause).__name__ == "CatchResponseError" for cause in causes):
        return FailureKind.TEXT
    return FailureKind.STATUS


def _causes(exception: Any) -> Iterator[BaseException]:
    """The exception and all that it was made from, the outermost first."""
    waiting, seen = [exception], 0
    while waiting and seen < _MOST_CAUSES:
        found = waiting.pop(0)
        if not isinstance(found, BaseException):
            continue
        seen += 1
        yield found
        named = (getattr(found, name, None) for name in ("reason", "original", "__cause__", "__context__"))
        waiting += [*named, *found.args]
