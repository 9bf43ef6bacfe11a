"""The latest lines, kept as they are until somebody asks who is behind a spike: a crowd, bots or an attack.

Nothing is done for a line but to keep its block; ``look`` reads the lines of a spike once more, closely.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from spikekit.live.spike import ENTRIES, Spike
from spikekit.traffic.attribution import OWN, PASSED, STRANGE, Attribution
from spikekit.traffic.block import Block
from spikekit.traffic.format import LineFormat
from spikekit.traffic.page import page
from spikekit.traffic.row import Row
from spikekit.traffic.source import DIRECT, OTHER, UNKNOWN
from spikekit.traffic.tally import GETS

KEPT_BYTES = 8 << 20
"""Some forty thousand lines."""

MOST_ROWS = 4_000
"""Lines of one spike that are looked at; of more, the latest."""

LOOKS_SECONDS = 120

READING = (*GETS, b"HEAD", b"OPTIONS")


@dataclass(slots=True)
class Visitor:
    """One address and user agent, and what it asked for: pages in order, parts of pages, and how it went."""

    address: bytes
    agent: bytes
    referrer: bytes = b""
    pages: list[bytes] = field(default_factory=list)
    parts: int = 0
    writes: int = 0
    refused: Counter[bytes] = field(default_factory=Counter)
    queries: set[bytes] = field(default_factory=set)
    seconds: Counter[int] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return len(self.pages) + self.parts


@dataclass(slots=True)
class Testimony:
    """Whoever may belong to a spike, and everybody else at that time for comparison."""

    visitors: list[Visitor] = field(default_factory=list)
    other_rows: int = 0
    other_parts: int = 0

    @property
    def rows(self) -> int:
        return sum(visitor.rows for visitor in self.visitors)

    @property
    def referrer(self) -> str | None:
        """The whole referrer that most came by, if it is a third of them at least."""
        said = Counter(v.referrer for v in self.visitors if v.referrer not in (b"", b"-"))
        most = said.most_common(1)
        return most[0][0].decode("utf-8", "replace") if most and 3 * most[0][1] >= len(self.visitors) else None

    def busiest(self, share: float) -> Testimony:
        """Those with most requests who make up so much of them all."""
        wanted, chosen = share * self.rows, []
        for visitor in sorted(self.visitors, key=lambda visitor: -visitor.rows):
            if wanted <= 0:
                break
            wanted -= visitor.rows
            chosen.append(visitor)
        return Testimony(visitors=chosen, other_rows=self.other_rows, other_parts=self.other_parts)


class Witness:
    """Keeps the latest blocks."""

    def __init__(self, attribution: Attribution, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._attribution = attribution
        self._blocks: deque[tuple[int, int, bytes]] = deque()
        self._bytes, self._kept = 0, kept_bytes

    def keep(self, block: Block, first: int, last: int) -> None:
        """Keep a block of lines from about the ``first`` to the ``last`` second, and let the oldest go."""
        self._blocks.append((first, last, block.lines))
        self._bytes += len(block.lines)
        while self._bytes > self._kept and len(self._blocks) > 1:
            self._bytes -= len(self._blocks.popleft()[2])

    def look(self, spike: Spike, line_format: LineFormat, until: int) -> Testimony:
        """The lines of a spike up to ``until`` (seconds since 1970), of its latest two minutes."""
        found = Testimony()
        visitors: dict[tuple[bytes, bytes], Visitor | None] = {}
        began = max(spike.started, until - LOOKS_SECONDS)
        for second, row in self._rows(line_format, began, until):
            who = (row[0], row[7])
            if who not in visitors:
                visitors[who] = Visitor(*who, row[6]) if self._belongs(spike, row) else None
            visitor = visitors[who]
            if visitor is None:
                found.other_rows += 1
                found.other_parts += not page(row[3])
            else:
                _note(visitor, second, row)
        found.visitors = [visitor for visitor in visitors.values() if visitor]
        return found

    def _rows(self, line_format: LineFormat, began: int, until: int) -> Iterator[tuple[int, Row]]:
        """The latest rows of that time, block by block, the latest block first read last."""
        chosen: list[list[tuple[int, Row]]] = []
        count = 0
        for first, last, lines in reversed(self._blocks):
            if last >= began and first < until:
                rows = list(_timed(line_format.rows(lines), line_format, began, until))
                chosen.append(rows)
                count += len(rows)
            if count > MOST_ROWS:
                break
        for rows in reversed(chosen):
            yield from rows[-MOST_ROWS:]

    def _belongs(self, spike: Spike, row: Row) -> bool:
        """Whether somebody who begins with this line is one of the spike's."""
        _, _, method, path, query, _, referrer, agent, _ = row
        known, names = self._attribution, self._attribution.sources.names
        machine, app, _ = known.agents.get(agent) or known.look_at_agent(agent)
        if machine >= 0:
            return names[machine] == spike.source
        link = known.link(query) if query else None
        if link is not None and link.told is not None:
            return names[link.told] == spike.source
        came = known.referrers.get(referrer)
        if came is None:
            came = known.look_at_referrer(referrer)
        if came in (OWN, PASSED):
            # They came before, or never said from where.
            return spike.source == UNKNOWN
        if spike.counted == ENTRIES and spike.page is not None:
            return page(path) == spike.page.encode()
        if came >= 0 or app >= 0:
            return names[came if came >= 0 else app] == spike.source
        if came == STRANGE:
            return spike.source == OTHER
        return spike.source == (DIRECT if method in GETS and page(path) else UNKNOWN)


def _timed(rows: Iterable[Row], line_format: LineFormat, began: int, until: int) -> Iterator[tuple[int, Row]]:
    last, second = b"", None
    for row in rows:
        if row[1] != last:
            last, second = row[1], line_format.clock(row[1])
        if second is not None and began <= second < until:
            yield second, row


def _note(visitor: Visitor, second: int, row: Row) -> None:
    _, _, method, path, query, status, _, _, _ = row
    opened = page(path)
    visitor.seconds[second] += 1
    if opened:
        visitor.pages.append(opened)
        if query:
            visitor.queries.add(query)
    else:
        visitor.parts += 1
    visitor.writes += method not in READING
    if status[:1] == b"4":
        visitor.refused[status] += 1
