"""Locust User classes as journeys, through ``spikekit load``, against servers whose truth is known."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from spikekit.shop.process import ShopProcess
from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import MakeProject, Outcome, Project
from tests.end_to_end.processes import wait_for_seconds
from tests.engine.servers import OK, always, serving
from tests.known_truth import OpenShop

CLASSES = '''"""Visitors as Locust users."""
import gevent
import gevent.pool
from locust import FastHttpUser, HttpUser, SequentialTaskSet, TaskSet, User, events, task

heard = []


@events.test_start.add_listener
def begin(environment, **_):
    heard.append(environment.runner is not None)


class Plain(HttpUser):
    """Two pages, and two more at once in greenlets of their own."""

    def on_start(self):
        assert heard == [True]
        self.client.get("/books")

    @task
    def read(self):
        pool = gevent.pool.Pool(2)
        for number in (1, 2):
            pool.spawn(self.client.get, f"/books/{number}", name="/books/[id]")
        pool.join()

    def on_stop(self):
        self.client.get("/basket")


class Ordered(FastHttpUser):
    wait_time = lambda self: 0.01

    @task
    class Steps(SequentialTaskSet):
        @task
        def first(self):
            self.client.get("/books")

        @task
        class Inner(TaskSet):
            @task
            def only(self):
                self.client.get("/books/1")

            @task(0)
            def never(self):
                self.client.get("/never")

        @task
        def leave(self):
            self.interrupt()

        @task
        def never(self):
            self.client.get("/never")


class Visiting(FastHttpUser):
    def visit(self):
        for path in ("/books", "/books/1"):
            self.client.get(path)

    @task
    def never(self):
        self.client.get("/never")


class Careless(HttpUser):
    @task
    def look(self):
        self.client.get("/books")
        {}["token"]


class Judging(FastHttpUser):
    @task
    def look(self):
        with self.client.get("/books", catch_response=True) as page:
            page.failure("no bargain on it")

    @task
    def lost(self):
        self.client.get("/nowhere")
        {}["token"]


class Patient(HttpUser):
    @task
    def look(self):
        with self.client.get("/books", catch_response=True):
            pass
        self.client.get("/never")


class PatientFast(FastHttpUser):
    @task
    def look(self):
        self.client.get("/books")
        self.client.get("/never")


class Stubborn(HttpUser):
    @task
    def hold_on(self):
        while True:
            try:
                self.client.get("/books")
                gevent.sleep(0.05)
            except:
                gevent.sleep(0.05)


class Own(User):
    """A protocol of its own: it says itself what it measured."""

    @task
    def speak(self):
        gevent.sleep(0.02)
        self.environment.events.request.fire(
            request_type="ASK", name="wisdom", response_time=20.0, response_length=2, exception=None, context={}
        )


class Elsewhere(HttpUser):
    host = "http://192.0.2.1"

    @task
    def look(self):
        self.client.get("/")


'''

TARGET = "consent: private\nside_effects: accepted"


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users.py"
    path.write_text(CLASSES)
    return path


def project_of(make_project: MakeProject, url: str, *names: str, target: str = TARGET, more: str = "") -> Project:
    """A project whose journeys are those classes, each by its own name."""
    journeys = "".join(f"  {name.lower()}: {{locust: users.py:{name}}}\n" for name in names)
    return make_project(url, target=target, rest=f"{more}\njourneys:\n{journeys}")


def load(project: Project, journey: str, *words: str, rate: str = "60", seconds: str = "1s") -> Outcome:
    words = ("--journey", journey.lower(), "--path", "/books", "--json", *words)
    return project.run("load", "--rate", rate, "--duration", seconds, *words)


def counts(run: dict[str, Any]) -> VisitorCounts:
    found = VisitorCounts(**run["visitors"])
    assert found.broken_laws() == []
    return found


@pytest.mark.usefixtures("users")
def test_every_request_of_an_http_user_is_measured_whatever_greenlet_sends_it(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """Each arrival is one visit: on_start, one task, on_stop; the server got what we say we sent, with its headers."""
    shop = open_shop(slots=None)
    project = project_of(
        make_project, shop.url, "Plain", target=f"{TARGET}\nheaders: {{Referer: 'http://from.example/'}}"
    )
    run = load(project, "Plain").document
    visitors = counts(run)
    assert visitors.completed == visitors.planned > 30
    steps = {s["name"]: s["requests"] for s in run["steps"]}
    n = visitors.planned
    assert steps == {"GET /books": n, "GET /books/[id]": 2 * n, "GET /basket": n}
    truth = shop.truth()
    assert truth["received"] == run["requests"]["sent"] + 1 == 4 * n + 1
    assert truth["by_referrer"]["from.example"] == truth["received"]
    assert run["failures"] == {}


@pytest.mark.usefixtures("users")
def test_a_sequence_is_gone_through_once_and_several_workers_share_the_visitors(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """Tasks in their order, a nested set's one task, and the end where the class says so."""
    shop = open_shop(slots=None)
    run = load(project_of(make_project, shop.url, "Ordered"), "Ordered", "--workers", "2").document
    visitors = counts(run)
    steps = {s["name"]: s["requests"] for s in run["steps"]}
    assert run["generator"]["workers"] == 2
    assert steps["GET /books"] == visitors.started == visitors.planned
    # Whoever was between two pages when everything ended did not go on.
    assert visitors.completed <= steps["GET /books/1"] <= visitors.planned
    assert visitors.completed >= visitors.planned - visitors.in_flight
    assert set(steps) == {"GET /books", "GET /books/1"}


