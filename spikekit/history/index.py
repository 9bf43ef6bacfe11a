"""The list of runs, kept in a SQLite file that follows the folders and can be deleted at any time.

Each call first brings the index up to the folders: new and changed documents are read, vanished ones forgotten. So
listing costs one look at each folder, and a deleted, corrupt or unwritable index changes nothing but the time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

from spikekit.errors import UsageError
from spikekit.history.entry import RunEntry, RunState, entry_of, entry_without_document
from spikekit.history.folder import RunFolder, run_folders
from spikekit.vocabulary import RunKind, Verdict

INDEX_NAME = "index.sqlite"
VERSION = 2
"""Raise it when the table changes: an index of another version is made anew."""

BUSY_SECONDS = 5.0
_COLUMNS = tuple(f.name for f in fields(RunEntry))
_Stamp = tuple[int, int]


def list_runs(state: Path, *, campaign: str | None = None, target: str | None = None) -> list[RunEntry]:
    """Every run in the state folder, the newest first; of one campaign or target if asked.

    Runs without a document are listed by what their name says; folders that are not of a run are passed over.
    """
    folders = run_folders(state)
    documents = _with_index(state, lambda index: _follow(index, folders)) if folders else []
    without = [entry_without_document(f) for f in folders if f.id not in {e.id for e in documents}]
    entries = [*documents, *(e for e in without if e is not None)]
    wanted = [
        e for e in entries if (campaign is None or e.campaign == campaign) and (target is None or e.target == target)
    ]
    return sorted(wanted, key=lambda e: (e.created, e.id), reverse=True)


def rebuild(state: Path) -> int:
    """Throw the index away and make it again from the folders; returns how many documents it holds."""
    _delete(state / INDEX_NAME)
    folders = run_folders(state)
    return len(_with_index(state, lambda index: _follow(index, folders))) if folders else 0


def _with_index(state: Path, work: Callable[[sqlite3.Connection], list[RunEntry]]) -> list[RunEntry]:
    path = state / INDEX_NAME
    try:
        with closing(_open(path)) as index:
            return work(index)
    except sqlite3.OperationalError:
        pass  # Locked for long, on a read-only or full disk: it is only an index; do without.
    except sqlite3.DatabaseError:
        _delete(path)
    with closing(_open(Path(":memory:"))) as index:
        return work(index)


def _open(path: Path) -> sqlite3.Connection:
    index = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        index.execute("PRAGMA journal_mode=WAL")
        index.execute("PRAGMA synchronous=NORMAL")
        with index:
            index.execute("BEGIN IMMEDIATE")
            if index.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                index.execute("DROP TABLE IF EXISTS runs")
                index.execute(f"CREATE TABLE runs ({', '.join(_COLUMNS)}, mtime_ns, size, PRIMARY KEY (id))")
                index.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        index.close()
        raise
    return index


def _follow(index: sqlite3.Connection, folders: Iterable[RunFolder]) -> list[RunEntry]:
    """Bring the index up to the folders; every entry that has a document."""
    on_disk = {f.id: (f, stamp) for f in folders if (stamp := _stamp(f)) is not None}
    known = {row[0]: (row[1], row[2]) for row in index.execute("SELECT id, mtime_ns, size FROM runs")}
    with index:
        index.executemany("DELETE FROM runs WHERE id = ?", [(id_,) for id_ in known.keys() - on_disk.keys()])
        for id_, (folder, stamp) in on_disk.items():
            if known.get(id_) != stamp:
                _store(index, folder, stamp)
    return [_entry(row) for row in index.execute(f"SELECT {', '.join(_COLUMNS)} FROM runs")]


def _stamp(folder: RunFolder) -> _Stamp | None:
    try:
        found = folder.document_file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _store(index: sqlite3.Connection, folder: RunFolder, stamp: _Stamp) -> None:
    try:
        entry = entry_of(folder.id, folder.document())
    except (UsageError, ValueError, TypeError):
        index.execute("DELETE FROM runs WHERE id = ?", (folder.id,))
        return
    values = [_storable(getattr(entry, name)) for name in _COLUMNS]
    marks = ", ".join("?" * (len(values) + 2))
    index.execute(f"INSERT OR REPLACE INTO runs VALUES ({marks})", (*values, *stamp))


def _storable(value: object) -> object:
    """Text that SQLite can hold: it knows no half surrogate pairs, which a server's answer may have."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _entry(row: tuple[Any, ...]) -> RunEntry:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    verdict = values["verdict"]
    values["state"] = RunState(values["state"])
    values["kind"] = RunKind(values["kind"])
    values["verdict"] = None if verdict is None else Verdict(verdict)
    values["interrupted"] = bool(values["interrupted"])
    return RunEntry(**values)


def _delete(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        try:
            path.with_name(name).unlink(missing_ok=True)
        except OSError:
            continue  # Not ours to delete: the caller goes on without an index.
