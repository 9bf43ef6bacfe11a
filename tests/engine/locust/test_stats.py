"""Locust's own statistics agree with ours, within its two digits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikekit.engine.lease import RENEW_SECONDS
from spikekit.engine.plan import Plan
from spikekit.measurement.histogram import Histogram, lows_of
from spikekit.measurement.record import Record, read_seconds
from spikekit.measurement.second import Answers, Second
from spikekit.site.model import Journey
from spikekit.verdict.judge import judged
from tests.engine.plans import host, plan, step
from tests.known_truth import OpenShop

JOURNEY = """
from locust import HttpUser, task

class Look(HttpUser):
    @task
    def look(self):
        self.client.get("/books")
        self.client.get("/nowhere", name="/lost")
"""


def run(folder: Path, asked: Plan) -> tuple[dict[str, Any], Record]:
    """Locust's figures and our record of one run of a generator alone."""
    asked.write(folder / "plan.json")
    words = [sys.executable, "-m", "tests.engine.alone", str(folder)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        ended = threading.Event()
        renewing = threading.Thread(target=_renew, args=(process, ended))
        renewing.start()
        assert process.stdout is not None
        out = process.stdout.read()
        ended.set()
        renewing.join()
    assert process.returncode == 0
    said: dict[str, Any] = json.loads(out)
    return said, Record(read_seconds(folder / "seconds.jsonl"))


def _renew(process: subprocess.Popen[str], ended: threading.Event) -> None:
    assert process.stdin is not None
    while not ended.wait(RENEW_SECONDS):
        process.stdin.write("r")
        process.stdin.flush()


def of_shop(port: int) -> Any:
    return host(hostname="127.0.0.1", port=port)


def two_digits(seconds: float) -> int:
    """A time as Locust keeps it: 147 ms are 150, 3,432 are 3,400."""
    milliseconds = round(seconds * 1000)
    return round(milliseconds, -max(len(str(milliseconds)) - 2, 0))


def test_totals_errors_and_percentiles_are_those_of_the_run(tmp_path: Path, open_shop: OpenShop) -> None:
    """Of our own visitors: every request and failure once, each percentile within a rank and Locust's rounding."""
    shop = open_shop(slots=8, service_seconds=0.05)
    asked = plan(
        step(path="/books"), step("POST", "/nowhere"), step(path="/never"), at=of_shop(shop.port), rate=150, seconds=2
    )
    said, record = run(tmp_path, asked)
    document = judged(asked, record).document()
    total = said["rows"]["Aggregated"]
    assert total["requests"] == total["by_second"] == document["requests"]["succeeded"] + document["requests"]["failed"]
    assert total["failures"] == document["requests"]["failed"] == document["failures"]["unexpected_status"] > 200
    assert said["errors"] == {"POST POST /nowhere unexpected_status": total["failures"]}
    for step_of_run in document["steps"]:
        row = said["rows"][step_of_run["name"]]
        assert (row["requests"], row["failures"]) == (step_of_run["requests"], step_of_run["failed"])
    times = Histogram.merged(h for a in record.of() for h in (a.latency, a.lost))
    for q, found in total["percentiles"].items():
        least, most = (times.quantile(min(max(float(q) + d, 0), 1)) for d in (-2 / times.total, 2 / times.total))
        assert least is not None
        assert most is not None
        assert two_digits(least) <= found <= two_digits(most) + 1, q
    assert total["most"] == pytest.approx((times.max or 0) * 1000, abs=2)
    # Locust's page shows the last ten seconds out of these.
    assert total["recent"] >= 2


def test_requests_of_a_locust_class_are_in_its_statistics_once(tmp_path: Path, open_shop: OpenShop) -> None:
    shop = open_shop(slots=None)
    (tmp_path / "users.py").write_text(JOURNEY)
    journey = Journey(name="look", locust=f"{tmp_path}/users.py:Look")
    said, record = run(tmp_path, replace(plan(at=of_shop(shop.port), rate=60), journeys=(journey,)))
    counts = {name: (row["method"], row["requests"], row["failures"]) for name, row in said["rows"].items()}
    n = record.started.total()
    assert counts == {"/books": ("GET", n, 0), "/lost": ("GET", n, n), "Aggregated": ("", 2 * n, n)}
    assert record.sent == {"GET /books": n, "GET /lost": n}
    assert shop.truth()["received"] == 2 * n
    # Locust's times are without the wait before a visit's first request, as ours of service are.
    service = Histogram.merged(a.service for a in record.of(step="GET /books"))
    assert said["rows"]["/books"]["average"] == pytest.approx(1000 * _mean(service), rel=0.02, abs=0.5)


def _mean(times: Histogram) -> float:
    return float((lows_of(times.bins) * times.counts).sum() / times.total)


AN_HOUR = """
import json
import sys
import time

from locust.env import Environment

from spikekit.engine.locust.stats import feed_locust, forget_seconds
from spikekit.measurement.second import second_of

environment, line = Environment(), second_of(sys.argv[1])
begun = time.time()
for now in [begun + second for second in range(3_600)]:
    feed_locust(environment, line, {}, now)
    forget_seconds(environment, now)
entries = [environment.stats.total, *environment.stats.entries.values()]
print(json.dumps([[len(e.num_reqs_per_sec), len(e.num_fail_per_sec), e.current_rps, e.num_requests] for e in entries]))
"""


def test_an_hour_takes_no_more_memory_than_a_minute_and_the_present_rate_is_still_told() -> None:
    """Locust would keep a count for every second of the run."""
    times = Histogram.of(np.full(7, 0.02))
    answers = Answers(step="GET /", intended=0, latency=times, service=times, lost=Histogram.empty())
    words = [sys.executable, "-c", AN_HOUR, Second(second=0, answers=(answers,)).line()]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    for requests, failures, rate, total in json.loads(done.stdout):
        assert requests == failures < 70
        assert rate == pytest.approx(7)
        assert total == 3_600 * 7
