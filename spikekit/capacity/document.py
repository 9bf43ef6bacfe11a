"""The document of a search, ``spikekit.capacity/1``: field names are the JSON's keys.

Seconds, per second, ratios 0-1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.trial import LimitedBy, TrialKind
from spikekit.stored import document_of, of_document
from spikekit.vocabulary import ExitCode, Verdict

SCHEMA = "spikekit.capacity/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The same rate twice: visitors/s, and the requests/s they send."""

    requests_per_second: float
    visitors_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """``[low, high]`` of each; ``high`` is None where only a lower bound is known, both where not even that is."""

    requests_per_second: tuple[float | None, float | None] = (None, None)
    visitors_per_second: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cold:
    """What the target takes from idle for the first ``warm_up_seconds``; as warm and 0 where it made no difference."""

    requests_per_second: float
    visitors_per_second: float
    interval: Interval
    confidence: float
    warm_up_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """One trial; ``verdict`` as of a load at that rate, and ``not_ready`` too where it was still ``growing``."""

    kind: TrialKind
    visitors_per_second: float
    offered_per_second: float
    served_per_second: float
    offset_seconds: float
    duration_seconds: float
    stopped_early: bool
    verdict: Verdict
    p95_seconds: float | None
    error_ratio: float | None
    growing: bool
    limited_by: LimitedBy | None = None
    step: str | None
    recovery_seconds: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRun:
    """A whole search. ``conclusive`` is false where ``reasons`` say why nothing, or only a bound, can be said.

    ``capacity`` is None where nothing is known. Where ``lower_bound`` it is no capacity, but the highest rate that was
    seen to hold, and the interval is open above.
    """

    id: str
    created: str
    tool_version: str
    seed: int
    label: str | None
    inputs: dict[str, str]
    target: str
    journey: str
    sentence: str
    reasons: list[str]
    conclusive: bool
    capacity: Rates | None
    interval: Interval
    lower_bound: bool
    confidence: float
    cold: Cold | None = None
    limited_by: LimitedBy
    behaviour: Behaviour
    bottleneck: str | None
    trials: list[TrialResult]
    duration_seconds: float
    seconds_above_capacity: float
    requests_per_visitor: float
    asked: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    interrupted: bool = False
    refused: bool = False
    schema: str = SCHEMA

    @property
    def exit_code(self) -> ExitCode:
        """What the command that searched says to scripts."""
        if self.refused:
            return ExitCode.REFUSED
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if self.conclusive else ExitCode.INCONCLUSIVE

    @property
    def page(self) -> str | None:
        """The one page that its visitors asked for; None where they took a journey."""
        page = self.asked.get("landing")
        return str(page) if self.journey == LANDING_JOURNEY and page else None

    @property
    def verdict(self) -> Verdict:
        """For lists of runs: a search has no objective to miss."""
        return Verdict.READY if self.conclusive else Verdict.INCONCLUSIVE

    def value(self) -> Capacity | None:
        """What readiness reckons with, visitors/s; None where not even a lower bound is known."""
        low, high = self.interval.visitors_per_second
        if low is None or self.capacity is None:
            return None
        likely = self.capacity.visitors_per_second
        warm = Estimate(low=low, likely=likely, high=high, confidence=self.confidence)
        if self.cold is None:
            return Capacity(warm=warm)
        least, most = self.cold.interval.visitors_per_second
        rate = self.cold.visitors_per_second
        cold = Estimate(low=rate if least is None else least, likely=rate, high=most, confidence=self.cold.confidence)
        return Capacity(warm=warm, cold=cold, warm_up_seconds=self.cold.warm_up_seconds)

    def document(self) -> dict[str, Any]:
        """This search as plain JSON values, ``schema`` and ``id`` first."""
        return document_of(self)


def capacity_from_document(document: dict[str, Any]) -> CapacityRun:
    """The search of a saved document. Raises ``ValueError`` when it is not a whole one."""
    return of_document(CapacityRun, SCHEMA, document)
