"""Capacity over time: what differs beyond noise, by target and journey."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from spikekit.cli import cli
from spikekit.history.trend import trends
from spikekit.report.history.trend import trend_lines
from tests.readiness.cases import capacity_document

OPEN = {"requests_per_second": [600.0, None], "visitors_per_second": [100.0, None]}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Four searches of staging that sink by two per cent each, one that found a bound, one of another journey."""
    rates = [100.0, 98.0, 96.0, 94.0]
    for day, rate in enumerate(rates, 1):
        keep(tmp_path, f"c{day}", rate, created=f"2026-11-{day:02}T10:00:00+00:00", label=f"v{day}")
    bound = {"lower_bound": True, "interval": OPEN, "conclusive": False}
    keep(tmp_path, "bound", 105.0, created="2026-11-05T10:00:00+00:00", **bound)
    keep(tmp_path, "other", 7.0, created="2026-11-01T10:00:00+00:00", journey="buy")
    keep(tmp_path, "nothing", 7.0, capacity=None)
    (tmp_path / "runs" / "broken").mkdir()
    (tmp_path / "runs" / "broken" / "run.json").write_text("{")
    return tmp_path


def keep(state: Path, name: str, rate: float, **more: object) -> None:
    folder = state / "runs" / name
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(capacity_document(rate=rate, **{"id": name, **more})))


def test_a_capacity_that_sinks_a_little_at_a_time_is_noticed_in_the_end(state: Path) -> None:
    _, look = trends(state, seed=1)
    assert [p.search.id for p in look.points] == ["c1", "c2", "c3", "c4", "bound"]
    told = [p.difference.beyond_noise if p.difference else None for p in look.points]
    assert told == [None, False, True, False, None]
    assert [p.beside for p in look.points] == [None, "c1", "c1", "c3", "c3"]


def test_each_target_and_journey_has_its_own(state: Path) -> None:
    assert [(t.target, t.journey, len(t.points)) for t in trends(state, seed=1)] == [
        ("staging", "buy", 1),
        ("staging", "look", 5),
    ]


def test_each_page_has_its_own_and_is_named(tmp_path: Path) -> None:
    for day, page in enumerate(("/", "/books", "/"), 1):
        created = f"2026-11-{day:02}T10:00:00+00:00"
        keep(tmp_path, f"c{day}", 10.0 * day, created=created, journey="landing", asked={"landing": page})
    found = trends(tmp_path, seed=1)
    assert [(t.page, [p.search.id for p in t.points]) for t in found] == [("/", ["c1", "c3"]), ("/books", ["c2"])]
    assert trend_lines(found, colour=False)[0] == "staging, landing on / (visitors/s)"
    assert found[1].document()["page"] == "/books"


def test_the_lines_say_what_is_lower_and_fit_the_screen(state: Path) -> None:
    lines = trend_lines(trends(state, seed=1), colour=False)
    assert lines[3] == "staging, look (visitors/s)"
    assert lines[5].endswith("same")
    assert lines[6].endswith("▼ 4 %")
    assert "over 100" in lines[8]
    assert max(map(len, lines)) <= 80


def test_the_list_with_its_trend_is_one_document(state: Path) -> None:
    out = CliRunner().invoke(cli, ["runs", "list", "--trend", "--json", "--state", str(state)], standalone_mode=False)
    document = json.loads(out.stdout)
    assert document["schema"] == "spikekit.trend/1"
    searches = document["trends"][1]["searches"]
    assert [s["beyond_noise"] for s in searches] == [None, False, True, False, None]
    assert searches[4]["interval"] == [100.0, None]


def test_without_searches_a_friendly_line_says_how_to_make_one(tmp_path: Path) -> None:
    out = CliRunner().invoke(cli, ["runs", "list", "--trend", "--state", str(tmp_path)], standalone_mode=False)
    assert "spikekit capacity" in out.stdout
