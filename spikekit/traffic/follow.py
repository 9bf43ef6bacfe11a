"""Growing logs followed through rotation, truncation and our own restarts: every line once.

A log is known by its inode and by its first bytes. The follower's state says how far each was read; the counts up to
there belong into the same file, and then what was killed goes on as if nothing had been.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from spikekit.errors import UsageError
from spikekit.traffic.block import Block
from spikekit.traffic.log_file import Head, LogFile

LINGER_SECONDS = 10.0
"""How long a rotated file is still read: a server's workers move to the new one when their requests end."""

INODES_KEPT = 200


class Follower:
    """Reads what was written to logs since it last looked.

    Logs need not exist yet. Those that do are read from their end on, unless ``from_start``; those that come later,
    and what follows a rotation, from their start. ``poll`` never waits: call it every quarter of a second.

    Raises ``UsageError`` for a path that is not a file.
    """

    nothing_yet = "nothing was written to the log yet; what is in it already is read with --from-start, or --replay"

    def __init__(
        self, paths: Sequence[Path], *, from_start: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        for path in paths:
            if path.exists() and not path.is_file():
                raise UsageError(f"{path} is not a file", hint="pipes and devices are read as standard input: -")
        self._logs = [_Log(number, path, clock, at_end=not from_start) for number, path in enumerate(paths)]

    def poll(self) -> Iterator[Block]:
        """The blocks of whole lines that are there now. Once a block is given out, ``state`` counts it as read."""
        for log in self._logs:
            yield from log.poll()

    def close(self) -> None:
        """Let go of the files."""
        for log in self._logs:
            log.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def missing(self) -> tuple[Path, ...]:
        """The logs that are not there (yet)."""
        return tuple(log.path for log in self._logs if not log.files)

    @property
    def lost(self) -> int:
        """How often lines may have been missed: a file was cut, or was gone after a restart, and no copy was found."""
        return sum(log.lost for log in self._logs)

    def state(self) -> dict[str, Any]:
        """How far each log was read, as plain JSON values: save it with the tally's, in one file."""
        return {str(log.path): log.state() for log in self._logs}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state. Logs that it does not know stay as they are."""
        for log in self._logs:
            if str(log.path) in state:
                log.restore(state[str(log.path)])


class _Log:
    """One path and the files it has meant, oldest first; the last is the one that is being written."""

    def __init__(self, number: int, path: Path, clock: Callable[[], float], *, at_end: bool) -> None:
        self.number, self.path, self._clock = number, path, clock
        self.files: list[LogFile] = []
        self.lost = 0
        self._known: dict[tuple[int, int], None] = {}
        self._look_again_since: int | None = None
        for sibling in self._siblings():
            self._know(sibling)
            sibling.abandon()
        found = LogFile.open(path, at_end=at_end)
        if found:
            self._add(found)

    def poll(self) -> Iterator[Block]:
        for file in list(self.files):
            if file.is_cut():
                yield from self._cut(file)
            yield from file.read(self.number)
        before = len(self.files)
        self._rotate()
        if len(self.files) > before:
            # Once more from the one that was current, too: something may have been written to it as it was moved away.
            for file in list(self.files):
                yield from file.read(self.number)
        yield from self._let_go()

    def _cut(self, file: LogFile) -> Iterator[Block]:
        """The file was cut at its start (``copytruncate``): what we had not read is in the copy."""
        copy = self._copy_of(file)
        if copy is None:
            self.lost += 1
        else:
            copy.go_on(file.state())
            self._know(copy)
            self.files.insert(self.files.index(file), copy)
        file.start_again()
        if copy is not None:
            yield from copy.read(self.number)

    def _rotate(self) -> None:
        """Go over to the file that is at the path now, by way of those that came and went since we last looked."""
        current = self.files[-1] if self.files else None
        newest = LogFile.open(self.path)
        if newest is None or (current and newest.inode == current.inode):
            if newest:
                newest.abandon()
            self._between(self._look_again_since, before=current)
            self._look_again_since = None
            return
        # Files may be renamed under our eyes: whom we miss now we see when we look again.
        self._look_again_since = current.modified if current else 0
        self._add(newest)
        self._between(self._look_again_since, before=newest)

    def _between(self, since: int | None, before: LogFile | None) -> None:
        """Put the files of which we know nothing and that were written to ``since`` before the one at the path."""
        if since is None or before is None:
            return
        for file in self._siblings():
            if file.modified < since or file.inode in self._known or self._is_copy(file):
                file.abandon()
            else:
                self._know(file)
                self.files.insert(self.files.index(before), file)

    def _is_copy(self, found: LogFile) -> bool:
        return any(file.head.length and found.begins_as(file.head) for file in self.files)

    def _let_go(self) -> Iterator[Block]:
        """Close rotated files in which nothing was written for a while."""
        now = self._clock()
        for file in self.files[:-1]:
            if file.quiet_since is None:
                file.quiet_since = now
            if file.packed or now - file.quiet_since > LINGER_SECONDS:
                self.files.remove(file)
                yield from file.close(self.number)

    def _siblings(self) -> list[LogFile]:
        """The rotated files beside the log (``access.log.1``, ``access.log-20261204.gz``), by their last change."""
        try:
            paths = [p for p in self.path.parent.iterdir() if p.name.startswith(self.path.name) and p != self.path]
        except OSError:
            return []
        return sorted(filter(None, map(LogFile.open, paths)), key=lambda file: file.modified)

    def _copy_of(self, file: LogFile) -> LogFile | None:
        """The sibling that begins as the file did, and holds at least what was read of it."""
        best: LogFile | None = None
        for sibling in self._siblings():
            fits = file.head.length and sibling.inode not in self._known and sibling.begins_as(file.head)
            if fits and best is None and sibling.reaches(file.offset):
                best = sibling
            else:
                sibling.abandon()
        return best

    def state(self) -> dict[str, Any]:
        return {
            "files": [file.state() for file in self.files],
            "known": list(self._known),
            "look_again_since": self._look_again_since,
            "lost": self.lost,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.abandon()
        self.lost, self._look_again_since = state["lost"], state["look_again_since"]
        self._known = dict.fromkeys((device, inode) for device, inode in state["known"])
        for said in state["files"]:
            found = self._again(said)
            if found is None or not found.reaches(said["offset"]):
                self.lost += 1
            else:
                found.go_on(said)
                self._add(found)

    def abandon(self) -> None:
        for file in self.files:
            file.abandon()
        self.files = []

    def _again(self, said: Mapping[str, Any]) -> LogFile | None:
        """The file of a state: at its path, or where it was rotated to, perhaps packed since."""
        head, found = Head(*said["head"]), None
        here = LogFile.open(self.path)
        candidates = [file for file in (here, *self._siblings()) if file]
        for same_inode in (True, False):
            for file in candidates:
                right = (list(file.inode) == list(said["inode"])) if same_inode else head.length > 0
                if found is None and right and file.begins_as(head):
                    found = file
        for file in candidates:
            if file is not found:
                file.abandon()
        return found

    def _add(self, file: LogFile) -> None:
        self._know(file)
        self.files.append(file)

    def _know(self, file: LogFile) -> None:
        self._known.pop(file.inode, None)
        self._known[file.inode] = None
        while len(self._known) > INODES_KEPT:
            del self._known[next(iter(self._known))]
