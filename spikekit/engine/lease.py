"""The right to send, two seconds at a time: a generator whose parent is gone or stuck falls silent by itself."""

from __future__ import annotations

from collections.abc import Callable

LEASE_SECONDS = 2.0
RENEW_SECONDS = 0.4
"""The parent renews this often, so that one late renewal costs nothing."""

LEASE_LOST = "lease lost"
PARENT_GONE = "the parent process ended"
STOPPED_BY_HAND = "stopped by hand"
CANNOT_WRITE = "measurements could not be written"
LEASE_ENDS = (LEASE_LOST, PARENT_GONE, STOPPED_BY_HAND, CANNOT_WRITE)
"""Why sending may have ended before its time, as the last line's notes begin."""


class Lease:
    """Held from the first renewal until it runs out or is given up; ``clock`` is any monotonic one."""

    def __init__(self, clock: Callable[[], float], seconds: float = LEASE_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._until: float | None = None
        self.given_up: str | None = None

    def renew(self) -> None:
        """Two more seconds from now, unless it was lost before: a lost lease never comes back."""
        if self._until is None or self.holds(self._clock()):
            self._until = self._clock() + self._seconds

    def give_up(self, reason: str) -> None:
        """No more sending; the first reason stays."""
        self.given_up = self.given_up or reason

    def holds(self, now: float) -> bool:
        """Whether anything may be sent at the instant ``now``."""
        if self.given_up is None and self._until is not None and now > self._until:
            self.given_up = LEASE_LOST
        return self.given_up is None and self._until is not None
