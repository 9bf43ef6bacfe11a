"""Bytes read from a log → blocks of whole lines. What is not yet a whole line waits; what never will be is left out."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_LINE = 65_536
"""Servers refuse requests of more than a few times 8 kB; a longer line is no request."""

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Whole lines of one log, each with its ``\\n``; ``log`` is the log's number, ``too_long`` lines were left out."""

    log: int
    lines: bytes
    too_long: int = 0


class Cutter:
    """Cuts what is read into whole lines.

    ``used`` counts the bytes that need not be read again: those of whole lines, and of a line given up as too long.
    """

    def __init__(self, *, within_long_line: bool = False) -> None:
        self.rest = b""
        self.used = 0
        self.within_long_line = within_long_line

    def cut(self, data: bytes) -> tuple[bytes, int]:
        """The whole lines that ``data`` completes, and how many lines were too long."""
        too_long = 0
        if self.within_long_line:
            end = data.find(b"\n") + 1
            self.used += end or len(data)
            data = data[end:] if end else b""
            self.within_long_line = not end
        text = self.rest + data
        end = text.rfind(b"\n") + 1
        lines, self.rest = text[:end], text[end:]
        self.used += end
        if len(self.rest) > LONGEST_LINE:
            self.used += len(self.rest)
            self.rest, self.within_long_line = b"", True
            too_long += 1
        short, left_out = _without_long(lines)
        return short, too_long + left_out

    def end(self) -> bytes:
        """There will be no more: what waits is a line, too."""
        line, self.rest = self.rest, b""
        self.used += len(line)
        return line + b"\n" if line else b""


def _without_long(lines: bytes) -> tuple[bytes, int]:
    # Looking for a line end within reach of each place takes a few steps a block, and no list of lines.
    place, length = 0, len(lines)
    while place + LONGEST_LINE < length:
        found = lines.rfind(b"\n", place, place + LONGEST_LINE)
        if found < 0:
            kept = [line for line in lines.splitlines(keepends=True) if len(line) <= LONGEST_LINE]
            return b"".join(kept), lines.count(b"\n") - len(kept)
        place = found + 1
    return lines, 0
