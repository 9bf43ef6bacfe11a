"""Whatever goes wrong is counted by its kind; nothing crashes, and nothing hangs beyond the patience declared."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from spikekit.vocabulary import VisitorCounts
from tests.end_to_end.conftest import SPIKEKIT, MakeProject, Project
from tests.end_to_end.misfits import WAYS
from tests.end_to_end.processes import wait_for_seconds
from tests.ports import free_port

MISFITS = str(Path(__file__).parent / "misfits.py")
PATIENCE_SECONDS = 1.5

KINDS: dict[str, str | None] = {
    "good": None,
    "pictures": None,
    "bomb": None,
    "reset": "connection_reset",
    "half-closed": "closed_early",
    "short": "closed_early",
    "silent": "timeout",
    "drip": "timeout",
    "drip-head": "timeout",
    "endless-body": "too_large",
    "endless-head": "invalid_http",
    "nonsense": "invalid_http",
    "upgrade": "invalid_http",
    "smuggled": "invalid_http",
    "oops": "unexpected_status",
    "forbidden": "blocked",
    "away": "redirect_elsewhere",
    "round": "redirect_elsewhere",
}
"""How each way to answer fails, if it does."""


@contextmanager
def misfits(host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The server of all misfortunes, in a process of its own: its port, and the process."""
    server = subprocess.Popen([sys.executable, MISFITS, host, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline()), server
    finally:
        server.kill()
        server.communicate()


def laws(run: dict[str, Any]) -> list[str]:
    return VisitorCounts(**run["visitors"]).broken_laws()


def test_every_misfortune_is_counted_by_its_kind_and_none_is_waited_for(
    make_project: MakeProject, tmp_path: Path
) -> None:
    """Eighteen ways to answer, in turn: each fails in its own way, and those served well do not notice the others."""
    assert KINDS.keys() == WAYS.keys()
    (tmp_path / "ways.csv").write_text("way\n" + "\n".join(WAYS) + "\n")
    step = "{get: '/{way}', name: any way, data: ways.csv, pick: sequence, assets: auto}"
    with misfits() as (port, _):
        rest = f"patience: {PATIENCE_SECONDS}s\njourneys: {{suffer: {{steps: [{step}]}}}}"
        project = make_project(f"http://127.0.0.1:{port}", rest=rest)
        outcome = project.run_rested("load", "--rate", "72", "--duration", "2s", "--journey", "suffer")
    run = outcome.document
    assert (outcome.code, run["verdict"]) == (3, "not_ready")
    assert laws(run) == []
    started = run["visitors"]["started"]
    assert run["visitors"]["in_flight"] == run["visitors"]["dropped"] == 0
    asked = [kind for _, kind in zip(range(started), cycle(KINDS[way] for way in WAYS), strict=False)]
    assert run["failures"] == Counter(kind for kind in asked if kind)
    assert run["visitors"]["abandoned"] == asked.count("timeout")
    assert run["visitors"]["completed"] == asked.count(None)
    assert run["latency_seconds"]["max"] < PATIENCE_SECONDS + 0.5
    assert (run["assets"]["requests"] > 30, run["assets"]["failed"]) == (True, 0)
    assert run["generator"]["healthy"], run["generator"]["notes"]
    examples = Counter(e["kind"] for e in run["examples"])
    assert examples.keys() == run["failures"].keys()
    assert max(examples.values()) == 3


def test_a_target_that_dies_and_returns_is_seen_to_do_so(make_project: MakeProject) -> None:
    """Refused or cut off while it is gone, well served before and after."""
    port = free_port()
    with misfits(port=port) as (_, server):
        project = make_project(f"http://127.0.0.1:{port}")
        process = project.start("load", "--rate", "100", "--duration", "5s", "--path", "/good", "--json")
        wait_for_seconds(project.folder, 1)
        server.kill()
        server.wait()
        wait_for_seconds(project.folder, 3)
        with misfits(port=port):
            out, _ = process.communicate(timeout=60)
    run = json_of(out)
    assert (process.returncode, run["verdict"]) == (3, "not_ready")
    assert laws(run) == []
    assert set(run["failures"]) <= {"connection_refused", "connection_reset", "closed_early"}
    assert run["failures"]["connection_refused"] > 50
    failed = run["timeline"]["failed"]
    assert failed[0] == failed[-1] == 0
    assert run["generator"]["healthy"], "a dead target is no fault of ours"


def test_ports_that_run_out_are_our_own_limit_and_no_verdict_on_the_site() -> None:
    """Twenty ports in a network of its own, 200 fresh connections/s: inconclusive, and it says why."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    done = subprocess.run(
        [*unshare, sys.executable, "-m", "tests.end_to_end.few_ports"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout, done.stderr
    run = json_of(done.stdout)
    assert (done.returncode, run["verdict"]) == (4, "inconclusive")
    assert laws(run) == []
    assert set(run["failures"]) == {"no_ports_or_descriptors"}
    assert any("limits of this machine" in reason for reason in run["reasons"])
    assert not run["generator"]["healthy"]


def test_few_descriptors_are_our_own_limit_and_no_verdict_on_the_site(make_project: MakeProject) -> None:
    """300 descriptors for a crowd that wants more: visitors are dropped, told, and the site is not blamed."""
    with misfits() as (port, _):
        rest = "patience: 3s\njourneys: {look: {steps: [{get: /pictures, assets: auto}, {get: /good, think: 2s}]}}"
        project = make_project(f"http://127.0.0.1:{port}", rest=rest)
        words = ("load", "--rate", "60", "--duration", "2s", "--journey", "look", "--path", "/pictures", "--json")
        done = subprocess.run(
            ["prlimit", "--nofile=300:300", *SPIKEKIT, *words],
            cwd=project.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
    run = json_of(done.stdout)
    assert (done.returncode, run["verdict"]) == (4, "inconclusive")
    assert laws(run) == []
    assert run["visitors"]["dropped"] > 0
    assert run["failures"] == {}
    assert any("this machine's limit of 44 visitors at once" in note for note in run["generator"]["notes"])


def test_a_target_at_an_ipv6_address_is_loaded(make_project: MakeProject) -> None:
    """``http://[::1]:…``: named in brackets, reached without."""
    with misfits("::1") as (port, _):
        project = make_project(f"http://[::1]:{port}")
        outcome = project.run_rested("load", "--rate", "50", "--duration", "1s", "--path", "/good")
    run = outcome.document
    assert (outcome.code, run["verdict"], run["failures"]) == (0, "ready", {})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://nobody.invalid", "cannot be resolved"),
        ("https://127.0.0.1:{port}", "does not answer"),
    ],
)
def test_a_target_that_is_not_there_or_not_what_it_says_is_told_before_any_load(
    make_project: MakeProject, url: str, words: str
) -> None:
    """A name nobody knows, TLS where there is none: one message, exit 4, nothing sent."""
    with misfits() as (port, _):
        project = make_project(url.format(port=port))
        outcome = project.run("load", "--rate", "50", "--duration", "1s", "--path", "/good", "--json")
    assert outcome.code == 4
    assert words in outcome.document["message"]
    assert "Traceback" not in outcome.err


def test_a_reader_that_leaves_early_breaks_nothing(make_project: MakeProject) -> None:
    """``spikekit load … | true``: the run goes on to its end and is kept."""
    with misfits() as (port, _):
        project = make_project(f"http://127.0.0.1:{port}")
        process = project.start("load", "--rate", "50", "--duration", "1s", "--path", "/good")
        assert process.stdout is not None
        process.stdout.close()
        process.wait(30)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
        process.stderr.close()
    visitors = kept(project)["visitors"]
    assert visitors["completed"] == visitors["planned"] > 20


def kept(project: Project) -> dict[str, Any]:
    """The run the project remembers."""
    return project.run("report", "--json").document


def json_of(out: str) -> dict[str, Any]:
    import json

    plain: dict[str, Any] = json.loads(out)
    return plain
