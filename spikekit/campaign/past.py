"""Last time's traffic from a CSV of ``time,visitors``: each row counts the visitors from its time to the next row's."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from spikekit.campaign.model import PastCurve
from spikekit.errors import FileProblems
from spikekit.files.echo import nearest, quoted
from spikekit.files.table import Row, Table, read_table
from spikekit.files.tree import Reading

TIME = "time"
VISITORS = "visitors"
REQUESTS_PER_SECOND = "requests_per_second"


class _Instant(NamedTuple):
    """Seconds since some beginning, and how they were written: mixed, their differences would mean nothing."""

    seconds: float
    style: str
    moment: datetime | None = None


def read_past_curve(path: Path, *, value: str = VISITORS) -> PastCurve:
    """The curve in a CSV with the columns ``time`` (ISO times or seconds) and ``value``.

    The last row counts for as long as the one before it. Raises ``FileProblems`` with every row that is wrong.
    """
    reading = Reading(str(path), path.parent)
    curve = past_curve(path, reading, value=value)
    if curve is None:
        raise FileProblems(reading.sorted())
    return curve


def past_curve(path: Path, reading: Reading, *, value: str = VISITORS) -> PastCurve | None:
    """As ``read_past_curve``, but problems go to ``reading``."""
    before = len(reading.problems)
    table = read_table(path, reading)
    if table is None:
        return None
    own = Reading(str(path), path.parent)
    places = [_column(table, name, own) for name in (TIME, value)]
    time_at, value_at = places
    if time_at is None or value_at is None:
        reading.problems.extend(own.problems)
        return None
    instants = [_instant(row, time_at, own) for row in table.rows]
    figures = [_figure(row, value_at, own) for row in table.rows]
    _must_ascend(table, time_at, instants, own)
    if not own.problems and not any(figures):
        own.add(1, 1, "", f"no row has any {value.replace('_', ' ')}")
    reading.problems.extend(own.problems)
    if len(reading.problems) > before:
        return None
    whole = [i for i in instants if i is not None]
    times = [i.seconds for i in whole]
    offsets = [t - times[0] for t in times]
    return PastCurve(
        offset_seconds=(*offsets, 2 * offsets[-1] - offsets[-2]),
        visitors=tuple(f for f in figures if f is not None),
        begins=whole[0].moment,
    )


def _column(table: Table, name: str, own: Reading) -> int | None:
    header = [h.strip() for h in table.header]
    if name in header:
        return header.index(name)
    near = nearest(name, header)
    hint = f"; is it {quoted(near)}?" if near else ""
    own.add(1, 1, "", f"expected a column named {name}, found {', '.join(quoted(h) for h in header[:8])}{hint}")
    return None


def _instant(row: Row, index: int, own: Reading) -> _Instant | None:
    text = row.cells[index].strip()
    try:
        return _Instant(_finite(text), "seconds")
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wanted = "seconds or a time such as 2025-11-28T09:00"
        own.add(row.line, row.column(index), "", f"expected {wanted}, found {quoted(text)}")
        return None
    if moment.tzinfo is not None:
        return _Instant(moment.timestamp(), "times with an offset", moment)
    # Only differences are used. Naive times of one clock differ by what passed on it.
    return _Instant((moment - datetime(1970, 1, 1)).total_seconds(), "times without an offset", moment)  # noqa: DTZ001


def _figure(row: Row, index: int, own: Reading) -> float | None:
    text = row.cells[index].strip()
    try:
        figure = _finite(text)
    except ValueError:
        figure = -1.0
    if figure < 0:
        own.add(row.line, row.column(index), "", f"expected a number, at least 0, found {quoted(text)}")
        return None
    return figure


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _must_ascend(table: Table, index: int, instants: list[_Instant | None], own: Reading) -> None:
    if len(table.rows) < 2:
        own.add(table.rows[0].line, 1, "", "expected at least two rows: one time alone has no length")
    for before, after, row in zip(instants, instants[1:], table.rows[1:], strict=False):
        if before is None or after is None:
            continue
        if after.style != before.style:
            own.add(row.line, row.column(index), "", f"expected {before.style} as in the row before")
        elif after.seconds <= before.seconds:
            own.add(row.line, row.column(index), "", "expected a time after the row before; rows go from first to last")
