"""One file of a growing log: which it is, how far it was read, and whether it is still what it was."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from spikekit.errors import UsageError
from spikekit.traffic.archive import open_log, packer
from spikekit.traffic.block import BLOCK_BYTES, Block, Cutter

HEAD_BYTES = 512
"""First bytes by which a file is known again when its inode is another (copied, packed) or was used again."""

MOST_AT_ONCE = 16 << 20
"""Bytes of one file read in one go, so that no log keeps the others waiting."""


class Head(NamedTuple):
    """The first bytes of a file: how many, and their digest."""

    length: int
    digest: str

    @classmethod
    def of(cls, data: bytes) -> Head:
        return cls(len(data), blake2b(data, digest_size=8).hexdigest())


class LogFile:
    """A file that was opened, read up to ``offset`` in whole lines. Of packed files bytes are counted unpacked."""

    def __init__(self, path: Path, file: IO[bytes], *, offset: int = 0, packed: bool = False) -> None:
        self.path = path
        self.packed = packed
        self.quiet_since: float | None = None
        self._file = file
        self._start = offset
        self._cutter = Cutter()
        facts = os.fstat(file.fileno())
        self.inode = (facts.st_dev, facts.st_ino)
        self.head = Head.of(_first(file, packed))
        file.seek(offset)

    @classmethod
    def open(cls, path: Path, *, offset: int = 0, at_end: bool = False) -> LogFile | None:
        """The file at a path; ``None`` where there is none, or none that may be read (yet)."""
        try:
            if not path.is_file():
                return None
            packed = packer(path) is not None
            file = open_log(path) if packed else path.open("rb", buffering=0)
            log = cls(path, file, offset=offset, packed=packed)
        except (OSError, UsageError):
            return None
        if at_end:
            log.skip_to_end()
        return log

    @property
    def offset(self) -> int:
        """Bytes read and given out in whole lines."""
        return self._start + self._cutter.used

    @property
    def modified(self) -> int:
        return os.fstat(self._file.fileno()).st_mtime_ns

    def skip_to_end(self) -> None:
        """Leave out what is there; the line that is being written, too."""
        self._start = size = self._file.seek(0, os.SEEK_END)
        if size:
            self._file.seek(size - 1)
            self._cutter.within_long_line = self._file.read(1) != b"\n"

    def is_cut(self) -> bool:
        """Whether the file is not any more what was read of it: shorter, or with another beginning."""
        if self.packed:
            return False
        size = os.fstat(self._file.fileno()).st_size
        begins = os.pread(self._file.fileno(), HEAD_BYTES, 0)
        if size < self.offset or Head.of(begins[: self.head.length]) != self.head:
            return True
        if self.head.length < len(begins):
            self.head = Head.of(begins)
        return False

    def start_again(self) -> None:
        """Read from the first byte on: the file was cut."""
        self._start, self._cutter = 0, Cutter()
        self.head = Head.of(os.pread(self._file.fileno(), HEAD_BYTES, 0))
        self._file.seek(0)

    def read(self, number: int) -> Iterator[Block]:
        """What was written since, as blocks of the log ``number``."""
        left = MOST_AT_ONCE
        while left > 0:
            try:
                data = self._read(BLOCK_BYTES)
            except (OSError, EOFError):
                data = b""
            if not data:
                return
            left -= len(data)
            self.quiet_since = None
            lines, too_long = self._cutter.cut(data)
            if lines or too_long:
                yield Block(log=number, lines=lines, too_long=too_long)

    def _read(self, size: int) -> bytes:
        # What was unpacked before an archive breaks off: read() would lose it.
        return cast(BufferedReader, self._file).read1(size) if self.packed else self._file.read(size)

    def close(self, number: int) -> Iterator[Block]:
        """Nothing more will come: a line without an end is one, too."""
        last = self._cutter.end()
        self._file.close()
        if last:
            yield Block(log=number, lines=last)

    def abandon(self) -> None:
        """Close the file; what waits in it was not given out."""
        self._file.close()

    def state(self) -> dict[str, Any]:
        """Which file it is and how far it was read, as plain JSON values."""
        return {
            "inode": self.inode,
            "offset": self.offset,
            "head": self.head,
            "within_long_line": self._cutter.within_long_line,
        }

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Read on from where a state ends."""
        self._start, self._cutter = state["offset"], Cutter(within_long_line=state["within_long_line"])
        self._file.seek(self._start)

    def begins_as(self, head: Head) -> bool:
        """Whether its first bytes are these."""
        return Head.of(self._pread(head.length)) == head

    def reaches(self, offset: int) -> bool:
        """Whether it has that many bytes; of a packed one that is taken for granted."""
        return self.packed or os.fstat(self._file.fileno()).st_size >= offset

    def _pread(self, length: int) -> bytes:
        if not self.packed:
            return os.pread(self._file.fileno(), length, 0)
        place = self._file.tell()
        self._file.seek(0)
        data = self._file.read(length)
        self._file.seek(place)
        return data


def _first(file: IO[bytes], packed: bool) -> bytes:
    return file.read(HEAD_BYTES) if packed else os.pread(file.fileno(), HEAD_BYTES, 0)
