"""``--html -`` and ``--json`` both want standard output: no command begins its work for both."""

from __future__ import annotations

import itertools
import json

import pytest

from spikekit.cli import main
from spikekit.cli.colour import say


@pytest.mark.parametrize("command", ["capacity", "calendar", "readiness", "report", "review campaign.yaml"])
@pytest.mark.parametrize("order", list(itertools.permutations([("--html", "-"), ("--json",)])))
def test_both_are_refused_in_either_order(
    command: str, order: tuple[tuple[str, ...], ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), *itertools.chain(*order)])
    assert ended.value.code == 2
    said = json.loads(capsys.readouterr().out)
    assert "both want standard output" in said["message"]
    assert said["hint"] == f"name a file: --html {command.split()[0]}.html"


def test_what_is_said_fits_a_terminal_and_never_breaks_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    path = f"/{'long-folder/' * 9}report.html"
    say(f"{'Not ready: shop did not hold the spike; ' * 3}\nThe report is in {path}; it opens offline.")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80] == [f"  {path};"]
    assert "The report is in" in lines
