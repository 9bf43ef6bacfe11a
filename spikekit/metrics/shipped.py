"""The dashboards, rules and runbooks that come with spikekit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent

RUNBOOKS_PATH = "/runbooks/"
"""Where ``serve`` shows them."""

RUNBOOKS_URL = "http://127.0.0.1:9777/runbooks"
"""What the shipped rules say, until a team names a better place."""

FILLED_IN = frozenset({Path("alertmanager/alertmanager.yaml")})
"""What says of itself that a team's receivers go in."""


def dashboards_folder() -> Path:
    """What drops into Grafana and Prometheus: inside an installed package, or beside it in a checkout."""
    inside = _PACKAGE / "dashboards"
    return inside if inside.is_dir() else _PACKAGE.parent / "dashboards"


def runbooks_folder() -> Path:
    """One page for each alert, and an overview."""
    inside = _PACKAGE / "runbooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "docs" / "runbooks"


def shipped_files() -> Iterator[tuple[Path, str]]:
    """Dashboards, rules, provisioning and runbooks, by their paths below the folder they are written to."""
    for name in ("grafana", "prometheus", "alertmanager"):
        for path, text in _below(dashboards_folder() / name):
            yield Path(name) / path, text
    for file in sorted(runbooks_folder().glob("*.md")):
        yield Path("runbooks") / file.name, file.read_text(encoding="utf-8")


def compose_files() -> Iterator[tuple[Path, str]]:
    """What runs all of it on one machine: the compose file, and the image of spikekit."""
    return _below(dashboards_folder() / "compose")


def not_yet_theirs(folder: Path, files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """The files without those that a team fills in and that are in ``folder`` already: who is called stays so."""
    return ((path, text) for path, text in files if path not in FILLED_IN or not (folder / path).exists())


def _below(folder: Path) -> Iterator[tuple[Path, str]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield file.relative_to(folder), file.read_text(encoding="utf-8")


def with_runbooks_at(url: str | None, text: str) -> str:
    """The file with every link to a runbook leading to ``url``; unchanged without one."""
    return text if url is None else text.replace(f"{RUNBOOKS_URL}/", f"{url.rstrip('/')}/")


def page(path: str) -> tuple[str, str] | None:
    """The runbook at ``/runbooks/NAME``, as media type and text; ``None`` for every other path."""
    name = path.removeprefix(RUNBOOKS_PATH)
    known = {file.stem: file for file in runbooks_folder().glob("*.md")}
    if not path.startswith(RUNBOOKS_PATH) or name not in known:
        return None
    return "text/plain", known[name].read_text(encoding="utf-8")
