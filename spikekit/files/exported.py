"""Figures and instants as other programs export them: separators of thousands, decimal commas, many kinds of dates.

Each function takes the text of one cell and raises ``ValueError`` (its text, if any, is a note) for what it is not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

_GAPS = str.maketrans("", "", " \u00a0\u2009\u202f'’_")
"""What stands between thousands in one country or another, beside the point and the comma."""

_GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}(?:\1[0-9]{3})*\Z")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?\Z|[.,][0-9]+\Z")
_COMPACT = re.compile(r"(20[0-9]{2})([01][0-9])([0-3][0-9])(?:([0-2][0-9])([0-5][0-9])?)?\Z")
_NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(.*)\Z", re.DOTALL)
_NAMED = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%a %b %d %Y", "%a %d %b %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_MILLISECONDS = 10**11
"""Seconds since 1970 reach this in the year 5138; milliseconds had it in 1973."""


class DateOrder(StrEnum):
    """Which of 04/12/2026's first two figures is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def count(text: str) -> float:
    """A whole number: ``12500``, ``12,500``, ``12.500``, ``12 500``, ``12'500``, ``12500.0``."""
    bare = text.strip().translate(_GAPS)
    if _GROUPED.match(bare):
        return float(re.sub(r"[.,]", "", bare))
    value = number(bare)
    if value != int(value):
        raise ValueError("it must be a whole number")
    return value


def number(text: str) -> float:
    """A number, at least 0: ``3.5``, ``3,5``, ``1,234.5``, ``1.234,5``, ``1,234``; a lone point is a decimal point."""
    bare = text.strip().translate(_GAPS)
    if "." in bare and "," in bare:
        decimal = max(".,", key=bare.rfind)
        whole, _, part = bare.rpartition(decimal)
        if decimal in whole or not _GROUPED.match(whole):
            raise ValueError("")
        bare = f"{re.sub('[.,]', '', whole)}.{part}"
    elif _GROUPED.match(bare) and ("," in bare or bare.count(".") > 1):
        bare = re.sub(r"[.,]", "", bare)
    if not _PLAIN.match(bare):
        raise ValueError("it cannot be negative" if bare.startswith("-") else "")
    return float(bare.replace(",", "."))


def share(text: str) -> float:
    """A ratio: ``2.6%``, ``2,6 %``, ``0.026``. Raises ``ValueError`` above 1."""
    bare = text.strip().translate(_GAPS)
    percent = bare.endswith("%")
    figure = bare.removesuffix("%").replace(",", ".")
    if not _PLAIN.match(figure):
        raise ValueError("")
    value = float(figure) / (100 if percent else 1)
    if value > 1:
        raise ValueError("a share is at most 100%" if percent else f"did you mean {figure}%?")
    return value


def date_order(texts: list[str]) -> DateOrder | None:
    """The order of a whole column of dates; ``None`` where every one could be either."""
    for text in texts:
        parts = _NUMERIC.match(text.strip())
        if parts is None or len(parts[1]) == 4:
            continue
        if parts[2] == "." or int(parts[1]) > 12:
            return DateOrder.DAY_FIRST
        if int(parts[3]) > 12:
            return DateOrder.MONTH_FIRST
    return None


def instant(text: str, zone: tzinfo, order: DateOrder | None = None) -> datetime:
    """An instant: ISO 8601, ``20261204``, ``2026120418``, ``04.12.2026 18:00``, ``Dec 04, 2026 06:00 pm``, Unix time.

    Without an offset it is on the clocks of ``zone``. Of ``04/12/2026`` ``order`` must tell the day.
    """
    bare = " ".join(text.replace(",", " ").split())
    moment = _compact(bare) or _iso(bare) or _numeric(bare, order) or _named(bare)
    if moment is None:
        raise ValueError("")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _compact(text: str) -> datetime | None:
    """Digits alone: a date (with hour and minute) as analytics tools write it, or Unix seconds or milliseconds."""
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        return None
    parts = _COMPACT.match(text)
    if parts:
        return datetime(*(int(p) for p in parts.groups(default="0")))  # type: ignore[arg-type]  # noqa: DTZ001
    seconds = float(text)
    if seconds < 10**8:
        return None
    return datetime.fromtimestamp(seconds / (1000 if seconds >= _MILLISECONDS else 1), UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _numeric(text: str, order: DateOrder | None) -> datetime | None:
    parts = _NUMERIC.match(text)
    if parts is None:
        return None
    one, separator, two, three, clock = parts.groups()
    if len(one) == 4:
        year, month, day = one, two, three
    else:
        order = DateOrder.DAY_FIRST if separator == "." else order or date_order([text])
        if order is None:
            raise ValueError("is the day or the month first? Say --dates dmy or --dates mdy")
        (day, month), year = (one, two) if order is DateOrder.DAY_FIRST else (two, one), three
    year = f"20{year}" if len(year) == 2 else year
    return _parsed(f"{year}-{month}-{day}{clock}", ("%Y-%m-%d",))


def _named(text: str) -> datetime | None:
    # A month's name has letters; trying thirty patterns on mere figures takes its time in a long table.
    return _parsed(text, _NAMED) if any(c.isalpha() for c in text) else None


def _parsed(text: str, days: tuple[str, ...]) -> datetime | None:
    for day in days:
        for clock in _CLOCKS:
            try:
                return datetime.strptime(text, day + clock)  # noqa: DTZ007 - the zone comes from elsewhere
            except ValueError:
                continue
    return None
