"""One thing a campaign must show before it may launch, and whether it did: held, failed, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """No data is never ``passed``: it is ``unknown``."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Subject(StrEnum):
    """What a criterion is about; these are the names of JUnit's testcases."""

    EVIDENCE = "evidence"
    FRESHNESS = "freshness"
    LABEL = "label"
    TOGETHER = "together"
    SURVIVAL = "survival"
    REHEARSAL = "rehearsal"


MENDED_BY_A_REHEARSAL = frozenset({Subject.EVIDENCE, Subject.FRESHNESS, Subject.LABEL, Subject.REHEARSAL})
"""What ``--rehearse`` can find out when it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Terminal, JUnit, summary and annotations all say it in these ``words``, then the ``command`` that mends it.

    One that ``is_doubtful`` counts as its outcome says, and every output tells it even where it passed.
    """

    subject: Subject
    outcome: Outcome
    words: str
    command: str | None = None
    is_doubtful: bool = False

    @property
    def sentence(self) -> str:
        """What stands alone, in one piece."""
        return self.words if self.command is None else f"{self.words} {self.command}"

    @property
    def is_passed(self) -> bool:
        return self.outcome is Outcome.PASSED
