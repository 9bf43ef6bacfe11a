"""The gate as it is typed, and a site that was measured: for every test of what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from spikekit.cli import main
from tests.gate.projects import exported, measured, site


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the command said, and the reports it wrote."""

    code: int
    out: str
    err: str
    markdown: str
    junit: JUnitXml
    document: dict[str, Any]

    def outcome(self, name: str) -> list[type]:
        """What JUnit says of the testcase ``name``."""
        cases = [case for suite in self.junit for case in suite if case.name == name]
        assert len(cases) == 1
        return [type(r) for r in cases[0].result]


Ask = Callable[..., Told]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """``ask(*words)`` runs the gate twice, in words and as a document, which agree."""

    def asked(*words: str | Path) -> Told:
        junit, markdown = tmp_path / "gate.junit", tmp_path / "gate.md"
        outputs = []
        for more in ((), ("--json",)):
            arguments = [*map(str, words), "--junit", str(junit), "--markdown", str(markdown), *more]
            with pytest.raises(SystemExit) as left:
                main(["gate", *arguments])
            outputs.append((int(left.value.code or 0), *capsys.readouterr()))
        (code, out, err), (again, document, _) = outputs
        assert code == again
        return Told(
            code=code,
            out=out,
            err=err,
            markdown=markdown.read_text(),
            junit=JUnitXml.fromfile(str(junit)),
            document=json.loads(document),
        )

    return asked


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A site that was measured yesterday, of version a1."""
    site(tmp_path)
    return exported(tmp_path / "evidence.json", measured(label="a1"))


def flat(text: str) -> str:
    return " ".join(text.split())
