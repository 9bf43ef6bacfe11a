"""Measured on one machine, gated on another that has neither the history nor a secret."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from junitparser import JUnitXml

from spikekit.shop.process import ShopProcess
from spikekit.shop.settings import Settings
from tests.end_to_end.conftest import SPIKEKIT, Outcome
from tests.gate.projects import campaign

LABEL = "4f2c9e1"
EMPTY = {"PYTHONPATH": str(Path(__file__).parents[2])}
"""An environment that knows where the program is, and no more."""

SITE = """\
version: 1
site: bookshop
production: {url: "https://www.bookshop.example"}
targets:
  staging:
    url: URL
    consent: private
    capacity_ratio: 50%
    headers: {X-Load-Token: "env:LOAD_TOKEN"}
objectives: {headroom: 3}
journeys:
  look: {steps: [{get: /books}]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A machine of CI: a checkout of the project, an artifact, and an empty environment."""

    folder: Path

    def gate(self, *words: str, **environ: str) -> Outcome:
        """``spikekit gate WORDS --evidence evidence.json``, with the reports gate.xml and gate.md."""
        (self.folder / "gate.xml").unlink(missing_ok=True)
        reports = ("--junit", "gate.xml", "--markdown", "gate.md")
        done = subprocess.run(
            [*SPIKEKIT, "gate", *words, *reports],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            env={**EMPTY, **environ},
        )
        return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)

    def counts(self) -> tuple[int, int, int]:
        """Failures, errors and skipped ones of the JUnit file."""
        junit = JUnitXml.fromfile(str(self.folder / "gate.xml"))
        return junit.failures, junit.errors, junit.skipped


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the secret and the history are: both campaigns were rehearsed because nothing was known, and exported."""
    desk = tmp_path_factory.mktemp("desk")
    campaign(desk, "ready", audience="20k", days=3)
    campaign(desk, "large", audience="20M", days=12)
    with ShopProcess(Settings(slots=1, service_seconds=0.1, queue=20)) as shop:
        (desk / "site.yaml").write_text(SITE.replace("URL", shop.url))
        words = ("gate", ".", "--label", LABEL, "--rehearse", "--window", "10s", "--json")
        for _ in range(3):
            judged = _at(desk, *words, LOAD_TOKEN="secret-of-the-desk")
            statuses = [c["status"] for c in judged.document["campaigns"]]
            if "untested" not in statuses:
                break
            # What a busy machine sends late says nothing about a site: once more, from nothing.
            shutil.rmtree(desk / ".spikekit")
    assert judged.code == 3, judged.err
    assert statuses == ["ready", "not_ready"]
    assert {e["label"] for c in judged.document["campaigns"] for e in c["evidence"]} == {LABEL}
    ids = sorted(folder.name for folder in (desk / ".spikekit" / "runs").iterdir())
    assert len(ids) == 2
    export = _at(desk, "runs", "export", *ids, "--to", "evidence.json")
    assert export.code == 0, export.err
    return desk


@pytest.fixture
def runner(desk: Path, tmp_path: Path) -> Runner:
    """It gets the project's files and the exported one, nothing else."""
    for name in ("site.yaml", "evidence.json"):
        shutil.copy(desk / name, tmp_path / name)
    assert "secret-of-the-desk" not in (tmp_path / "evidence.json").read_text()
    return Runner(folder=tmp_path)


def _at(folder: Path, *words: str, **environ: str) -> Outcome:
    done = subprocess.run(
        [*SPIKEKIT, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**EMPTY, **environ},
    )
    return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)


def test_what_was_measured_here_is_gated_there(runner: Runner) -> None:
    """Every standing and every finding of the issue, each with its exit code and its files."""
    folder, evidence = runner.folder, ("--evidence", "evidence.json")
    campaign(folder, "ready", audience="20k", days=3)
    ready = runner.gate("ready.yaml", *evidence, "--label", LABEL, "--json")
    assert (ready.code, runner.counts()) == (0, (0, 0, 0)), ready.err
    assert [c["status"] for c in ready.document["campaigns"]] == ["ready"]
    assert ready.document["label"] == LABEL
    assert set(ready.document["inputs"]) == {"ready.yaml", "site.yaml", "evidence.json"}
    assert not (folder / ".spikekit").exists()

    stale = runner.gate("ready.yaml", *evidence, "--max-age", "1ms")
    assert (stale.code, runner.counts()) == (4, (0, 2, 0))
    assert stale.out.startswith("? stale")
    wrong = runner.gate("ready.yaml", *evidence, "--label", "another")
    assert (wrong.code, runner.counts()) == (4, (0, 2, 0))
    assert f"another version ({LABEL})" in " ".join(wrong.out.split())
    missing = runner.gate("ready.yaml")
    assert (missing.code, runner.counts()) == (4, (0, 2, 0))
    (folder / "torn.json").write_text((folder / "evidence.json").read_text()[:200])
    torn = runner.gate("ready.yaml", "--evidence", "torn.json")
    assert (torn.code, torn.out, runner.counts()) == (2, "", (0, 1, 0))
    assert "torn.json:1:" in torn.err

    campaign(folder, "large", audience="20M", days=12)
    large = runner.gate("large.yaml", *evidence)
    assert (large.code, runner.counts()[0] >= 1) == (3, True)
    assert large.out.startswith("✘ not ready")
    waived = runner.gate(
        "large.yaml", *evidence, "--waive", "large", "--reason", "the queue page is on", "--until", "2999-01-01"
    )
    assert (waived.code, runner.counts()) == (0, (0, 0, 2))
    for text in (waived.out, (folder / "gate.md").read_text(), (folder / "gate.xml").read_text()):
        assert "Waived until 2999-01-01: the queue page is on" in text

    campaign(folder, "dropped", audience="900M", status="cancelled")
    campaign(folder, "planned", audience="900M", status="draft")
    campaign(folder, "over", audience="900M", days=-40)
    every = runner.gate(".", *evidence, "--json")
    assert (every.code, runner.counts()[2]) == (3, 3)
    assert {c["campaign"]: c["status"] or c["standing"] for c in every.document["campaigns"]} == {
        "ready": "ready",
        "large": "not_ready",
        "dropped": "cancelled",
        "planned": "draft",
        "over": "past",
    }


def test_on_github_the_summary_and_the_lines_of_the_files_say_the_same(runner: Runner) -> None:
    folder = runner.folder
    campaign(folder, "large", audience="20M", days=12)
    (folder / "summary.md").write_text("# of another step\n")
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"}
    told = runner.gate("large.yaml", "--evidence", "evidence.json", "--json", **github)
    (one,) = told.document["campaigns"]
    assert told.code == 3
    assert (folder / "summary.md").read_text() == "# of another step\n" + (folder / "gate.md").read_text()
    lines = told.err.splitlines()
    assert all(line.startswith("::error file=large.yaml,line=6,title=The large post%3A ") for line in lines)
    assert [line.rpartition("::")[2].replace("%25", "%") for line in lines] == one["reasons"]
    junit = JUnitXml.fromfile(str(folder / "gate.xml"))
    assert [r.message for suite in junit for case in suite for r in case.result] == one["reasons"]
    (folder / "large.yaml").write_text("version: 1\nname: x\nlaunch: soon\n")
    broken = runner.gate("large.yaml", "--evidence", "evidence.json", **github)
    assert broken.code == 2
    assert "::error file=large.yaml,line=3,col=9,title=launch::expected" in broken.err
