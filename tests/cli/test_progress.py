"""The line that people watch while a run goes on."""

from __future__ import annotations

import pytest
from rich.progress import Progress

from spikekit.cli.progress import RunProgress
from spikekit.engine.plan import Plan
from spikekit.measurement.second import Second
from tests.verdict.recordings import busy_second, plan


def _said(monkeypatch: pytest.MonkeyPatch, of: Plan, lines: list[Second]) -> list[str]:
    """What the line says of each second; the last needs another line to be whole."""
    said: list[str] = []
    monkeypatch.setattr(Progress, "update", lambda _self, _task, **fields: said.append(fields["description"]))
    progress = RunProgress()
    for line in lines:
        progress.show(of, line)
    return said


def test_a_second_without_an_answer_is_not_told_as_a_run_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = [Second(second=s) for s in (0, 2, 3)]
    said = _said(monkeypatch, plan(), [quiet[0], busy_second(1), quiet[1], quiet[2]])
    assert [text.split(" · ")[1] for text in said] == ["no answers yet", "p95 50 ms", "no answer this second"]
