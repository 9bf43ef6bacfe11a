"""``spikekit watch`` as users run it: finished logs, and logs that are being written."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.conftest import SPIKEKIT, Project
from tests.known_truth import KnownLog

CAMPAIGN = """\
version: 1
name: Fry reads
id: fry-reads
status: confirmed
launch: 2026-12-04T18:01:00
timezone: UTC
landing: /books
channels:
  - {kind: celebrity_post, clicks: 12k, within: 2h}
utm: {source: x, medium: social, campaign: fry-reads}
contacts: {marketing: jo@example.com, on_call: "+44 20 7946 0018", stop_send: "pause flow 12 in the mail tool"}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A folder with one campaign and no site."""
    (tmp_path / "fry.yaml").write_text(CAMPAIGN)
    return Project(folder=tmp_path)


def test_a_replay_counts_what_is_in_the_log_and_finds_the_post(project: Project, known_log: KnownLog) -> None:
    outcome = project.run("watch", "fry.yaml", "--access-log", str(known_log.path), "--replay", "--json")
    live = outcome.document
    assert outcome.code == 0
    assert live["schema"] == "spikekit.live/1"
    assert live["lines"] == known_log.requests + known_log.skipped
    assert live["skipped"] == {"not a log line": known_log.skipped}
    assert {name: source["entries"] for name, source in live["sources"].items()} == known_log.entries
    assert next(iter(live["sources"])) == "fry-reads"
    assert sum(source["requests"] for source in live["sources"].values()) == known_log.requests
    assert sum(source["failures"] for source in live["sources"].values()) == known_log.failures
    [spike] = live["spikes"]
    assert (spike["source"], spike["declared"], spike["page"]) == ("fry-reads", True, "/books")
    assert spike["started"] == "2026-12-04T18:01:00+00:00"
    assert spike["peak_requests_per_second"] == 20.0


def test_a_replay_says_first_how_the_campaign_stands(project: Project, known_log: KnownLog) -> None:
    outcome = project.run("watch", "fry.yaml", "--access-log", str(known_log.path), "--replay")
    assert outcome.code == 0
    assert outcome.out.startswith("Fry reads: 200 visitors; ")
    assert "No undeclared spikes." in outcome.out
    assert "left out: 1 not a log line" in outcome.out
    assert all(len(line) <= 80 for line in outcome.out.splitlines())


def test_without_a_log_it_says_what_it_needs(project: Project) -> None:
    outcome = project.run("watch", "fry.yaml")
    assert outcome.code == 2
    assert "--access-log FILE" in outcome.err


def test_a_drill_is_a_log_whose_truth_a_replay_finds_again(project: Project) -> None:
    drilled = project.run(
        "drill", "fry.yaml", "--before", "5m", "--after", "10m", "--normal", "1", "--spike", "attack 50/s at 5m for 2m"
    )
    assert drilled.code == 0, drilled.err
    truth = json.loads((project.folder / "fry.log.truth.json").read_text())
    live = project.run("watch", "fry.yaml", "--access-log", "fry.log", "--replay", "--json").document
    assert live["lines"] == truth["lines"]
    entries = live["sources"]["fry-reads"]["entries"] - live["inferred"]["fry-reads"]["entries"]
    assert entries == truth["campaign_entries"]["tagged"]
    assert "attack" in [spike["kind"] for spike in live["spikes"]]


def test_a_drill_says_what_a_spike_may_be(project: Project) -> None:
    outcome = project.run("drill", "fry.yaml", "--spike", "crowds 10/s")
    assert outcome.code == 2
    assert "did you mean crowd?" in outcome.err


def _lines(count: int, *, at: int = 0) -> str:
    """So many visits by a post's link, one a second."""
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
    link = "/books?utm_source=x&utm_medium=social&utm_campaign=fry-reads"
    return "".join(
        f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255} - - [04/Dec/2026:18:{1 + i // 60:02d}:{i % 60:02d} +0000] "
        f'"GET {link} HTTP/1.1" 200 4021 "https://t.co/Qx1" "{agent}"\n'
        for i in range(at, at + count)
    )


class _Watching:
    """``spikekit watch`` in a process of its own, with its numbers for Prometheus."""

    def __init__(self, project: Project, log: Path, *words: str) -> None:
        self.process = project.start(
            "watch", "fry.yaml", "--access-log", str(log), "--from-start", "--listen", "127.0.0.1:0", *words
        )
        assert self.process.stderr is not None
        self.said = []
        while "http://" not in (line := self.process.stderr.readline()):
            assert line, self.process.wait()
            self.said.append(line)
        self.url = line[line.index("http://") :].strip()

    def value(self, name: str) -> float:
        """The sum of a metric over all its series."""
        found = httpx.get(self.url).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in found if line.startswith((f"{name}{{", f"{name} ")))

    def wait_for(self, name: str, value: float) -> None:
        """Until a metric has a value; a deadline, not a pause, ends it."""
        deadline = time.monotonic() + 20
        while self.value(name) != value:
            assert time.monotonic() < deadline, self.value(name)
            assert self.process.poll() is None

    def __enter__(self) -> _Watching:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)

    def stop(self, how: int) -> tuple[str, str]:
        """End it with a signal; what it printed."""
        self.process.send_signal(how)
        return self.process.communicate(timeout=20)


def test_what_is_written_is_counted_once_though_the_watch_is_killed_and_the_log_rotated(
    project: Project, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(_lines(60))
    with _Watching(project, log) as first:
        first.wait_for("spikekit_live_entries_total", 60)
        with log.open("a") as stream:
            stream.write(_lines(40, at=60))
        first.wait_for("spikekit_live_entries_total", 100)
        first.stop(signal.SIGKILL)
    with log.open("a") as stream:
        stream.write(_lines(30, at=100))
    log.rename(tmp_path / "access.log.1")
    log.write_text(_lines(20, at=130) + "\0\0 not a line\n")
    with _Watching(project, log) as again:
        again.wait_for("spikekit_live_entries_total", 150)
        again.wait_for("spikekit_log_lines_total", 151)
        assert again.value("spikekit_log_lines_skipped_total") == 1
        out, _ = again.stop(signal.SIGINT)
    assert again.process.returncode == 0
    assert "Fry reads: 150 visitors" in out


def test_a_pipe_is_watched_until_it_ends_and_then_summed_up(project: Project, known_log: KnownLog) -> None:
    process = subprocess.run(
        [*SPIKEKIT, "watch", "fry.yaml", "--access-log", "-", "--log-format", "combined", "--json"],
        cwd=project.folder,
        input=known_log.path.read_text(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    live = json.loads(process.stdout)
    assert {name: source["entries"] for name, source in live["sources"].items()} == known_log.entries
