"""A dashboard's frame: its variables, the marks of launches, and its panels in rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh, VariableSort

from dashboards.source.panel import DATASOURCE, Panel, Query, target
from spikekit.metrics import names

COLUMNS = 24
LAUNCHES = f'{names.LAUNCH.name}{{job=~"$job",site=~"$site",campaign=~"$campaign"}} * 1000'
"""Grafana takes an annotation's time in milliseconds from its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A dashboard. ``rows`` are panels side by side, from the top; ``since`` is the time shown at first."""

    uid: str
    title: str
    tells: str
    since: str
    refresh: str
    rows: Sequence[Sequence[Panel]]

    def text(self) -> str:
        """As the JSON that Grafana imports or is provisioned with."""
        made = build.Dashboard(self.title).uid(self.uid).description(self.tells).tags(["spikekit"]).readonly()
        made.time(self.since, "now").refresh(self.refresh).timezone("browser").tooltip(1)  # type: ignore[arg-type]
        for variable in _variables():
            made.with_variable(variable)
        made.annotation(_launches())
        number, y = 0, 0
        for row in self.rows:
            x = 0
            for panel in row:
                number += 1
                made.with_panel(panel.built(number, x, y))
                x += panel.width
            y += max(panel.height for panel in row)
        plain = json.loads(json.dumps(made.build(), cls=JSONEncoder))
        for variable in plain["templating"]["list"]:
            # The SDK writes an interval's settings into every variable, which Grafana's own types do not know.
            for key in [k for k in variable if k.startswith("auto")]:
                del variable[key]
        return json.dumps(plain, indent=2, sort_keys=True) + "\n"


def _variables() -> list[build.DatasourceVariable | build.QueryVariable]:
    source = build.DatasourceVariable("datasource").label("Data source").type("prometheus")
    everything = (names.LAUNCH, names.PLANNED, names.LIVE_REQUESTS)
    # A run has no site, and a plain load no campaign: ".*" keeps them in sight.
    campaigns = "|".join(name.name for name in everything)
    return [
        source,
        _variable("job", "Job", f"label_values({names.BUILD.name}, job)", ".+"),
        _variable("site", "Site", f'label_values({names.READ.name}{{job=~"$job"}}, site)', ".*"),
        _variable("campaign", "Campaign", f'label_values({{__name__=~"{campaigns}",job=~"$job"}}, campaign)', ".*"),
    ]


def _variable(name: str, label: str, query: str, everything: str) -> build.QueryVariable:
    made = build.QueryVariable(name).label(label).query(query).definition(query).datasource(DATASOURCE)
    made.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    everywhere = VariableOption(selected=True, text=["All"], value=["$__all"])
    return made.multi(True).include_all(True).all_value(everything).current(everywhere)


def _launches() -> build.AnnotationQuery:
    made = build.AnnotationQuery().name("Launches").datasource(DATASOURCE).enable(True).icon_color("#d9902f")
    made.target(target(Query(expr=LAUNCHES, legend="{{campaign}}"), "Anno"))
    made.expr(LAUNCHES).title_format("{{campaign}}").text_format("launch").tag_keys("campaign,site")
    return made.step("60s").use_value_for_time(True)
