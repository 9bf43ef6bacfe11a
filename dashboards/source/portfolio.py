"""*Portfolio*: every confirmed campaign at a glance, for whoever plans the next weeks."""

from __future__ import annotations

from dashboards.source import look
from dashboards.source.board import Board
from dashboards.source.panel import Panel, Query
from dashboards.source.query import at, of, worst
from spikekit.metrics import names

EACH = "site, campaign"


def _column(expr: str) -> Query:
    return Query(expr=expr, now=True, as_table=True)


CAMPAIGNS = Panel(
    kind="table",
    title="Campaigns",
    tells="Every confirmed campaign: when it launches, how likely it holds, its peak, its last rehearsal and the gate.",
    unit="none",
    queries=[
        _column(f"1000 * {worst(names.LAUNCH, by=EACH)}"),
        _column(worst(names.SURVIVAL, by=EACH)),
        _column(worst(names.FORECAST_PEAK, at(0.9), by=EACH)),
        _column(f"time() - {worst(names.REHEARSED, by=EACH)}"),
        _column(worst(names.REHEARSAL_HELD, by=EACH)),
        _column(worst(names.GATE, by=EACH)),
        _column(worst(names.CLEARED, by=EACH)),
    ],
    columns=[
        ("site", "Site", ""),
        ("campaign", "Campaign", ""),
        ("Value #A", "Launch", "dateTimeAsIso"),
        ("Value #B", "Chance that it holds", "percentunit"),
        ("Value #C", "Peak, nine in ten below", "reqps"),
        ("Value #D", "Rehearsed, ago", "dtdurations"),
        ("Value #E", "Held then", "bool_yes_no"),
        ("Value #F", "Passed the gate", "bool_yes_no"),
        ("Value #G", "Needs no rehearsal", "bool_yes_no"),
    ],
    width=24,
    height=10,
)
CHANCE = Panel(
    kind="timeseries",
    title="The chance to hold",
    tells="How each campaign's chance moved with every measurement, fix and change of plan.",
    unit="percentunit",
    queries=[Query(expr=worst(names.SURVIVAL, by="campaign"), legend="{{campaign}}")],
)
COMING = Panel(
    kind="timeseries",
    title="Forecast against capacity",
    tells="The peak of each campaign (nine in ten of its draws stay below), and what production holds.",
    unit="reqps",
    queries=[
        Query(expr=worst(names.FORECAST_PEAK, at(0.9), by="campaign"), legend="{{campaign}}"),
        Query(expr=worst(names.PRODUCTION, 'bound="likely"', by="site"), legend="{{site}} holds"),
    ],
)
AUDIENCE = Panel(
    kind="stat",
    title="Safe audiences now",
    tells="The largest audience of each kind of channel that would hold now, alone.",
    unit="short",
    queries=[Query(expr=f"min by (kind) ({of(names.AUDIENCE)})", legend="{{kind}}", now=True)],
)
AGE = Panel(
    kind="stat",
    title="Age of capacity results",
    tells="Since each target was measured. A site changes with every release; after 30 days measure again.",
    unit="dtdurations",
    queries=[Query(expr=f"time() - {worst(names.MEASURED, by='target')}", legend="{{target}}", now=True)],
    steps=[(None, look.READY), (14 * 86_400, look.AT_RISK), (30 * 86_400, look.NOT_READY)],
    width=6,
    height=8,
)
PROBLEMS = Panel(
    kind="stat",
    title="Files with problems",
    tells="Campaign files that could not be understood, and so are missing here; spikekit check names them.",
    unit="short",
    queries=[Query(expr=worst(names.PROBLEMS, by="site"), legend="{{site}}", now=True)],
    steps=[(None, look.READY), (1, look.NOT_READY)],
    width=6,
    height=8,
)

BOARD = Board(
    uid="spikekit-portfolio",
    title="Spikekit / Portfolio",
    tells="Every confirmed campaign: launch, chance to hold, freshness of what is known, and the gate.",
    since="now-7d",
    refresh="1m",
    rows=[(CAMPAIGNS,), (CHANCE, COMING), (AUDIENCE, AGE, PROBLEMS)],
)
