"""Capacity over time in 80 columns: a block for each target, journey and page, a line for each search."""

from __future__ import annotations

from collections.abc import Sequence

from spikekit.history.trend import Point, Trend
from spikekit.report.history.runs import when
from spikekit.report.palette import Role, painted
from spikekit.report.screen import fitted, shown
from spikekit.wording import count, percent

_BAR = 14


def trend_lines(trends: Sequence[Trend], *, colour: bool = True) -> list[str]:
    """Every trend, the newest search last."""
    lines: list[str] = []
    for trend in trends:
        most = max(_rate(p) for p in trend.points)
        where = f" on {trend.page}" if trend.page else ""
        lines += [*([""] if lines else []), shown(f"{trend.target}, {trend.journey}{where} (visitors/s)")]
        lines += [f"  {_line(p, most, colour)}" for p in trend.points]
    return lines


def _rate(point: Point) -> float:
    assert point.search.capacity is not None
    return point.search.capacity.visitors_per_second


def _line(point: Point, most: float, colour: bool) -> str:
    search = point.search
    label = fitted(shown(search.label or ""), 12)
    low, high = (None if v is None else count(v) for v in search.interval.visitors_per_second)
    interval = f"over {low}" if search.lower_bound else f"{low}–{high}"
    bar = "█" * round(_rate(point) / most * _BAR) if most else ""
    text, role = _change(point)
    words = painted(text, role, colour=colour)
    return f"{when(search.created):<17}{label}{count(_rate(point)):>7} {interval:<12}{bar:<{_BAR}} {words}".rstrip()


def _change(point: Point) -> tuple[str, Role]:
    difference = point.difference
    if point.search.lower_bound:
        return "at least", Role.FAINT
    if difference is None:
        return "", Role.FAINT
    if not difference.beyond_noise:
        return "same", Role.FAINT
    falls = difference.change < 0
    size = percent(round(abs(difference.change), 2))
    return (f"▼ {size}", Role.NOT_READY) if falls else (f"▲ {size}", Role.READY)
