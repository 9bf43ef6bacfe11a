"""The figures behind the page's pictures: as tables for everyone, and as numbers under the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikekit import wording
from spikekit.report import series
from spikekit.report.charts import COLUMNS
from spikekit.verdict.run import Run

ROWS = 30
"""More rows than that nobody reads; the run's document has every second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures behind a picture."""

    heads: list[str]
    rows: list[list[str]]


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
