"""The command as users run it, in processes of its own, against real servers on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port, wait_until_listening

SPIKEKIT = [sys.executable, "-m", "spikekit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command said: its exit code, both streams, and the document if it printed one."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(self.out)
        return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project folder with one target, in which commands are run."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *words: str, timeout: float = 120, environ: dict[str, str] | None = None) -> Outcome:
        """Run ``spikekit WORDS`` here and wait for its end."""
        done = subprocess.run(
            [*SPIKEKIT, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **(environ or {})},
        )
        return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)

    def run_rested(self, *words: str) -> Outcome:
        """``run WORDS --json``, twice again if need be: what a busy machine sends late says nothing about a site."""
        for _ in range(3):
            outcome = self.run(*words, "--json")
            if outcome.document["generator"]["healthy"]:
                break
        return outcome

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ``spikekit WORDS`` here."""
        process = subprocess.Popen(
            [*SPIKEKIT, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """End what a test that failed half-way left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def run_folders(self) -> list[Path]:
        return sorted((self.folder / ".spikekit" / "runs").glob("*"))

    def requests_sent(self) -> int:
        """By all runs so far, each with its look before the load."""
        runs = [json.loads((folder / "run.json").read_text()) for folder in self.run_folders()]
        return sum(run["requests"]["sent"] + max(1, len(run["asked"]["page_requests"])) for run in runs)


MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[MakeProject]:
    """``make_project(url, target="…more lines…", rest="…")`` writes a site.yaml with the target ``staging``."""

    made = []

    def make(url: str, *, target: str = "consent: private", rest: str = "") -> Project:
        lines = "\n".join(f"    {line}" for line in target.splitlines())
        (tmp_path / "site.yaml").write_text(
            f"version: 1\nsite: bookshop\nproduction: {{url: https://www.bookshop.example}}\n"
            f"targets:\n  staging:\n    url: {url}\n{lines}\n{rest}\n"
        )
        made.append(Project(folder=tmp_path))
        return made[-1]

    yield make
    for project in made:
        project.end()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx:
    """A real nginx with pages of its own and an access log."""

    url: str
    access_log: Path

    def requests(self) -> int:
        """How many it has logged for the page."""
        return self.access_log.read_text().count("GET /page.html")


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    """Debian's nginx serving a page of 4 kB with a style sheet; stopped by its own pid."""
    root, port = tmp_path / "nginx", free_port()
    (root / "html").mkdir(parents=True)
    (root / "html" / "page.html").write_text('<link rel="stylesheet" href="/style.css">' + "<p>Books</p>" * 300)
    (root / "html" / "style.css").write_text("p { color: #333 }" * 50)
    log = root / "access.log"
    (root / "nginx.conf").write_text(_nginx_settings(root, log, port))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is needed: tests/packages.py installs it"
    server = subprocess.Popen([program, "-c", str(root / "nginx.conf"), "-e", str(root / "error.log")])
    try:
        wait_until_listening(port, server)
        yield Nginx(url=f"http://127.0.0.1:{port}", access_log=log)
    finally:
        server.terminate()
        server.wait(10)


def _nginx_settings(root: Path, log: Path, port: int) -> str:
    # Pages lie in a folder that only this user may read.
    user = "user root;" if os.geteuid() == 0 else ""
    places = " ".join(
        f"{kind}_temp_path {root}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user} worker_processes 1; daemon off; pid {root}/nginx.pid; error_log {root}/error.log;\n"
        "worker_rlimit_nofile 8192; events { worker_connections 4000; }\n"
        f"http {{ access_log {log}; types {{ text/html html; text/css css; }} {places}\n"
        f"server {{ listen 127.0.0.1:{port} backlog=4096; root {root}/html; }} }}\n"
    )
