"""Lanes as Locust Users: Locust spreads them over its workers, and moves them when a worker dies.

Each lane is a User class of its own with ``fixed_count = 1``, so that a lane keeps its number wherever it goes.
"""

from __future__ import annotations

from collections.abc import Callable

from gevent.event import Event
from locust import User, task


def lane_classes(count: int, *, adopt: Callable[[int], None], release: Callable[[int], None]) -> list[type[User]]:
    """``count`` User classes; each calls ``adopt(number)`` where it is spawned, ``release(number)`` on leaving."""

    class Lane(User):  # type: ignore[misc]
        abstract = True
        number: int

        @task  # type: ignore[untyped-decorator]
        def hold(self) -> None:
            adopt(self.number)
            try:
                Event().wait()
            finally:
                release(self.number)

    return [type(f"Lane{n:02d}", (Lane,), {"number": n, "fixed_count": 1, "abstract": False}) for n in range(count)]
