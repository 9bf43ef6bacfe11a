"""A real Prometheus scrapes a real rehearsal, ``serve`` and ``watch``; every panel shows something."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spikekit.history.folder import create_run_folder
from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from spikekit.vocabulary import RunKind
from tests.end_to_end.conftest import SPIKEKIT, MakeProject
from tests.end_to_end.live_log import growing_log
from tests.end_to_end.prometheus import Prometheus, running_prometheus
from tests.metrics.boards import Asked, queries
from tests.ports import free_port
from tests.readiness.cases import capacity_document

CAPACITY = 80.0
"""Requests/s that production holds: less than ``live_log`` brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What Prometheus saw, and the documents of the run and of ``serve``."""

    prometheus: Prometheus
    run: dict[str, Any]
    serve: dict[str, Any]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A rehearsal that overloads a small shop, then ``serve``, and ``watch`` with a log that grows."""
    folder = tmp_path_factory.mktemp("watched")
    jobs = {job: f"127.0.0.1:{free_port()}" for job in ("runs", "serve", "watch")}
    with ShopProcess(Settings(slots=2, service_seconds=0.025, queue=2)) as shop, ExitStack() as stack:
        _write_project(folder, shop.url)
        prometheus = stack.enter_context(running_prometheus(folder, jobs))
        words = ["rehearse", "known.yaml", "--window", "10s", "--workers", "2", "--listen", jobs["runs"], "--json"]
        for _ in range(3):
            rehearsal = subprocess.run([*SPIKEKIT, *words], cwd=folder, capture_output=True, text=True, timeout=90)
            # What a busy machine sends late says nothing; serve tells only of rehearsals with a verdict, so once more.
            if rehearsal.returncode != 4:
                break
        assert rehearsal.returncode == 3, rehearsal.stdout + rehearsal.stderr
        stack.enter_context(growing_log(folder / "access.log"))
        watch = ["watch", "known.yaml", "--access-log", "access.log", "--from-start", "--listen", jobs["watch"]]
        stack.enter_context(_running(folder, *watch))
        serve = stack.enter_context(_running(folder, "serve", "--listen", jobs["serve"], "--json"))
        assert serve.stdout is not None
        document = json.loads(serve.stdout.readline())
        for seen in ("gate_passed", "spike_active", "live_peak_requests_per_second"):
            prometheus.until(lambda seen=seen: prometheus.series(f"spikekit_{seen}"))
        prometheus.until(lambda: prometheus.series("rate(spikekit_log_lines_skipped_total[4s])"))
        prometheus.until(lambda: prometheus.last('ALERTS{alertname="SpikekitLiveNearCapacity"}'))
        yield Watched(prometheus=prometheus, run=json.loads(rehearsal.stdout), serve=document)


def _write_project(folder: Path, url: str) -> None:
    launch = datetime.now(UTC) - timedelta(minutes=3)
    (folder / "last-time.csv").write_text("time,visitors\n0,600\n60,6000\n120,6000\n180,6000\n600,600\n")
    (folder / "known.yaml").write_text(
        f"version: 1\nname: The same again\nstatus: confirmed\nlaunch: {launch:%Y-%m-%dT%H:%M}\ntimezone: UTC\n"
        "landing: /books\njourney: look\nchannels:\n  - {kind: past, curve: last-time.csv, scale: 1.0}\n"
    )
    (folder / "site.yaml").write_text(
        f"version: 1\nsite: bookshop\ntargets:\n  staging:\n    url: {url}\n    consent: private\n"
        "    capacity_ratio: 1.0\njourneys:\n  look: {steps: [{get: '{landing}'}]}\n"
    )
    state, now = folder / ".spikekit", datetime.now(UTC)
    search = create_run_folder(state, kind=RunKind.CAPACITY, subject="staging", now=now)
    found = capacity_document(rate=CAPACITY, requests_per_visitor=1.0, id=search.id, created=now.isoformat())
    search.document_file.write_text(json.dumps(found))
    gate = {"schema": "spikekit.gate/1", "campaigns": [{"campaign": "known", "status": "ready", "passed": True}]}
    (state / "gate.json").write_text(json.dumps(gate))


