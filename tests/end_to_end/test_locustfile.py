"""A written file under plain ``locust``: the same arrivals, statistics that agree, and the guard still there."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import numpy as np
import pytest

from spikekit.engine.arrivals import LaneSchedule
from spikekit.engine.plan import LANES
from spikekit.profile.curve import Floats, RateCurve
from spikekit.vocabulary import DEFAULT_SEED
from tests.end_to_end.conftest import MakeProject, Outcome, Project
from tests.known_truth import OpenShop
from tests.ports import free_port, wait_until_listening

LOCUST = [sys.executable, "-m", "locust"]
CURVE = RateCurve.constant(60.0, 2.0, ramp_seconds=1.0)
RISE = ("--rate", "60", "--duration", "2s", "--ramp", "1s")
"""The words for that curve."""


def planned(seed: int = DEFAULT_SEED) -> Floats:
    """The instants of all lanes."""
    lanes = [
        LaneSchedule((CURVE,), seed=seed, lane=n, lanes=LANES).take(CURVE.duration_seconds)[0] for n in range(LANES)
    ]
    return np.sort(np.concatenate(lanes))


def write(project: Project, *words: str) -> None:
    """``run.py`` in the project's folder."""
    outcome = project.run("locustfile", "--out", "run.py", *words)
    assert outcome.code == 0, outcome.err


def locust(project: Project, *words: str) -> Outcome:
    """Plain Locust, as its users start it."""
    command = [*LOCUST, "-f", "run.py", "--headless", "--only-summary", "--csv", "out", *words]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, timeout=60)
    return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)


def table(project: Project) -> dict[str, dict[str, str]]:
    """Locust's own CSV by the requests' names."""
    with (project.folder / "out_stats.csv").open() as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


