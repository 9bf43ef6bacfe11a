"""Finished logs, also compressed, in the order of their times."""

from __future__ import annotations

import importlib
import lzma
import zlib
from collections.abc import Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from spikekit.errors import UsageError
from spikekit.traffic.block import BLOCK_BYTES, Block, Cutter
from spikekit.traffic.format import SAMPLE_BYTES, LineFormat, detected, unknown_format

_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError)
_PACKERS = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\0": "lzma", b"\x28\xb5\x2f\xfd": "compression.zstd"}
"""Modules of the standard library that unpack, by the first bytes of what they packed."""


def packer(path: Path) -> str | None:
    """The module that unpacks the file: its first bytes tell, not its name. ``None``: it is as it is."""
    with path.open("rb") as file:
        head = file.read(8)
    return next((module for magic, module in _PACKERS.items() if head.startswith(magic)), None)


def open_log(path: Path) -> IO[bytes]:
    """A log's bytes, whatever it was packed with.

    Raises ``UsageError`` for a file that cannot be read, or that this Python cannot unpack.
    """
    try:
        module = packer(path)
        if module is None:
            return path.open("rb")
        return cast(IO[bytes], importlib.import_module(module).open(path))
    except ImportError:
        raise UsageError(
            f"{path} is packed with zstd, which Python unpacks from 3.14 on",
            hint=f"zstdcat {path} | spikekit … --access-log -",
        ) from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error


def sample(path: Path) -> bytes:
    """The first whole lines of a log; all of it where there is no line end."""
    with open_log(path) as file:
        try:
            head = file.read(SAMPLE_BYTES)
        except _BROKEN as error:
            raise UsageError(f"cannot read {path}: {error}") from error
    return head[: head.rfind(b"\n") + 1] or head


def format_of(paths: Sequence[Path]) -> LineFormat:
    """The format that the first lines of the logs have. Raises ``UsageError`` when it is none of those with names."""
    first = b""
    for path in paths:
        first = sample(path)
        found = detected(first)
        if found is not None:
            return found
    raise unknown_format(first)


def replayed(paths: Sequence[Path], line_format: LineFormat) -> Iterator[Block]:
    """The blocks of all logs, always going on with the log that lags behind.

    Logs of several servers come within one block of each other's time; a log that was rotated comes after its elders.
    A log that breaks off in the middle of an archive counts as far as it goes.
    """
    logs = [_blocks(number, path, len(paths)) for number, path in enumerate(paths)]
    waiting: list[tuple[int, int, Block]] = []
    for number, log in enumerate(logs):
        _next(log, number, 0, line_format, waiting)
    while waiting:
        waiting.sort(key=lambda entry: entry[:2], reverse=True)
        at, number, block = waiting.pop()
        yield block
        _next(logs[number], number, at, line_format, waiting)


def _next(
    log: Iterator[Block], number: int, before: int, line_format: LineFormat, waiting: list[tuple[int, int, Block]]
) -> None:
    block = next(log, None)
    if block is not None:
        at = first_second(block.lines, line_format)
        waiting.append((before if at is None else at, number, block))


def first_second(lines: bytes, line_format: LineFormat) -> int | None:
    """The second of the first of the lines that has one; ``None`` when none of the first thousand has."""
    end = 0
    for _ in range(1000):
        start, end = end, lines.find(b"\n", end) + 1
        if not end:
            return None
        for row in line_format.rows(lines[start:end]):
            second = line_format.clock(row[1])
            if second is not None:
                return second
    return None


def _blocks(number: int, path: Path, logs: int) -> Iterator[Block]:
    # Of many logs the blocks are smaller: what is read ahead is held for each.
    size = max(BLOCK_BYTES // logs, 65_536)
    cutter = Cutter()
    with open_log(path) as file:
        while data := _read(file, size):
            lines, too_long = cutter.cut(data)
            if lines or too_long:
                yield Block(log=number, lines=lines, too_long=too_long)
    last = cutter.end()
    if last:
        yield Block(log=number, lines=last)


def _read(file: IO[bytes], size: int) -> bytes:
    try:
        # What was unpacked before an archive breaks off: read() would lose it.
        return cast(BufferedReader, file).read1(size)
    except _BROKEN:
        return b""
