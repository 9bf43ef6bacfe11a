"""A run as one HTML file that opens offline, prints on two pages and needs no script to be read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from spikekit import wording
from spikekit.report import chart_tables, charts, objectives, reading
from spikekit.report.palette import LIGHTS, PAINTS
from spikekit.report.terminal import shown
from spikekit.verdict.run import Run, StepResult

LIMIT_MARK = 0.62
"""Where on an objective's bar its limit stands; what lies beyond is a miss."""


def page(run: Run) -> str:
    """The report. Everything that came from people or servers is escaped; nothing is ever fetched."""
    environment, script = _environment(), _source("report.js")
    text: str = environment.get_template("report.html").render(
        run=run,
        light=LIGHTS[run.verdict],
        colours=_colours(),
        style=Markup(_source("report.css")),
        script=Markup(script),
        script_hash=_hash(script),
        readout=chart_tables.readout(run),
        arrivals=charts.arrivals(run),
        latency=charts.latency(run),
        distribution=charts.distribution(run),
        timeline_table=chart_tables.timeline_table(run),
        distribution_table=chart_tables.distribution_table(run),
        headlines=reading.headlines(run),
        fates=reading.visitor_fates(run),
        objectives=objectives.objective_groups(run),
        steps=_steps(run.steps),
        failures=reading.read_failures(run),
        generator=reading.generator_sentence(run),
        assets=reading.assets_sentence(run),
        asked=reading.asked(run),
    )
    # What UTF-8 cannot hold (half a surrogate pair in a server's answer) must not keep a report from being written.
    return text.strip().encode("utf-8", "replace").decode() + "\n"


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


def _share(value: float) -> str:
    """A place between 0 and 1 as CSS and SVG take it."""
    return f"{value * 100:.2f}".rstrip("0").rstrip(".")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("spikekit.report"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["limit_mark"] = LIMIT_MARK
    environment.filters.update(
        share=_share,
        bar_share=bar_share,
        of_step=_of_step,
        **{name: getattr(wording, name) for name in ("duration", "count", "percent", "instant", "clock", "tied")},
    )
    return environment


def _harmless(value: Any) -> Any:
    """Text from outside without what would turn a line around or ring a bell; our own markup as it is."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(script: str) -> str:
    """What a Content-Security-Policy calls exactly this script; any other is not run, whatever got into the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _colours() -> list[tuple[str, str, str]]:
    return [(role.value, paint.light, paint.dark) for role, paint in PAINTS.items()]
