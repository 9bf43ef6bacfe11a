"""What the page's pictures show, ready to be drawn: places between 0 and 1, path data, and the words beside them."""

from __future__ import annotations

import numpy as np

from spikekit import wording
from spikekit.history.entry import peak_visitors_per_second
from spikekit.report.chart import axis, drawing, series
from spikekit.report.chart.axis import Axis
from spikekit.report.chart.drawing import Chart, Mark, Shape
from spikekit.report.run.objectives import first_miss, latency_quantile, strictest
from spikekit.verdict.run import ObjectiveResult, Run
from spikekit.vocabulary import WINDOW_SECONDS

COLUMNS = 360
"""Points across a chart: about one for each two pixels of a wide page."""


def arrivals(run: Run) -> Chart:
    """Visitors planned, started, completed and failed, a second."""
    line = run.timeline
    values = {name: series.numbers(getattr(line, name)) for name in ("planned", "started", "completed", "failed")}
    x = _time(run)
    y = axis.upwards(max((series.largest(v) or 0.0 for v in values.values()), default=0.0) or 1.0, wording.count)
    points = {name: series.thinned(v, COLUMNS) for name, v in values.items()}
    shapes = [
        Shape(role="real", form="area", path=drawing.area(points["completed"], x, y)),
        Shape(role="planned", form="dashed", path=drawing.line(points["planned"], x, y)),
        Shape(role="real", form="line", path=drawing.line(points["started"], x, y)),
    ]
    if any(line.failed):
        failed = points["failed"]
        shapes.insert(1, Shape(role="failed", form="area", path=drawing.area(failed, x, y)))
        shapes.append(Shape(role="failed", form="line", path=drawing.line(failed, x, y)))
    return Chart(
        unit="visitors per second", spoken=_spoken_arrivals(run), x=x, y=y, shapes=shapes, stretches=_missed(run)
    )


def latency(run: Run) -> Chart:
    """The time within which 95 % of the pages asked for in each second were answered."""
    values = series.numbers(run.timeline.p95)
    limit = strictest(run, 95)
    x = _time(run)
    largest = max(series.largest(values) or 0.0, limit.limit if limit else 0.0, 0.001)
    y = axis.upwards(largest, wording.duration, steps=3)
    waited = [bool(np.isnan(v)) and s > 0 for v, s in zip(values, run.timeline.started, strict=True)]
    gaps = [
        Mark(at=x.place(a), width=x.place(b) - x.place(a), text="no right answer") for a, b in series.runs_of(waited)
    ]
    rules = [Mark(at=y.place(limit.limit), text=f"objective {wording.duration(limit.limit)}")] if limit else []
    shape = Shape(role="real", form="line", path=drawing.line(series.thinned(values, COLUMNS), x, y))
    worst = series.largest(values)
    spoken = f"At most {wording.duration(worst)}" if worst is not None else "No answers"
    if limit:
        spoken += f"; the objective is {wording.duration(limit.limit)}"
    if any(waited):
        spoken += f"; {wording.plural(sum(waited), 'second')} in which too many got no right answer"
    return Chart(
        unit="95 % of pages came within",
        spoken=f"{spoken}.",
        x=x,
        y=y,
        shapes=[shape],
        rules=rules,
        stretches=_missed(run),
        gaps=gaps,
    )


def distribution(run: Run) -> Chart | None:
    """How many answers took how long, with the limits of the latency objectives; None without any answer."""
    counts, edges = np.array(run.distribution.counts), np.array(run.distribution.edges_seconds)
    filled = np.flatnonzero(counts)
    if filled.size == 0:
        return None
    limits = {o.limit: o for o in run.objectives if latency_quantile(o)}
    low = max(min(edges[filled[0]], *limits, edges[filled[-1] + 1]), 1e-4)
    x = axis.decades(low, max(edges[filled[-1] + 1], *limits, low * 2))
    y = axis.upwards(float(counts.max()), wording.count, steps=3)
    bars = " ".join(_bar(x.place(edges[i]), x.place(edges[i + 1]), y.place(float(counts[i]))) for i in filled.tolist())
    rules = [Mark(at=x.place(limit), text=_limit_text(o)) for limit, o in sorted(limits.items())]
    middle, tail = run.latency_seconds.p50, run.latency_seconds.p99
    spoken = f"Half of all pages: {_known(run, middle)}; 99 % of them: {_known(run, tail)}."
    return Chart(
        unit="pages by how long they took",
        spoken=spoken,
        x=x,
        y=y,
        shapes=[Shape(role="real", form="bar", path=bars)],
        rules=rules,
    )


def _time(run: Run) -> Axis:
    return axis.seconds(float(len(run.timeline.started)))


def _missed(run: Run) -> list[Mark]:
    begin, x = first_miss(run), _time(run)
    if begin is None:
        return []
    at = x.place(begin)
    return [Mark(at=at, width=x.place(begin + WINDOW_SECONDS) - at, text="first missed here")]


def _bar(left: float, right: float, height: float) -> str:
    top = drawing.HEIGHT * (1 - max(height, 0.012))
    a, b = drawing.WIDTH * left, drawing.WIDTH * right
    inset = min(1.0, (b - a) / 6)
    return f"M{a + inset:.1f} 100 V{top:.2f} H{b - inset:.1f} V100 Z"


def _limit_text(objective: ObjectiveResult) -> str:
    return f"{latency_quantile(objective):g} % within {wording.duration(objective.limit)}"


def _known(run: Run, value: float | None) -> str:
    return wording.quantile(value, longest=run.latency_seconds.max, requests=run.requests.sent)


def _spoken_arrivals(run: Run) -> str:
    visitors, peak = run.visitors, peak_visitors_per_second(run.timeline)
    if not visitors.planned or peak is None:
        return "No visitors came."
    return (
        f"{wording.plural(visitors.planned, 'visitor')} planned, {wording.count(visitors.started)} started, "
        f"{wording.count(visitors.completed)} completed; {wording.count(peak)} a second in the busiest ten seconds."
    )
