"""Panels in few words: a title, what it tells, a unit, and its queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grafana_foundation_sdk.builders import common, heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import DataSourceRef, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards.source.look import Line

DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """PromQL and what its series are called. ``now``: only the newest value, as a table where ``as_table``."""

    expr: str
    legend: str = ""
    now: bool = False
    as_table: bool = False
    buckets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``kind`` is timeseries, stat, heatmap or table; ``width`` of 24; ``steps`` colour values from a limit on."""

    kind: str
    title: str
    tells: str
    unit: str
    queries: Sequence[Query]
    lines: Sequence[Line] = ()
    width: int = 12
    height: int = 8
    stacked: bool = False
    steps: Sequence[tuple[float | None, str]] = ()
    words: Sequence[tuple[float, str, str]] = ()
    columns: Sequence[tuple[str, str, str]] = field(default_factory=tuple)

    def built(self, number: int, x: int, y: int) -> Any:
        """The SDK's builder of this panel, number ``number`` (from 1), at its place."""
        made = _KINDS[self.kind](self)
        made.id(number).title(self.title).description(self.tells).datasource(DATASOURCE).unit(self.unit)
        made.grid_pos(model.GridPos(h=self.height, w=self.width, x=x, y=y))
        for place, query in enumerate(self.queries):
            made.with_target(target(query, chr(ord("A") + place)))
        for line in self.lines:
            made.override_by_name(line.name, list(line.properties()))
        if self.steps:
            made.thresholds(_thresholds(self.steps))
        if self.words:
            made.mappings([_word(*word) for word in self.words])
        return made


def target(query: Query, letter: str) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.expr).ref_id(letter).datasource(DATASOURCE)
    if query.legend:
        made.legend_format(query.legend)
    if query.now:
        made.instant().format(PromQueryFormat.TABLE if query.as_table else PromQueryFormat.TIME_SERIES)
    else:
        made.range().format(PromQueryFormat.HEATMAP if query.buckets else PromQueryFormat.TIME_SERIES)
    return made


def _thresholds(steps: Sequence[tuple[float | None, str]]) -> build.ThresholdsConfig:
    made = [model.Threshold(value=value, color=colour) for value, colour in steps]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(made)


def _word(value: float, text: str, colour: str) -> model.ValueMap:
    return model.ValueMap(options={f"{value:g}": model.ValueMappingResult(text=text, color=colour)})


def _timeseries(panel: Panel) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    made = timeseries.Panel().legend(legend.show_legend(True)).min(0).fill_opacity(40 if panel.stacked else 0)
    made.tooltip(common.VizTooltipOptions().mode("multi"))  # type: ignore[arg-type]
    if panel.stacked:
        made.stacking(common.StackingConfig().mode("normal"))  # type: ignore[arg-type]
    return made


def _stat(panel: Panel) -> stat.Panel:
    made = stat.Panel().reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    made.color_mode("value" if panel.steps or panel.words else "none")  # type: ignore[arg-type]
    return made.graph_mode("none").no_value("not known")  # type: ignore[arg-type]


def _heatmap(_panel: Panel) -> heatmap.Panel:
    made = heatmap.Panel().show_legend().y_axis(heatmap.YAxisConfig().unit("s"))
    return made.color(heatmap.HeatmapColorOptions().mode("scheme").scheme("Blues").steps(32))  # type: ignore[arg-type]


def _table(panel: Panel) -> table.Panel:
    """One row a subject: the queries' values side by side, ``columns`` of (field, title, unit)."""
    made = table.Panel().show_header(True)
    hidden = {"Time": True, **{f"Time {n}": True for n in range(1, len(panel.queries) + 1)}}
    titles = {field: title for field, title, _unit in panel.columns}
    order = {field: place for place, (field, _title, _unit) in enumerate(panel.columns)}
    made.transformations(
        [
            model.DataTransformerConfig(id_val="merge", options={}),
            model.DataTransformerConfig(
                id_val="organize",
                options={"excludeByName": hidden, "renameByName": titles, "indexByName": order},
            ),
        ]
    )
    for _field, title, unit in panel.columns:
        if unit:
            made.override_by_name(title, [model.DynamicConfigValue(id_val="unit", value=unit)])
    return made


_KINDS: dict[str, Any] = {"timeseries": _timeseries, "stat": _stat, "heatmap": _heatmap, "table": _table}
