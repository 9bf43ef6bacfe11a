"""The results that a marketer's tools export → past campaigns, so that the first forecast is already calibrated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from spikekit.errors import FileProblems, Problem
from spikekit.files import exported
from spikekit.files.echo import quoted, suggestion
from spikekit.files.export import read_export
from spikekit.files.exported import DateOrder
from spikekit.files.table import Row, Table
from spikekit.files.tree import Reading
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.priors import PRIORS
from spikekit.review.channels import MEDIUM
from spikekit.review.columns import Columns, Meaning, columns_of
from spikekit.review.record import PastRecord, Source
from spikekit.traffic.series import plainly
from spikekit.vocabulary import ChannelKind

_KINDS: dict[str, ChannelKind] = {
    **{word: next(iter(kinds)) for word, kinds in MEDIUM.items() if len(kinds) == 1},
    **{plainly(kind.value): kind for kind in ChannelKind},
    **dict.fromkeys(("mail", "regular", "campaign", "batch email", "automated"), ChannelKind.EMAIL),
    **dict.fromkeys(("push notification", "web push", "app push"), ChannelKind.PUSH),
    **dict.fromkeys(("search", "search ad"), ChannelKind.SEARCH_ADS),
    **dict.fromkeys(("text message", "mobile message"), ChannelKind.SMS),
}
"""What tools call the kinds."""

_SHOWINGS = frozenset({"impressions", "impr", "reach", "views"})
"""Columns that count showings, or those who saw one: far fewer than followers, of whom a post's click rate is told."""

