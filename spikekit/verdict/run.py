"""The document of a run, ``spikekit.run/1``: field names are the JSON's keys. Seconds, per second, ratios 0-1.

Reports, history and gates read this and nothing else. ``None`` stands where nothing was measured.
Quantiles of latency count a failed or abandoned request as slower than any answered one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from spikekit.stored import document_of, of_document
from spikekit.vocabulary import ExitCode, RunKind, Verdict, VisitorCounts

SCHEMA = "spikekit.run/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Of one distribution, in seconds. ``None``: no data, or beyond what any answer showed."""

    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LagQuantiles:
    """Dispatched minus intended: how late the generator itself was."""

    p50: float | None = None
    p99: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """HTTP exchanges of main documents: sent = succeeded + failed + those still in flight at the end."""

    sent: int
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step's main documents.

    ``expected``: how many they would be, had each planned visitor had the time to go on and all gone well.
    """

    name: str
    requests: int
    failed: int
    latency_seconds: Quantiles
    failures: dict[str, int] = field(default_factory=dict)
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """Images, styles and scripts, apart from the pages that ask for them."""

    requests: int = 0
    failed: int = 0
    latency_seconds: Quantiles = field(default_factory=Quantiles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One entry a second. planned, started, completed and failed are visitors of that second;

    ``p95`` (seconds) is of the requests intended in it.
    """

    offset_seconds: list[float]
    planned: list[int]
    started: list[int]
    completed: list[int]
    failed: list[int]
    in_flight: list[int]
    p95: list[float | None]
    p50: list[float | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveResult:
    """One objective on one step (None: all visitors). ``observed`` over the run; ``worst_window`` in its worst 10 s.

    ``limit``, ``observed`` and ``worst_window`` are seconds for latency, ratios otherwise. ``held`` is None where
    there was nothing to judge. ``missed_at_seconds`` is where the earliest missed window begins. ``unanswered`` and
    ``worst_unanswered``: the quantile lies among requests without a right answer, and the figure is how long those
    lasted: a lower bound of a wait, and nothing at all of one where they failed at once.
    """

    name: str
    step: str | None
    limit: float
    observed: float | None
    held: bool | None
    worst_window: float | None
    missed_at_seconds: float | None = None
    unanswered: bool = False
    worst_unanswered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Whether the load generator itself kept up.

    ``left_out_seconds`` are those of the ten-second windows in which it did not: no objective is judged by them.
    """

    healthy: bool
    workers: int
    cpu_ratio: float | None
    notes: list[str]
    left_out_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureExample:
    """One failed request of a kind, so that people see what happened."""

    kind: str
    step: str
    detail: str
    offset_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A histogram of latency: ``counts[i]`` requests between ``edges_seconds[i]`` and ``[i+1]``."""

    edges_seconds: list[float]
    counts: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Everything a run showed, and what was asked, so that one command repeats it.

    ``interrupted``: somebody stopped it; ``refused``: the target took its consent back on the way.
    """

    id: str
    created: str
    tool_version: str
    seed: int
    label: str | None
    inputs: dict[str, str]
    kind: RunKind
    campaign: str | None
    target: str
    verdict: Verdict
    sentence: str
    reasons: list[str]
    started: str
    duration_seconds: float
    visitors: VisitorCounts
    requests: Requests
    failures: dict[str, int]
    latency_seconds: Quantiles
    service_seconds: Quantiles
    dispatch_lag_seconds: LagQuantiles
    steps: list[StepResult]
    assets: Assets
    timeline: Timeline
    objectives: list[ObjectiveResult]
    generator: Generator
    distribution: Distribution
    examples: list[FailureExample]
    asked: dict[str, Any]
    command: str
    interrupted: bool = False
    refused: bool = False
    schema: str = SCHEMA

    @property
    def exit_code(self) -> ExitCode:
        """What a command that ran it says to scripts."""
        if self.refused:
            return ExitCode.REFUSED
        return ExitCode.INTERRUPTED if self.interrupted else self.verdict.exit_code

    def document(self) -> dict[str, Any]:
        """This run as plain JSON values, ``schema`` and ``id`` first."""
        return document_of(self)


def run_from_document(document: dict[str, Any]) -> Run:
    """The run of a saved document. Raises ``ValueError`` when it is not a whole one."""
    return of_document(Run, SCHEMA, document)
