"""How likely an entry that no link declares is a campaign's. Apart from what judges, which needs the whole forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol


class Judgement(NamedTuple):
    """How likely an entry is a campaign's."""

    campaign: str
    probability: float

    @property
    def is_likely(self) -> bool:
        return self.probability >= 0.5


class Judge(Protocol):
    """Judges entries in the order of the log; ``inference.Inference`` is one."""

    def concerns(self, page: bytes) -> bool:
        """Whether a campaign leads to the page."""
        ...

    def judge(self, second: int, page: bytes, name: str) -> Judgement | None:
        """How likely an entry of the source ``name`` at ``page`` is a campaign's; ``None`` when none is due."""
        ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: Mapping[str, Any]) -> None: ...
