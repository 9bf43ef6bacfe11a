"""The spike in a terminal: planned, started and completed by second, failures, and p95 beneath on the same axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from spikekit import wording
from spikekit.report.chart import series
from spikekit.report.chart.series import Floats
from spikekit.report.chart.terminal import SOLID, Layer, Level, Tick, chart
from spikekit.report.chart.time_axis import even_ticks
from spikekit.report.palette import Role
from spikekit.report.run.objectives import strictest
from spikekit.report.screen import Ink
from spikekit.verdict.run import Run

_MARGIN = 9
"""Columns left of a chart, for its scale."""

_HIGH, _LOW = 7, 4
"""Rows of the two charts."""


def picture(run: Run, ink: Ink, width: int) -> list[str]:
    """The charts with their keys; nothing at all for a run without visitors."""
    line, columns = run.timeline, width - _MARGIN
    if not any(line.planned):
        return []
    ticks = even_ticks(0.0, float(len(line.started)), columns)
    return [*_visitors(run, ink, columns, ticks), "", *_latency(run, ink, columns, ticks)]


def _visitors(run: Run, ink: Ink, columns: int, ticks: Sequence[Tick]) -> list[str]:
    line = run.timeline
    layers = [
        Layer(values=_of(line.planned, columns), glyph="░", colour=Role.PLANNED),
        Layer(values=_of(line.started, columns), glyph="▒", colour=Role.BAND),
        Layer(values=_of(line.completed, columns), glyph=SOLID, colour=Role.REAL),
    ]
    lines = chart(layers, unit="visitors/s", ticks=ticks, height=_HIGH, paint=_paint(ink))
    keys = [("░", Role.PLANNED, "planned"), ("▒", Role.BAND, "started"), ("█", Role.REAL, "got every page")]
    lines[0] += "    " + "   ".join(f"{ink(glyph, role)} {word}" for glyph, role, word in keys)
    if any(line.failed):
        failed = Layer(values=_of(line.failed, columns), colour=Role.FAILED)
        lines += ["", *chart([failed], unit="failed or gave up/s", ticks=ticks, height=_LOW, paint=_paint(ink))]
    return lines


def _latency(run: Run, ink: Ink, columns: int, ticks: Sequence[Tick]) -> list[str]:
    values, limit = series.numbers(run.timeline.p95), strictest(run, 95)
    unanswered = np.isnan(values) & (np.asarray(run.timeline.started) > 0)
    longest = max(series.largest(values) or 0.0, limit.limit if limit else 0.0)
    scale, unit = (1000.0, "ms") if longest < 1 else (1.0, "s")
    layers = [
        Layer(values=_of(np.where(unanswered, longest, 0.0) * scale, columns), glyph="░", colour=Role.FAILED),
        Layer(values=_of(values * scale, columns), colour=Role.REAL),
    ]
    levels = []
    if limit:
        text = f"objective {wording.duration(limit.limit)}"
        levels = [Level(value=limit.limit * scale, label=text, colour=Role.OBJECTIVE)]
    lines = chart(
        layers,
        unit=f"95 % of pages came within, {unit}",
        ticks=ticks,
        levels=levels,
        height=_LOW,
        paint=_paint(ink),
    )
    if unanswered.any():
        lines[0] += f"    {ink('░', Role.FAILED)} more than 5 % got no right answer"
    return lines


def _of(values: Sequence[float] | Floats, columns: int) -> list[float]:
    return series.stretched(np.asarray(values, dtype=np.float64), columns)


def _paint(ink: Ink) -> Callable[[str, str], str]:
    return lambda text, colour: ink(text, Role(colour))
