"""The river runs one way, its core is pure, and its stones stay small: read from the code itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PACKAGE = Path(__file__).resolve().parent.parent / "spikekit"
MODULES = sorted(PACKAGE.rglob("*.py"))

RIVER = (
    "vocabulary",
    "errors",
    "wording",
    "stored",
    "files",
    "campaign",
    "site",
    "journey",
    "forecast",
    "profile",
    "guard",
    "measurement",
    "traffic",
    "engine",
    "verdict",
    "capacity",
    "readiness",
    "history",
    "review",
    "trial",
    "preflight",
    "live",
    "gate",
    "metrics",
    "report",
    "serve",
    "demo",
    "cli",
    "__main__",
)
"""Upstream to downstream: each may import those before it. A new package is given its place here."""

APART = ("shop",)
"""Stands apart: imports nothing of ours; only calibration, the demo and the command line open it."""

THIRD_PARTY = {
    "locust": {"engine"},
    "gevent": {"engine"},
    "greenlet": {"engine"},
    "httptools": {"engine", "shop"},
    "httpx": {"guard", "trial", "traffic", "preflight", "live"},
    "prometheus_client": {"metrics", "serve"},
    "yaml": {"files"},
    "click": {"cli"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
}
"""Who may import what: one edge each."""

PURE = (
    "vocabulary",
    "wording",
    "forecast",
    "profile",
    "verdict",
    "capacity",
    "readiness",
    "measurement/histogram",
    "measurement/second",
)
"""Seed in, values out: the same answer anywhere, any time."""

IMPURE_MODULES = _words(
    """
    asyncio fcntl gevent glob httpx io locust logging multiprocessing os pathlib queue random requests resource
    secrets select shutil signal socket sqlite3 ssl subprocess sys tempfile threading time uuid
    """
)
IMPURE_CALLS = _words(
    "open input print exec eval now today utcnow read_text read_bytes write_text write_bytes unlink getenv"
)
VAGUE_NAMES = _words("util utils helper helpers common misc shared tools stuff base core manager managers lib")

MOST_LINES, MOST_FUNCTION_LINES = 400, 60


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _stretch(path: Path) -> str:
    """The package of the river a module belongs to; "" for the package's own ``__init__``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)}:{node.lineno} imports relatively; say whose it is"
            assert node.module is not None
            # `from spikekit.verdict import words` imports the module spikekit.verdict.words.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own(path: Path) -> Iterator[str]:
    """The stretches of the river that a module imports."""
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "spikekit" and parts[1] != "__version__":
            yield parts[1]


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 100


def test_every_package_has_its_place_in_the_river() -> None:
    assert {_stretch(path) for path in MODULES} - {""} <= set(RIVER) | set(APART)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_run_from_upstream_to_downstream(path: Path) -> None:
    stretch = _stretch(path)
    if stretch in ("", *APART):
        allowed: set[str] = {stretch}
    else:
        allowed = {*RIVER[: RIVER.index(stretch) + 1], *(APART if stretch in ("preflight", "demo", "cli") else ())}
    assert set(_own(path)) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_the_outside_world_is_touched_at_its_own_edge_only(path: Path) -> None:
    for name in {name.split(".")[0] for name in _imports(path)}:
        assert _stretch(path) in THIRD_PARTY.get(name, {_stretch(path)}), name


def test_the_model_of_a_package_knows_no_file_format() -> None:
    for name in ("campaign/model.py", "site/model.py", "profile/model.py"):
        assert not {"files", "yaml"} & set(_own(PACKAGE / name)), name


def _pure_modules() -> list[Path]:
    found = [path for path in MODULES if any(_name(path).startswith((f"{p}/", f"{p}.py")) for p in PURE)]
    assert {p for p in PURE if any(_name(path).startswith((f"{p}/", f"{p}.py")) for path in found)} == set(PURE)
    return found


@pytest.mark.parametrize("path", _pure_modules(), ids=_name)
def test_the_pure_core_touches_no_file_clock_network_or_chance(path: Path) -> None:
    assert not {name.split(".")[0] for name in _imports(path)} & IMPURE_MODULES
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert name not in IMPURE_CALLS, f"line {node.lineno}: {name}()"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_chance_comes_from_a_given_seed(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
            assert node.attr in ("default_rng", "Generator", "SeedSequence", "PCG64", "Philox"), f"line {node.lineno}"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.endswith("default_rng") or called == "random.Random":
                assert node.args or node.keywords, f"line {node.lineno}: {called}() draws its own seed"
            shared = called.startswith("random.") and called.count(".") == 1 and called != "random.Random"
            assert not shared, f"line {node.lineno}: {called}()"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_short_named_after_its_noun_and_says_what_it_is(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert path.stem not in VAGUE_NAMES
    assert path.parent.name not in VAGUE_NAMES
    said = ast.get_docstring(_tree(path))
    assert said, "a module's docstring says where in the river it stands"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_function_can_be_read_at_once(path: Path) -> None:
    long = {f.name: f.end_lineno - f.lineno + 1 for f in _functions(path) if f.end_lineno is not None}
    assert {name: lines for name, lines in long.items() if lines > MOST_FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_nobody_reaches_into_another_module_s_privacy(path: Path) -> None:
    reached = [name for name in _imports(path) if name.startswith("spikekit.") and name.rpartition(".")[2][0] == "_"]
    assert [name for name in reached if not name.endswith("__version__")] == []


def test_the_lazy_command_line_loads_no_heavy_package_at_its_top() -> None:
    heavy = {"numpy", "httpx", "rich", "jinja2", "yaml", "locust", "gevent"}
    top = [node for node in _tree(PACKAGE / "cli/__init__.py").body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in top}
    assert not {name.split(".")[0] for name in names} & heavy
    assert {name for name in names if name.startswith("spikekit")} <= {
        "spikekit",
        "spikekit.errors",
        "spikekit.vocabulary",
    }


def test_only_known_packages_are_imported() -> None:
    known = {
        *THIRD_PARTY,
        *sys.stdlib_module_names,
        "spikekit",
        "numpy",
        "rich",
    }
    assert {name.split(".")[0] for path in MODULES for name in _imports(path)} <= known
