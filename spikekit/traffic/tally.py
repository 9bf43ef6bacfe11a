"""Blocks of log lines → counts by second and source, in one pass without an object a line.

``feed`` blocks in the order they were read, ``take`` the seconds that are over. Everything held is bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

from spikekit.errors import UsageError
from spikekit.traffic import own_hosts
from spikekit.traffic.attribution import MOST_CACHED, NONE, OWN, PASSED, PLAIN, Attribution
from spikekit.traffic.format import SAMPLE_BYTES, LineFormat, detected, unknown_format
from spikekit.traffic.gap import Gaps
from spikekit.traffic.leap import Newest
from spikekit.traffic.open_second import (
    ENTRY,
    FAILED,
    MACHINE_CLICK,
    REDIRECT,
    REFUSED,
    SUCCEEDED,
    WIDTH,
    OpenSecond,
)
from spikekit.traffic.page import page
from spikekit.traffic.second import Second
from spikekit.traffic.visits import (
    FACTOR,
    KNOWN,
    NUMBER,
    PRIME,
    REDIRECTED,
    SECOND_SHIFT,
    SOURCE_BITS,
    VISIT_SECONDS,
    Visits,
)

GETS = (b"GET", b"")
NO_TIME = "no time"
NO_FORMAT = "no known format"
PATIENCE_LINES = 1_000
"""Lines none of which could be read after which that is an error."""
STRANGE_BYTES = 2_048
"""Of lines that cannot be read so much is kept, to tell what they look like."""
TOO_LONG = "too long"

_STATUS = {
    b"%d" % code: (
        FAILED if code >= 500 else REFUSED if code >= 400 else REDIRECT if code in (301, 302, 303, 307, 308) else 0
    )
    for code in range(1000)
}


class Tally:
    """Counts what logs say. Without a format, the first lines tell it.

    ``lines`` are all lines fed, ``skipped`` those that were no requests, by reason. Times that jump count where they
    are.
    """

    def __init__(
        self, line_format: LineFormat | None, attribution: Attribution, *, visits: Visits | None = None
    ) -> None:
        self._format = line_format
        self.attribution = attribution
        self._visits = visits or Visits()
        self._seconds: dict[bytes, int | None] = {}
        self._pages: dict[bytes, bytes] = {}
        self._open: dict[int, OpenSecond] = {}
        self.lines = 0
        self.skipped: Counter[str] = Counter()
        self._newest = Newest()
        self.gaps = Gaps()
        self._strange = b""

    def feed(self, block: bytes, *, too_long: int = 0) -> None:
        """Count a block of whole lines, each with its ``\\n``; ``too_long`` lines were left out of it."""
        lines = block.count(b"\n")
        self.lines += lines + too_long
        if too_long:
            self.skipped[TOO_LONG] += too_long
        line_format = self._format = self._format or self._detected(block)
        if line_format is None:
            self.skipped[NO_FORMAT] += lines
            self._doubt(block)
            return
        rows = list(line_format.rows(block))
        if len(rows) != lines:
            self.skipped.update(line_format.unread(block))
        if not self.attribution.knows_own_hosts:
            self.attribution.own(own_hosts.seen_in(rows))
        self._count(rows)
        if self.latest is None:
            self._doubt(block)

    def _detected(self, block: bytes) -> LineFormat | None:
        return detected(_head(block, SAMPLE_BYTES))

    def _doubt(self, block: bytes) -> None:
        """Remember lines none of which could be read. Raises ``UsageError`` when there are too many of them."""
        if not self._strange.strip():
            self._strange = _head(block, STRANGE_BYTES)
        if self.lines > PATIENCE_LINES and (unread := self.unread) is not None:
            raise unread

    @property
    def unread(self) -> UsageError | None:
        """What to say where lines came and none could be read; ``None`` where one could, or none came."""
        return unknown_format(self._strange, self._format) if self.lines and self.latest is None else None

    @property
    def latest(self) -> int | None:
        """The last second of any line; a leap of more than a day needs two lines to be believed."""
        return None if self._newest.second < 0 else self._newest.second

    @property
    def line_format(self) -> LineFormat | None:
        """The format of the lines; ``None`` as long as no line had a known one."""
        return self._format

    def _count(self, rows: list[Any]) -> None:
        visits, agents, referrers, seconds = (
            self._visits,
            self.attribution.agents,
            self.attribution.referrers,
            self._seconds,
        )
        unknown, crawlers = self.attribution.unknown, self.attribution.crawlers
        status_of, from_bytes = _STATUS.get, int.from_bytes
        young, old, pages = visits.young, visits.old, self._pages
        last, second, now = b"", 0, OpenSecond()
        counts = now.counts
        for address, stamp, method, path, query, status, referrer, agent, took in rows:
            if stamp != last:
                found = seconds[stamp] if stamp in seconds else self._second(stamp)
                if found is None:
                    self.skipped[NO_TIME] += 1
                    continue
                last, second = stamp, found
                now = self._at(second)
                counts = now.counts
                visits.turn(second)
                young, old = visits.young, visits.old
            column = status_of(status, SUCCEEDED)
            if took:
                now.time(took)
            machine, app, key = agents.get(agent) or self.attribution.look_at_agent(agent)
            if machine >= 0:
                counts[machine * WIDTH + column] += 1
                if query and machine != crawlers and column != REDIRECT and method in GETS:
                    told = self.attribution.link(query).told
                    if told is not None:
                        counts[told * WIDTH + MACHINE_CLICK] += 1
                continue
            key = (from_bytes(address, "little") * FACTOR + key) % PRIME
            seen = young.get(key) or old.get(key, 0)
            if seen and second - (seen >> SECOND_SHIFT) > VISIT_SECONDS:
                seen = 0
            came = referrers.get(referrer)
            if came is None:
                came = self.attribution.look_at_referrer(referrer)
            visit = seen & KNOWN if seen else unknown
            if came != OWN or not seen or visit & REDIRECTED:
                opened = pages.get(path)
                if opened is None:
                    opened = self._page(path)
                if opened and method in GETS:
                    visit = self._arrived(now, second, seen, column, opened, query, came, referrer, app)
            young[key] = second << SECOND_SHIFT | visit
            counts[(visit & NUMBER) * WIDTH + column] += 1

    def _arrived(
        self,
        now: OpenSecond,
        second: int,
        seen: int,
        column: int,
        opened: bytes,
        query: bytes,
        came: int,
        referrer: bytes,
        app: int,
    ) -> int:
        """A page was asked for from outside, from nowhere or by somebody new. Returns the visit's mark and source."""
        known = seen & KNOWN if seen else self.attribution.unknown
        waiting = known & REDIRECTED
        link = self.attribution.link(query) if query else PLAIN
        marked = crc32(query) & 0xFFFF | 1 if link.network is not None else 0
        if not waiting:
            inside = came in (OWN, PASSED) and (seen or not link.is_tagged)
            silent = came == NONE and not link.is_tagged and not marked and (seen or column == REFUSED)
            # The same click once more is somebody who reloads.
            if inside or silent or (marked and seen and known >> SOURCE_BITS == marked):
                return known
        if waiting and link.told is None:
            number = known & NUMBER
        else:
            number, judged = self.attribution.entry(second, opened, link, came, referrer, app)
            if judged is not None and column != REDIRECT:
                now.infer(judged)
        if column == REDIRECT:
            return number | REDIRECTED
        now.counts[number * WIDTH + ENTRY] += 1
        now.arrive(number, opened)
        return marked << SOURCE_BITS | number

    def _second(self, stamp: bytes) -> int | None:
        """The second of a time not met lately."""
        if len(self._seconds) >= MOST_CACHED:
            self._seconds.clear()
        self._seconds[stamp] = found = self._format.clock(stamp) if self._format else None
        return found

    def _page(self, path: bytes) -> bytes:
        """The page of a path not met lately."""
        if len(self._pages) >= MOST_CACHED:
            self._pages.clear()
        self._pages[path] = found = page(path)
        return found

    def _at(self, second: int) -> OpenSecond:
        """The counts of a second."""
        found = self._open.get(second)
        if found is None:
            found = self._open[second] = OpenSecond()
        before = self._open.get(self._newest.second)
        if self._newest.reached(second):
            self.gaps.reached(second, before.requests if before else 0)
        return found

    def take(self, before: int | None = None) -> Iterator[Second]:
        """The seconds counted since they were last taken, in order, as far as they lie ``before`` a second.

        A line that comes late makes its second come again, with that line alone: add what you get to what you have.
        """
        for at in sorted(self._open):
            if before is None or at < before:
                yield self._open.pop(at).closed(at, self.attribution.sources.names)

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values: save it with the follower's, in one file."""
        return {
            "lines": self.lines,
            "skipped": dict(self.skipped),
            "newest": self._newest.second,
            "gaps": self.gaps.state(),
            "attribution": self.attribution.state(),
            "visits": self._visits.state(),
            "open": {str(at): counts.state() for at, counts in self._open.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state. Sources that are not known any more are ``other`` now."""
        numbers = self.attribution.restore(state["attribution"])
        self._visits.restore(state["visits"], numbers)
        self._open = {int(at): OpenSecond.of(counts, numbers) for at, counts in state["open"].items()}
        self.lines, self.skipped = state["lines"], Counter(state["skipped"])
        self._newest = Newest(state["newest"])
        self.gaps.restore(state["gaps"])


def _head(block: bytes, length: int) -> bytes:
    """The first lines of a block, about so many bytes."""
    return block[: block.find(b"\n", length) + 1 or len(block)]
