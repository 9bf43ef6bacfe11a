"""``spikekit watch`` as users run it: finished logs, and logs that are being written."""

from __future__ import annotations

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
