"""Undeclared entries on a campaign's landing page → how likely the campaign brought them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Judgement(NamedTuple):
    """How likely an entry is a campaign's."""

    campaign: str
    probability: float

    @property
    def is_likely(self) -> bool:
        return self.probability >= 0.5


class Inference:
    """Judges entries by landing page, source and time since the launch."""

    def __init__(self, expected: Sequence[Any]) -> None:
        self._expected = tuple(expected)

    def concerns(self, page: bytes) -> bool:
        """Whether a campaign leads to the page."""
        return False

    def judge(self, second: int, page: bytes, name: str) -> Judgement | None:
        """How likely an entry of the source ``name`` at ``page`` is a campaign's."""
        return None

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None: ...
