"""Why a request did not come to a right answer: raised where it is noticed, counted where it is measured."""

from __future__ import annotations

import errno
import ssl

from spikekit.vocabulary import FailureKind


class RequestFailed(Exception):
    """A request's end without a right answer. ``detail`` may hold text from outside; it is cut where it is shown."""

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Stopped(BaseException):
    """Thrown into a visitor when the run is stopped: the visit ends where it stands."""


_BY_ERRNO = {
    errno.ECONNREFUSED: FailureKind.REFUSED,
    errno.ECONNRESET: FailureKind.RESET,
    errno.EPIPE: FailureKind.RESET,
    errno.ECONNABORTED: FailureKind.RESET,
    errno.ETIMEDOUT: FailureKind.CONNECT_TIMEOUT,
    errno.EADDRNOTAVAIL: FailureKind.NO_PORTS,
    errno.EMFILE: FailureKind.NO_PORTS,
    errno.ENFILE: FailureKind.NO_PORTS,
    errno.ENOBUFS: FailureKind.NO_PORTS,
    errno.ENOMEM: FailureKind.NO_PORTS,
}

GENERATOR_FAULTS = frozenset({FailureKind.NO_PORTS, FailureKind.LEASE, FailureKind.SCRIPT})
"""Failures that say nothing about the target."""


def failure_of(error: OSError) -> RequestFailed:
    """The outcome an operating-system or TLS error stands for."""
    if isinstance(error, ssl.SSLEOFError):
        return RequestFailed(FailureKind.CLOSED, "closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        words = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
        return RequestFailed(FailureKind.TLS, words)
    kind = _BY_ERRNO.get(error.errno or 0, FailureKind.CONNECT)
    return RequestFailed(kind, error.strerror or str(error))