@contextmanager
def watched() -> Iterator[tuple[str, list[float]]]:
    """A server that notes the instant of every request: its address, and the instants."""
    instants: list[float] = []

    class Watch(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            instants.append(time.perf_counter())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        request_queue_size = 200

    with Server(("127.0.0.1", 0), Watch) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", instants
        finally:
            server.shutdown()
            thread.join()


def test_visitors_come_at_the_very_instants_that_spikekit_itself_would_send_them_at(make_project: MakeProject) -> None:
    """Each arrival within milliseconds of the drawn one; another seed's arrivals are somewhere else."""
    with watched() as (url, instants):
        project = make_project(url)
        write(project, *RISE)
        outcome = locust(project)
        assert outcome.code == 0, outcome.err
        came = np.sort(np.array(instants))
    drawn = planned()
    assert len(came) == len(drawn)
    assert _apart(came, drawn) < 0.03
    other = planned(seed=1)
    shorter = min(len(drawn), len(other))
    assert _apart(drawn[:shorter], other[:shorter]) > 0.03
    row = table(project)["Aggregated"]
    assert (int(row["Request Count"]), int(row["Failure Count"])) == (len(drawn), 0)
    assert f"planned {len(drawn)}, started {len(drawn)}" in outcome.err


def _apart(one: Floats, other: Floats) -> float:
    """How far apart eight in ten instants are at most, once both begin together."""
    gaps = one - other
    return float(np.quantile(np.abs(gaps - np.median(gaps)), 0.8))


def test_workers_of_locust_share_the_same_arrivals_and_a_class_is_counted_once(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """``--processes 2`` with a Locust class as journey: Locust's table is the shop's truth."""
    shop = open_shop(slots=None)
    project = make_project(
        shop.url,
        target="consent: private\nside_effects: accepted",
        rest="journeys: {look: {locust: users.py:Look}}",
    )
    (project.folder / "users.py").write_text(
        "from locust import FastHttpUser, task\n\nclass Look(FastHttpUser):\n    @task\n    def look(self):\n"
        "        self.client.get('/books')\n        self.client.get('/nowhere')\n"
    )
    write(project, *RISE, "--journey", "look")
    outcome = locust(project, "--processes", "2")
    rows, n = table(project), len(planned())
    assert {name: (int(r["Request Count"]), int(r["Failure Count"])) for name, r in rows.items()} == {
        "/books": (n, 0),
        "/nowhere": (n, n),
        "Aggregated": (2 * n, n),
    }
    assert shop.truth()["by_request"] == {"GET /books": n, "GET /nowhere": n}
    assert f"planned {n}, started {n}, completed 0, failed {n}" in outcome.err
    # Locust's own rule: a run with a failed request ends with 1.
    assert outcome.code == 1


def test_the_guard_is_asked_when_the_test_starts(open_shop: OpenShop, make_project: MakeProject) -> None:
    """Written while nobody was asked; refused when it runs: exit 5, the reason, and not one visitor."""
    shop = open_shop(consent=None)
    project = make_project(shop.url, target="consent: file")
    write(project, *RISE)
    outcome = locust(project)
    assert outcome.code == 5
    assert "gives no consent to be loaded" in outcome.err
    assert set(shop.truth()["by_request"]) == {"GET /.well-known/spikekit-consent"}


def test_no_secret_is_in_the_file_and_a_missing_one_is_told(open_shop: OpenShop, make_project: MakeProject) -> None:
    """The variable's name is; without it nothing is sent, and the exit code is that of a wrong command."""
    shop = open_shop()
    project = make_project(shop.url, target='consent: private\nheaders: {Authorization: "env:STAGING_TOKEN"}')
    outcome = project.run("locustfile", *RISE, "--out", "run.py", environ={"STAGING_TOKEN": "hunter2-hunter2"})
    assert outcome.code == 0
    text = (project.folder / "run.py").read_text()
    assert "STAGING_TOKEN" in text
    assert "hunter2" not in text
    refused = locust(project)
    assert refused.code == 2
    assert "STAGING_TOKEN" in refused.err
    assert shop.truth()["received"] == 0


def test_ctrl_c_ends_the_load_at_once(open_shop: OpenShop, make_project: MakeProject) -> None:
    shop = open_shop(slots=None)
    project = make_project(shop.url)
    write(project, "--rate", "60", "--duration", "60s")
    process = subprocess.Popen(
        [*LOCUST, "-f", "run.py", "--headless", "--only-summary"],
        cwd=project.folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(lambda: shop.truth()["received"] > 60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    received = shop.truth()["received"]
    assert "the run was stopped by hand" in err or "stopped by hand" in err
    assert received == shop.truth()["received"]


def test_the_web_page_starts_the_same_load_as_often_as_wanted(open_shop: OpenShop, make_project: MakeProject) -> None:
    """Start in the browser, twice; Locust's figures are the shop's each time, and the load ends by itself."""
    shop = open_shop(slots=None)
    project = make_project(shop.url)
    write(project, *RISE)
    port = free_port()
    web = ["--web-host", "127.0.0.1", "--web-port", str(port)]
    log = (project.folder / "locust.log").open("w")
    process = subprocess.Popen([*LOCUST, "-f", "run.py", *web], cwd=project.folder, stdout=log, stderr=log)
    ask = build_opener(ProxyHandler({}))

    def state() -> dict[str, object]:
        with ask.open(f"http://127.0.0.1:{port}/stats/requests", timeout=10) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    try:
        wait_until_listening(port, process)
        n = len(planned())
        for time_around in (1, 2):
            ask.open(f"http://127.0.0.1:{port}/swarm", data=urlencode({}).encode(), timeout=10).close()
            _wait_for(lambda: state()["state"] in ("running", "spawning"))
            _wait_for(lambda: state()["state"] == "stopped")
            rows = state()["stats"]
            assert isinstance(rows, list)
            assert rows[-1]["num_requests"] == n
            assert shop.truth()["received"] == time_around * n
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_for(met: object, *, patience_seconds: float = 60) -> None:
    until = time.monotonic() + patience_seconds
    assert callable(met)
    while not met():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


SHAPED = """
from locust import FastHttpUser, constant_pacing, task
from spikekit.engine.locust.shape import CampaignShape

class Spike(CampaignShape):
    profile = "profile.json"
    visit_seconds = 0.2

class Visitor(FastHttpUser):
    wait_time = constant_pacing(0.2)

    @task
    def look(self):
        self.client.get("/books")
"""


def test_a_shape_starts_as_many_users_as_send_what_would_arrive(open_shop: OpenShop, make_project: MakeProject) -> None:
    """30/s of visits that take 0.2 s are six users; on a site at rest they send about that, and then they end."""
    shop = open_shop(slots=None)
    project = make_project(shop.url)
    stream = {
        "origin": "x",
        "landing": "/",
        "journey": {},
        "utm": {},
        "times_seconds": [0, 3],
        "visitors_per_second": [30, 30],
    }
    profile = {"schema": "spikekit.profile/1", "duration_seconds": 3, "quantile": None, "window_start_seconds": None}
    (project.folder / "profile.json").write_text(json.dumps({**profile, "streams": [stream]}))
    (project.folder / "run.py").write_text(SHAPED)
    outcome = locust(project, "--host", shop.url)
    assert outcome.code == 0, outcome.err
    assert '{"Visitor": 6}' in outcome.err
    assert shop.truth()["received"] == pytest.approx(90, rel=0.25)
