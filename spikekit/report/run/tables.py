"""The figures behind the page's pictures: as tables for everyone, and as numbers under the pointer."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikekit import wording
from spikekit.report.chart import series
from spikekit.report.chart.drawing import ROWS, Table
from spikekit.report.run.charts import COLUMNS
from spikekit.verdict.run import Run


def timeline_table(run: Run) -> Table:
    """The seconds of the run in at most thirty rows: means a second, and the largest p95."""
    line, length = run.timeline, len(run.timeline.started)
    rows = []
    for part in series.buckets(length, ROWS):
        means = [
            wording.count(float(np.mean(values[part])))
            for values in (line.planned, line.started, line.completed, line.failed)
        ]
        worst = series.largest(series.numbers(line.p95[part]))
        rows.append([wording.clock(part.start), *means, wording.NOTHING if worst is None else wording.duration(worst)])
    return Table(heads=["From", "Planned /s", "Started /s", "Completed /s", "Failed /s", "p95, at most"], rows=rows)


def distribution_table(run: Run) -> Table:
    """How many answers came within each duration."""
    edges, counts = run.distribution.edges_seconds, run.distribution.counts
    rows, before, total = [], 0, sum(counts)
    for part in series.buckets(len(counts), ROWS):
        number = sum(counts[part])
        before += number
        if number:
            within = wording.duration(edges[part.stop])
            rows.append([within, wording.count(number), wording.percent(before / total)])
    return Table(heads=["Within", "Answers", "Together"], rows=rows)


def readout(run: Run) -> dict[str, Any]:
    """The figures under the pointer: one entry for each stretch of the chart, the largest of its seconds."""
    line, length = run.timeline, len(run.timeline.started)
    parts = series.buckets(length, COLUMNS)
    names = ("planned", "started", "completed", "failed", "p95")
    values = {name: series.numbers(getattr(line, name)) for name in names}
    return {
        "length": length,
        "from": [part.start for part in parts],
        **{name: [series.largest(of[part]) for part in parts] for name, of in values.items()},
    }