_YES = frozenset({"1", "true", "yes", "y", "x"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export as understood: ``columns`` maps meanings to the names of columns, ``unused`` are the others.

    ``problems`` tell every row that was not understood; ``doubles`` is how many rows said the same as another.
    """

    path: Path
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    records: tuple[PastRecord, ...]
    problems: tuple[Problem, ...]
    doubles: int

    @property
    def results(self) -> tuple[PastResult, ...]:
        return tuple(result for record in self.records for result in record.learned())


def read_results(
    path: Path, *, said: Mapping[str, str], site: str | None = None, order: DateOrder | None = None
) -> Export:
    """The past campaigns in an export, each row the result of one. ``said`` maps columns (``review.columns``).

    Raises ``FileProblems`` where the file is no table or a column is missing, ``UsageError`` for a wrong ``said``; bad
    rows are in ``problems``, all of them.
    """
    reading = Reading(str(path), path.parent)
    table = read_export(path, reading)
    if table is None:
        raise FileProblems(reading.sorted())
    columns = columns_of(table, said)
    _must_have(columns, table)
    dates = [columns.text(row.cells, Meaning.DATE) for row in table.rows]
    order = order or exported.date_order(dates)
    found: dict[tuple[str, date | None], list[PastResult]] = defaultdict(list)
    doubles = 0
    problems = list(reading.problems)
    for row in table.rows:
        own = Reading(str(path), path.parent)
        result = _Line(row, columns, order, own).result()
        problems += own.problems
        if result is None:
            continue
        same = found[result.campaign, result.date.date() if result.date else None]
        doubles += result in same
        if result not in same:
            same.append(result)
    used = set(columns.places.values())
    return Export(
        path=path,
        columns={m.value: table.header[i] for m, i in columns.places.items()}
        | {m.value: f"all {v}" for m, v in columns.fixed.items()},
        unused=tuple(name for i, name in enumerate(table.header) if i not in used and name),
        records=tuple(_record(results, site) for results in found.values()),
        problems=tuple(sorted(problems, key=lambda p: (p.line, p.column))),
        doubles=doubles,
    )


def _must_have(columns: Columns, table: Table) -> None:
    """The columns without which no row can be understood."""
    own = Reading(str(table.path), table.path.parent)
    has = {*columns.places, *columns.fixed}
    for meaning, needed in ((Meaning.CAMPAIGN, "names"), (Meaning.SENT, "people reached")):
        if meaning not in has:
            own.add(1, 1, "", f"no column looks like {needed}; say --map {meaning}=COLUMN, one of {_names(table)}")
    if not has & {Meaning.CLICKS, Meaning.RATE}:
        own.add(
            1, 1, "", f"no column looks like clicks or a click rate; say --map clicks=COLUMN, one of {_names(table)}"
        )
    if Meaning.KIND not in has and not columns.is_mail:
        own.add(1, 1, "", "nothing tells what kind of campaigns these are; say --kind email, or --map kind=COLUMN")
    if own.problems:
        raise FileProblems(own.sorted())


def _names(table: Table) -> str:
    return ", ".join(quoted(name) for name in table.header[:12])


def _record(results: list[PastResult], site: str | None) -> PastRecord:
    first = results[0]
    return PastRecord(
        campaign=first.campaign,
        name=first.campaign,
        source=Source.IMPORT,
        launch=first.date,
        site=site,
        results=tuple(results),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """One row being read; what is wrong with it goes to ``reading``."""

    row: Row
    columns: Columns
    order: DateOrder | None
    reading: Reading

    def result(self) -> PastResult | None:
        name = self._text(Meaning.CAMPAIGN)
        if not name:
            self._refuse(Meaning.CAMPAIGN, "expected a name, found nothing")
        kind, launch = self._kind(), self._date()
        sent = self._sent(kind)
        clicks = self._clicks(sent)
        if sent is not None and clicks is not None and clicks > sent:
            self._refuse(Meaning.CLICKS, f"{clicks:,.0f} clicks of {sent:,.0f} people; is that the right column?")
        if self.reading.problems or kind is None or sent is None or clicks is None:
            return None
        return PastResult(
            campaign=name,
            kind=kind,
            account=self._text(Meaning.ACCOUNT) or None,
            audience=sent,
            clicks=clicks,
            is_lower_bound=self._text(Meaning.SATURATED).lower() in _YES,
            date=launch,
        )

    def _text(self, meaning: Meaning) -> str:
        return self.columns.text(self.row.cells, meaning)

    def _refuse(self, meaning: Meaning, message: str) -> None:
        place = self.columns.places.get(meaning)
        self.reading.add(self.row.line, 1 if place is None else self.row.column(place), meaning.value, message)

    def _kind(self) -> ChannelKind | None:
        text = self._text(Meaning.KIND)
        if not text and self.columns.is_mail:
            return ChannelKind.EMAIL
        kind = _KINDS.get(plainly(text))
        if kind is None:
            self._refuse(
                Meaning.KIND,
                f"{quoted(text)} is not a kind of channel{suggestion(text, [k.value for k in ChannelKind])}",
            )
        return kind

    def _date(self) -> datetime | None:
        text = self._text(Meaning.DATE)
        if not text:
            return None
        try:
            return exported.instant(text, UTC, self.order).astimezone(UTC)
        except (ValueError, OverflowError) as note:
            hint = f"; {note}" if str(note) else ""
            self._refuse(Meaning.DATE, f"expected a date such as 2026-12-04, found {quoted(text)}{hint}")
            return None

    def _counts_showings(self) -> bool:
        place = self.columns.places.get(Meaning.SENT)
        return place is not None and plainly(self.columns.header[place]) in _SHOWINGS

    def _sent(self, kind: ChannelKind | None) -> float | None:
        sent = self._figure(Meaning.SENT, "a number of people such as 12500")
        if kind is not None and PRIORS[kind].audience == "followers" and self._counts_showings():
            self._refuse(
                Meaning.SENT, "a post's audience is its followers, not how often it was shown; map their column"
            )
        if sent == 0:
            self._refuse(Meaning.SENT, "expected at least one person, found 0")
        return sent or None

    def _clicks(self, sent: float | None) -> float | None:
        if self._text(Meaning.CLICKS):
            return self._figure(Meaning.CLICKS, "a number of clicks such as 325")
        text = self._text(Meaning.RATE)
        try:
            rate = exported.share(text)
        except ValueError as note:
            hint = f"; {note}" if str(note) else ""
            which = Meaning.RATE if text else Meaning.CLICKS
            self._refuse(
                which,
                f"expected clicks, or a click rate such as 2.6%, found {quoted(text) if text else 'nothing'}{hint}",
            )
            return None
        return None if sent is None else round(rate * sent)

    def _figure(self, meaning: Meaning, wanted: str) -> float | None:
        text = self._text(meaning)
        try:
            return exported.count(text)
        except ValueError as note:
            hint = f"; {note}" if str(note) else ""
            self._refuse(meaning, f"expected {wanted}, found {quoted(text) if text else 'nothing'}{hint}")
            return None
