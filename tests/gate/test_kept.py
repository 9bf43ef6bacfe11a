"""What the gate leaves for ``serve``: the newest word on each campaign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spikekit.cli import main
from spikekit.gate.kept import keep, who_passed
from tests.gate.projects import campaign, site


def _document(**passed: bool | None) -> dict[str, Any]:
    """Campaigns that passed or did not; ``None`` was not due."""
    listed = [{"campaign": c, "status": None if p is None else "ready", "passed": p} for c, p in passed.items()]
    return {"schema": "spikekit.gate/1", "campaigns": listed}


def test_the_newest_word_on_each_campaign_stays_whoever_is_asked_about_next(tmp_path: Path) -> None:
    for asked in (_document(a=True, b=True), _document(b=False, c=None), _document(c=True)):
        keep(asked, tmp_path)
    assert who_passed(tmp_path / "gate.json") == {"a": True, "b": False, "c": True}
    keep(_document(a=None), tmp_path)
    assert who_passed(tmp_path / "gate.json") == {"b": False, "c": True}


@pytest.mark.parametrize(
    "broken", ["", "[]", "{}", '{"schema": "spikekit.gate/1"}', '{"schema": "spikekit.gate/1", "campaigns": [7]}']
)
def test_a_file_that_is_no_gate_s_is_told_and_replaced(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "gate.json"
    file.write_text(broken)
    with pytest.raises(ValueError, match=r"expected|whole|Expecting"):
        who_passed(file)
    keep(_document(a=True), tmp_path)
    assert who_passed(file) == {"a": True}


def test_two_projects_of_one_gate_each_hear_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".spikekit").mkdir(parents=True)
        site(tmp_path / name)
        campaign(tmp_path / name, name)
    with pytest.raises(SystemExit) as left:
        main(["gate", str(tmp_path / "one"), str(tmp_path / "two")])
    assert left.value.code == 4
    for name in ("one", "two"):
        kept = json.loads((tmp_path / name / ".spikekit" / "gate.json").read_bytes())
        assert [c["campaign"] for c in kept["campaigns"]] == [name]


def test_a_place_that_cannot_be_written_costs_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".spikekit" / "gate.json").mkdir(parents=True)
    site(tmp_path)
    campaign(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["gate", str(tmp_path)])
    assert left.value.code == 4
    assert "`spikekit serve` does not learn of this" in capsys.readouterr().err
