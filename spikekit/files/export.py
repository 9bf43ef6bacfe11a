"""Tables as other programs export them: any separator, UTF-8 or what Excel calls Unicode, notes on top, sums below."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import Path

from spikekit.files.table import Row, Table, read_rows
from spikekit.files.tree import Reading

_SEPARATORS = ",;\t|"
_NOTE = "#"
"""Analytics tools put a few lines of notes above the header."""

_TOTAL = re.compile(r"(?:grand )?totals?(?: *:.*)?", re.IGNORECASE)
"""The first cell of a line of sums, such as ``Totals`` or ``Total: account``: it is no row."""

_SAMPLE = 65_536
_TITLES = 10
"""Lines among which the header is looked for: some tools put a title and a date above it."""


def read_export(path: Path, reading: Reading) -> Table | None:
    """The table in an exported file; ``None`` when it has no header or no row.

    Every problem goes to ``reading``: a row that is not as wide as the header is told and left out of the table, cells
    that are empty at its end apart.
    """
    try:
        with path.open("rb") as stream:
            sample = stream.read(_SAMPLE)
    except OSError as error:
        reading.add(1, 1, "", f"cannot be read: {error.strerror or type(error).__name__}")
        return None
    wide = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8-sig"
    rows = read_rows(path, reading, encoding=encoding, delimiter=_separator(sample.decode(encoding, "replace")))
    if rows is None:
        return None
    rows = [row for row in rows if not row.cells[0].lstrip().startswith(_NOTE)]
    rows = [row for row in rows[_titles(rows) :] if not _TOTAL.fullmatch(row.cells[0].strip())]
    if len(rows) < 2:
        reading.add(1, 1, "", "expected a header line and at least one row" + (", found nothing" if not rows else ""))
        return None
    header = tuple(cell.strip() for cell in rows[0].cells)
    fitted = [_fitted(row, len(header), reading) for row in rows[1:]]
    return Table(path, header, tuple(row for row in fitted if row is not None))


def _separator(sample: str) -> str:
    """The one that stands most often in the first line that has any: the header."""
    lines = [line for line in sample.splitlines() if line.strip() and not line.lstrip().startswith(_NOTE)][:_TITLES]
    header = next((line for line in lines if any(s in line for s in _SEPARATORS)), "")
    return max(_SEPARATORS, key=header.count)


def _titles(rows: Sequence[Row]) -> int:
    """How many rows stand above the header: those of one cell, where it has more."""
    wide = (i for i, row in enumerate(rows[:_TITLES]) if sum(bool(c.strip()) for c in row.cells) > 1)
    return next(wide, 0)


def _fitted(row: Row, width: int, reading: Reading) -> Row | None:
    cells = row.cells
    if len(cells) < width or any(c.strip() for c in cells[width:]):
        reading.add(row.line, 1, "", f"expected {width} values as in the header, found {len(cells)}")
        return None
    return Row(row.line, cells[:width])