@contextmanager
def _running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command in ``folder`` until the end of the test."""
    with subprocess.Popen([*SPIKEKIT, *words], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)


@pytest.mark.parametrize("asked", list(queries()), ids=lambda a: f"{a.board}-{a.panel}")
def test_every_query_of_every_panel_is_understood_and_shows_something(watched: Watched, asked: Asked) -> None:
    assert watched.prometheus.series(asked.substituted(interval="4s", span="120s"))


FATES = ("planned", "started", "completed", "failed", "abandoned", "dropped", "unreported")


@pytest.mark.parametrize("fate", FATES)
def test_the_counters_at_the_end_are_the_totals_of_the_run(watched: Watched, fate: str) -> None:
    (count,) = watched.prometheus.last(f"last_over_time(spikekit_visitors_{fate}_total[10m])").values()
    assert count == watched.run["visitors"][fate]


def test_requests_and_failures_at_the_end_are_those_of_the_run(watched: Watched) -> None:
    last = watched.prometheus.last
    steps = last('sum by (step) (last_over_time(spikekit_requests_total{step!="assets"}[10m]))')
    assert {dict(k)["step"]: n for k, n in steps.items()} == {s["name"]: s["requests"] for s in watched.run["steps"]}
    reasons = last('sum by (reason) (last_over_time(spikekit_request_failures_total{step!="assets"}[10m]))')
    assert {dict(k)["reason"]: n for k, n in reasons.items()} == watched.run["failures"]
    assert watched.run["failures"]


@pytest.mark.parametrize("quantile", ["p50", "p90", "p95", "p99"])
def test_a_quantile_in_prometheus_lies_in_the_bucket_of_the_report_s(watched: Watched, quantile: str) -> None:
    buckets = 'sum by (le) (last_over_time(spikekit_request_duration_seconds_bucket{step!="assets"}[10m]))'
    edges = sorted(float(dict(k)["le"]) for k in watched.prometheus.last(buckets))
    assert {0.8, 2.0} <= set(edges)
    (found,) = watched.prometheus.last(f"histogram_quantile(0.{quantile[1:]}, {buckets})").values()
    told = watched.run["latency_seconds"][quantile]
    if told is None:
        # It falls among requests that never got an answer: beyond every bound.
        assert found == edges[-2]
        return
    upper = next(edge for edge in edges if told <= edge)
    lower = max((edge for edge in edges if edge < upper), default=0.0)
    assert lower <= found <= upper


def test_serve_tells_what_the_project_knows(watched: Watched) -> None:
    assert watched.serve["campaigns"] == ["known"]
    last = watched.prometheus.last
    peak = last('spikekit_forecast_peak_requests_per_second{quantile="0.9"}')
    assert list(peak.values()) == pytest.approx([100.0])
    bounds = {dict(k)["bound"]: v for k, v in last("spikekit_target_capacity_requests_per_second").items()}
    assert bounds == pytest.approx({"low": 0.98 * CAPACITY, "likely": CAPACITY, "high": 1.02 * CAPACITY})
    (rehearsed,) = last("spikekit_last_rehearsal_timestamp_seconds").values()
    assert rehearsed == datetime.fromisoformat(watched.run["created"]).timestamp()


def test_the_live_site_and_what_it_holds_meet_in_the_alert_that_compares_them(watched: Watched) -> None:
    last = watched.prometheus.last
    ((labels, state),) = last('ALERTS{alertname="SpikekitLiveNearCapacity"}').items()
    assert dict(labels)["site"] == "bookshop"
    assert state == 1
    (live,) = last("site:spikekit_live_requests_per_second:sum").values()
    assert live > 0.8 * CAPACITY
    (holds,) = last('site_bound:spikekit_production_capacity_requests_per_second:max{bound="likely"}').values()
    assert holds == pytest.approx(CAPACITY, rel=0.05)


def test_every_line_of_the_log_is_a_request_of_some_source_or_was_left_out(watched: Watched) -> None:
    whole = watched.prometheus.series(
        "spikekit_log_lines_total - on () sum (spikekit_live_requests_total)"
        " - on () sum (spikekit_log_lines_skipped_total)"
    )
    # The second that is still open is counted when it is over.
    ((_labels, waiting),) = whole.items()
    assert all(0 <= lines <= 10 * 100 for lines in waiting)
    sources = {dict(k)["source"] for k in watched.prometheus.last("spikekit_live_requests_total > 0")}
    assert {"known", "reddit", "search"} <= sources


def test_every_rule_is_evaluated_without_an_error(watched: Watched) -> None:
    failures = watched.prometheus.last("prometheus_rule_evaluation_failures_total")
    assert set(failures.values()) <= {0.0}


def test_ctrl_c_while_a_last_scrape_is_waited_for_leaves_at_once_with_the_verdict(
    make_project: MakeProject, known_shop: ShopProcess
) -> None:
    project = make_project(known_shop.url)
    load = ("load", "--rate", "20/s", "--duration", "2s", "--path", "/books")
    with project.start(*load, "--listen", "127.0.0.1:0", "--linger", "10m", "--json") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Waiting for one more scrape"):
                process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        document = json.loads(process.stdout.read())
    assert document["verdict"] == "ready"
    assert process.returncode == 0
