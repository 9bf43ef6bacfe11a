"""Several workers: the same crowd, and what becomes of it when one of them, or their master, is killed."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from spikekit.shop.process import ShopProcess
from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import MakeProject, Nginx
from tests.end_to_end.processes import children_of, wait_for_seconds, wait_until_gone
from tests.ports import free_port


def test_two_workers_send_the_very_crowd_that_one_sends(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """The lanes' arrivals follow from the seed alone, wherever they are."""
    project = make_project(known_shop.url)
    words = ("load", "--rate", "200", "--duration", "4s", "--path", "/books", "--json")
    one, two = project.run(*words).document, project.run(*words, "--workers", "2").document
    assert two["generator"]["workers"] == 2
    assert two["timeline"]["planned"][:4] == one["timeline"]["planned"][:4]
    assert two["visitors"] == one["visitors"]
    assert known_shop.truth()["by_request"]["GET /books"] == 2 + one["requests"]["sent"] + two["requests"]["sent"]


def test_a_killed_worker_leaves_a_counted_gap_and_the_others_take_over(nginx: Nginx, make_project: MakeProject) -> None:
    """SIGKILL of one in three: within five seconds the rate is whole again; what is unknown is called that."""
    project = make_project(nginx.url)
    process = project.start(
        "load", "--rate", "300", "--duration", "13s", "--path", "/page.html", "--workers", "3", "--json"
    )
    wait_for_seconds(project.folder, 4)
    master = children_of(process.pid)[0]
    os.kill(children_of(master)[0], signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    run = json.loads(out)
    assert (process.returncode, run["verdict"]) == (4, "inconclusive")
    assert any("died on the way" in reason for reason in run["reasons"])
    assert VisitorCounts(**run["visitors"]).broken_laws() == []
    assert run["visitors"]["unreported"] + run["visitors"]["dropped"] > 0
    line = run["timeline"]
    assert sum(line["started"][10:13]) >= 0.99 * sum(line["planned"][10:13])


def test_a_killed_master_silences_every_worker(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """Nobody sends without the master's word, and everything up to the last second is on disk."""
    project = make_project(known_shop.url)
    process = project.start("load", "--rate", "100", "--duration", "40s", "--workers", "2", "--json")
    wait_for_seconds(project.folder, 3)
    master = children_of(process.pid)[0]
    workers = children_of(master)
    os.kill(master, signal.SIGKILL)
    out, _ = process.communicate(timeout=30)
    for worker in workers:
        wait_until_gone(worker)
    received = known_shop.truth()["received"]
    run = json.loads(out)
    assert (process.returncode, run["verdict"]) == (4, "inconclusive")
    assert run["visitors"]["started"] > 200
    assert VisitorCounts(**run["visitors"]).broken_laws() == []
    assert known_shop.truth()["received"] == received


def test_ctrl_c_stops_every_worker(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """One word from the parent, and each worker still says its last."""
    project = make_project(known_shop.url)
    process = project.start("load", "--rate", "100", "--duration", "40s", "--workers", "2", "--json")
    wait_for_seconds(project.folder, 2)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    run = json.loads(out)
    assert process.returncode == 130
    assert run["visitors"]["unreported"] == 0
    # One more is the look before the load; who was still connecting had begun, but said nothing.
    assert 0 <= run["requests"]["sent"] + 1 - known_shop.truth()["received"] <= 3


def test_another_machine_joins_by_flags_and_keeps_its_own_say(
    known_shop: ShopProcess, make_project: MakeProject, tmp_path: Path
) -> None:
    """A worker that came by itself sends its share; one whose site.yaml names another target sends nothing."""
    project, port = make_project(known_shop.url), free_port()
    words = ("load", "--rate", "100", "--duration", "4s", "--join-at", f"127.0.0.1:{port}", "--join-workers", "1")
    process = project.start(*words, "--json")
    stranger = tmp_path / "elsewhere.yaml"
    stranger.write_text((project.folder / "site.yaml").read_text().replace(f":{known_shop.port}", ":9"))
    refused = project.run("worker", f"127.0.0.1:{port}", "--site", str(stranger), timeout=60)
    joined = project.run("worker", f"127.0.0.1:{port}", timeout=60)
    out, _ = process.communicate(timeout=60)
    run = json.loads(out)
    assert (refused.code, joined.code) == (5, 0)
    assert "is no target of this machine's site.yaml" in refused.err
    assert run["generator"]["workers"] == 2
    assert run["visitors"]["started"] == run["visitors"]["planned"]
    assert known_shop.truth()["received"] == run["requests"]["sent"] + 1
