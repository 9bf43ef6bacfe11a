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
        told = [c for c in self.due if not c.passes] or self.due
        counts = Counter("waived" if c.is_waived else STATUS_WORDS[c.status] for c in told if c.status is not None)
        return f"The gate is {'open' if self.passed else 'closed'}: {_counted(counts, len(self.due), within)}."


def _counted(counts: Counter[str], due: int, within: str) -> str:
    """How many are what: ``both campaigns within 14 days are ready``."""
    if len(counts) == 1 and counts.total() == due:
        who = {1: "the one campaign", 2: "both campaigns"}.get(due, f"all {due} campaigns")
        return f"{who} within {within} {'is' if due == 1 else 'are'} {next(iter(counts))}"
    parts = [
        f"{n} {'is' if n == 1 else 'are'} {word}" for word in (*STATUS_WORDS.values(), "waived") if (n := counts[word])
    ]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
    return f"of {plural(due, 'campaign')} within {within} {listed}"
