"""What a browser may use again without asking, and what it asks about first (RFC 9111, as browsers do it)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from spikekit.engine.http.date import seconds_of
from spikekit.engine.http.exchange import Reply

HEURISTIC_RATIO = 0.1
"""Nothing said but when it changed last: fresh for a tenth of its age (RFC 9111, 4.2.2; browsers do just that)."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{1,1000}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer a browser keeps: until when it serves unasked, and the header lines with which to ask about it."""

    fresh_until: float
    conditions: bytes


def kept(reply: Reply, now: float, before: Kept | None = None) -> Kept | None:
    """What may be kept of an answer; ``before`` is what was kept of the one it confirms (304)."""
    if reply.status not in (200, 203, 304):
        return None
    said = _said((reply.header(b"cache-control") or b"").decode("latin-1"))
    if said is None:
        return None
    conditions = _conditions(reply) or (before.conditions if before else b"")
    fresh = _fresh_seconds(reply, said)
    return Kept(now + fresh, conditions) if fresh > 0 or conditions else None


@lru_cache(maxsize=256)
def _said(cache_control: str) -> float | None:
    """Seconds from ``max-age``, 0 for ``no-cache``, -1 where nothing is said; ``None`` for what may not be kept."""
    words = {word.strip().lower() for word in cache_control.split(",")}
    if "no-store" in words:
        return None
    if "no-cache" in words:
        return 0.0
    age = _MAX_AGE.search(cache_control)
    return float(age[1]) if age else -1.0


def _fresh_seconds(reply: Reply, said: float) -> float:
    if said >= 0:
        age = reply.header(b"age") or b""
        return said - float(age) if age.isdigit() and len(age) < 12 else said
    date, expires = _time(reply, b"date"), reply.header(b"expires")
    if expires is not None:
        ends = seconds_of(expires.decode("latin-1"))
        return ends - date if ends is not None and date is not None else 0.0
    modified = _time(reply, b"last-modified")
    return (date - modified) * HEURISTIC_RATIO if date is not None and modified is not None else 0.0


def _time(reply: Reply, name: bytes) -> float | None:
    text = reply.header(name)
    return None if text is None else seconds_of(text.decode("latin-1"))


def _conditions(reply: Reply) -> bytes:
    tag, modified = reply.header(b"etag"), reply.header(b"last-modified")
    lines = b""
    if tag is not None and _PRINTABLE.fullmatch(tag):
        lines += b"If-None-Match: %b\r\n" % tag
    if modified is not None and _PRINTABLE.fullmatch(modified):
        lines += b"If-Modified-Since: %b\r\n" % modified
    return lines
