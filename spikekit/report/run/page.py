"""A run as one HTML file that opens offline, prints on two pages and needs no script to be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spikekit import wording
from spikekit.report import paper
from spikekit.report.palette import LIGHTS
from spikekit.report.run import charts, objectives, reading, tables
from spikekit.verdict.run import Run, StepResult

LIMIT_MARK = 0.62
"""Where on an objective's bar its limit stands; what lies beyond is a miss."""


def page(run: Run) -> str:
    """The report. Everything that came from people or servers is escaped; nothing is ever fetched."""
    return paper.written(
        "run.html",
        script="run.js",
        limit_mark=LIMIT_MARK,
        bar_share=bar_share,
        of_step=_of_step,
        run=run,
        light=LIGHTS[run.verdict],
        readout=tables.readout(run),
        arrivals=charts.arrivals(run),
        latency=charts.latency(run),
        distribution=charts.distribution(run),
        timeline_table=tables.timeline_table(run),
        distribution_table=tables.distribution_table(run),
        headlines=reading.headlines(run),
        fates=reading.visitor_fates(run),
        objectives=objectives.objective_groups(run),
        steps=_steps(run.steps),
        failures=reading.read_failures(run),
        generator=reading.generator_sentence(run),
        left_out=objectives.left_out(run),
        hardly_tested=reading.hardly_tested(run),
        assets=reading.assets_sentence(run),
        asked=reading.asked(run),
    )


def _steps(steps: Iterable[StepResult]) -> list[dict[str, Any]]:
    """Each step with its bars: shares of the longest p99 of all."""
    known = list(steps)
    quantiles = [(s.latency_seconds.p50, s.latency_seconds.p95, s.latency_seconds.p99) for s in known]
    longest = max((v for three in quantiles for v in three if v is not None), default=0.0)
    longest = max([longest, *(s.latency_seconds.max or 0.0 for s in known if s.latency_seconds.p99 is None)])
    shares = [[1.0 if v is None else v / longest if longest else 0.0 for v in three] for three in quantiles]
    return [{"step": s, "p50": a, "p95": b, "p99": c} for s, (a, b, c) in zip(known, shares, strict=True)]


def bar_share(used: float | None) -> float:
    """Where on an objective's bar a used allowance ends: the limit stands at ``LIMIT_MARK``, the end is 1."""
    return 0.0 if used is None else min(1.0, used * LIMIT_MARK)


def _of_step(value: float | None, step: StepResult) -> str:
    return wording.quantile(value, longest=step.latency_seconds.max, requests=step.requests)
