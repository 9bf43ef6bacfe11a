"""CSV files that campaign and site files name: a header, then rows; problems point into the CSV itself."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from spikekit.files.echo import escaped, quoted
from spikekit.files.tree import Reading

MAX_BYTES = 64_000_000
"""A year of minutes is 20 MB; more than this is some other file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the line it begins at (from 1)."""

    line: int
    cells: tuple[str, ...]

    def column(self, index: int) -> int:
        """The column (from 1) at which a cell begins; exact where no cell before it needs quotes."""
        return 1 + sum(len(c) + 1 for c in self.cells[:index])


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV's header and rows, each row as wide as the header."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, reading: Reading, *, most_rows: int | None = None) -> Table | None:
    """The table in a CSV, problems to ``reading``; ``None`` when it has no header or no row.

    Excel's byte order mark is welcome, blank lines are skipped. Only ``most_rows`` rows are read where given.
    """
    shown = str(path)
    own = Reading(shown, path.parent)
    rows = read_rows(path, own, most_rows=most_rows)
    table = None if rows is None else _table(path, rows, own)
    reading.problems.extend(own.problems)
    return table


def read_rows(
    path: Path, own: Reading, *, most_rows: int | None = None, encoding: str = "utf-8-sig", delimiter: str = ","
) -> list[Row] | None:
    """The rows that are not blank, the header's among them; ``None`` and a problem where that is no such file."""
    line = 1
    try:
        if path.stat().st_size > MAX_BYTES:
            own.add(1, 1, "", f"the file is larger than {MAX_BYTES // 1_000_000} MB")
            return None
        with path.open(encoding=encoding, newline="") as stream:
            reader, rows = csv.reader(stream, strict=True, delimiter=delimiter), []
            for cells in reader:
                if any(c.strip() for c in cells):
                    rows.append(Row(line, tuple(cells)))
                line = reader.line_num + 1
                if most_rows is not None and len(rows) > most_rows:
                    break
            return rows
    except UnicodeError:
        own.add(1, 1, "", "not UTF-8; save the table as CSV UTF-8")
    except csv.Error as error:
        own.add(line, 1, "", f"not CSV: {escaped(str(error))}")
    except OSError as error:
        own.add(1, 1, "", f"cannot be read: {error.strerror or type(error).__name__}")
    return None


def _table(path: Path, rows: list[Row], own: Reading) -> Table | None:
    if len(rows) < 2:
        own.add(1, 1, "", "expected a header line and at least one row" + (", found nothing" if not rows else ""))
        return None
    header = rows[0].cells
    if len(header) == 1 and (other := re.search("[;\t]", header[0])):
        name = "semicolons" if other.group() == ";" else "tabs"
        own.add(rows[0].line, 1, "", f"columns are separated by {name}; save the table with commas")
        return None
    for index, name in enumerate(header):
        if name in header[:index]:
            own.add(rows[0].line, rows[0].column(index), "", f"the column {quoted(name)} is there twice")
    for row in rows[1:]:
        if len(row.cells) != len(header):
            own.add(row.line, 1, "", f"expected {len(header)} values as in the header, found {len(row.cells)}")
    return None if own.problems else Table(path, header, tuple(rows[1:]))
