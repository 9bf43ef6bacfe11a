"""The journey that a recording proposes: steps as ``site.yaml`` has them, and what became of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spikekit.journey.expectation import Expected
from spikekit.journey.variety import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know about a step; ``urgent`` when it will not work until a person has seen to it."""

    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedStep:
    """One step. ``recorded`` is the path that was opened, without secrets; texts may hold ``{placeholders}``."""

    method: str
    path: str
    recorded: str
    expect: Expected
    think_seconds: float = 0.0
    data: str | None = None
    capture: tuple[tuple[str, str], ...] = ()
    form: dict[str, str] | None = None
    json: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    assets: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def changes_things(self) -> bool:
        return self.method not in ("get", "head", "options")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """So many of something, as words that follow the number."""

    number: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A journey with its data files, and an account of every request of the recording.

    ``requests`` = those in steps (``folded`` redirects included) + ``assets`` + ``other_hosts`` + ``left_out``.
    """

    name: str
    host: str
    steps: tuple[ProposedStep, ...]
    tables: tuple[Table, ...]
    requests: int
    folded: int
    assets: int
    other_hosts: tuple[Counted, ...]
    left_out: tuple[Counted, ...]
    removed: tuple[Counted, ...]
    browser: str = ""
    recorded_on: str = ""

    @property
    def changing(self) -> tuple[ProposedStep, ...]:
        """The steps that need ``side_effects: accepted``."""
        return tuple(step for step in self.steps if step.changes_things)
