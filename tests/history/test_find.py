"""A run is found by what people call it, and a wrong name gets a helpful answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spikekit.errors import UsageError
from spikekit.history.find import find_run
from spikekit.history.folder import RunFolder, create_run_folder
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind
from tests.sample_runs import one_second_run


def _folder(state: Path, day: int, suffix: str = "3f2a") -> RunFolder:
    at = datetime(2026, 11, day, 7, 15, 30, tzinfo=UTC)
    return create_run_folder(state, kind=RunKind.LOAD, subject="staging", now=at, suffix=lambda: suffix)


def _saved(state: Path, day: int, suffix: str = "3f2a") -> RunFolder:
    folder = _folder(state, day, suffix)
    created = f"2026-11-{day:02d}T07:15:30+00:00"
    folder.write_document(replace(one_second_run(), id=folder.id, created=created))
    return folder


def test_latest_is_the_newest_that_has_ended(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    newest, running = _saved(tmp_path, 2), _folder(tmp_path, 3)
    with running.claimed():
        assert find_run(tmp_path, "latest").id == newest.id


@pytest.mark.parametrize("reference", ["20261102-071530-load-staging-3f2a", "20261102", "20261102-0715"])
def test_an_id_or_its_unique_beginning_is_enough(tmp_path: Path, reference: str) -> None:
    _saved(tmp_path, 1)
    wanted = _saved(tmp_path, 2)
    assert find_run(tmp_path, reference).id == wanted.id


def test_a_path_to_a_document_or_its_folder_serves_from_anywhere(tmp_path: Path) -> None:
    folder = _saved(tmp_path / "there", 1)
    for path in (folder.document_file, folder.path):
        assert find_run(tmp_path / "here", str(path)).id == folder.id


def test_a_beginning_that_several_share_names_some_of_them(tmp_path: Path) -> None:
    _saved(tmp_path, 1)
    other = _saved(tmp_path, 2)
    with pytest.raises(UsageError, match='2 runs begin with "202611"') as caught:
        find_run(tmp_path, "202611")
    assert other.id in str(caught.value.hint)


def test_a_mistyped_id_gets_the_nearest_one(tmp_path: Path) -> None:
    folder = _saved(tmp_path, 1)
    with pytest.raises(UsageError, match="there is no run") as caught:
        find_run(tmp_path, "20261101-071530-laod-staging-3f2a")
    assert caught.value.hint == f"did you mean {folder.id}?"


@pytest.mark.parametrize("reference", ["", "nothing-like-it"])
def test_an_unknown_name_says_where_to_look(tmp_path: Path, reference: str) -> None:
    _saved(tmp_path, 1)
    with pytest.raises(UsageError, match="there is no run") as caught:
        find_run(tmp_path, reference)
    assert "spikekit runs list" in str(caught.value.hint)


def test_without_any_run_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no runs in") as caught:
        find_run(tmp_path, "latest")
    assert "spikekit demo" in str(caught.value.hint)


@pytest.mark.parametrize("reference", ["./nowhere/run.json", "gone.json", "bad\x1b[2J.json"])
def test_a_path_that_is_not_there_is_said(tmp_path: Path, reference: str) -> None:
    with pytest.raises(UsageError, match="no file or folder") as caught:
        find_run(tmp_path, reference)
    assert "\x1b" not in caught.value.message


def test_a_run_whose_process_died_is_rebuilt_from_what_it_left(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    folder.plan_file.write_text("{}")
    rebuilt: list[Path] = []

    def rebuild(path: Path) -> Run:
        rebuilt.append(path)
        return one_second_run()

    assert find_run(tmp_path, folder.id, rebuild=rebuild) == one_second_run()
    assert rebuilt == [folder.path]


def test_a_run_that_left_nothing_or_cannot_be_rebuilt_is_said(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    with pytest.raises(UsageError, match="ended before anything was written"):
        find_run(tmp_path, folder.id, rebuild=lambda _: one_second_run())


def test_a_plan_that_is_none_is_said(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    folder.plan_file.write_text("{}")

    def rebuild(path: Path) -> Run:
        raise ValueError(f"{path}: not a plan")

    with pytest.raises(UsageError, match=r"cannot be read: .*not a plan"):
        find_run(tmp_path, folder.id, rebuild=rebuild)


def test_a_run_that_is_still_going_on_is_said(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 1)
    with folder.claimed():
        for reference in ("latest", folder.id):
            with pytest.raises(UsageError, match="still going on"):
                find_run(tmp_path, reference)
