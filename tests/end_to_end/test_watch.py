"""``spikekit watch`` as users run it: finished logs, and logs that are being written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Project
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
