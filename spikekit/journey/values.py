"""What stands in each place of a step: a column, something an earlier answer held, a stand-in, or what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spikekit.journey.capture import may_be_captured, pattern_for
from spikekit.journey.naming import Names
from spikekit.journey.proposal import Note
from spikekit.journey.route import Leg
from spikekit.journey.secret import REMOVED, STAND_INS, Scrubber, StandIn, names_secret, secret_headers, standing_in
from spikekit.journey.slot import Filling, Hole, Request, Slot, Where, slots
from spikekit.journey.token import is_token
from spikekit.journey.variety import Shape, Table, linked_paths, rows_of, shape_of

MAX_CAPTURES = 50
"""Of one step: no more are read."""

MAX_ALL_CAPTURES = 100
LONGEST_SWITCH = 3
"""Characters of ``on``, ``1`` and the like, which are no secret even in a field called ``session``."""

VISITORS = 20
"""Rows of made-up visitors, to be replaced by test accounts."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is decided about one leg besides its values."""

    request: Request
    data: str | None = None
    shape: Shape | None = None
    capture: dict[str, str] = field(default_factory=dict)
    notes: dict[Note, None] = field(default_factory=dict)


class Values:
    """Decides leg by leg. ``drafts`` grow: a later leg's value may be captured at an earlier one."""

    def __init__(self, legs: Sequence[Leg], scrubber: Scrubber, *, name: str, vary: bool) -> None:
        self._legs = legs
        self._scrubber = scrubber
        self._name = name
        self._vary = vary
        self._names = Names()
        self._current: dict[str, str] = {}
        self._captured: dict[tuple[str, str], str] = {}
        self._last_use: dict[str, int] = {s.text: i for i, leg in enumerate(legs) for s in _all_slots(leg)}
        self._tables: dict[str, Table] = {}
        self._stand_ins: dict[str, StandIn] = {}
        self._linked = linked_paths(leg.stop for leg in legs)
        if self._keeps_visitors:
            for stand_in in STAND_INS:
                self._names.keep(stand_in.column)
        self.drafts = [Draft(request=leg.request) for leg in legs]
        self._settle_shapes()

    def filling(self, index: int, slot: Slot) -> Filling:
        """What stands in a slot of leg ``index``. Legs are to be asked for in order."""
        stand_in = standing_in(slot.field, slot.text)
        if stand_in is not None:
            return self._stood_in(index, stand_in)
        column = self._column(index, slot)
        if column is not None:
            return Hole(column)
        captured = self.captured(index, slot)
        if captured is not None:
            if slot.is_number:
                self._note(index, f"{{{captured}}} was sent as a number and is text here: the site has to accept that")
            return Hole(captured)
        return self._kept(index, slot)

    def captured(self, index: int, slot: Slot) -> str | None:
        """The placeholder of a value that an earlier answer holds. Legs are to be asked for in order."""
        return self._capture(index, slot) if may_be_captured(slot) else None

    def tables(self) -> tuple[Table, ...]:
        """The data files, those with ids first."""
        found = list(self._tables.values())
        if self._stand_ins and self._keeps_visitors:
            columns = tuple(self._stand_ins)
            rows = tuple(tuple(_numbered(self._stand_ins[c], n) for c in columns) for n in range(1, VISITORS + 1))
            meaning = "made-up visitors: put test accounts of your site here"
            found.append(Table(file=self._visitors, columns=columns, rows=rows, meaning=meaning))
        return tuple(found)

    @property
    def _visitors(self) -> str:
        return f"{self._name}-visitors.csv"

    @property
    def _keeps_visitors(self) -> bool:
        """Whether columns stand in for secrets: then a row is drawn at the landing page, where no other file is."""
        return self._vary and bool(self._legs) and self._legs[0].is_landing

    def _settle_shapes(self) -> None:
        """Find the paths whose ids vary; take the ids out of them when asked to."""
        told: set[str] = set()
        for leg, draft in zip(self._legs, self.drafts, strict=True):
            if leg.is_landing or not leg.stop.is_page or (shape := shape_of(leg.request, self._linked)) is None:
                continue
            if not self._vary:
                if shape.noun not in told and self._scrubber.is_clean(leg.stop.asked.url.path):
                    ids = ", ".join(shape.segments[i] for i in shape.holes)
                    draft.notes[Note(text=f"{ids} is one of many {shape.noun}: --data proposes a file of them")] = None
                told.add(shape.noun)
                continue
            table = self._table(shape)
            holes = dict(zip(shape.holes, table.columns, strict=True))
            segments = tuple(Hole(holes[i]) if i in holes else s for i, s in enumerate(leg.request.segments))
            draft.request, draft.data, draft.shape = replace(leg.request, segments=segments), table.file, shape

    def _table(self, shape: Shape) -> Table:
        known = next((d for d in self.drafts if d.shape and d.shape.ids(shape.segments) is not None), None)
        if known is not None and known.data is not None:
            return self._tables[known.data]
        kind = "id" if shape.segments[shape.holes[0]].isdigit() else "slug"
        columns = tuple(kind if n == 1 else f"{kind}_{n}" for n in range(1, len(shape.holes) + 1))
        for column in columns:
            self._names.keep(column)
        visited = [tuple(leg.stop.asked.url.path.split("/")) for leg in self._legs]
        rows = rows_of(shape, visited, self._linked, self._scrubber.is_clean)
        file = self._free_file(shape.noun)
        meaning = f"{shape.noun} that were opened or linked to: add the ones your visitors open"
        table = Table(file=file, columns=columns, rows=rows or (tuple("1" for _ in columns),), meaning=meaning)
        self._tables[file] = table
        return table

    def _free_file(self, noun: str) -> str:
        base = f"{self._name}-{noun if self._scrubber.is_clean(noun) else 'pages'}"[:80]
        taken = {*self._tables, self._visitors}
        names = (f"{base}{'' if n == 1 else f'-{n}'}.csv" for n in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    def begin(self, index: int) -> Request:
        """Come to a leg: its row is drawn now. Returns what it sends."""
        draft = self.drafts[index]
        if draft.shape is not None and draft.data is not None:
            segments = [str(s) for s in self._legs[index].request.segments]
            ids = draft.shape.ids(segments) or ()
            self._current.update(zip(self._tables[draft.data].columns, ids, strict=False))
        return draft.request

    def _column(self, index: int, slot: Slot) -> str | None:
        """The column whose present row is the slot's value: the id of the book that was just opened."""
        nouns = {d.shape.noun for d in self.drafts[: index + 1] if d.shape is not None}
        is_id = slot.name.lower() in nouns if slot.where is Where.SEGMENT else may_be_captured(slot)
        if not is_id:
            return None
        return next((column for column, value in self._current.items() if value == slot.text), None)

    def _capture(self, index: int, slot: Slot) -> str | None:
        known = self._captured.get((slot.name, slot.text)) or self._captured.get(("", slot.text))
        if known is not None:
            return known
        if sum(len(d.capture) for d in self.drafts) >= MAX_ALL_CAPTURES:
            return None
        for source in reversed(range(index)):
            draft = self.drafts[source]
            if len(draft.capture) >= MAX_CAPTURES:
                continue
            answer = self._legs[source].stop.answered.answer.text
            pattern = pattern_for(slot, answer, self._scrubber.is_clean)
            if pattern is not None:
                twin = next((known for known, other in draft.capture.items() if other == pattern), None)
                if twin is not None:
                    return twin
                wanted = slot.name if self._scrubber.is_clean(slot.name) else "value"
                name = self._names.give(wanted, at=source, last_use=self._last_use.get(slot.text, index))
                draft.capture[name] = pattern
                self._captured[(slot.name, slot.text)] = name
                if is_token(slot.text):
                    self._captured[("", slot.text)] = name
                return name
        return None

    def _kept(self, index: int, slot: Slot) -> str:
        if names_secret(slot.field) and len(slot.text) > LONGEST_SWITCH:
            self._scrubber.note("session id or token")
            text = REMOVED
        else:
            text = self._scrubber.clean(slot.text)
        if REMOVED in text and text != slot.text:
            where = self._scrubber.clean(slot.name, count=False)
            self._note(
                index,
                f"{where or 'a value'} was removed: it stands in no earlier answer, so the site may refuse this step",
                urgent=True,
            )
        return text

    def _stood_in(self, index: int, stand_in: StandIn) -> Filling:
        self._scrubber.note(stand_in.noun)
        if not self._keeps_visitors or self._legs[index].is_landing:
            self._note(index, f"a made-up {stand_in.noun} stands here: put one of a test account", urgent=True)
            return stand_in.literal
        if stand_in.column not in self._stand_ins:
            self._stand_ins[stand_in.column] = stand_in
            self.drafts[0].data = self._visitors
        return Hole(stand_in.column)

    def _note(self, index: int, text: str, *, urgent: bool = False) -> None:
        self.drafts[index].notes[Note(text=text, urgent=urgent)] = None


def _all_slots(leg: Leg) -> list[Slot]:
    return [*slots(leg.request), *(slot for _, slot in secret_headers(leg.stop.asked))]


def _numbered(stand_in: StandIn, number: int) -> str:
    """``visitor7@example.com``: nobody's twice."""
    local, at, domain = stand_in.literal.partition("@")
    return f"{local}{number}@{domain}" if at else stand_in.literal
