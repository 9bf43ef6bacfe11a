"""``spikekit report`` as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spikekit.cli import cli
from spikekit.cli.report import command
from spikekit.errors import UsageError
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind
from tests.sample_runs import hostile_run, one_second_run, overloaded_run


def _saved(state: Path, run: Run, minute: int = 0) -> RunFolder:
    at = datetime(2026, 11, 22, 7, minute, tzinfo=UTC)
    folder = create_run_folder(state, kind=RunKind.LOAD, subject="staging", now=at)
    folder.write_document(run)
    return folder


def _report(*words: str | Path, color: bool = False, env: dict[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(
        cli, ["report", *map(str, words)], catch_exceptions=False, standalone_mode=False, color=color
    )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    _saved(folder, one_second_run())
    return folder


def test_the_newest_run_is_shown_when_none_is_named(state: Path) -> None:
    assert _report("--state", state).stdout.startswith("✔ Ready: staging held the load of 50 visitors/s for 1 s.")


def test_the_state_folder_may_come_from_the_environment(state: Path) -> None:
    assert _report(env={"SPIKEKIT_STATE": str(state)}).stdout.startswith("✔ Ready")


def test_json_is_exactly_the_saved_document(state: Path) -> None:
    assert json.loads(_report("latest", "--json", "--state", state).stdout) == one_second_run().document()


def test_a_page_is_written_whole_and_its_place_is_said(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    said = _report("--html", file, "--state", state)
    assert file.read_text().startswith("<!doctype html>")
    assert f"The report is in {file}" in " ".join(said.stdout.split())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_page_can_go_to_standard_output_alone(state: Path) -> None:
    assert _report("--html", "-", "--state", state).stdout.endswith("</html>\n")


def test_a_page_and_a_document_can_be_had_at_once_but_not_on_one_output(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    assert json.loads(_report("--json", "--html", file, "--state", state).stdout)["schema"] == "spikekit.run/1"
    assert file.exists()
    with pytest.raises(UsageError, match="both want standard output"):
        _report("--json", "--html", "-", "--state", state)


def test_a_page_that_cannot_be_written_is_said(state: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        _report("--html", tmp_path / "no" / "such" / "folder.html", "--state", state)


@pytest.mark.parametrize(
    ("color", "env", "coloured"), [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False)]
)
def test_colours_are_for_terminals_and_for_who_wants_them(
    state: Path, color: bool, env: dict[str, str], coloured: bool
) -> None:
    assert ("\x1b[" in _report("--state", state, color=color, env=env).stdout) is coloured


def test_a_run_whose_process_was_killed_is_refused_in_words_when_nothing_can_be_made_of_it(state: Path) -> None:
    folder = create_run_folder(state, kind=RunKind.LOAD, subject="staging", now=datetime(2026, 11, 23, 7, tzinfo=UTC))
    folder.plan_file.write_text("{}")
    with pytest.raises(UsageError, match="cannot be read"):
        _report(folder.id, "--state", state)


@pytest.mark.parametrize("make", [overloaded_run, hostile_run])
def test_every_run_can_be_written_to_a_pipe(tmp_path: Path, make: Callable[[], Run]) -> None:
    _saved(tmp_path, make())
    assert _report("--state", tmp_path).exit_code == 0
    assert _report("--html", "-", "--state", tmp_path).exit_code == 0


def test_the_help_names_what_a_run_may_be() -> None:
    assert "beginning" in CliRunner().invoke(command, ["--help"]).stdout
