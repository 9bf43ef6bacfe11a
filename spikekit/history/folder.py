"""One run's folder: the plan, the seconds as they came, and in the end the document.

STATE/runs/20261204-175500-rehearsal-fry-reads-3f2a/
    plan.json      what was asked        (written first)
    seconds.jsonl  what was measured     (one line a second, as it goes)
    run.json       the document          (written last, atomically)
    trials/01/ …   of a search instead of its own: plan and seconds of each trial
    running        locked for as long as the run's process lives
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spikekit.capacity.document import SCHEMA as CAPACITY_SCHEMA
from spikekit.capacity.document import CapacityRun, capacity_from_document
from spikekit.errors import UsageError
from spikekit.history.atomic import unwritable, write_atomically
from spikekit.verdict.run import Run, run_from_document
from spikekit.vocabulary import RunKind

Kept = Run | CapacityRun
"""What a run folder may hold: a run of visitors, or a search for capacity."""

RUNS_NAME = "runs"
SUBJECT_LENGTH = 40
"""Characters of a campaign's or target's name kept in an id."""

_ID = re.compile(r"(\d{8}-\d{6})-(load|rehearsal|capacity)-(.+)-[0-9a-f]{4}")


def random_suffix() -> str:
    """Four hexadecimal digits that tell apart two runs begun in one second."""
    return secrets.token_hex(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """The folder of one run, which may still be going on or have died half-way."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def plan_file(self) -> Path:
        return self.path / "plan.json"

    @property
    def seconds_file(self) -> Path:
        return self.path / "seconds.jsonl"

    @property
    def document_file(self) -> Path:
        return self.path / "run.json"

    @property
    def has_document(self) -> bool:
        return self.document_file.is_file()

    def write_document(self, run: Kept) -> Path:
        """Save the run's document, whole or not at all. Raises ``UsageError`` when the disk says no."""
        write_atomically(self.document_file, json.dumps(run.document(), allow_nan=False) + "\n")
        return self.document_file

    def document(self) -> Kept:
        """The saved run. Raises ``UsageError`` when there is none or it is not one."""
        return read_document(self.document_file)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Marks the run as going on for as long as this block, or at most this process, lives."""
        with (self.path / "running").open("w") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            yield

    def is_running(self) -> bool:
        """Whether some living process has claimed it. The kernel drops the claim of a killed one."""
        try:
            with (self.path / "running").open() as mark:
                fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def name_parts(self) -> tuple[datetime, RunKind, str] | None:
        """When it was begun (UTC), its kind and its subject, as its name says; None for a foreign folder."""
        parts = _ID.fullmatch(self.id)
        if parts is None:
            return None
        try:
            begun = datetime.strptime(parts[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
        return begun, RunKind(parts[2]), parts[3]


def create_run_folder(
    state: Path, *, kind: RunKind, subject: str, now: datetime, suffix: Callable[[], str] = random_suffix
) -> RunFolder:
    """A new, empty folder for a run of ``subject`` (the campaign's id, or the target's name) begun at ``now``.

    ``now`` is timezone-aware. Names sort by time, and no two processes ever get the same. Raises ``UsageError``
    when the state folder cannot be written.
    """
    runs = state / RUNS_NAME
    begun = now.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    slug = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")[:SUBJECT_LENGTH].strip("-") or "unnamed"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        while True:
            path = runs / f"{begun}-{kind}-{slug}-{suffix()}"
            try:
                path.mkdir()
            except FileExistsError:
                continue
            return RunFolder(path=path)
    except OSError as error:
        raise unwritable(runs, error) from error


def run_folders(state: Path) -> list[RunFolder]:
    """Every folder that may hold a run, in the order of their names; none when there is no state yet."""
    try:
        with os.scandir(state / RUNS_NAME) as found:
            names = sorted(entry.name for entry in found if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise UsageError(f"cannot read {state / RUNS_NAME}: {error.strerror}") from error
    return [RunFolder(path=state / RUNS_NAME / name) for name in names]


def read_document(path: Path) -> Kept:
    """The run of a document file. Raises ``UsageError`` saying what is wrong with the file."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f"{path} is not a run: expected a JSON object")
    try:
        if document.get("schema") == CAPACITY_SCHEMA:
            return capacity_from_document(document)
        return run_from_document(document)
    except (ValueError, AttributeError) as error:
        raise UsageError(f"{path} is not a run: {error}") from error
