"""What users see, letter by letter, made by the real command from saved runs.

After a wanted change:  UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/report/run/test_golden.py   then read the diff.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sample_runs

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))

MADE = {
    "good": sample_runs.good_run,
    "overloaded": sample_runs.overloaded_run,
    "shedding": sample_runs.shedding_run,
    "tired": sample_runs.tired_run,
    "empty": sample_runs.empty_run,
    "one-second": sample_runs.one_second_run,
    "hostile": sample_runs.hostile_run,
}
"""The saved runs were made by these; they stay as they are until someone updates them."""


def _report(name: str, *options: str) -> str:
    saved = GOLDEN / f"{name}.run.json"
    if UPDATE:
        saved.write_text(json.dumps(MADE[name]().document(), indent=1) + "\n")
    command = [sys.executable, "-m", "spikekit", "report", str(saved), *options]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def _is_golden(name: str, text: str) -> None:
    golden = GOLDEN / name
    if UPDATE:
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("name", MADE)
def test_the_summary_of_a_saved_run_is_as_agreed(name: str) -> None:
    _is_golden(f"{name}.txt", _report(name))


@pytest.mark.parametrize("name", ["overloaded", "empty", "hostile"])
def test_the_page_of_a_saved_run_is_as_agreed(name: str) -> None:
    _is_golden(f"{name}.html", _report(name, "--html", "-"))
