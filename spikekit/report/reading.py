"""A run read for people: what each objective asks and how much of it was used, what failed, how the generator was.

Terminal and page say the same words, because both take them from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spikekit.report import measured
from spikekit.report.palette import Light, held_light
from spikekit.verdict.run import FailureExample, Generator, ObjectiveResult, Run
from spikekit.vocabulary import FailureKind

_LATENCY = re.compile(r"p(\d+(?:\.\d+)?)")

FAILURE_WORDS: dict[str, str] = {
    FailureKind.DNS: "the name could not be resolved",
    FailureKind.REFUSED: "the connection was refused",
    FailureKind.CONNECT: "no connection could be made",
    FailureKind.CONNECT_TIMEOUT: "no connection in time",
    FailureKind.TLS: "the secure connection failed",
    FailureKind.RESET: "the site broke the connection",
    FailureKind.CLOSED: "the answer ended early",
    FailureKind.TIMEOUT: "no answer in time",
    FailureKind.STATUS: "an error page",
    FailureKind.TEXT: "a page without the expected text",
    FailureKind.CAPTURE: "a page without what the next step needs",
    FailureKind.INVALID: "an answer that is not HTTP",
    FailureKind.TOO_LARGE: "an answer too large to read",
    FailureKind.REDIRECT: "sent away to another site",
    FailureKind.NO_PORTS: "this machine ran out of connections",
    FailureKind.SCRIPT: "the journey's own code failed",
    FailureKind.LEASE: "stopped with the run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveReading:
    """One objective in words. ``used`` is the share of what it allows that the run used: above 1 is a miss.

    ``worst_used`` is the same of the worst ten seconds; both are None where nothing was judged.
    """

    asks: str
    step: str | None
    observed: str
    worst: str
    used: float | None
    worst_used: float | None
    light: Light
    missed_at_seconds: float | None


def read_objective(objective: ObjectiveResult) -> ObjectiveReading:
    """What the objective asks, what came, and how much of the allowance that is."""
    return ObjectiveReading(
        asks=asks(objective),
        step=objective.step,
        observed=_value(objective, objective.observed),
        worst=_value(objective, objective.worst_window),
        used=_used(objective, objective.observed),
        worst_used=_used(objective, objective.worst_window),
        light=held_light(objective.held),
        missed_at_seconds=objective.missed_at_seconds,
    )


def asks(objective: ObjectiveResult) -> str:
    """``95 % of answers within 800 ms``."""
    if objective.name == "errors":
        return f"at most {measured.percent(objective.limit)} of requests fail"
    if objective.name == "visitors":
        return f"{measured.percent(objective.limit)} of visitors get every page in time"
    latency = latency_quantile(objective)
    share = f"{latency:g} % of answers" if latency else objective.name
    return f"{share} within {measured.duration(objective.limit)}"


def latency_quantile(objective: ObjectiveResult) -> float | None:
    """95 for ``p95``; None for what is not a latency objective."""
    match = _LATENCY.search(objective.name)
    return float(match[1]) if match else None


def worst_miss(run: Run) -> ObjectiveResult | None:
    """The objective that was missed by the most, of those whose place in time is known."""
    missed = [o for o in run.objectives if o.held is False and o.missed_at_seconds is not None]
    return max(missed, key=lambda o: _used(o, o.worst_window) or 0.0, default=None)


def _value(objective: ObjectiveResult, value: float | None) -> str:
    if value is None:
        return "no answer" if objective.held is False and latency_quantile(objective) else measured.NOTHING
    return measured.percent(value) if objective.name in ("errors", "visitors") else measured.duration(value)


def _used(objective: ObjectiveResult, value: float | None) -> float | None:
    if value is None:
        return None
    visitors = objective.name == "visitors"
    came, allowed = (1 - value, 1 - objective.limit) if visitors else (value, objective.limit)
    if allowed <= 0:
        return 0.0 if came <= 0 else float("inf")
    return max(0.0, came / allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReading:
    """One kind of failure with an example, if one was kept."""

    kind: str
    words: str
    count: int
    share: str
    example: FailureExample | None


def read_failures(run: Run) -> list[FailureReading]:
    """Every kind of failure that happened, the most frequent first."""
    examples = {e.kind: e for e in reversed(run.examples)}
    ordered = sorted(run.failures.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        FailureReading(
            kind=kind,
            words=FAILURE_WORDS.get(kind, kind.replace("_", " ")),
            count=number,
            share=measured.percent(number / run.requests.sent) if run.requests.sent else measured.NOTHING,
            example=examples.get(kind),
        )
        for kind, number in ordered
        if number
    ]


def generator_sentence(run: Run) -> str:
    """How the generator itself was, in one line."""
    generator = run.generator
    health = "The load generator kept up" if generator.healthy else "The load generator did not keep up"
    facts = _generator_facts(generator)
    lag = run.dispatch_lag_seconds.p99
    if lag is not None:
        facts.append(f"99 of 100 visitors began within {measured.duration(lag)} of their time")
    return f"{health}: {', '.join(facts)}." if facts else f"{health}."


def _generator_facts(generator: Generator) -> list[str]:
    facts = [measured.plural(generator.workers, "worker")] if generator.workers else []
    if generator.cpu_ratio is not None:
        facts.append(f"{measured.percent(round(generator.cpu_ratio, 2))} of a processor used")
    return facts


def visitor_fates(run: Run) -> list[tuple[str, int, str]]:
    """What became of the planned visitors, in words, with the count and the colour role's CSS name; no zeros."""
    v = run.visitors
    fates = [
        ("got every page", v.completed, "real"),
        ("met an error", v.failed, "failed"),
        ("gave up waiting", v.abandoned, "capacity"),
        ("were still there at the end", v.in_flight, "band"),
        ("could not be sent", v.dropped, "planned"),
        ("were lost with a worker", v.unreported, "unknown"),
    ]
    return [fate for fate in fates if fate[1]]
