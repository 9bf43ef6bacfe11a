"""``spikekit runs`` as a user types it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spikekit.cli import cli
from spikekit.errors import UsageError
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind, Verdict
from tests.readiness.cases import capacity_document
from tests.sample_runs import interrupted_run, one_second_run


def _runs(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["runs", *map(str, words)], catch_exceptions=False, standalone_mode=False)


def _saved(state: Path, minute: int, verdict: Verdict = Verdict.READY) -> RunFolder:
    at = datetime(2026, 11, 22, 7, minute, tzinfo=UTC)
    folder = create_run_folder(state, kind=RunKind.LOAD, subject="staging", now=at)
    folder.write_document(replace(one_second_run(), id=folder.id, created=at.isoformat(), verdict=verdict))
    return folder


def test_a_project_without_runs_gets_a_friendly_line_and_no_folder(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert _runs("list", "--state", state).stdout == f"There are no runs in {state} yet. To make one:  spikekit demo\n"
    assert not state.exists()


def test_runs_are_listed_the_newest_first(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    _saved(tmp_path, 2, Verdict.NOT_READY)
    lines = _runs("list", "--state", tmp_path).stdout.splitlines()
    assert [line[:11].strip() for line in lines[1:]] == ["✘ Not ready", "✔ Ready"]


def test_the_list_as_a_document_has_whole_ids_and_plain_words(tmp_path: Path) -> None:
    folder = _saved(tmp_path, 1)
    document = json.loads(_runs("list", "--json", "--state", tmp_path).stdout)
    assert document["schema"] == "spikekit.runs/1"
    (entry,) = document["runs"]
    assert (entry["id"], entry["verdict"], entry["state"], entry["kind"]) == (
        folder.id,
        "ready",
        "finished",
        "rehearsal",
    )


def test_an_empty_list_is_a_document_too(tmp_path: Path) -> None:
    document = json.loads(_runs("list", "--json", "--state", tmp_path / "none").stdout)
    assert (document["schema"], document["runs"]) == ("spikekit.runs/1", [])
    assert {"id", "created", "tool_version", "seed", "label", "inputs"} < set(document)


def test_what_the_list_shows_of_a_run_is_enough_to_show_it(tmp_path: Path) -> None:
    folder = _saved(tmp_path, 1)
    shown = _runs("list", "--state", tmp_path).stdout.split()[-1]
    document = json.loads(_runs("show", shown, "--json", "--state", tmp_path).stdout)
    assert document["id"] == folder.id


def test_show_is_the_summary(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    assert _runs("show", "--state", tmp_path).stdout.startswith("✔ Ready")


def test_a_run_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    with pytest.raises(UsageError, match="there is no run"):
        _runs("show", "2031", "--state", tmp_path)


def test_a_damaged_state_folder_does_not_hide_the_other_runs(tmp_path: Path) -> None:
    folder = _saved(tmp_path, 1)
    (tmp_path / "index.sqlite").write_bytes(b"garbage" * 1000)
    _saved(tmp_path, 2).document_file.write_text("{")
    listed = _runs("list", "--state", tmp_path).stdout
    assert "Unreadable" in listed
    assert folder.id[:15] in listed


def _searched(state: Path, minute: int, **more: Any) -> str:
    """A search kept at that minute; its id."""
    at = datetime(2026, 11, 22, 7, minute, tzinfo=UTC)
    folder = create_run_folder(state, kind=RunKind.CAPACITY, subject="staging", now=at)
    document = capacity_document(rate=20.0, id=folder.id, created=at.isoformat(), **more)
    folder.document_file.write_text(json.dumps(document))
    return folder.id


def _rehearsed(state: Path, minute: int, campaign: str, run: Run) -> str:
    """A rehearsal kept at that minute; its id."""
    at = datetime(2026, 11, 22, 7, minute, tzinfo=UTC)
    folder = create_run_folder(state, kind=RunKind.REHEARSAL, subject=campaign, now=at)
    kind = RunKind.REHEARSAL
    folder.write_document(replace(run, id=folder.id, kind=kind, created=at.isoformat(), campaign=campaign))
    return folder.id


def test_an_export_of_no_run_in_particular_is_what_a_gate_needs_and_is_told(tmp_path: Path) -> None:
    state, file = tmp_path / ".spikekit", tmp_path / "evidence.json"
    _searched(state, 1)
    searched = _searched(state, 2, journey="landing", asked={"landing": "/books"})
    other_version = _searched(state, 3, label="a1")
    other_journey = _searched(state, 4, journey="buy")
    newest = _searched(state, 5)
    _searched(state, 6, conclusive=False)
    ended = _rehearsed(state, 7, "fry", one_second_run())
    _rehearsed(state, 8, "fry", interrupted_run())
    told = _runs("export", "--to", file, "--state", state).stdout.splitlines()
    taken = {d["id"] for d in json.loads(file.read_text())["documents"]}
    assert taken == {searched, other_version, other_journey, newest, ended}
    assert told[0] == f"{file} holds 5 measurements:"
    assert "  capacity for the page /books on staging, of 4f2c9e1, 2026-11-22 07:02 UTC" in told
    assert any(line.startswith("  rehearsal of fry on staging") for line in told)


def test_searches_of_different_journeys_are_called_so_and_not_the_same(tmp_path: Path) -> None:
    one, other = _searched(tmp_path, 1, journey="buy"), _searched(tmp_path, 2)
    said = _runs("compare", one, other, "--state", tmp_path).stdout
    assert "measured on different journeys (buy and look)" in said
    assert "same" not in said
    assert "%" not in said
    (step,) = json.loads(_runs("compare", one, other, "--json", "--state", tmp_path).stdout)["comparisons"]
    assert (step["differences"], len(step["notes"])) == ([], 1)


def test_one_exported_run_is_one(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    told = _runs("export", "latest", "--to", tmp_path / "e.json", "--state", tmp_path).stdout
    assert told.startswith(f"{tmp_path / 'e.json'} holds 1 measurement:\n")


def test_an_export_that_cannot_be_written_names_the_option_that_was_given(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    with pytest.raises(UsageError) as error:
        _runs("export", "latest", "--to", tmp_path / "none" / "e.json", "--state", tmp_path)
    assert error.value.hint == "choose another place with --to FILE"


def test_an_export_of_nothing_says_how_to_measure(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="says anything of capacity yet"):
        _runs("export", "--state", tmp_path)


def test_an_export_names_files_by_their_place_in_the_project(tmp_path: Path) -> None:
    state = tmp_path / ".spikekit"
    _searched(state, 1, inputs={str(tmp_path / "site.yaml"): "ab", "campaigns/fry.yaml": "cd", "/etc/other": "ef"})
    evidence = json.loads(_runs("export", "--state", state).stdout)
    wanted = {"site.yaml": "ab", "campaigns/fry.yaml": "cd", "/etc/other": "ef"}
    assert evidence["inputs"] == evidence["documents"][0]["inputs"] == wanted
