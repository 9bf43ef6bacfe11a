"""Counts over time from a CSV: the visits that an analytics tool, a link shortener or a query exported."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path

from spikekit.errors import FileProblems
from spikekit.files import exported
from spikekit.files.echo import nearest, quoted
from spikekit.files.export import read_export
from spikekit.files.exported import DateOrder
from spikekit.files.table import Row, Table
from spikekit.files.tree import Reading
from spikekit.traffic.observed import Observed

TIME = ("time", "timestamp", "date", "datetime", "date and time", "date hour", "date hour minute", "minute", "hour")
COUNT = ("count", "visitors", "visits", "clicks", "sessions", "users", "entrances", "total clicks", "value")
MARK = ("channel", "source", "utm source", "medium", "utm medium", "session source", "session source medium")
SATURATED = ("saturated", "clipped")
"""What columns are called, the likeliest name first; capitals, ``_``, ``-``, ``+`` and ``/`` do not matter."""

MOST_BUCKETS = 200_000
"""A day of half seconds: more is a table of something else."""

_YES, _NO = frozenset({"1", "true", "yes", "y", "x"}), frozenset({"", "0", "false", "no", "n"})
_DAY = 86_400.0
_EVEN = 0.02
_ASIDE = re.compile(r"\([^()]*\)")
"""What a header explains in parentheses, such as (YYYYMMDDHH)."""

_CLOCK_CHANGE = 3_700.0
_SECONDS_AFTER_LAUNCH = 10**8


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """All visits, and those of each mark (a channel, a source) where a column tells them apart.

    ``requests_per_visitor`` is how many reached the origin for each person, where access logs tell.
    """

    total: Observed
    parts: Mapping[str, Observed] = field(default_factory=dict)
    requests_per_visitor: float | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row as understood."""

    at: datetime
    count: float
    mark: str
    saturated: bool


def read_series(path: Path, *, launch: datetime, order: DateOrder | None = None) -> Series:
    """The counts in a CSV with a column of times and one of counts, perhaps with marks and flags of saturation.

    Times without an offset are on the clocks of ``launch``'s zone; small numbers are seconds after it. Rows may come in
    any order; those of one time are added, and a time that no row has counts nothing. Raises ``FileProblems`` with
    every row that cannot be read.
    """
    reading = Reading(str(path), path.parent)
    table = read_export(path, reading)
    series = None if table is None else _series(table, launch, order, reading)
    if series is None or reading.problems:
        raise FileProblems(reading.sorted())
    return series


def is_series(path: Path) -> bool:
    """Whether a file begins like such a CSV: a header with times and counts."""
    table = read_export(path, Reading(str(path), path.parent))
    return table is not None and None not in (column(table.header, TIME), column(table.header, COUNT))


def column(header: Sequence[str], names: Iterable[str]) -> int | None:
    """Where the first of the ``names`` stands that the header has."""
    plain = [plainly(_ASIDE.sub("", h)) or plainly(h) for h in header]
    return next((plain.index(name) for name in names if name in plain), None)


def plainly(name: str) -> str:
    """A column's name in lower case without what tools put between its words."""
    return " ".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _series(table: Table, launch: datetime, order: DateOrder | None, reading: Reading) -> Series | None:
    places = {"time": column(table.header, TIME), "count": column(table.header, COUNT)}
    if len(table.header) == 2 and None in places.values():
        # Two columns can only be one thing, whatever they are called.
        places = {"time": 0, "count": 1}
    for name, place in places.items():
        if place is None:
            reading.add(1, 1, "", _missing(name, table.header))
    time_at, count_at = places["time"], places["count"]
    if time_at is None or count_at is None:
        return None
    order = order or exported.date_order([row.cells[time_at] for row in table.rows])
    mark_at, saturated_at = column(table.header, MARK), column(table.header, SATURATED)
    entries = []
    for row in _timed(table.rows, time_at):
        at = _at(row, time_at, launch, order, reading)
        count = _count(row, count_at, reading)
        flag = False if saturated_at is None else _flag(row, saturated_at, reading)
        if at is not None and count is not None and flag is not None:
            entries.append(_Entry(at, count, "" if mark_at is None else row.cells[mark_at].strip(), flag))
    return None if reading.problems else _bucketed(_told_twice(entries, launch.tzinfo or UTC), table, reading)


def _timed(rows: Sequence[Row], time_at: int) -> Sequence[Row]:
    """The rows without a sum of all above or below them, which has no time."""
    timed = [bool(row.cells[time_at].strip()) for row in (*rows[:1], *rows[-1:])]
    return rows if len(rows) < 3 or all(timed) else rows[0 if timed[0] else 1 : len(rows) if timed[1] else -1]


