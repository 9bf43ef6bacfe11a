"""One second of a run, as one JSON line on disk.

A line tells what *happened* in that second: visitors that came due, started and ended, and the answers that arrived.
Answers are grouped by the second in which their request was *intended*, so that a site's stall, or the generator's,
is seen in the moment it hit the visitors. Lines add up: a reader sums those it has.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from spikekit.measurement.histogram import Histogram

ASSETS = "assets"
DROPPED_AT = "visitors were dropped at "
"""How a note begins that says which limit turned visitors away; the limit follows."""
"""The step name under which the files that pages ask for are measured."""

_COUNTS = ("second", "completed", "failed", "abandoned", "dropped", "late", "in_flight", "worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came of the requests of one step intended in one second.

    ``latency`` (from the intended instant) and ``service`` (from dispatch) are of the right answers; ``lost`` holds
    how long the failed ones had lasted, a lower bound; ``failures`` counts those by kind.
    """

    step: str
    intended: int
    latency: Histogram
    service: Histogram
    lost: Histogram
    failures: dict[str, int] = field(default_factory=dict)

    @classmethod
    def merged(cls, parts: Sequence[Answers]) -> Answers:
        """All the answers of parts of the same step and intended second."""
        failures: Counter[str] = Counter()
        for part in parts:
            failures.update(part.failures)
        return cls(
            step=parts[0].step,
            intended=parts[0].intended,
            latency=Histogram.merged(p.latency for p in parts),
            service=Histogram.merged(p.service for p in parts),
            lost=Histogram.merged(p.lost for p in parts),
            failures=dict(failures),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One failure as it happened. ``detail`` is bounded text from the outside world: never trust it."""

    kind: str
    step: str
    detail: str
    offset_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What happened between ``second`` and ``second + 1`` of a run, on the worker of that number.

    ``planned`` and ``started`` count visitors by the second in which they were *intended*; ``completed``, ``failed``,
    ``abandoned`` and ``dropped`` those whose fate was sealed in this one. ``late`` are those of the completed who
    waited longer for some page than any latency objective allows. ``in_flight`` is at the second's end. ``lag`` holds
    dispatched − intended of the requests dispatched, by the second in which they were intended.
    ``pending`` (last line only) holds the age of each request still unanswered, by step and intended second.
    ``cpu_ratio`` is the worker's share of one core. ``sent`` counts requests by step.
    """

    second: int
    planned: dict[int, int] = field(default_factory=dict)
    started: dict[int, int] = field(default_factory=dict)
    completed: int = 0
    failed: int = 0
    abandoned: int = 0
    dropped: int = 0
    late: int = 0
    in_flight: int = 0
    cpu_ratio: float = 0.0
    worker: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    lag: dict[int, Histogram] = field(default_factory=dict)
    answers: tuple[Answers, ...] = ()
    pending: tuple[Answers, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
    last: bool = False

    def line(self) -> str:
        """This second as one line of JSON, without its newline; empty parts are left out."""
        plain: dict[str, Any] = {"second": self.second}
        for name in ("planned", "started", *_COUNTS[1:]):
            plain[name] = getattr(self, name)
        plain["cpu_ratio"] = round(self.cpu_ratio, 3)
        plain["sent"] = self.sent
        plain["lag"] = {second: lag.encoded() for second, lag in self.lag.items()}
        plain["answers"] = [_answers_out(a) for a in self.answers]
        plain["pending"] = [_answers_out(a) for a in self.pending]
        plain["examples"] = [
            {"kind": e.kind, "step": e.step, "detail": e.detail, "offset_seconds": round(e.offset_seconds, 3)}
            for e in self.examples
        ]
        plain["notes"] = list(self.notes)
        plain["last"] = self.last
        # Plain ASCII: whoever reads along may find half a line, but never half a character.
        return json.dumps({k: v for k, v in plain.items() if v or k == "second"})


def second_of(line: str) -> Second:
    """The second a line holds. Raises ``ValueError`` for a line that was cut off or never written by us."""
    try:
        plain = json.loads(line)
        return Second(
            **{
                **plain,
                **{name: _whole(plain[name]) for name in _COUNTS if name in plain},
                "planned": {int(s): _whole(n) for s, n in plain.get("planned", {}).items()},
                "started": {int(s): _whole(n) for s, n in plain.get("started", {}).items()},
                "sent": _counts(plain.get("sent", {})),
                "lag": {int(s): Histogram.decoded(text) for s, text in plain.get("lag", {}).items()},
                "answers": tuple(_answers_in(a) for a in plain.get("answers", ())),
                "pending": tuple(_answers_in(a) for a in plain.get("pending", ())),
                "examples": tuple(Example(**e) for e in plain.get("examples", ())),
                "notes": tuple(plain.get("notes", ())),
            }
        )
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"not a second's line: {error}") from error


def _answers_out(answers: Answers) -> dict[str, Any]:
    plain: dict[str, Any] = {"step": answers.step, "intended": answers.intended}
    for name in ("latency", "service", "lost"):
        if text := getattr(answers, name).encoded():
            plain[name] = text
    if answers.failures:
        plain["failures"] = answers.failures
    return plain


def _answers_in(plain: dict[str, Any]) -> Answers:
    return Answers(
        step=plain["step"],
        intended=_whole(plain["intended"]),
        latency=Histogram.decoded(plain.get("latency", "")),
        service=Histogram.decoded(plain.get("service", "")),
        lost=Histogram.decoded(plain.get("lost", "")),
        failures=_counts(plain.get("failures", {})),
    )


def _counts(plain: dict[str, Any]) -> dict[str, int]:
    return {name: _whole(count) for name, count in plain.items()}


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"expected a whole number, found {value!r:.40}")
    return value
