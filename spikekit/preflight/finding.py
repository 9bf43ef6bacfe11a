"""One thing that was looked at, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``name`` for programs, ``text`` for people, ``hint`` what to do about it."""

    name: str
    weight: Weight
    text: str
    hint: str | None = None
