"""Data files of steps: a CSV whose columns become placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from spikekit.files.echo import quoted
from spikekit.files.json_schema import JsonSchema
from spikekit.files.table import read_table
from spikekit.files.tree import Place
from spikekit.files.value import NeighbourFile

SAMPLE_ROWS = 1_000
"""Rows of a data file that are looked at here; a run reads them all."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A CSV whose first row names placeholders."""

    path: Path
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataReader:
    """Reads a data file's header and looks at its first rows."""

    expected: str = "a CSV file whose first line names its columns"

    def read(self, place: Place) -> DataFile | None:
        path = NeighbourFile(self.expected).read(place)
        table = None if path is None else read_table(path, place.reading, most_rows=SAMPLE_ROWS)
        if path is None or table is None:
            return None
        bad = [c for c in table.header if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", c)]
        if bad:
            names = ", ".join(quoted(b) for b in bad[:5])
            place.refuse(f"expected columns named with letters, digits and underscores, found {names}")
        return DataFile(path, table.header)

    def schema(self) -> JsonSchema:
        return NeighbourFile(self.expected).schema()
