"""The gate itself: every campaign judged by one rule, open or closed, and the sentence that says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from spikekit.gate.judged import Judged, Status
from spikekit.gate.rule import Rule
from spikekit.vocabulary import ExitCode
from spikekit.wording import plural, span

STATUS_WORDS = {
    Status.NOT_READY: "not ready",
    Status.AT_RISK: "at risk",
    Status.UNTESTED: "untested",
    Status.STALE: "stale",
    Status.READY: "ready",
}
"""The gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """``campaigns`` in the order of their launches; ``now`` is when they were judged."""

    campaigns: tuple[Judged, ...]
    rule: Rule
    now: datetime

    @property
    def due(self) -> list[Judged]:
        return [c for c in self.campaigns if c.is_due]

    @property
    def passed(self) -> bool:
        return all(c.passes for c in self.due)

    @property
    def exit_code(self) -> ExitCode:
        """Of several campaigns what failed comes before what is not known."""
        codes = {c.exit_code for c in self.due}
        return next((c for c in (ExitCode.NOT_READY, ExitCode.INCONCLUSIVE) if c in codes), ExitCode.DONE)

    @property
    def sentence(self) -> str:
        """``The gate is closed: of 3 campaigns within 14 days 1 is not ready and 1 is stale.``"""
        within = span(self.rule.within.total_seconds())
        if not self.due:
            return f"The gate is open: no confirmed campaign launches within {within}."
        of = f"of {plural(len(self.due), 'campaign')} within {within}"
        if not self.passed:
            if len(self.due) == 1:
                return f"The gate is closed: the one campaign within {within} {_counted(self.due)[2:]}."
            return f"The gate is closed: {of} {_counted(self.due)}."
        if len(self.due) == 1:
            last = "waived" if self.due[0].is_waived else "ready"
            return f"The gate is open: the one campaign within {within} is {last}."
        waived = sum(c.is_waived for c in self.due)
        if waived in (0, len(self.due)):
            every = "both" if len(self.due) == 2 else f"all {len(self.due)}"
            return f"The gate is open: {every} campaigns within {within} are {'waived' if waived else 'ready'}."
        return f"The gate is open: {of} {_some(len(self.due) - waived, 'ready')} and {_some(waived, 'waived')}."


def _some(number: int, word: str) -> str:
    return f"{number} {'is' if number == 1 else 'are'} {word}"


def _counted(due: list[Judged]) -> str:
    counts = Counter(c.status for c in due if not c.passes)
    parts = [_some(counts[status], word) for status, word in STATUS_WORDS.items() if counts[status]]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
