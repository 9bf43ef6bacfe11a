"""Whether time has moved on: one line from far ahead is a broken clock, two that agree are a log that stood still."""

from __future__ import annotations

FAR_SECONDS = 86_400
AGREE_SECONDS = 3_600


class Newest:
    """The newest second, -1 before the first. A leap of more than a day counts when a second one confirms it."""

    def __init__(self, second: int = -1) -> None:
        self.second = second
        self._doubted = -1

    def reached(self, at: int) -> bool:
        """Whether ``at`` is newer than all before."""
        if at <= self.second:
            return False
        doubtful = self.second >= 0 and at - self.second > FAR_SECONDS
        if doubtful and (self._doubted < 0 or abs(at - self._doubted) > AGREE_SECONDS):
            self._doubted = at
            return False
        self.second = at
        return True
