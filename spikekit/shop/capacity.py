"""How much the shop can serve, by construction: when a request that arrives now will be answered, or why it is not.

Work is simulated with arithmetic, not with CPU: each slot has the instant at which it is free next, so a late timer
never makes the following request late. ``slots / service_seconds`` is the capacity, exactly.

    arrival ──> [queue, first come first served] ──> slot 1 … slot n, each busy for service_seconds ──> answer
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that is turned away at once: the status to answer, and when to come back."""

    status: int
    retry_after_seconds: int = 1


class Capacity(Protocol):
    """Decides over each request in the order of arrival. ``now`` never runs backwards."""

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        """The instant (same clock as ``now``, seconds) at which the answer is due, or a refusal.

        ``work``: how many times the usual service time this request takes.
        """


class Unlimited:
    """Answers everything at once."""

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        return now


class Slots:
    """``slots`` workers, each busy for ``service_seconds`` a request; the others wait in line.

    ``queue`` is how many may wait (``None``: any number); one more gets 503. Whoever hangs up while waiting is
    served all the same, as with most real servers: the work is done for nobody.
    """

    def __init__(self, slots: int, service_seconds: float, *, queue: int | None = None) -> None:
        if slots < 1 or service_seconds <= 0:
            raise ValueError("a shop needs at least one slot and a service time above zero")
        self.slots = slots
        self.service_seconds = service_seconds
        self._queue = queue
        self._free_at = [float("-inf")] * slots
        self._starts: deque[float] = deque()

    def waiting(self, now: float) -> int:
        """How many have come and not yet begun."""
        while self._starts and self._starts[0] <= now:
            self._starts.popleft()
        return len(self._starts)

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        return self.take(now, self.service_seconds * work)

    def add(self, slots: int, now: float) -> None:
        """So many more from now on; they serve whoever comes next."""
        self.slots += slots
        for _ in range(slots):
            heapq.heappush(self._free_at, now)

    def take(self, now: float, service_seconds: float) -> float | Refusal:
        """Admit a request that will keep its slot for ``service_seconds``."""
        start = max(self._free_at[0], now)
        if start > now:
            if self._queue is not None and self.waiting(now) >= self._queue:
                return Refusal(status=503)
            self._starts.append(start)
        done = start + service_seconds
        heapq.heapreplace(self._free_at, done)
        return done


class Collapse:
    """Slots that slow down under a crowd: with as many waiting as there are slots, service takes twice as long.

    Past its capacity such a site serves *less* than at it, as one does that thrashes on locks or memory.
    """

    def __init__(self, inner: Slots) -> None:
        self._inner = inner

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        crowd = self._inner.waiting(now) / self._inner.slots
        return self._inner.take(now, self._inner.service_seconds * work * (1 + crowd))


class RateLimit:
    """At most ``per_second`` requests in the long run and ``burst`` at once; 429 to the rest (a token bucket)."""

    def __init__(self, inner: Capacity, per_second: float, *, burst: float | None = None) -> None:
        if per_second <= 0:
            raise ValueError("a rate limit is above zero")
        self._inner = inner
        self._per_second = per_second
        self._burst = max(1.0, per_second / 10 if burst is None else burst)
        self._tokens = self._burst
        self._last: float | None = None

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        if self._last is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._last) * self._per_second)
        self._last = now
        if self._tokens < 1:
            return Refusal(status=429)
        self._tokens -= 1
        return self._inner.admit(now, work)


class Stall:
    """Everything stands still for the last ``stall_seconds`` of every ``every_seconds``, as in a long collection.

    The work behind it runs on a clock that stops during each stall:

        worked ┤        ╭────╯      every_seconds = 8
               │   ╭────╯  ←0.8→    stall_seconds = 0.8
               └────────────────
    """

    def __init__(self, inner: Capacity, *, every_seconds: float = 8.0, stall_seconds: float = 0.8) -> None:
        if not 0 < stall_seconds < every_seconds:
            raise ValueError("a stall is shorter than the time between two")
        self._inner = inner
        self._every = every_seconds
        self._working = every_seconds - stall_seconds
        self._origin: float | None = None

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        if self._origin is None:
            self._origin = now
        due = self._inner.admit(self._worked(now - self._origin), work)
        return due if isinstance(due, Refusal) else self._origin + self._wall(due)

    def _worked(self, wall: float) -> float:
        cycles, part = divmod(wall, self._every)
        return cycles * self._working + min(part, self._working)

    def _wall(self, worked: float) -> float:
        cycles, part = divmod(worked, self._working)
        return cycles * self._every + part
