"""The list of runs follows the folders, whatever happened to the index."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.history.entry import RunState, peak_visitors_per_second
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.history.index import list_runs, rebuild
from spikekit.verdict.run import Timeline
from spikekit.vocabulary import RunKind, Verdict
from tests.sample_runs import one_second_run

BEGIN = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)


def _saved(state: Path, minute: int = 0, **changes: object) -> RunFolder:
    at = BEGIN + timedelta(minutes=minute)
    folder = create_run_folder(state, kind=RunKind.LOAD, subject="staging", now=at)
    run = replace(one_second_run(), id=folder.id, created=at.isoformat(), kind=RunKind.LOAD, campaign=None)
    folder.write_document(replace(run, **changes))  # type: ignore[arg-type]
    return folder


def test_a_project_without_runs_has_an_empty_list_and_is_left_alone(tmp_path: Path) -> None:
    assert list_runs(tmp_path / ".spikekit") == []
    assert list(tmp_path.iterdir()) == []


def test_runs_are_listed_the_newest_first_with_what_they_showed(tmp_path: Path) -> None:
    first, second = _saved(tmp_path, 0), _saved(tmp_path, 1, verdict=Verdict.NOT_READY, interrupted=True)
    entries = list_runs(tmp_path)
    assert [e.id for e in entries] == [second.id, first.id]
    newest = entries[0]
    assert (newest.state, newest.verdict, newest.interrupted) == (RunState.FINISHED, Verdict.NOT_READY, True)
    assert newest.peak_visitors_per_second == sum(one_second_run().timeline.started)


def test_new_changed_and_deleted_runs_are_noticed(tmp_path: Path) -> None:
    kept, gone = _saved(tmp_path, 0), _saved(tmp_path, 1)
    assert len(list_runs(tmp_path)) == 2
    shutil.rmtree(gone.path)
    kept.write_document(replace(kept.document(), label="changed"))
    added = _saved(tmp_path, 2)
    assert [(e.id, e.label) for e in list_runs(tmp_path)] == [(added.id, "4f2c9e1"), (kept.id, "changed")]


def test_runs_of_one_campaign_or_target_can_be_asked_for(tmp_path: Path) -> None:
    _saved(tmp_path, 0)
    fry = _saved(tmp_path, 1, campaign="fry-reads", target="other")
    assert [e.id for e in list_runs(tmp_path, campaign="fry-reads")] == [fry.id]
    assert [e.id for e in list_runs(tmp_path, target="other")] == [fry.id]


@pytest.mark.parametrize("damage", ["deleted", "garbage", "empty", "other table", "a folder"])
def test_a_damaged_index_changes_nothing(tmp_path: Path, damage: str) -> None:
    folder, index = _saved(tmp_path), tmp_path / "index.sqlite"
    before = list_runs(tmp_path)
    for path in tmp_path.glob("index.sqlite*"):
        path.unlink()
    if damage == "garbage":
        index.write_bytes(b"not a database at all" * 100)
    elif damage == "empty":
        index.touch()
    elif damage == "other table":
        with sqlite3.connect(index) as other:
            other.execute("CREATE TABLE runs (something)")
        other.close()
    elif damage == "a folder":
        index.mkdir()
    assert list_runs(tmp_path) == before
    assert list_runs(tmp_path)[0].id == folder.id


def test_an_index_can_be_made_again_from_the_folders(tmp_path: Path) -> None:
    _saved(tmp_path, 0)
    _saved(tmp_path, 1)
    assert rebuild(tmp_path) == 2
    assert rebuild(tmp_path / "nothing-here") == 0


def test_a_half_written_document_is_listed_as_unreadable(tmp_path: Path) -> None:
    folder = _saved(tmp_path)
    folder.document_file.write_text(folder.document_file.read_text()[:200])
    (entry,) = list_runs(tmp_path)
    assert (entry.id, entry.state, entry.verdict) == (folder.id, RunState.UNREADABLE, None)


def test_a_run_without_a_document_is_running_or_unfinished(tmp_path: Path) -> None:
    folder = create_run_folder(tmp_path, kind=RunKind.REHEARSAL, subject="fry-reads", now=BEGIN)
    with folder.claimed():
        assert [e.state for e in list_runs(tmp_path)] == [RunState.RUNNING]
    (entry,) = list_runs(tmp_path)
    assert (entry.state, entry.campaign, entry.created) == (RunState.UNFINISHED, "fry-reads", BEGIN.isoformat())


def test_text_that_no_database_can_hold_does_not_hide_a_run(tmp_path: Path) -> None:
    _saved(tmp_path, 0, target="half a pair \ud800", label="\x00")
    (entry,) = list_runs(tmp_path)
    assert (entry.target, entry.label) == ("half a pair ?", "\x00")


def test_foreign_folders_are_passed_over(tmp_path: Path) -> None:
    folder = _saved(tmp_path)
    for name in ("notes", "99999999-999999-load-x-0000", "20261122-071530-other-x-3f2a", ".hidden"):
        (tmp_path / "runs" / name).mkdir()
    assert [e.id for e in list_runs(tmp_path)] == [folder.id]


def _save_and_list(state: Path, number: int) -> int:
    _saved(state, number)
    return len(list_runs(state))


def test_many_processes_may_write_and_list_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as processes:
        seen = list(processes.map(_save_and_list, [tmp_path] * 16, range(16)))
    assert all(count >= 1 for count in seen)
    assert len(list_runs(tmp_path)) == 16


def _timeline(started: list[int]) -> Timeline:
    empty: list[int] = []
    return Timeline(
        offset_seconds=[], planned=empty, started=started, completed=empty, failed=empty, in_flight=empty, p95=[]
    )


@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_a_peak_is_a_ten_second_mean_and_lies_between_mean_and_maximum(started: list[int]) -> None:
    peak = peak_visitors_per_second(_timeline(started))
    if not started:
        assert peak is None
        return
    assert peak is not None
    assert peak <= max(started) + 1e-6
    windows = [started[i : i + 10] for i in range(max(1, len(started) - 9))]
    assert peak == pytest.approx(max(sum(w) / len(w) for w in windows))
