"""A second that is being counted: the only thing the tally writes to for every line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from spikekit.traffic.judgement import Judgement
from spikekit.traffic.second import Counts, Inferred, Second

SUCCEEDED, REDIRECT, REFUSED, FAILED, ENTRY, MACHINE_CLICK, WIDTH = 0, 1, 2, 3, 4, 5, 8
"""Columns: how requests ended, entries, and machines' clicks.

``counts[source · WIDTH + column]`` counts one column of one source.
"""

MOST_ARRIVALS = 128
"""Landing pages by source told apart in any one second; the rest are ``other``."""

OTHER_PAGES = b"other"


class OpenSecond:
    """Counts by source and column, entries by source and page."""

    __slots__ = ("arrivals", "counts", "inferred", "timed", "took")

    def __init__(self) -> None:
        self.counts: defaultdict[int, int] = defaultdict(int)
        self.arrivals: dict[tuple[int, bytes], int] = {}
        self.inferred: dict[str, Inferred] = {}
        self.timed = 0
        self.took = 0.0

    def arrive(self, number: int, page: bytes) -> None:
        """An entry of a source at a page."""
        key = (number, page)
        if key not in self.arrivals and len(self.arrivals) >= MOST_ARRIVALS:
            key = (number, OTHER_PAGES)
        self.arrivals[key] = self.arrivals.get(key, 0) + 1

    def infer(self, judged: Judgement) -> None:
        """An entry was judged; it is the campaign's if that is likely."""
        before = self.inferred.get(judged.campaign, Inferred(0, 0.0))
        self.inferred[judged.campaign] = Inferred(
            before.entries + judged.is_likely, before.expected + judged.probability
        )

    def time(self, took: bytes) -> None:
        """A request took so many seconds."""
        try:
            seconds = float(took)
        except ValueError:
            return
        if isfinite(seconds) and seconds >= 0:
            self.timed += 1
            self.took += seconds

    def closed(self, at: int, names: Sequence[str]) -> Second:
        """What was counted, by name."""
        columns: dict[int, list[int]] = {}
        for code, count in self.counts.items():
            columns.setdefault(code // WIDTH, [0] * WIDTH)[code % WIDTH] = count
        return Second(
            at=at,
            sources={
                names[number]: Counts(sum(c[:ENTRY]), c[FAILED], c[REFUSED], c[ENTRY], c[MACHINE_CLICK])
                for number, c in columns.items()
            },
            arrivals={
                (names[number], page.decode("utf-8", "replace")): count
                for (number, page), count in self.arrivals.items()
            },
            inferred=dict(self.inferred),
            timed=self.timed,
            took_seconds=self.took,
        )

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(count for code, count in self.counts.items() if code % WIDTH < ENTRY)

    def state(self) -> dict[str, Any]:
        """What ``of`` needs, as plain JSON values."""
        return {
            "counts": list(self.counts.items()),
            "arrivals": [[number, page.decode("latin-1"), n] for (number, page), n in self.arrivals.items()],
            "inferred": self.inferred,
            "timed": self.timed,
            "took": self.took,
        }

    @classmethod
    def of(cls, state: Mapping[str, Any], numbers: Sequence[int]) -> OpenSecond:
        """The counts of a state; ``numbers`` are today's numbers of the sources then."""
        second = cls()
        for code, count in state["counts"]:
            second.counts[numbers[code // WIDTH] * WIDTH + code % WIDTH] += count
        for number, page, count in state["arrivals"]:
            key = (numbers[number], page.encode("latin-1"))
            second.arrivals[key] = second.arrivals.get(key, 0) + count
        second.inferred = {name: Inferred(*figures) for name, figures in state["inferred"].items()}
        second.timed, second.took = state["timed"], state["took"]
        return second
