"""*Campaign live*: what comes now, against the forecast and against what production holds."""

from __future__ import annotations

from dashboards.source import look
from dashboards.source.board import Board
from dashboards.source.panel import Panel, Query
from dashboards.source.query import added, at, rate, worst
from spikekit.metrics import names

LIVE_OF_SITE = f'sum by (site) ({names.LIVE_RATE.name}{{job=~"$job",site=~"$site"}})'
"""The whole site: every campaign's visitors press on the same servers."""

HOLDS = worst(names.PRODUCTION, 'bound="likely"', by="site")

TIME = Panel(
    kind="stat",
    title="Time to launch",
    tells="Until each campaign launches; below zero it has.",
    unit="dtdurations",
    queries=[Query(expr=f"{worst(names.LAUNCH, by='campaign')} - time()", legend="{{campaign}}", now=True)],
    width=8,
    height=4,
)
USED = Panel(
    kind="stat",
    title="Capacity in use",
    tells="Live requests as a share of what production holds. From 80 % on, somebody is called.",
    unit="percentunit",
    queries=[Query(expr=f"{LIVE_OF_SITE} / on (site) {HOLDS}", legend="{{site}}", now=True)],
    steps=[(None, look.READY), (0.6, look.AT_RISK), (0.8, look.NOT_READY)],
    width=8,
    height=4,
)
TO_COME = Panel(
    kind="stat",
    title="Still to come",
    tells="The busiest ten seconds still ahead, as seen now: as likely above as below, and nine in ten below.",
    unit="reqps",
    queries=[
        Query(expr=worst(names.LIVE_PEAK, at(q), by="campaign"), legend=f"{{{{campaign}}}} {words}", now=True)
        for q, words in ((0.5, "likely"), (0.9, "at most, nine in ten"))
    ],
    width=8,
    height=4,
)
SITE = Panel(
    kind="timeseries",
    title="The site against what it holds",
    tells="All live requests, and what production was reckoned to hold, with its doubt. At the red line, act.",
    unit="reqps",
    queries=[
        Query(expr=LIVE_OF_SITE, legend="live"),
        Query(expr=HOLDS, legend="holds"),
        Query(expr=worst(names.PRODUCTION, 'bound="low"', by="site"), legend="holds at least"),
        Query(expr=worst(names.PRODUCTION, 'bound="high"', by="site"), legend="holds at most"),
    ],
    lines=[
        look.real("live"),
        look.capacity("holds"),
        look.capacity_edge("holds at most", below="holds at least"),
        look.capacity_edge("holds at least"),
    ],
)
CAMPAIGN = Panel(
    kind="timeseries",
    title="The campaign against its forecast",
    tells="The campaign's own requests, and the band in which nine in ten of the drawn campaigns stay.",
    unit="reqps",
    queries=[
        Query(expr=added(names.LIVE_RATE, 'campaign!=""'), legend="live"),
        *(
            Query(expr=added(names.FORECAST, at(q)), legend=words)
            for q, words in ((0.5, "likely"), (0.9, "nine in ten below"), (0.99, "99 in 100 below"))
        ),
    ],
    lines=[
        look.real("live"),
        look.forecast("likely"),
        look.forecast("nine in ten below", below="likely"),
        look.forecast("99 in 100 below", below="nine in ten below"),
    ],
)
SOURCES = Panel(
    kind="timeseries",
    title="Where they come from",
    tells="Requests by the source of their visit: campaigns, networks, search, direct, bots and the rest.",
    unit="reqps",
    queries=[Query(expr=added(names.LIVE_RATE, by="source"), legend="{{source}}")],
    stacked=True,
)
ENTRIES = Panel(
    kind="timeseries",
    title="Visits that begin",
    tells="Visits per second by source; machines have none.",
    unit="short",
    queries=[Query(expr=rate(names.LIVE_ENTRIES, by="source"), legend="{{source}}")],
    stacked=True,
)
ERRORS = Panel(
    kind="timeseries",
    title="Errors",
    tells="The share of live requests that the server failed to answer, with what the objectives allow.",
    unit="percentunit",
    queries=[
        Query(expr=f"{rate(names.LIVE_FAILURES)} / {rate(names.LIVE_REQUESTS)}", legend="failed"),
        Query(expr=worst(names.OBJECTIVE_ERRORS), legend="allowed"),
    ],
    lines=[look.bad("failed"), look.objective("allowed")],
)
SPIKES = Panel(
    kind="timeseries",
    title="Undeclared spikes",
    tells="1 while a source brings a spike that no campaign declared.",
    unit="short",
    queries=[Query(expr=worst(names.SPIKE, by="source"), legend="{{source}}")],
)
LOGS = Panel(
    kind="timeseries",
    title="Lines of logs",
    tells="Lines read per second, and those that could not be used. None read means that nobody watches.",
    unit="short",
    queries=[
        Query(expr=rate(names.LINES), legend="read"),
        Query(expr=rate(names.SKIPPED, by="reason"), legend="{{reason}}"),
    ],
    lines=[look.real("read")],
)
PEAKS = Panel(
    kind="timeseries",
    title="The peak still to come",
    tells="How the busiest ten seconds ahead looked, minute by minute, against what production holds.",
    unit="reqps",
    queries=[
        Query(expr=added(names.LIVE_PEAK, at(0.5)), legend="likely"),
        Query(expr=added(names.LIVE_PEAK, at(0.9)), legend="nine in ten below"),
        Query(expr=HOLDS, legend="holds"),
    ],
    lines=[look.forecast("likely"), look.forecast("nine in ten below", below="likely"), look.capacity("holds")],
)

BOARD = Board(
    uid="spikekit-live",
    title="Spikekit / Campaign live",
    tells="A campaign as it comes: against its forecast, against what production holds, and from where.",
    since="now-1h",
    refresh="10s",
    rows=[(TIME, USED, TO_COME), (SITE, CAMPAIGN), (SOURCES, PEAKS), (ERRORS, ENTRIES), (SPIKES, LOGS)],
)
