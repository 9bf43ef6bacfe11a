"""How fast requests come now, by source, and lately in all: what a terminal draws and Prometheus asks for."""

from __future__ import annotations

from collections import Counter, deque

from spikekit.traffic.second import Second
from spikekit.vocabulary import WINDOW_SECONDS

KEPT_SECONDS = 2 * 3_600


class Pace:
    """Requests by second, of the last ten by source, of the last two hours in all."""

    def __init__(self) -> None:
        self._sources: dict[int, Counter[str]] = {}
        self._totals: dict[int, int] = {}
        self._order: deque[int] = deque()
        self.newest = -1

    def add(self, second: Second) -> None:
        """Count what was taken from the tally."""
        counts = self._sources.setdefault(second.at, Counter())
        for name, each in second.sources.items():
            counts[name] += each.requests
        if second.at not in self._totals:
            self._totals[second.at] = 0
            self._order.append(second.at)
        self._totals[second.at] += second.total.requests
        self.newest = max(self.newest, second.at)
        for at in [at for at in self._sources if at <= self.newest - 2 * WINDOW_SECONDS]:
            del self._sources[at]
        while self._order and self._order[0] <= self.newest - KEPT_SECONDS:
            del self._totals[self._order.popleft()]

    def rates(self, until: int) -> dict[str, float]:
        """Requests/s by source in the ten seconds that end before ``until``."""
        counts = Counter[str]()
        for at, each in self._sources.items():
            if until - WINDOW_SECONDS <= at < until:
                counts.update(each)
        return {name: count / WINDOW_SECONDS for name, count in counts.items()}

    def mean(self, began: int, ended: int) -> float:
        """Requests/s of all sources from one second to another."""
        return sum(self._totals.get(at, 0) for at in range(began, ended)) / max(ended - began, 1)