@pytest.mark.usefixtures("users")
def test_a_method_named_visit_is_the_whole_visit(open_shop: OpenShop, make_project: MakeProject) -> None:
    shop = open_shop(slots=None)
    run = load(project_of(make_project, shop.url, "Visiting"), "Visiting").document
    assert {s["name"] for s in run["steps"]} == {"GET /books", "GET /books/1"}
    assert counts(run).completed > 30


@pytest.mark.usefixtures("users")
def test_an_error_of_the_class_itself_says_nothing_about_the_site(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """Every visitor failed, and none of them because of the shop: inconclusive, with the line to look at."""
    shop = open_shop(slots=None)
    outcome = load(project_of(make_project, shop.url, "Careless"), "Careless")
    run = outcome.document
    visitors = counts(run)
    assert (outcome.code, run["verdict"]) == (4, "inconclusive")
    assert visitors.failed == visitors.started == run["failures"]["journey_error"]
    line = CLASSES[: CLASSES.index('{}["token"]')].count("\n") + 1
    assert run["examples"][0]["detail"] == f"line {line}: KeyError: 'token'"


@pytest.mark.usefixtures("users")
def test_answers_that_are_wrong_fail_by_kind_and_what_follows_from_them_does_not(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """A class's own judgement and a 404 are the site's; the error that such an answer leads to is not the journey's."""
    shop = open_shop(slots=None)
    outcome = load(project_of(make_project, shop.url, "Judging"), "Judging")
    run = outcome.document
    visitors = counts(run)
    assert (outcome.code, run["verdict"]) == (3, "not_ready")
    assert set(run["failures"]) == {"text_missing", "unexpected_status"}
    assert sum(run["failures"].values()) == visitors.failed == visitors.started
    assert {e["detail"] for e in run["examples"] if e["kind"] == "text_missing"} == {"no bargain on it"}


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize("name", ["Patient", "PatientFast"])
def test_a_visitor_whose_patience_ends_asks_for_nothing_more(
    open_shop: OpenShop, make_project: MakeProject, name: str
) -> None:
    """One page at a time of ten seconds: each waits for 0.4 s and leaves."""
    shop = open_shop(slots=1, service_seconds=10.0)
    project = project_of(make_project, shop.url, name, more="patience: 400ms")
    process = project.start(
        "load", "--rate", "40", "--duration", "1s", "--path", "/_truth", "--journey", name.lower(), "--json"
    )
    out, _ = process.communicate(timeout=60)
    run = json.loads(out)
    visitors = counts(run)
    assert visitors.abandoned == visitors.started > 20
    assert run["failures"] == {"timeout": visitors.abandoned}
    assert 0.39 < run["latency_seconds"]["max"] < 1.0
    assert "GET /never" not in shop.truth()["by_request"]


@pytest.mark.usefixtures("users")
def test_code_that_will_not_end_is_silent_within_a_second_of_ctrl_c(
    open_shop: OpenShop, make_project: MakeProject
) -> None:
    """A class that swallows everything thrown at it sends nothing more, and its visitors are still counted."""
    shop = open_shop(slots=None)
    project = project_of(make_project, shop.url, "Stubborn")
    process = project.start(
        "load", "--rate", "20", "--duration", "60s", "--path", "/books", "--journey", "stubborn", "--json"
    )
    wait_for_seconds(project.folder, 2)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    out, _ = process.communicate(timeout=20)
    received = shop.truth()["received"]
    assert time.monotonic() - asked < 8
    run = json.loads(out)
    visitors = counts(run)
    assert process.returncode == 130
    assert visitors.in_flight == visitors.started > 20
    assert run["requests"]["sent"] + 1 == pytest.approx(received, abs=visitors.started)
    assert shop.truth()["received"] == received


@pytest.mark.usefixtures("users")
def test_a_protocol_of_ones_own_is_measured_by_what_it_reports(open_shop: OpenShop, make_project: MakeProject) -> None:
    run = load(project_of(make_project, open_shop(slots=None).url, "Own"), "Own").document
    step = run["steps"][0]
    assert step["name"] == "ASK wisdom"
    assert step["requests"] == pytest.approx(counts(run).started, abs=3)
    assert step["latency_seconds"]["p50"] == pytest.approx(0.021, abs=0.01)


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    ("journey", "target", "code", "words"),
    [
        ("users.py:Plain", "consent: private", 5, "set side_effects: accepted on the target"),
        ("users.py:Elsewhere", TARGET, 5, "goes to http://192.0.2.1, which is no target in site.yaml"),
        ("users.py:Plane", TARGET, 2, "has no class Plane; did you mean Plain?"),
    ],
)
def test_what_cannot_be_a_journey_is_told_before_anything_is_sent(
    known_shop: ShopProcess, make_project: MakeProject, journey: str, target: str, code: int, words: str
) -> None:
    """One clear message and its exit code; the shop never hears of it."""
    project = make_project(known_shop.url, target=target, rest=f"journeys: {{odd: {{locust: '{journey}'}}}}")
    outcome = load(project, "odd")
    assert outcome.code == code
    said = outcome.document
    assert words in f"{said['message']} {said['hint']}"
    assert known_shop.truth()["received"] == 0
    assert project.run_folders() == []


def certificate(folder: Path) -> ssl.SSLContext:
    """The server's side of a certificate for 127.0.0.1 that nobody signed but itself; it lies in ``folder``."""
    folder.mkdir()
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = "-addext subjectAltName=IP:127.0.0.1 -out certificate.pem -keyout key.pem"
    subprocess.run(["openssl", *words.split(), *names.split()], check=True, capture_output=True, cwd=folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize("name", ["HttpUser", "FastHttpUser"])
def test_certificates_are_checked_whatever_the_class_s_client_would_do(
    make_project: MakeProject, tmp_path: Path, name: str
) -> None:
    """The target's own certificate is known by its ``ca_file``; another's is not, and no request goes there."""
    known, unknown = certificate(tmp_path / "known"), certificate(tmp_path / "unknown")
    with serving(always(OK), tls=known) as target, serving(always(OK), tls=unknown) as other:
        (tmp_path / "users.py").write_text(
            f"from locust import {name}\n\nclass Sealed({name}):\n    def visit(self):\n        self.client.get('/')\n"
            f"        self.client.get('https://127.0.0.1:{other.port}/', name='/other')\n"
        )
        tls = f"{TARGET}\ntls: {{ca_file: known/certificate.pem}}"
        project = project_of(make_project, f"https://127.0.0.1:{target.port}", "Sealed", target=tls)
        run = load(project, "Sealed", rate="20").document
    steps = {s["name"]: (s["requests"], s["failed"]) for s in run["steps"]}
    n = counts(run).failed
    assert n > 5
    assert steps == {"GET /": (n, 0), "GET /other": (n, n)}
    assert run["failures"] == {"tls_error": n}
    assert other.requests == []
