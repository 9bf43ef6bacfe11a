"""Silence in a log where there should be lines: a server that stopped, a disk that was full, a log that was lost."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

LEAST_SECONDS = 10
UNLIKELY = 20.0
"""Lines that should have come in a silence that is told: by chance it is one in e²⁰."""

REMEMBERS_SECONDS = 120.0
MOST_KEPT = 100


class Gap(NamedTuple):
    """No line between two seconds (since 1970) though there should have been many."""

    began: int
    ended: int


class Gaps:
    """The latest gaps, and how many there were in all."""

    def __init__(self) -> None:
        self.count = 0
        self.latest: list[Gap] = []
        self._last: int | None = None
        self._pace = 0.0

    def reached(self, second: int, requests_before: int) -> None:
        """A second has begun; ``requests_before`` came in the last one."""
        if self._last is None:
            self._last = second
            return
        passed = second - self._last
        if passed <= 0:
            return
        if passed > LEAST_SECONDS and self._pace * passed > UNLIKELY:
            self.count += 1
            self.latest = [*self.latest, Gap(self._last, second)][-MOST_KEPT:]
        kept = math.exp(-passed / REMEMBERS_SECONDS)
        self._pace = self._pace * kept + requests_before / passed * (1 - kept)
        self._last = second

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {"count": self.count, "latest": self.latest, "last": self._last, "pace": self._pace}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.count, self._last, self._pace = state["count"], state["last"], state["pace"]
        self.latest = [Gap(*gap) for gap in state["latest"]]
