"""Capacities that do not stay as they are: cold at first, growing under load, or failing with time."""

from __future__ import annotations

from collections import deque

from spikekit.shop.capacity import Capacity, Refusal, Slots

COLD_AFTER_IDLE_SECONDS = 60.0
BUSY_RATIO = 0.7
"""From this share of busy slots on an autoscaler orders more: the usual setting."""

LOOK_SECONDS = 5.0
"""How long an autoscaler looks before it believes."""


class Warming:
    """Everything takes ``factor`` times as long for the first ``warm_up_seconds``, as with empty caches.

    After a minute without requests the caches are empty again.
    """

    def __init__(self, inner: Capacity, factor: float, warm_up_seconds: float) -> None:
        if factor < 1 or warm_up_seconds <= 0:
            raise ValueError("a cold shop is slower than a warm one, for some time")
        self._inner = inner
        self._factor = factor
        self._warm_up = warm_up_seconds
        self._woken = float("-inf")
        self._last = float("-inf")

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        if now - self._last > COLD_AFTER_IDLE_SECONDS:
            self._woken = now
        self._last = now
        cold = now - self._woken < self._warm_up
        return self._inner.admit(now, work * self._factor if cold else work)


class Scaling:
    """Replicas of ``inner.slots`` slots each: while the busy share is high one more is ordered, up to ``replicas``.

    A replica serves ``after_seconds`` after it was ordered; none is ordered while another is on its way.
    """

    def __init__(self, inner: Slots, replicas: int, after_seconds: float) -> None:
        if replicas < 2 or after_seconds <= 0:
            raise ValueError("a shop that grows has at least two replicas, and the second takes some time")
        self._inner = inner
        self._each = inner.slots
        self._most = replicas * inner.slots
        self._after = after_seconds
        self._ready: float | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._work = 0.0

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        self._look(now, self._inner.service_seconds * work)
        if self._ready is not None and now >= self._ready:
            self._ready = None
            self._inner.add(self._each, now)
        if self._ready is None and self._inner.slots < self._most and self._is_busy:
            self._ready = now + self._after
        return self._inner.admit(now, work)

    def _look(self, now: float, seconds: float) -> None:
        self._recent.append((now, seconds))
        self._work += seconds
        while self._recent[0][0] < now - LOOK_SECONDS:
            self._work -= self._recent.popleft()[1]

    @property
    def _is_busy(self) -> bool:
        return self._work > BUSY_RATIO * self._inner.slots * LOOK_SECONDS


class Degrading:
    """Everything takes longer the longer the shop is in use, as with a leak: twice as long after ``doubling_seconds``,

    three times after twice as many, and so on.
    """

    def __init__(self, inner: Capacity, doubling_seconds: float) -> None:
        if doubling_seconds <= 0:
            raise ValueError("it takes some time until everything takes twice as long")
        self._inner = inner
        self._doubling = doubling_seconds
        self._origin: float | None = None

    def admit(self, now: float, work: float = 1.0) -> float | Refusal:
        if self._origin is None:
            self._origin = now
        return self._inner.admit(now, work * (1 + (now - self._origin) / self._doubling))
