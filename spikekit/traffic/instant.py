"""The instants of log lines → whole seconds since 1970, whatever their zone."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite

MONTHS = {
    name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""

_LOCAL = re.compile(rb"(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d+)? ([+-])(\d\d)(\d\d)")


def local(text: bytes) -> int | None:
    """``04/Dec/2026:18:00:00 +0100``, nginx's ``$time_local``: every line says its own zone."""
    found = _LOCAL.fullmatch(text)
    if found is None or found[2] not in MONTHS:
        return None
    day, year, hour, minute, second = (int(found[i]) for i in (1, 3, 4, 5, 6))
    offset = (int(found[8]) * 60 + int(found[9])) * (60 if found[7] == b"+" else -60)
    try:
        at = datetime.fromisoformat(f"{year:04d}-{MONTHS[found[2]]:02d}-{day:02d}T{hour:02d}:{minute:02d}:00+00:00")
    except ValueError:
        return None
    return None if second > 60 else int(at.timestamp()) + second - offset


def iso(text: bytes) -> int | None:
    """``2026-12-04T18:00:00+01:00``, nginx's ``$time_iso8601``, also with fractions or ``Z``. A zone is required."""
    try:
        at = datetime.fromisoformat(text.decode("ascii"))
    except ValueError:
        return None
    return None if at.tzinfo is None else int(at.timestamp() // 1)


def epoch(text: bytes) -> int | None:
    """``1796407200.123``, nginx's ``$msec``; also whole milliseconds and finer, as some servers write them."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    if not isfinite(seconds) or seconds < 0:
        return None
    while seconds > LAST_SECOND:
        seconds /= 1000
    return int(seconds)


def any_of(text: bytes) -> int | None:
    """Whichever of the three it is."""
    found = local(text)
    if found is None:
        found = epoch(text)
    return iso(text) if found is None else found
