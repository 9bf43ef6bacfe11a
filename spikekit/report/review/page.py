"""A review as one HTML file that opens offline and needs no script."""

from __future__ import annotations

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.report.chart import axis, drawing
from spikekit.report.chart.axis import Axis, Tick
from spikekit.report.chart.drawing import ROWS, Chart, Mark, Shape, Table
from spikekit.report.chart.series import Points, runs_of
from spikekit.report.chart.time_axis import even_cells, highest, round_ticks
from spikekit.report.figures import brief
from spikekit.report.palette import Light, Role, Symbol
from spikekit.report.paper import written
from spikekit.report.review.reading import cells_of, lessons, notes, sentence, times
from spikekit.review.hits import Hits
from spikekit.review.record import Judged, Outcome
from spikekit.review.review import Review
from spikekit.wording import NOTHING, about, count, exactly

_COLUMNS, _PER_LABEL = 240, 4
"""Points across the chart; labels are placed on every fourth, for there is room for as many as in a terminal."""
_MINUTE = 60.0

LIGHTS: dict[Outcome, Light] = {
    Outcome.INSIDE: Light(symbol=Symbol.READY, word="Inside the band", role=Role.READY),
    Outcome.ABOVE: Light(symbol=Symbol.AT_RISK, word="Above the band", role=Role.AT_RISK),
    Outcome.BELOW: Light(symbol=Symbol.AT_RISK, word="Below the band", role=Role.AT_RISK),
    Outcome.UNKNOWN: Light(symbol=Symbol.UNKNOWN, word="At least so many", role=Role.UNKNOWN),
}

SHARED_OUT = Light(symbol=Symbol.UNKNOWN, word="Shared out", role=Role.UNKNOWN)
"""Nothing told its visitors from those of other channels."""


def review_page(review: Review, hits: Hits, *, recorded: str | None) -> str:
    """The page. Everything that people wrote is escaped; nothing is ever fetched."""
    rows = [_row("In all", review.total)]
    if review.peak is not None:
        rows.append(_row("In the busiest minute", review.peak))
    if len(review.channels) > 1:
        rows += [_row(c.label, c.judged, is_told_apart=c.is_told_apart) for c in review.channels]
    return written(
        "review.html",
        review=review,
        campaign=review.forecast.campaign,
        sentence=sentence(review),
        light=LIGHTS[review.total.outcome],
        chart=_chart(review),
        curve=_table(review),
        rows=rows,
        hits=hits,
        lessons=lessons(review),
        notes=notes(review),
        recorded=recorded,
    )


def _row(name: str, judged: Judged, *, is_told_apart: bool = True) -> dict[str, object]:
    return {
        "name": name,
        "came": ("≥ " if judged.is_lower_bound else "") + exactly(judged.observed),
        "likely": about(judged.p50),
        "band": f"{about(judged.p10)} to {about(judged.p90)}",
        "times": times(judged) if is_told_apart else NOTHING,
        "light": LIGHTS[judged.outcome] if is_told_apart else SHARED_OUT,
    }


def _columns(review: Review, most: int) -> tuple[Floats, list[Floats]]:
    """Edges of columns that open out around each start, and what was likely (P10, P50, P90) and came in each."""
    over, says = review.over, review.expected
    edges = even_cells(cells_of(review), most)
    per_minute = _MINUTE / over.seconds
    figures = (says.p10, says.p50, says.p90, over.visitors)
    return edges, [np.array(highest(over.edges[:-1], f * per_minute, edges)) for f in figures]


def _chart(review: Review) -> Chart:
    edges, (low, likely, high, came) = _columns(review, _COLUMNS)
    at = np.arange(_COLUMNS, dtype=np.float64) + 0.5
    x = _time(review, edges)
    y = axis.upwards(float(max(high.max(), came.max())) or 1.0, count)
    band = f"{drawing.line(Points(at, high), x, y)} {drawing.line(Points(at[::-1], low[::-1]), x, y)} Z".replace(
        " M", " L"
    )
    shapes = [
        Shape(role="band", form="area", path=band),
        Shape(role="planned", form="dashed", path=drawing.line(Points(at, likely), x, y)),
        Shape(role="real", form="line", path=drawing.line(Points(at, came), x, y)),
    ]
    return Chart(
        unit="visitors per minute, by time since launch",
        spoken=sentence(review),
        x=x,
        y=y,
        shapes=shapes,
        gaps=_clipped(review, edges, x),
    )


def _time(review: Review, edges: Floats) -> Axis:
    places = round_ticks(edges[::_PER_LABEL], [c.at_seconds for c in review.forecast.campaign.channels])
    ticks = [Tick(at=t.column * _PER_LABEL / _COLUMNS, text=t.label) for t in places]
    return Axis(low=0.0, high=float(_COLUMNS), ticks=ticks)


def _clipped(review: Review, edges: Floats, x: Axis) -> list[Mark]:
    over = review.over
    found = []
    for first, last in runs_of(over.saturated.tolist()):
        a, b = np.interp([over.edges[first], over.edges[last]], edges, np.arange(len(edges)))
        found.append(Mark(at=x.place(a), width=x.place(b) - x.place(a), text="the site was saturated"))
    return found


def _table(review: Review) -> Table:
    edges, figures = _columns(review, ROWS)
    rows = [[brief(round(t)), *(about(float(f[i])) for f in figures)] for i, t in enumerate(edges[:-1])]
    return Table(heads=["from", "1 in 10 below", "likely", "1 in 10 above", "came"], rows=rows)
