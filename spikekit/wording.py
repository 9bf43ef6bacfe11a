"""Figures as people say them: with a unit, and with no more digits than they deserve.

Measured ones first; ``about``, ``people`` and ``span`` are for forecasts, which are never that sure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

NOTHING = "–"
"""Stands where nothing was measured."""


_TORN = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|%|kB|MB|GB|(?:visitors|requests|Mbit)/s)(?![A-Za-z]))")

_SCALES = {"%": 100.0, "ms": 1000.0, "s": 1.0}
_MOST_DIGITS = 7
"""What differs by less than a millionth is the same."""


def duration(seconds: float) -> str:
    """``0.4 ms``, ``62 ms``, ``1.9 s``, ``25 s``, ``2 min 5 s``, ``1 h 30 min``."""
    if seconds < 0.9995:
        milliseconds = seconds * 1000
        return f"{milliseconds:.1f} ms" if 0 < milliseconds < 0.95 else f"{milliseconds:.0f} ms"
    if seconds < 59.5:
        return f"{seconds:.0f} s" if seconds >= 9.95 or seconds == int(seconds) else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return _joined(whole // 60, "min", whole % 60, "s")
    return _joined(whole // 3600, "h", whole % 3600 // 60, "min")


def _joined(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def clock(seconds: float) -> str:
    """An offset on a time axis: ``0:05``, ``12:30``, ``1:02:00``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def count(number: float) -> str:
    """``1,100``; with one decimal below ten when it is not whole."""
    return f"{number:,.1f}" if abs(number) < 9.95 and number != int(number) else f"{number:,.0f}"


def percent(ratio: float) -> str:
    """``0 %``, ``0.02 %``, ``2.6 %``, ``98.4 %``; only what is nothing is 0 % and only what is all is 100 %."""
    if ratio in (0, 1):
        return f"{ratio * 100:.0f} %"
    if 0 < ratio < 0.0001:
        return "under 0.01 %"
    if 0.9999 < ratio < 1:
        return "over 99.99 %"
    hundred = ratio * 100
    decimals = 2 if hundred < 0.1 or 99.9 < hundred < 100 else 1
    return f"{hundred:.{decimals}f}".removesuffix(".0") + " %"


def quantile(seconds: float | None, *, longest: float | None, requests: int) -> str:
    """A latency; ``more than 30 s`` when so many were never answered that only the longest answer is known."""
    if seconds is not None:
        return duration(seconds)
    if requests == 0:
        return NOTHING
    return "no answer" if longest is None else f"more than {duration(longest)}"


def instant(text: str) -> str:
    """``4 December 2026, 17:55 UTC`` of an ISO 8601 instant; other text as it is."""
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def tied(text: str) -> str:
    """The same text with each number tied to its unit, so that no line ends between them."""
    return _TORN.sub("\u00a0", text)


def told_apart(figure: float, limit: float, said: Callable[[float], str]) -> str:
    """``said(figure)``, with as many more digits as tell it from ``said(limit)``: ``97.96 %`` beside ``98 %``.

    ``said`` is ``percent`` or ``duration``.
    """
    text = said(figure)
    if figure == limit or text.replace(".0 ", " ") != said(limit).replace(".0 ", " "):
        return text
    unit = text.rsplit(" ", 1)[-1]
    unit, scale = (unit, _SCALES[unit]) if unit in _SCALES else ("s", 1.0)
    digits = next((d for d in range(1, _MOST_DIGITS) if round(figure * scale, d) != round(limit * scale, d)), None)
    return text if digits is None else f"{figure * scale:,.{digits}f} {unit}"


def plural(number: int, noun: str) -> str:
    """``1 worker``, ``2 workers``."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def held(number: int, judged: int) -> str:
    """How often something held: ``held 3 of 4 times``, ``did not hold the one time it was judged``."""
    if judged == 1:
        return f"{'held' if number else 'did not hold'} the one time it was judged"
    return f"held {count(number)} of {count(judged)} times"


def about(value: float) -> str:
    """Two significant digits with separators: ``847`` → ``850``, ``18_612`` → ``19,000``, ``0.304`` → ``0.3``."""
    if value < 0.1:
        return "0" if value <= 0 else "under 0.1"
    places = 1 - math.floor(math.log10(value))
    figure = round(value, places)
    return f"{figure:,.0f}" if figure >= 10 else f"{figure:,.2g}"


def exactly(value: float) -> str:
    """A count as it stands, with separators: ``6200000`` → ``6,200,000``."""
    return f"{value:,.0f}"


def people(value: float) -> str:
    """A declared audience: ``6.2 million``, ``250,000``."""
    if value >= 1_000_000:
        return f"{value / 1e6:.3g} million" if value < 1e9 else f"{value / 1e9:.3g} billion"
    return exactly(value)


def span(seconds: float) -> str:
    """A length of time in its two largest useful parts: ``12 s``, ``20 min``, ``2½ hours``, ``3 days``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    size, unit = (3600.0, "hour") if seconds < 36 * 3600 else (86_400.0, "day")
    halves = round(seconds / size * 2)
    whole, half = divmod(halves, 2)
    return f"{whole}{'½' if half else ''} {unit}{'s' if halves > 2 else ''}"
