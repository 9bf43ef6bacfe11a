"""A spike: from when to when far more came from one source than usual, who they are, and what says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

ENTRIES, REQUESTS = "entries", "requests"
"""What was counted too many."""


class SpikeKind(StrEnum):
    """Who is coming: a guess with reasons."""

    CROWD = "crowd"
    BOTS = "bots"
    ATTACK = "attack"
    UNKNOWN = "unknown"


@dataclass(slots=True, kw_only=True)
class Spike:
    """Seconds since 1970; ``ended`` is ``None`` as long as it goes on, ``latest`` when it was last seen.

    ``page`` is the landing page of most of its entries and ``referrer`` their commonest referrer, where there are any.
    ``per_minute`` and ``usual_per_minute`` count what was found to be too many: ``counted`` says entries or requests.
    """

    source: str
    declared: bool
    started: int
    found: int
    latest: int
    counted: str
    ended: int | None = None
    page: str | None = None
    referrer: str | None = None
    per_minute: float = 0.0
    usual_per_minute: float = 0.0
    peak_requests_per_second: float = 0.0
    kind: SpikeKind = SpikeKind.UNKNOWN
    reasons: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same after a restart, so that nobody is told of one spike as of two."""
        return f"{self.source}@{self.page or ''}@{self.started}"

    @property
    def is_active(self) -> bool:
        return self.ended is None

    def state(self) -> dict[str, Any]:
        """What ``of`` needs, as plain JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Spike:
        """The spike of a state."""
        return cls(**{**state, "kind": SpikeKind(state["kind"]), "reasons": tuple(state["reasons"])})