def _told_twice(entries: list[_Entry], zone: tzinfo) -> list[_Entry]:
    """Clocks that go back tell an hour twice: where other times stand once, its second telling is later by as much."""
    often = Counter((e.at, e.mark) for e in entries)
    if any(count > 1 and not _goes_back(at, zone) for (at, _), count in often.items()):
        return entries
    newest_first = len(entries) > 1 and entries[0].at > entries[-1].at
    told, seen = [], set()
    for e in reversed(entries) if newest_first else entries:
        again = (e.at, e.mark) in seen
        seen.add((e.at, e.mark))
        told.append(replace(e, at=e.at + _goes_back(e.at, zone)) if again else e)
    return told


def _goes_back(at: datetime, zone: tzinfo) -> timedelta:
    """By how much the clocks go back within the hour after ``at``, so that its time is told twice; else nothing."""
    first = at.astimezone(zone)
    if first.fold:
        return timedelta(0)
    now, later = first.utcoffset(), first.replace(fold=1).utcoffset()
    return now - later if now is not None and later is not None and later < now else timedelta(0)


def _missing(name: str, header: Sequence[str]) -> str:
    near = nearest(name, header)
    hint = f"; is it {quoted(near)}?" if near else ""
    return f"expected a column named {name}, found {', '.join(quoted(h) for h in header[:8])}{hint}"


def _at(row: Row, index: int, launch: datetime, order: DateOrder | None, reading: Reading) -> datetime | None:
    text = row.cells[index].strip()
    zone: tzinfo = launch.tzinfo or UTC
    try:
        return exported.instant(text, zone, order).astimezone(UTC)
    except ValueError as note:
        try:
            after = float(text)
        except ValueError:
            after = _SECONDS_AFTER_LAUNCH
        if abs(after) < _SECONDS_AFTER_LAUNCH:
            return launch.astimezone(UTC) + timedelta(seconds=after)
        hint = f"; {note}" if str(note) else ""
        wanted = "a time such as 2026-12-04T18:00, or seconds after the launch"
        reading.add(row.line, row.column(index), "", f"expected {wanted}, found {quoted(text)}{hint}")
        return None


def _count(row: Row, index: int, reading: Reading) -> float | None:
    text = row.cells[index].strip()
    try:
        return exported.number(text) if text else 0.0
    except ValueError as note:
        hint = f"; {note}" if str(note) else ""
        reading.add(row.line, row.column(index), "", f"expected a count, found {quoted(text)}{hint}")
        return None


def _flag(row: Row, index: int, reading: Reading) -> bool | None:
    text = row.cells[index].strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    reading.add(row.line, row.column(index), "", f"expected yes or no, found {quoted(row.cells[index])}")
    return None


def _bucketed(entries: Sequence[_Entry], table: Table, reading: Reading) -> Series | None:
    times = sorted({e.at for e in entries})
    if len(times) < 2:
        reading.add(table.rows[0].line, 1, "", "expected at least two times: one alone has no length")
        return None
    step = min((b - a).total_seconds() for a, b in pairwise(times))
    if abs(step - _DAY) <= _CLOCK_CHANGE:
        step = _DAY
    slack = _CLOCK_CHANGE if step >= _DAY else _EVEN * step
    places = {at: (at - times[0]).total_seconds() / step for at in times}
    uneven = next((at for at, p in places.items() if abs(p - round(p)) * step > slack), None)
    if uneven is not None or places[times[-1]] >= MOST_BUCKETS:
        what = f"{uneven.isoformat()} is not" if uneven else "they are too far apart to be"
        reading.add(
            table.rows[0].line, 1, "", f"expected times in even steps; {what} a whole number of {step:g} s away"
        )
        return None
    size = round(places[times[-1]]) + 1
    counts: dict[str, list[float]] = defaultdict(lambda: [0.0] * size)
    flags: dict[str, list[bool]] = defaultdict(lambda: [False] * size)
    for e in entries:
        place = round(places[e.at])
        for mark in {"", e.mark}:
            counts[mark][place] += e.count
            flags[mark][place] |= e.saturated
    built = {mark: _observed(times[0], step, counts[mark], flags[mark]) for mark in counts}
    return Series(total=built[""], parts={mark: o for mark, o in sorted(built.items()) if mark})


def _observed(began: datetime, step: float, counts: Sequence[float], flags: Sequence[bool]) -> Observed:
    saturated = tuple(flags) if any(flags) else ()
    return Observed(began=began, step_seconds=step, visitors=tuple(counts), saturated=saturated)
