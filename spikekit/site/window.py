"""When load is allowed: ``Mon-Thu 01:00-05:00 Europe/London``."""

from __future__ import annotations

import re

from spikekit.files.instant import zone
from spikekit.site.model import Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WINDOW_PATTERN = r"([A-Za-z,-]+) +(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2}) +(\S+)"
_WINDOW = re.compile(rf"{WINDOW_PATTERN}\Z", re.ASCII)


def window(text: str) -> Window:
    """The window of such a text. An end before the start is on the next day; ``daily`` stands for ``Mon-Sun``.

    Raises ``ValueError`` with what to change.
    """
    match = _WINDOW.match(text)
    if match is None:
        raise ValueError("")
    start, end = _minute(match[2], match[3]), _minute(match[4], match[5])
    if start == end:
        raise ValueError("it ends when it starts; a whole day is 00:00-24:00")
    if start == 1440:
        raise ValueError("it starts at 00:00 of the next day")
    try:
        zone(match[6])
    except ValueError as note:
        raise ValueError(f"the time zone is not known{f'; {note}' if str(note) else ''}") from None
    return Window(days=_days(match[1]), start_minute=start, end_minute=end, timezone=match[6], text=text)


def _minute(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > 1440:
        raise ValueError(f"a day has no {hour}:{minute}")
    return total


def _days(text: str) -> frozenset[int]:
    if text.lower() == "daily":
        return frozenset(range(7))
    days: set[int] = set()
    for part in text.lower().split(","):
        ends = part.split("-")
        if len(ends) > 2 or any(e not in DAYS for e in ends):
            raise ValueError(f'"{part}" is no day; days are Mon, Tue, Wed, Thu, Fri, Sat, Sun')
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days |= {(first + i) % 7 for i in range((last - first) % 7 + 1)}
    return frozenset(days)
