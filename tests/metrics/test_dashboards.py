"""The shipped dashboards are what their code says, and keep the rules by which dashboards are judged."""

from __future__ import annotations

from typing import Any

import promql_parser
import pytest

from dashboards.source.made import FOLDER, made
from spikekit.metrics import names
from spikekit.metrics.names import Kind
from tests.metrics.boards import BOARDS, Asked, boards, queries

UNITS = {"short", "none", "s", "percentunit", "reqps", "dtdurations", "dateTimeAsIso", "bool_yes_no"}
"""Of Grafana's list of units, those that we use."""

EVERY_BOARD = pytest.mark.parametrize("board", boards(), ids=lambda b: str(b["uid"]))
EVERY_QUERY = pytest.mark.parametrize("asked", list(queries()), ids=lambda a: f"{a.board}-{a.panel}")


def test_the_files_are_what_their_code_says() -> None:
    written = {path: (FOLDER / path).read_text() for path in made()}
    assert written == made(), "run: make dashboards"


def test_there_is_a_file_for_every_dashboard_and_no_other() -> None:
    assert {f"grafana/dashboards/{file.name}" for file in BOARDS} == {p for p in made() if p.endswith(".json")}


@EVERY_BOARD
def test_a_dashboard_is_classic_read_only_and_stable(board: dict[str, Any]) -> None:
    assert board["editable"] is False
    assert board["schemaVersion"] == 42
    assert board["uid"].startswith("spikekit-")
    assert board["tags"] == ["spikekit"]
    assert not board.get("id")


@EVERY_BOARD
def test_readers_choose_source_job_site_and_campaign(board: dict[str, Any]) -> None:
    source, *others = board["templating"]["list"]
    assert (source["name"], source["label"], source["type"], source["query"]) == (
        "datasource",
        "Data source",
        "datasource",
        "prometheus",
    )
    assert [v["name"] for v in others] == ["job", "site", "campaign"]
    for variable in others:
        assert variable["label"] == variable["name"].title()
        assert variable["datasource"]["uid"] == "${datasource}"
        assert variable["refresh"] == 2
        assert variable["multi"] is True
        assert variable["includeAll"] is True
    assert others[0]["allValue"] == ".+"


@EVERY_BOARD
def test_launches_are_marked(board: dict[str, Any]) -> None:
    (marks,) = board["annotations"]["list"]
    assert names.LAUNCH.name in marks["expr"]
    assert marks["useValueForTime"] is True


@EVERY_BOARD
def test_every_panel_has_a_title_a_description_a_unit_and_a_place_of_its_own(board: dict[str, Any]) -> None:
    panels = board["panels"]
    assert [p["id"] for p in panels] == list(range(1, len(panels) + 1))
    covered: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert panel["datasource"]["uid"] == "${datasource}"
        assert all(t["datasource"]["uid"] == "${datasource}" for t in panel["targets"])
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & covered
        assert at["x"] + at["w"] <= 24
        covered |= cells


@EVERY_BOARD
def test_every_line_that_has_a_look_is_the_name_of_some_series(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        if panel["type"] != "timeseries":
            continue
        legends = {t["legendFormat"] for t in panel["targets"]}
        for override in panel["fieldConfig"]["overrides"]:
            name = override["matcher"]["options"]
            prefixes = {legend.split("{{")[0] for legend in legends if "{{" in legend}
            assert name in legends or any(p and name.startswith(p) for p in prefixes), name


@EVERY_QUERY
def test_a_query_is_promql_and_its_metrics_are_ours(asked: Asked) -> None:
    tree = promql_parser.parse(asked.substituted(interval="1m", span="1h"))
    known = {n.name for n in names.EVERY} | {f"{n.name}_bucket" for n in names.EVERY if n.kind is Kind.HISTOGRAM}
    for selector in _selectors(tree):
        assert selector.name in known


@EVERY_QUERY
def test_every_selector_goes_by_job_and_every_counter_is_rated(asked: Asked) -> None:
    counters = {n.name for n in names.EVERY if n.kind is Kind.COUNTER}
    for name in (n.name for n in names.EVERY):
        for place in _places(asked.expr, name):
            after = asked.expr[place:]
            assert after.removeprefix(name).removeprefix("_bucket").startswith('{job=~"$job"'), after
            if name in counters:
                assert asked.expr[:place].endswith(("rate(", "increase("))
    for window in asked.expr.split("rate(")[1:]:
        assert "[$__rate_interval]" in window


def _places(expr: str, name: str) -> list[int]:
    found, start = [], expr.find(f"{name}{{")
    while start >= 0:
        found.append(start)
        start = expr.find(f"{name}{{", start + 1)
    return found


def _selectors(tree: Any) -> list[promql_parser.VectorSelector]:
    if isinstance(tree, promql_parser.VectorSelector):
        return [tree]
    if isinstance(tree, promql_parser.MatrixSelector):
        return [tree.vector_selector]
    parts = [getattr(tree, part, None) for part in ("expr", "lhs", "rhs")] + list(getattr(tree, "args", ()) or ())
    return [s for part in parts if part is not None for s in _selectors(part)]
