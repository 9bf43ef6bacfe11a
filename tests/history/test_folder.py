"""Run folders: named by time, claimed while they live, with a document that is whole or not there."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from spikekit.errors import UsageError
from spikekit.history.folder import RunFolder, create_run_folder, run_folders
from spikekit.verdict.run import Run
from spikekit.vocabulary import RunKind
from tests.sample_runs import hostile_run, one_second_run

NOW = datetime(2026, 11, 22, 7, 15, 30, tzinfo=UTC)


def _create(state: Path, *, subject: str = "staging", now: datetime = NOW, suffix: str = "3f2a") -> RunFolder:
    return create_run_folder(state, kind=RunKind.LOAD, subject=subject, now=now, suffix=lambda: suffix)


def test_a_folder_is_named_by_its_time_kind_and_subject(tmp_path: Path) -> None:
    assert _create(tmp_path).id == "20261122-071530-load-staging-3f2a"


def test_its_name_can_be_read_back(tmp_path: Path) -> None:
    assert _create(tmp_path, subject="Fry reads!").name_parts() == (NOW, RunKind.LOAD, "fry-reads")


def test_the_time_in_its_name_is_utc(tmp_path: Path) -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert _create(tmp_path, now=east).id.startswith("20261122-071530-")


@pytest.mark.parametrize("subject", ["../../etc", "", "日本", "x" * 300, "a/b\0c"])
def test_no_subject_leads_out_of_the_state_folder(tmp_path: Path, subject: str) -> None:
    folder = _create(tmp_path, subject=subject)
    assert folder.path.resolve().parent == (tmp_path / "runs").resolve()
    assert folder.name_parts()


def test_two_runs_of_one_second_get_two_folders(tmp_path: Path) -> None:
    _create(tmp_path)
    suffixes = iter(["3f2a", "3f2a", "9b1c"])
    second = create_run_folder(tmp_path, kind=RunKind.LOAD, subject="staging", now=NOW, suffix=lambda: next(suffixes))
    assert second.id.endswith("-9b1c")


@pytest.mark.parametrize("make", [one_second_run, hostile_run])
def test_a_document_comes_back_as_it_was_written(tmp_path: Path, make: Callable[[], Run]) -> None:
    folder, run = _create(tmp_path), make()
    folder.write_document(run)
    assert folder.document() == run
    assert sorted(path.name for path in folder.path.iterdir()) == ["run.json"]


def test_a_document_with_a_number_that_json_has_not_is_refused(tmp_path: Path) -> None:
    folder = _create(tmp_path)
    with pytest.raises(ValueError, match="JSON"):
        folder.write_document(replace(one_second_run(), duration_seconds=float("nan")))
    assert not folder.has_document


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"schema": "spikekit.run/1", "vis', "not JSON"),
        ("[]", "JSON object"),
        ('{"schema": "spikekit.forecast/1"}', "expected schema spikekit.run/1"),
        ('{"schema": "spikekit.run/1"}', "not a whole"),
        ('{"schema": "spikekit.run/1", "kind": "load", "verdict": "ready", "visitors": 3}', "is not a run"),
        ("\x00\x01", "not JSON"),
    ],
)
def test_a_document_that_is_none_says_what_is_wrong_with_it(tmp_path: Path, text: str, said: str) -> None:
    folder = _create(tmp_path)
    folder.document_file.write_text(text)
    with pytest.raises(UsageError, match=said) as caught:
        folder.document()
    assert str(folder.document_file) in caught.value.message


def test_a_state_folder_that_cannot_be_written_is_said_with_its_place(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file, not a folder")
    with pytest.raises(UsageError, match=r"cannot write .*state") as caught:
        _create(in_the_way)
    assert caught.value.hint


def test_a_full_disk_is_said_and_leaves_the_old_document(tmp_path: Path) -> None:
    folder = _create(tmp_path)
    folder.write_document(one_second_run())
    # A process that may not write even one more byte to a file: what a full disk looks like from inside.
    script = (
        "import resource, signal, sys; from pathlib import Path; from spikekit.history.atomic import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "from spikekit.errors import UsageError\n"
        "try: write_atomically(Path(sys.argv[1]), 'x' * 100)\n"
        "except UsageError as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-B", "-c", script, folder.document_file], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith(f"cannot write {folder.document_file}: File too large")
    assert folder.document() == one_second_run()
    assert [path.name for path in folder.path.iterdir()] == ["run.json"]


def test_a_claimed_run_is_running_until_its_block_ends(tmp_path: Path) -> None:
    folder = _create(tmp_path)
    assert not folder.is_running()
    with folder.claimed():
        assert folder.is_running()
    assert not folder.is_running()


def test_a_killed_process_no_longer_claims_its_run(tmp_path: Path) -> None:
    folder = _create(tmp_path)
    script = (
        "import sys, time; from pathlib import Path; from spikekit.history.folder import RunFolder\n"
        "with RunFolder(path=Path(sys.argv[1])).claimed(): print('claimed', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script, folder.path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "claimed\n"
        assert folder.is_running()
        handle = os.pidfd_open(process.pid)
        process.kill()
        select.select([handle], [], [], 10)
        os.close(handle)
    assert not folder.is_running()


def test_folders_are_listed_in_order_and_nothing_else_is(tmp_path: Path) -> None:
    assert run_folders(tmp_path) == []
    later = _create(tmp_path, now=NOW + timedelta(seconds=5))
    earlier = _create(tmp_path)
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    assert run_folders(tmp_path) == [earlier, later]


def test_the_document_is_plain_json(tmp_path: Path) -> None:
    path = _create(tmp_path).write_document(one_second_run())
    assert json.loads(path.read_text())["schema"] == "spikekit.run/1"
