"""``spikekit capacity`` against real servers: short searches, for what they say rather than how exactly."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from spikekit.forecast.priors import REQUESTS_PER_LANDING
from tests.end_to_end.conftest import MakeProject
from tests.known_truth import OpenShop


def test_a_search_finds_says_and_keeps_what_a_shop_holds(
    open_shop: OpenShop, make_project: MakeProject, tmp_path: Path
) -> None:
    shop = open_shop(slots=5, service_seconds=0.1, queue=20)
    project = make_project(shop.url)
    done = project.run("capacity", "--path", "/books", "--budget", "20s", "--label", "a1", "--json", "--html", "c.html")
    found = done.document
    assert done.code in (0, 4), done.err
    assert found["schema"] == "spikekit.capacity/1"
    assert (found["target"], found["label"]) == ("staging", "a1")
    assert [t["kind"] for t in found["trials"]][:2] == ["look", "trial"]
    low, high = found["interval"]["visitors_per_second"]
    assert low < 50
    assert high is None or high > 35
    assert found["sentence"] in (tmp_path / "c.html").read_text().replace("\u00a0", " ")
    shown = project.run("runs", "show", found["id"])
    assert shown.code == 0
    assert " ".join(found["sentence"].split()[:4]) in " ".join(shown.out.split())
    listed = json.loads(project.run("runs", "list", "--json").out)["runs"]
    assert [(r["id"], r["kind"], r["target"]) for r in listed] == [(found["id"], "capacity", "staging")]
    assert json.loads(project.run("report", "--json").out) == found


def test_a_wall_says_what_to_ask_it_for(open_shop: OpenShop, make_project: MakeProject) -> None:
    project = make_project(open_shop(blocked=True).url)
    done = project.run("capacity", "--json", "--budget", "20s")
    assert done.code == 4
    assert done.document["capacity"] is None
    assert "ask IT" in done.document["sentence"]


def test_the_target_s_own_limit_bounds_the_search(open_shop: OpenShop, make_project: MakeProject) -> None:
    """In requests, as the page was seen to cost and its files were counted, not as a page costs on average."""
    shop = open_shop()
    limit = "consent: private\nlimits: {requests_per_second: 200}"
    look = "journeys: {look: {steps: [{get: '{landing}', assets: auto}]}}"
    project = make_project(shop.url, target=limit, rest=look)
    done = project.run("capacity", "--journey", "look", "--path", "/books", "--json", "--budget", "20s")
    found, served = done.document, shop.truth()
    assert done.code in (0, 4), done.err
    each = found["requests_per_visitor"]
    assert each == pytest.approx(1 + served["assets"] / served["pages"], rel=0.1)
    assert each != pytest.approx(REQUESTS_PER_LANDING.range.likely, rel=0.3)
    assert found["capacity"]["requests_per_second"] == pytest.approx(
        found["capacity"]["visitors_per_second"] * each, rel=0.01
    )
    most = max(t["visitors_per_second"] for t in found["trials"] if t["kind"] == "trial")
    assert 0.5 * 200 / each < most <= 200 / each
    assert found["limited_by"] in ("none", "generator")
    assert found["lower_bound"]
    assert found["interval"]["visitors_per_second"][1] is None


def test_ctrl_c_keeps_the_trials_so_far(open_shop: OpenShop, make_project: MakeProject) -> None:
    project = make_project(open_shop(slots=2, service_seconds=0.1, queue=5).url)
    search = project.start("capacity", "--json", "--path", "/books", "--budget", "60s")
    while not any(project.folder.glob(".spikekit/runs/*/trials/02/seconds.jsonl")):
        assert search.poll() is None
    search.send_signal(signal.SIGINT)
    out, err = search.communicate(timeout=30)
    assert search.returncode == 130, err
    found = json.loads(out)
    assert found["interrupted"]
    assert len(found["trials"]) >= 1
    assert (project.run_folders()[0] / "run.json").is_file()


def test_too_small_a_budget_is_refused_with_a_hint(make_project: MakeProject) -> None:
    done = make_project("http://127.0.0.1:9").run("capacity", "--budget", "5s")
    assert done.code == 2
    assert "--budget 3m" in done.err
