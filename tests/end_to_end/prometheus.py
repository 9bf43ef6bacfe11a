"""Debian's Prometheus, scraping what a test tells it to, and asked as Grafana asks."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from spikekit.metrics.shipped import dashboards_folder
from tests.ports import free_port, wait_until_listening

SCRAPE_SECONDS = 1
_PATIENCE_SECONDS = 120

Series = dict[tuple[tuple[str, str], ...], list[float]]
"""Finite values by labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A real one with the shipped rules. ``began`` is when it was started."""

    url: str
    began: float

    def series(self, query: str) -> Series:
        """The query at every second since it began. Fails when Prometheus does not understand it."""
        span = {"start": str(self.began), "end": str(time.time()), "step": "1s"}
        result = self._asked("query_range", {"query": query, **span})
        values = {_labels(s): [v for _at, text in s["values"] if math.isfinite(v := float(text))] for s in result}
        return {labels: found for labels, found in values.items() if found}

    def last(self, query: str) -> dict[tuple[tuple[str, str], ...], float]:
        """The query now."""
        return {_labels(s): float(s["value"][1]) for s in self._asked("query", {"query": query})}

    def until(self, condition: Callable[[], object]) -> None:
        """Ask until the answer is what was waited for; fail when it never is."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < until, "Prometheus never saw it"
            time.sleep(0.1)

    def _asked(self, what: str, values: dict[str, str]) -> list[dict[str, Any]]:
        body = urllib.parse.urlencode(values).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{what}", body, timeout=30) as answer:
                document = json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{values['query']}: {error.read().decode()}") from error
        found: list[dict[str, Any]] = document["data"]["result"]
        return found


def _labels(series: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(series["metric"].items()))


@contextmanager
def running_prometheus(folder: Path, jobs: dict[str, str]) -> Iterator[Prometheus]:
    """Scrapes each job's one address every second; stopped by its own pid."""
    port = free_port()
    shutil.copy(dashboards_folder() / "prometheus" / "spikekit.rules.yaml", folder)
    settings = {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": "1s"},
        "rule_files": ["spikekit.rules.yaml"],
        "scrape_configs": [{"job_name": j, "static_configs": [{"targets": [at]}]} for j, at in jobs.items()],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(settings))
    rules = folder / "spikekit.rules.yaml"
    # The shipped rules are looked at every fifteen seconds: too rarely for a test.
    rules.write_text(rules.read_text().replace("interval: 15s", "interval: 1s"))
    began = time.time()
    server = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    )
    try:
        wait_until_listening(port, server)
        yield Prometheus(url=f"http://127.0.0.1:{port}", began=began)
    finally:
        server.terminate()
        server.wait(20)
