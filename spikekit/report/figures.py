"""Figures as people say them: never finer than they are known, never without a unit."""

from __future__ import annotations

import math
from textwrap import wrap

WIDTH = 79
"""Columns of a line of words."""


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


def brief(seconds: float) -> str:
    """An instant on an axis: ``30s``, ``10m``, ``6h``, ``1h30m``, ``3d``; ``0`` is the launch."""
    if seconds == 0:
        return "0"
    sign, rest = ("-" if seconds < 0 else ""), round(abs(seconds))
    parts: list[str] = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, size)
        if count and len(parts) < 2:
            parts.append(f"{count}{unit}")
    return sign + "".join(parts)


def percent(ratio: float) -> str:
    """A share: ``81 %``; below one per cent with a digit."""
    return f"{ratio * 100:.0f} %" if ratio >= 0.01 or ratio == 0 else f"{ratio * 100:.1g} %"


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """A paragraph in lines that fit a terminal; further lines are set in a little."""
    return wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "",
        break_on_hyphens=False,
        break_long_words=False,
    )
