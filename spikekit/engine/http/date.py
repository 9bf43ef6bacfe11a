"""Dates as servers write them in headers."""

from __future__ import annotations

from email.utils import mktime_tz, parsedate_tz
from functools import lru_cache


@lru_cache(maxsize=512)
def seconds_of(date: str) -> float | None:
    """Seconds since 1970 of a date such as ``Sun, 06 Nov 1994 08:49:37 GMT``; ``None`` for what is none.

    Remembered: a server says the same few dates over and over.
    """
    try:
        parts = parsedate_tz(date)
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
