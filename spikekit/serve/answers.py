"""Answers that were reckoned already: a second of work for each campaign, and mostly nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Answers:
    """Remembers the newest answer under each name, with all that it was reckoned from."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, object]] = {}
        self._asked: set[str] = set()

    def answer(self, name: str, basis: object, reckon: Callable[[], T]) -> T:
        """The answer reckoned from an equal ``basis`` if there is one, else a new one."""
        self._asked.add(name)
        known = self._known.get(name)
        if known is None or known[0] != basis:
            known = self._known[name] = (basis, reckon())
        return cast(T, known[1])

    def forget_unasked(self) -> None:
        """Let go of whatever nobody asked for since the last time."""
        self._known = {name: known for name, known in self._known.items() if name in self._asked}
        self._asked = set()
