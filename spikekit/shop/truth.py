"""What the shop itself saw: the counts that every other number about a run is held against, and the access log."""

from __future__ import annotations

import time
from collections import Counter
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from spikekit.shop.message import Answer, Request

NAMES_KEPT = 1000
"""Paths, referrers and campaigns come from visitors: past this many, the rest counts as ``(other)``."""

GONE = 499
"""The status nginx logs when a client hung up before its answer."""


class Truth:
    """Counts by what was asked and by how it ended. received = answered + gone + waiting, always."""

    def __init__(self, log: AccessLog | None = None) -> None:
        self._log = log
        self.received = 0
        self.gone = 0
        self._asked: Counter[str] = Counter()
        self._referrers: Counter[str] = Counter()
        self._campaigns: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._kinds: Counter[str] = Counter()

    def asked(self, request: Request) -> None:
        """A request has arrived."""
        self.received += 1
        kind = "assets" if request.path.startswith("/static/") else "pages"
        self._kinds[kind] += 1
        _count(self._asked, f"{request.method} {request.path}")
        if kind == "pages":
            _count(self._referrers, _referrer(request))
            if "utm_campaign=" in request.query:
                _count(self._campaigns, parse_qs(request.query).get("utm_campaign", [""])[0])

    def answered(self, request: Request, answer: Answer) -> None:
        """Its answer has been handed to the network."""
        self._statuses[answer.status] += 1
        if self._log:
            self._log.write(request, answer.status, len(answer.body))

    def left(self, request: Request) -> None:
        """The client hung up before its answer."""
        self.gone += 1
        if self._log:
            self._log.write(request, GONE, 0)

    def document(self, *, visitors: int) -> dict[str, Any]:
        """Everything counted so far as plain JSON values; the log on disk is as far as these."""
        if self._log:
            self._log.flush()
        answered = self._statuses.total()
        return {
            "received": self.received,
            "answered": answered,
            "gone": self.gone,
            "waiting": self.received - answered - self.gone,
            "pages": self._kinds["pages"],
            "assets": self._kinds["assets"],
            "visitors": visitors,
            "errors_5xx": sum(n for status, n in self._statuses.items() if status >= 500),
            "by_status": {str(status): n for status, n in sorted(self._statuses.items())},
            "by_request": dict(sorted(self._asked.items())),
            "by_referrer": dict(sorted(self._referrers.items())),
            "by_campaign": dict(sorted(self._campaigns.items())),
        }


def _count(counter: Counter[str], name: str) -> None:
    counter[name if name in counter or len(counter) < NAMES_KEPT else "(other)"] += 1


def _referrer(request: Request) -> str:
    referrer = request.headers.get("referer", "")
    if not referrer:
        return "(none)"
    try:
        host = urlsplit(referrer).netloc
    except ValueError:
        return "(invalid)"
    return "(own)" if host == request.headers.get("host") else host or "(invalid)"


class AccessLog:
    """nginx's combined format, one line an answered request, in the order of the answers."""

    def __init__(self, path: Path) -> None:
        self._file: TextIOWrapper = path.open("a", encoding="utf-8", errors="backslashreplace")
        self._second = 0
        self._stamp = ""

    def write(self, request: Request, status: int, size: int) -> None:
        line = f"{request.method} {request.target} HTTP/{request.version}"
        referrer, agent = request.headers.get("referer", "-"), request.headers.get("user-agent", "-")
        quoted = (_escape(line), _escape(referrer), _escape(agent))
        self._file.write(
            f'{request.remote} - - [{self._now()}] "{quoted[0]}" {status} {size} "{quoted[1]}" "{quoted[2]}"\n'
        )

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _now(self) -> str:
        now = int(time.time())
        if now != self._second:
            self._second, self._stamp = now, time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now))
        return self._stamp


def _escape(text: str) -> str:
    """As nginx does: quotes, backslashes and control characters become ``\\xXX``."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(c if c.isprintable() and c not in '"\\' else f"\\x{ord(c) & 0xFF:02X}" for c in text)
