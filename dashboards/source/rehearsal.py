"""*Rehearsal*: the run in progress, for those who send it and those who watch staging under it."""

from __future__ import annotations

from dashboards.source import look
from dashboards.source.board import Board
from dashboards.source.panel import Panel, Query
from dashboards.source.query import added, at, of, quantile, rate, total, worst
from spikekit.metrics import names

PAGES = 'step!="assets"'
"""Objectives are judged on main documents."""

SENT = rate(names.REQUESTS, PAGES)

FATES = (
    (names.PLANNED, "planned"),
    (names.STARTED, "started"),
    (names.COMPLETED, "completed"),
    (names.FAILED, "failed"),
    (names.ABANDONED, "gave up"),
    (names.DROPPED, "dropped by the generator"),
)

VISITORS = Panel(
    kind="stat",
    title="Visitors",
    tells="What became of the visitors in the time shown. Prometheus estimates these; the report has the exact counts.",
    unit="short",
    queries=[Query(expr=total(name), legend=word, now=True) for name, word in FATES],
    width=18,
    height=4,
)
HEALTH = Panel(
    kind="stat",
    title="Load generator",
    tells="Whether the generator keeps up. While it does not, what is measured says nothing about the site.",
    unit="none",
    queries=[Query(expr=f"min ({of(names.HEALTHY)})", now=True)],
    words=[(1, "keeps up", look.READY), (0, "cannot keep up", look.NOT_READY)],
    width=6,
    height=4,
)
ARRIVALS = Panel(
    kind="timeseries",
    title="Visitors per second",
    tells="Planned visitors come whatever the site does. Where completed stays below started, they wait inside.",
    unit="short",
    queries=[
        Query(expr=rate(names.PLANNED), legend="planned"),
        Query(expr=rate(names.STARTED), legend="started"),
        Query(expr=rate(names.COMPLETED), legend="completed"),
        Query(expr=f"{rate(names.FAILED)} + {rate(names.ABANDONED)}", legend="failed or gave up"),
    ],
    lines=[look.planned("planned"), look.real("started"), look.bad("failed or gave up")],
)
LATENCY = Panel(
    kind="timeseries",
    title="Latency of pages",
    tells="From the instant a visitor meant to come to the whole page, with what the objectives allow.",
    unit="s",
    queries=[
        *(Query(expr=quantile(q, names.DURATION, PAGES), legend=f"p{100 * q:g}") for q in (0.5, 0.9, 0.95, 0.99)),
        Query(expr=worst(names.OBJECTIVE, by="quantile"), legend="allowed at {{quantile}}"),
    ],
    lines=[look.real("p95"), *(look.objective(f"allowed at {q}") for q in ("0.95", "0.99"))],
)
HEAT = Panel(
    kind="heatmap",
    title="Latency of pages, all of them",
    tells="How many pages took how long. Two bands mean two kinds of answers, such as from a cache and not.",
    unit="short",
    queries=[
        Query(
            expr=f"sum by (le) (increase({of(names.DURATION, PAGES, suffix='_bucket')}[$__rate_interval]))",
            legend="{{le}}",
            buckets=True,
        )
    ],
)
AGAINST = Panel(
    kind="timeseries",
    title="Latency against the objectives",
    tells="Each latency as a share of what is allowed; above 100 % the objective is missed.",
    unit="percentunit",
    queries=[
        Query(
            expr=f"{quantile(q, names.DURATION, PAGES)} / {worst(names.OBJECTIVE, at(q))}",
            legend=f"p{100 * q:g}",
        )
        for q in (0.95, 0.99)
    ],
    steps=[(None, look.READY), (1, look.NOT_READY)],
)
BY_STEP = Panel(
    kind="timeseries",
    title="95th percentile by step",
    tells="The step that rises first is usually the one to look at.",
    unit="s",
    queries=[Query(expr=quantile(0.95, names.DURATION, by="step"), legend="{{step}}")],
)
FAILED_SHARE = Panel(
    kind="timeseries",
    title="Failed requests",
    tells="The share of pages that failed, with what the objectives allow.",
    unit="percentunit",
    queries=[
        Query(
            expr=f"({rate(names.FAILURES, PAGES)} or 0 * {SENT}) / {SENT}",
            legend="failed",
        ),
        Query(expr=worst(names.OBJECTIVE_ERRORS), legend="allowed"),
    ],
    lines=[look.bad("failed"), look.objective("allowed")],
)
REASONS = Panel(
    kind="timeseries",
    title="Failures by kind",
    tells="Refused connections and time-outs speak of capacity, unexpected statuses of the application.",
    unit="reqps",
    queries=[Query(expr=rate(names.FAILURES, by="reason"), legend="{{reason}}")],
    stacked=True,
)
REQUESTS = Panel(
    kind="timeseries",
    title="Requests per second by step",
    tells="All requests, assets too, with what the target was measured to hold.",
    unit="reqps",
    queries=[
        Query(expr=rate(names.REQUESTS, by="step"), legend="{{step}}"),
        Query(expr=worst(names.TARGET, 'bound="likely"', by="target"), legend="{{target}} holds"),
    ],
)
INSIDE = Panel(
    kind="timeseries",
    title="In flight",
    tells="Visitors on the site and requests without an answer. A line that only rises is a queue that never empties.",
    unit="short",
    queries=[
        Query(expr=added(names.INSIDE), legend="visitors"),
        Query(expr=added(names.IN_FLIGHT), legend="requests"),
    ],
)
LAG = Panel(
    kind="timeseries",
    title="Dispatch lag",
    tells="How late the generator itself was. Above 50 ms at the 99th percentile it measures itself.",
    unit="s",
    queries=[Query(expr=quantile(q, names.LAG), legend=f"p{100 * q:g}") for q in (0.5, 0.99)],
    steps=[(None, look.READY), (0.05, look.NOT_READY)],
)

BOARD = Board(
    uid="spikekit-rehearsal",
    title="Spikekit / Rehearsal",
    tells="The run in progress: visitors, latency, failures, and whether the generator keeps up.",
    since="now-15m",
    refresh="5s",
    rows=[
        (VISITORS, HEALTH),
        (ARRIVALS, LATENCY),
        (HEAT, AGAINST),
        (FAILED_SHARE, REASONS),
        (BY_STEP, REQUESTS),
        (INSIDE, LAG),
    ],
)
