"""The rooms of the report: what everything is made of lies below, and no subject reaches into another's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import spikekit.report

REPORT = Path(spikekit.report.__file__).parent
MODULES = sorted(path for path in REPORT.rglob("*.py") if path != REPORT / "__init__.py")

GROUND = ("palette", "figures", "screen", "paper")
"""What everything is made of: each may use those before it, and no room."""

SHOWS_KEPT = {"history": {"run", "capacity"}}
"""Whatever was kept is shown by its own subject."""


def _name(path: Path) -> str:
    return str(path.relative_to(REPORT).with_suffix(""))


def _used(path: Path) -> Iterator[str]:
    """Rooms and modules of the ground that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name.split(".")[2] for name in names if name.startswith("spikekit.report."))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_room_uses_the_ground_and_charts_and_no_other_room(path: Path) -> None:
    own = path.relative_to(REPORT).with_suffix("").parts[0]
    if own in GROUND:
        allowed = set(GROUND[: GROUND.index(own)])
    else:
        charts = set() if own == "chart" else {"chart"}
        allowed = {*GROUND, own, *charts, *SHOWS_KEPT.get(own, ())}
    assert set(_used(path)) <= allowed
