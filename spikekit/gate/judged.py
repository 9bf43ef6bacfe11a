"""One campaign before the gate: what it must show, what was found, and whether it may launch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from spikekit.campaign.model import Campaign
from spikekit.gate.criterion import MENDED_BY_A_REHEARSAL, Criterion, Outcome, Subject
from spikekit.gate.rule import Waiver
from spikekit.gate.standing import Standing
from spikekit.readiness.answer import Readiness
from spikekit.readiness.answer import Status as Answer
from spikekit.vocabulary import ExitCode


class Status(StrEnum):
    """Of a campaign that is due; ``stale``: what is known is too old or of another version."""

    READY = "ready"
    AT_RISK = "at_risk"
    NOT_READY = "not_ready"
    UNTESTED = "untested"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """``answer`` is ``None`` where the campaign is not due. ``line`` is where its file says when it launches."""

    campaign: Campaign
    file: Path
    line: int
    standing: Standing
    criteria: tuple[Criterion, ...] = ()
    answer: Readiness | None = None
    waiver: Waiver | None = None
    is_waiver_in_effect: bool = False

    @property
    def is_due(self) -> bool:
        return self.standing is Standing.DUE

    @property
    def unmet(self) -> list[Criterion]:
        """What did not pass, waived or not."""
        return [c for c in self.criteria if not c.is_passed]

    @property
    def doubtful(self) -> list[Criterion]:
        """What passed, and is told all the same."""
        return [c for c in self.criteria if c.is_passed and c.is_doubtful]

    @property
    def is_waived(self) -> bool:
        """Whether it passes only because somebody said so."""
        return self.is_waiver_in_effect and bool(self.unmet)

    @property
    def passes(self) -> bool:
        return not self.unmet or self.is_waiver_in_effect

    @property
    def wants_rehearsal(self) -> bool:
        """Whether a rehearsal may find out what nobody knows."""
        unknown = {c.subject for c in self.unmet if c.outcome is Outcome.UNKNOWN}
        return not self.passes and bool(unknown & MENDED_BY_A_REHEARSAL)

    @property
    def status(self) -> Status | None:
        """``None`` where it is not due."""
        if not self.is_due:
            return None
        unmet = {c.subject: c.outcome for c in self.unmet}
        if Outcome.FAILED in unmet.values():
            borne = unmet.get(Subject.REHEARSAL) is not Outcome.FAILED
            at_risk = self.answer is not None and self.answer.status is Answer.AT_RISK
            return Status.AT_RISK if borne and at_risk else Status.NOT_READY
        if {Subject.FRESHNESS, Subject.LABEL} & set(unmet):
            return Status.STALE
        return Status.UNTESTED if unmet else Status.READY

    @property
    def exit_code(self) -> ExitCode:
        """What failed comes before what is not known."""
        if self.passes:
            return ExitCode.DONE
        failed = any(c.outcome is Outcome.FAILED for c in self.unmet)
        return ExitCode.NOT_READY if failed else ExitCode.INCONCLUSIVE
