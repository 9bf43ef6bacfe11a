"""The latest lines, kept as they are until somebody asks who is behind a spike: a crowd, bots or an attack.

Nothing is done for a line but to keep its block; ``look`` reads the lines of a spike once more, closely.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean, pvariance

from spikekit.live.spike import Spike
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.block import Block
from spikekit.traffic.format import LineFormat
from spikekit.traffic.page import page
from spikekit.traffic.row import Row

KEPT_BYTES = 8 << 20
"""Some forty thousand lines."""

MOST_ROWS = 20_000
"""Lines of one spike that are looked at; of more, the latest."""

LOOKS_SECONDS = 300


@dataclass(slots=True)
class Visitor:
    """One address and user agent: the pages it opened, in order, and what else it asked for."""

    address: bytes
    agent: bytes
    pages: list[bytes] = field(default_factory=list)
    parts: int = 0


@dataclass(slots=True)
class Testimony:
    """The lines of a spike, and of everything else at that time for comparison."""

    visitors: list[Visitor] = field(default_factory=list)
    rows: int = 0
    parts: int = 0
    refused: Counter[bytes] = field(default_factory=Counter)
    failed: int = 0
    writes: int = 0
    paths: Counter[bytes] = field(default_factory=Counter)
    queries: set[bytes] = field(default_factory=set)
    seconds: Counter[int] = field(default_factory=Counter)
    other_rows: int = 0
    other_parts: int = 0

    def share(self, count: float) -> float:
        return count / self.rows if self.rows else 0.0

    @property
    def unevenness(self) -> float:
        """Variance over mean of the lines in each second: 1 for chance, far less for a metronome."""
        if len(self.seconds) < 10:
            return 1.0
        counts = [self.seconds[s] for s in range(min(self.seconds) + 1, max(self.seconds))]
        return pvariance(counts) / mean(counts) if counts and mean(counts) else 1.0

    @property
    def gaps(self) -> list[int]:
        """The silences between the seconds with lines."""
        return [later - earlier for earlier, later in pairwise(sorted(self.seconds))]


class Witness:
    """Keeps the latest blocks."""

    def __init__(self, attribution: Attribution, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._attribution = attribution
        self._blocks: deque[bytes] = deque()
        self._bytes, self._kept = 0, kept_bytes

    def keep(self, block: Block) -> None:
        """Keep a block, and let the oldest go."""
        self._blocks.append(block.lines)
        self._bytes += len(block.lines)
        while self._bytes > self._kept and len(self._blocks) > 1:
            self._bytes -= len(self._blocks.popleft())

    def look(self, spike: Spike, line_format: LineFormat, until: int) -> Testimony:
        """The lines of a spike up to ``until`` (seconds since 1970), of at most its latest five minutes."""
        found = Testimony()
        visitors: dict[tuple[bytes, bytes], Visitor | None] = {}
        began = max(spike.started, until - LOOKS_SECONDS)
        for second, row in self._rows(line_format, began, until):
            who = (row[0], row[7])
            if who not in visitors:
                visitors[who] = Visitor(*who) if self._belongs(spike, row) else None
            visitor = visitors[who]
            if visitor is None:
                found.other_rows += 1
                found.other_parts += not page(row[3])
            else:
                _note(found, visitor, second, row)
        found.visitors = [visitor for visitor in visitors.values() if visitor]
        return found

    def _rows(self, line_format: LineFormat, began: int, until: int) -> Iterator[tuple[int, Row]]:
        """The latest rows of that time, block by block, the latest block first read last."""
        chosen: list[list[tuple[int, Row]]] = []
        count = 0
        for block in reversed(self._blocks):
            rows = list(_timed(line_format.rows(block), line_format, began, until))
            chosen.append(rows)
            count += len(rows)
            if count > MOST_ROWS:
                break
        for rows in reversed(chosen):
            yield from rows

    def _belongs(self, spike: Spike, row: Row) -> bool:
        """Whether somebody who begins with this line is one of the spike's."""
        _, _, _, path, query, _, referrer, agent, _ = row
        known, names = self._attribution, self._attribution.sources.names
        machine, app, _ = known.agents.get(agent) or known.look_at_agent(agent)
        if machine >= 0:
            return names[machine] == spike.source
        link = known.link(query) if query else None
        if link is not None and link.told is not None:
            return names[link.told] == spike.source
        if spike.page is not None and page(path) == spike.page.encode():
            return True
        came = known.referrers.get(referrer)
        if came is None:
            came = known.look_at_referrer(referrer)
        if came >= 0:
            return names[came] == spike.source
        if app >= 0:
            return names[app] == spike.source
        return spike.page is None and spike.source in ("direct", "unknown", "other")


def _timed(rows: Iterable[Row], line_format: LineFormat, began: int, until: int) -> Iterator[tuple[int, Row]]:
    last, second = b"", None
    for row in rows:
        if row[1] != last:
            last, second = row[1], line_format.clock(row[1])
        if second is not None and began <= second < until:
            yield second, row


def _note(found: Testimony, visitor: Visitor, second: int, row: Row) -> None:
    _, _, method, path, query, status, _, _, _ = row
    opened = page(path)
    found.rows += 1
    found.seconds[second] += 1
    if opened:
        visitor.pages.append(opened)
        found.paths[opened] += 1
        if query:
            found.queries.add(query)
    else:
        visitor.parts += 1
        found.parts += 1
    found.writes += method not in (b"GET", b"HEAD", b"OPTIONS", b"")
    if status[:1] == b"4":
        found.refused[status] += 1
    found.failed += status[:1] == b"5"
