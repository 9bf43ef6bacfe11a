"""One endpoint for everything: clean by Prometheus's own judgement, bounded, cheap, and there for one more scrape."""

from __future__ import annotations

import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from spikekit.errors import UsageError
from spikekit.metrics import names
from spikekit.metrics.endpoint import Collector, Endpoint
from spikekit.metrics.family import Source
from spikekit.metrics.live import LiveMetrics
from spikekit.metrics.names import Kind
from spikekit.metrics.project import ProjectMetrics
from spikekit.metrics.run import RunMetrics
from tests.metrics.numbers import HOSTILE, NOW, project, snapshot
from tests.metrics.test_run import fed, line

FREE = ("127.0.0.1", 0)


def _everything(*, campaigns: int = 1, steps: int = 1, sources: int = 3) -> list[Source]:
    """A run, a project and a live campaign at once."""
    told, live = ProjectMetrics(clock=lambda: NOW), LiveMetrics()
    told.show(project(campaigns))
    live.show(snapshot(sources=sources))
    return [fed(*(line(s, [f"{HOSTILE}{n}" for n in range(steps)]) for s in range(12))), told, live]


def _text(sources: list[Source]) -> str:
    # What is registered is asked for by the registry alone; the endpoint does the same.
    return generate_latest(Collector(sources)).decode()  # type: ignore[arg-type]


def _scraped(endpoint: Endpoint) -> str:
    with urllib.request.urlopen(endpoint.url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def test_prometheus_finds_nothing_wrong_with_any_metric() -> None:
    with Endpoint(FREE, _everything(steps=3)) as endpoint:
        text = _scraped(endpoint)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr == ""


def test_every_metric_is_told_under_its_name_and_with_its_labels() -> None:
    text = _text(_everything())
    for name in names.EVERY:
        shown = re.findall(rf"^{name.name}(?:_bucket)?(?:{{(.*)}})? ", text, re.MULTILINE)
        assert shown, name.name
        labels = set(re.findall(r'(\w+)="', shown[0])) - {"le", "quantile"}
        assert labels == set(name.labels), name.name


def test_fifty_campaigns_two_hundred_steps_and_hostile_sources_stay_bounded() -> None:
    text = _text(_everything(campaigns=50, steps=200, sources=1000))
    series = Counter(re.sub(r"[{ ].*", "", row) for row in text.splitlines() if row and row[0] != "#")
    assert max(series.values()) <= 400
    assert series.total() < 3_000
    assert all(row.startswith(("spikekit_", "# HELP spikekit_", "# TYPE spikekit_")) for row in text.splitlines())


def test_a_scrape_of_a_large_project_costs_under_a_twentieth_of_a_core_every_five_seconds() -> None:
    sources = _everything(campaigns=50, steps=200, sources=200)
    with Endpoint(FREE, sources) as endpoint:
        _scraped(endpoint)
        begun = time.process_time()
        for _ in range(5):
            _scraped(endpoint)
        seconds = (time.process_time() - begun) / 5
    # This process asks as well as answers: the true cost is lower.
    assert seconds < 0.05 * 5


def test_only_a_scrape_that_began_after_the_end_counts_as_one_more() -> None:
    asked, go_on = threading.Event(), threading.Event()

    class Slow:
        def families(self):  # type: ignore[no-untyped-def]
            asked.set()
            go_on.wait(20)
            yield from ()

    with Endpoint(FREE, [Slow()]) as endpoint:
        early = threading.Thread(target=_scraped, args=(endpoint,))
        early.start()
        assert asked.wait(20)
        found: list[bool] = []
        waiting = threading.Thread(target=lambda: found.append(endpoint.wait_for_scrape(0.3)))
        waiting.start()
        go_on.set()
        early.join()
        waiting.join()
        assert found == [False]
        late = threading.Thread(target=lambda: found.append(endpoint.wait_for_scrape(20)))
        late.start()
        while late.is_alive():
            _scraped(endpoint)
        assert found == [False, True]


def test_before_anything_is_known_there_is_the_version_alone() -> None:
    text = _text([RunMetrics(), ProjectMetrics(), LiveMetrics()])
    assert [row for row in text.splitlines() if row[0] != "#"] == ['spikekit_build_info{version="0.1.0"} 1.0']


def test_other_paths_show_runbooks_or_nothing() -> None:
    with Endpoint(FREE, [], page=lambda path: ("text/plain", "do this") if path == "/runbooks/X" else None) as endpoint:
        base = endpoint.url.removesuffix("/metrics")
        with urllib.request.urlopen(f"{base}/runbooks/X", timeout=10) as answer:
            assert answer.read() == b"do this"
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{base}/secrets", timeout=10)
        refused.value.close()


def test_a_port_that_is_taken_is_told() -> None:
    with Endpoint(FREE, []) as endpoint:
        port = int(endpoint.url.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(UsageError, match="cannot listen"):
            Endpoint(("127.0.0.1", port), [])


def test_the_reference_names_every_metric_with_its_labels_and_meaning() -> None:
    text = (Path(__file__).parents[2] / "docs" / "prometheus.md").read_text()
    for name in names.EVERY:
        if name is names.BUILD:
            assert f"`{name.name}`" in text
            continue
        labels = [*name.labels, *(["quantile"] if name.kind is Kind.SUMMARY else [])]
        shown = ", ".join(f"`{label}`" for label in labels) or "–"
        assert f"| `{name.name}` | {name.kind} | {shown} | {name.says} |" in text
