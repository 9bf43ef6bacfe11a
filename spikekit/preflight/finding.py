"""One thing that was looked at, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``name`` for programs, ``text`` for people, ``hint`` what to do about it.

    ``figures`` are what the text says in numbers, each with its unit in its name. A ``PROBLEM`` stands in the way of
    measuring; a ``WARNING`` costs capacity, or makes the measurement mean less.
    """

    name: str
    weight: Weight
    text: str
    hint: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
