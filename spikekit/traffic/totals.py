"""Seconds of the tally → totals and peaks by source, as ``spikekit.live/1`` shows them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from spikekit.traffic.leap import Newest
from spikekit.traffic.second import Counts, Second
from spikekit.vocabulary import WINDOW_SECONDS

SETTLES_SECONDS = 60
"""Lines of several servers come in this much disorder; later ones count in totals, not in peaks."""


class Totals:
    """What came from each source, and its largest mean over ten whole seconds."""

    def __init__(self) -> None:
        self.sources: dict[str, Counts] = {}
        self._peaks: dict[str, int] = {}
        self._open: dict[int, dict[str, int]] = {}
        self._recent: dict[str, deque[tuple[int, int]]] = {}
        self._settled = -1
        self._newest = Newest()

    def add(self, second: Second) -> None:
        """Count what was taken from a tally."""
        for name, counts in second.sources.items():
            self.sources[name] = counts.plus(self.sources.get(name, Counts()))
        if second.at > self._settled:
            here = self._open.setdefault(second.at, {})
            for name, counts in second.sources.items():
                here[name] = here.get(name, 0) + counts.requests
        if self._newest.reached(second.at):
            self._settle(second.at - SETTLES_SECONDS)

    def peaks(self) -> dict[str, float]:
        """Requests per second of each source in its busiest ten seconds so far."""
        tail = Totals()
        tail._peaks = dict(self._peaks)
        tail._recent = {name: deque(recent) for name, recent in self._recent.items()}
        tail._open = dict(self._open)
        tail._settle(max(self._open, default=0))
        return {name: peak / WINDOW_SECONDS for name, peak in tail._peaks.items()}

    def document(self) -> dict[str, dict[str, float]]:
        """``sources`` of ``spikekit.live/1``, most requests first."""
        peaks = self.peaks()
        order = sorted(self.sources.items(), key=lambda item: (-item[1].requests, item[0]))
        return {
            name: {
                "requests": counts.requests,
                "failures": counts.failures,
                "entries": counts.entries,
                "peak_requests_per_second": peaks.get(name, 0.0),
            }
            for name, counts in order
        }

    def _settle(self, until: int) -> None:
        for at in sorted(at for at in self._open if at <= until):
            for name, requests in self._open.pop(at).items():
                recent = self._recent.setdefault(name, deque())
                recent.append((at, requests))
                while recent[0][0] <= at - WINDOW_SECONDS:
                    recent.popleft()
                self._peaks[name] = max(self._peaks.get(name, 0), sum(n for _, n in recent))
        self._settled = max(self._settled, until)

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "sources": self.sources,
            "peaks": self._peaks,
            "open": list(self._open.items()),
            "recent": {name: list(recent) for name, recent in self._recent.items()},
            "settled": self._settled,
            "newest": self._newest.second,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.sources = {name: Counts(*counts) for name, counts in state["sources"].items()}
        self._peaks = dict(state["peaks"])
        self._open = {at: dict(requests) for at, requests in state["open"]}
        self._recent = {name: deque((at, n) for at, n in recent) for name, recent in state["recent"].items()}
        self._settled, self._newest = state["settled"], Newest(state["newest"])
