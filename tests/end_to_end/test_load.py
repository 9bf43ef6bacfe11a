"""``spikekit load`` against servers whose truth is known."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from spikekit.shop.process import ShopProcess
from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import SPIKEKIT, MakeProject, Nginx
from tests.end_to_end.processes import children_of, wait_for_seconds, wait_until_gone
from tests.known_truth import OpenShop


def counts(document: dict[str, Any]) -> VisitorCounts:
    return VisitorCounts(**document["visitors"])


def test_half_of_the_known_capacity_is_ready_and_the_totals_are_the_servers(
    known_shop: ShopProcess, make_project: MakeProject
) -> None:
    """400/s against 800/s holds; what we say we sent is what the server says it got."""
    project = make_project(known_shop.url)
    outcome = project.run_rested("load", "--rate", "400", "--duration", "6s", "--path", "/books")
    run = outcome.document
    assert (outcome.code, run["verdict"], run["reasons"]) == (0, "ready", [])
    assert counts(run).broken_laws() == []
    assert run["visitors"]["started"] >= 0.999 * run["visitors"]["planned"]
    assert run["requests"]["sent"] == run["requests"]["succeeded"]
    assert known_shop.truth()["by_request"]["GET /books"] == project.requests_sent()
    assert sum(run["timeline"]["completed"]) == run["visitors"]["completed"]


def test_beyond_the_known_capacity_is_not_ready(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """1,100/s against 800/s misses, although every page is answered in the end: latency counts from the intention."""
    outcome = make_project(known_shop.url).run_rested("load", "--rate", "1100", "--duration", "8s")
    run = outcome.document
    assert (outcome.code, run["verdict"]) == (3, "not_ready")
    assert counts(run).broken_laws() == []
    # 300/s too many for 8 s leave 2,400 waiting: 3 s at 800/s.
    assert run["latency_seconds"]["max"] == pytest.approx(3.0, abs=0.6)


def test_a_starved_generator_on_an_easy_server_is_inconclusive(nginx: Nginx, make_project: MakeProject) -> None:
    """More than any single process can send says nothing about the site."""
    outcome = make_project(nginx.url).run(
        "load", "--rate", "90k", "--duration", "4s", "--path", "/page.html", "--json", timeout=180
    )
    run = outcome.document
    assert (outcome.code, run["verdict"]) == (4, "inconclusive")
    assert run["visitors"]["dropped"] > 0
    assert not run["generator"]["healthy"]
    assert counts(run).broken_laws() == []


def test_a_miss_in_a_healthy_window_stays_when_the_generator_tires_later(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """The site failed while we looked; that we fell asleep afterwards changes nothing."""
    shop = open_shop(slots=10, service_seconds=0.1)
    project = make_project(shop.url)
    process = project.start("load", "--rate", "200", "--duration", "14s", "--json")
    lines = wait_for_seconds(project.folder, 11)
    child = children_of(process.pid)[0]
    os.kill(child, signal.SIGSTOP)
    wait_seconds(1.4)
    os.kill(child, signal.SIGCONT)
    out, _ = process.communicate(timeout=60)
    run = json_of(out)
    assert len(lines) >= 11
    assert not run["generator"]["healthy"]
    assert (process.returncode, run["verdict"]) == (3, "not_ready")


def test_nginx_gets_every_planned_visitor(nginx: Nginx, make_project: MakeProject) -> None:
    """1,000/s, each on a connection of its own: all started, and nginx logged each one."""
    outcome = make_project(nginx.url).run(
        "load", "--rate", "1000/s", "--duration", "5s", "--path", "/page.html", "--json"
    )
    run = outcome.document
    assert run["visitors"]["started"] >= 0.999 * run["visitors"]["planned"]
    assert run["failures"] == {}
    assert nginx.requests() == run["requests"]["sent"] + 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ended_run_keeps_what_was_measured(
    known_shop: ShopProcess, make_project: MakeProject, ending: signal.Signals
) -> None:
    """Ctrl-C, a cancelled job, a closed terminal: the load ends, the run is kept, the exit code says interrupted."""
    project = make_project(known_shop.url)
    process = project.start("load", "--rate", "100", "--duration", "60s", "--json")
    wait_for_seconds(project.folder, 2)
    process.send_signal(ending)
    out, _ = process.communicate(timeout=20)
    received = known_shop.truth()["received"]
    run = json_of(out)
    assert process.returncode == 130
    assert run["verdict"] == "inconclusive"
    assert run["visitors"]["started"] > 100
    assert counts(run).broken_laws() == []
    wait_seconds(0.5)
    assert known_shop.truth()["received"] == received


def test_a_full_disk_ends_the_load_and_keeps_the_verdict(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """Load that nobody can record is not sent, and what was recorded before is told."""
    project = make_project(known_shop.url)
    words = ("load", "--rate", "200", "--duration", "30s", "--path", "/books", "--json")
    # A file that may grow no further fails as a full disk does.
    full = ["prlimit", "--fsize=12000", *SPIKEKIT, *words]
    done = subprocess.run(full, cwd=project.folder, capture_output=True, text=True, timeout=90)
    run = json_of(done.stdout)
    assert (done.returncode, run["verdict"]) == (4, "inconclusive")
    assert run["visitors"]["started"] > 0
    assert known_shop.truth()["by_request"]["GET /books"] < 0.9 * 200 * 30


def test_killing_the_parent_silences_the_load_and_loses_nothing(
    known_shop: ShopProcess, make_project: MakeProject
) -> None:
    """SIGKILL: within two seconds nobody sends any more, and ``report`` tells what was measured."""
    project = make_project(known_shop.url)
    process = project.start("load", "--rate", "200", "--duration", "60s", "--json")
    wait_for_seconds(project.folder, 2)
    child = children_of(process.pid)[0]
    process.kill()
    process.communicate(timeout=10)
    wait_until_gone(child)
    received = known_shop.truth()["received"]
    outcome = project.run("report", "--json")
    run = outcome.document
    assert run["verdict"] == "inconclusive"
    assert received == known_shop.truth()["received"]
    # One more is the look before the load. Who was still connecting when the load was cut had begun, but said nothing.
    still_connecting = run["requests"]["sent"] + 1 - received
    assert 0 <= still_connecting <= run["visitors"]["in_flight"]
    assert counts(run).broken_laws() == []


def test_two_runs_at_once_on_one_target_are_refused(known_shop: ShopProcess, make_project: MakeProject) -> None:
    """The second is told so and sends nothing."""
    project = make_project(known_shop.url)
    process = project.start("load", "--rate", "20", "--duration", "30s")
    wait_for_seconds(project.folder, 1)
    second = project.run("load", "--rate", "20", "--duration", "5s")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert second.code == 5
    assert "another run is loading" in second.err


def test_secrets_reach_the_server_and_nothing_else(nginx: Nginx, make_project: MakeProject) -> None:
    """A header from the environment is sent, and is in no file the run leaves behind."""
    project = make_project(nginx.url, target='consent: private\nheaders: {Referer: "env:STAGING_TOKEN"}')
    words = ("load", "--rate", "20", "--duration", "1s", "--path", "/page.html", "--json")
    assert project.run(*words).code == 2
    outcome = project.run(*words, environ={"STAGING_TOKEN": "hunter2-hunter2"})
    assert "hunter2-hunter2" in nginx.access_log.read_text()
    assert "hunter2" not in outcome.out + outcome.err
    for path in (project.folder / ".spikekit").rglob("*"):
        if path.is_file():
            assert b"hunter2" not in path.read_bytes()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("consent: private\nlimits: {requests_per_second: 50}", "target staging allows 50"),
        ("consent: private\nlimits: {duration: 1s}", "target staging allows 1 s"),
        ("consent: private\naddresses: [10.0.0.0/8]", "outside its `addresses`"),
        ("consent: file", "gives no consent"),
    ],
)
def test_the_guard_refuses_with_its_reason(
    open_shop: OpenShop, make_project: MakeProject, target: str, words: str
) -> None:
    """Exit 5, the reason in words, and nothing asked for but consent."""
    shop = open_shop(consent=None)
    outcome = make_project(shop.url, target=target).run("load", "--rate", "100", "--duration", "2s")
    assert outcome.code == 5
    assert words in outcome.err
    assert set(shop.truth()["by_request"]) <= {"GET /.well-known/spikekit-consent"}


def test_a_target_that_gives_its_consent_is_loaded(open_shop: OpenShop, make_project: MakeProject) -> None:
    """``consent: file`` with the site's name at the well-known place."""
    shop = open_shop(consent="bookshop")
    outcome = make_project(shop.url, target="consent: file").run_rested("load", "--rate", "50", "--duration", "2s")
    assert (outcome.code, outcome.document["verdict"]) == (0, "ready")


def test_nobody_at_home_is_said_before_any_load(make_project: MakeProject) -> None:
    """A refused port is one clear message and exit 4."""
    outcome = make_project("http://127.0.0.1:9").run("load", "--rate", "50", "--duration", "2s", "--json")
    assert outcome.code == 4
    assert "does not answer" in outcome.document["message"]


def test_a_server_that_answers_nonsense_is_counted_by_kind(make_project: MakeProject, tmp_path: Path) -> None:
    """Nonsense instead of HTTP: a clear message before the load, exit 4."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "nonsense.py")], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = int(server.stdout.readline())
    try:
        outcome = make_project(f"http://127.0.0.1:{port}").run("load", "--rate", "20", "--duration", "2s", "--json")
    finally:
        server.kill()
        server.communicate()
    assert outcome.code == 3
    assert set(outcome.document["failures"]) == {"invalid_http"}


def json_of(out: str) -> dict[str, Any]:
    import json

    plain: dict[str, Any] = json.loads(out)
    return plain


def wait_seconds(seconds: float) -> None:
    """Where the passing of time itself is what is tested."""
    time.sleep(seconds)
