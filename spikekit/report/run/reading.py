"""A run read for people: what each objective asks and how much of it was used, what failed, how the generator was.

Terminal and page say the same words, because both take them from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from spikekit import wording
from spikekit.history.entry import peak_visitors_per_second
from spikekit.report.palette import Role
from spikekit.verdict.run import FailureExample, Generator, Run
from spikekit.vocabulary import FailureKind

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
    FailureKind.BLOCKED: "the site refused this machine",
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
            share=wording.percent(number / run.requests.sent) if run.requests.sent else wording.NOTHING,
            example=examples.get(kind),
        )
        for kind, number in ordered
        if number
    ]


def generator_sentence(run: Run) -> str:
    """How the generator itself was, in one line."""
    generator = run.generator
    if not run.visitors.started:
        return "The load generator sent nothing."
    health = "The load generator kept up" if generator.healthy else "The load generator did not keep up"
    facts = _generator_facts(generator)
    lag = run.dispatch_lag_seconds.p99
    if lag is not None:
        facts.append(f"99 % of visitors began within {wording.duration(lag)} of their time")
    return f"{health}: {', '.join(facts)}." if facts else f"{health}."


def _generator_facts(generator: Generator) -> list[str]:
    facts = [wording.plural(generator.workers, "worker")] if generator.workers else []
    if generator.cpu_ratio is not None:
        facts.append(f"{wording.percent(round(generator.cpu_ratio, 2))} of a processor used")
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of some of the planned visitors; ``share`` is of all planned."""

    words: str
    count: int
    share: float
    role: Role

    @property
    def told(self) -> str:
        """``1 was still there at the end``, ``20 gave up waiting``."""
        words = self.words.replace("were ", "was ", 1) if self.count == 1 else self.words
        return f"{wording.count(self.count)} {words}"


def visitor_fates(run: Run) -> list[Fate]:
    """What became of the planned visitors; only what happened to anyone."""
    v = run.visitors
    known = [
        ("got every page", v.completed, Role.REAL),
        ("met an error", v.failed, Role.FAILED),
        ("gave up waiting", v.abandoned, Role.OBJECTIVE),
        ("were still there at the end", v.in_flight, Role.BAND),
        ("could not be sent", v.dropped, Role.PLANNED),
        ("were lost with a worker", v.unreported, Role.UNKNOWN),
    ]
    return [Fate(words=w, count=n, share=n / v.planned, role=r) for w, n, r in known if n and v.planned]


def what_became(run: Run) -> str:
    """``All 200 visitors got every page.`` or ``Of 200 visitors 180 got every page, 20 gave up waiting.``"""
    fates, planned = visitor_fates(run), run.visitors.planned
    if len(fates) == 1:
        return f"All {wording.count(planned)} visitors {fates[0].words}." if planned > 1 else ""
    return f"Of {wording.count(planned)} visitors " + ", ".join(f.told for f in fates) + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One of the four figures that are read first."""

    figure: str
    words: str
    more: str


def headlines(run: Run) -> list[Headline]:
    """How many came, how fast at most, how long pages took, how many failed."""
    return [_came(run), _peak(run), _waited(run), _failed(run)]


def _came(run: Run) -> Headline:
    v = run.visitors
    whole = f"{wording.percent(v.completed / v.started)} of them got every page" if v.started else "nobody was sent"
    return Headline(figure=wording.count(v.started), words="visitors came", more=whole)


def _peak(run: Run) -> Headline:
    peak = peak_visitors_per_second(run.timeline)
    figure = wording.NOTHING if peak is None else f"{wording.count(peak)}/s"
    return Headline(figure=figure, words="visitors at the peak", more="mean of the busiest ten seconds")


def _waited(run: Run) -> Headline:
    latency, sent = run.latency_seconds, run.requests.sent
    figure = wording.quantile(latency.p95, longest=latency.max, requests=sent)
    half = wording.quantile(latency.p50, longest=latency.max, requests=sent)
    return Headline(figure=figure, words="for 95 % of pages", more=f"half of them: {half}")


def _failed(run: Run) -> Headline:
    requests = run.requests
    figure = wording.percent(requests.failed / requests.sent) if requests.sent else wording.NOTHING
    more = f"{wording.count(requests.failed)} of {wording.count(requests.sent)}"
    return Headline(figure=figure, words="of page requests failed", more=more)


def assets_sentence(run: Run) -> str | None:
    """Images, styles and scripts in one line; None when none were asked for."""
    assets = run.assets
    if not assets.requests:
        return None
    took = wording.quantile(assets.latency_seconds.p95, longest=assets.latency_seconds.max, requests=assets.requests)
    return (
        f"Images, styles and scripts: {wording.count(assets.requests)} requests, "
        f"{wording.count(assets.failed)} failed, 95 % within {took}."
    )


def asked(run: Run) -> list[tuple[str, str]]:
    """What was asked, as names and values, so that the run can be repeated."""
    facts = [("Target", run.target), ("Campaign", run.campaign), ("Version tested", run.label)]
    known = [(name, value) for name, value in facts if value is not None]
    own = [(key.replace("_", " ").capitalize(), _asked_value(value)) for key, value in run.asked.items()]
    files = [("File", f"{name} (sha256 {digest[:12]}…)") for name, digest in sorted(run.inputs.items())]
    return [*known, *own, ("Seed", str(run.seed)), *files]


_HARDLY = 0.25
"""Below this share of the requests that were to be expected a step was hardly tested (judgement)."""

_HARDLY_PAGES = 5.0
"""So many fewer at least: of a few more or less, chance alone decides."""


def hardly_tested(run: Run) -> str | None:
    """The steps that far fewer came to than would have, given time; None where there is none."""
    few = [
        f"{s.name} ({wording.count(s.requests)} of about {wording.count(s.expected)} requests)"
        for s in run.steps
        if s.expected is not None and s.requests < _HARDLY * s.expected and s.expected - s.requests >= _HARDLY_PAGES
    ]
    if not few:
        return None
    v = run.visitors
    lost = v.failed + v.abandoned > v.in_flight
    why = "too many met an error or gave up before" if lost else "the run ended before most came so far"
    return f"Hardly tested: {', '.join(few)}: {why}."


def _asked_value(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: wording.NOTHING}[value]
    if isinstance(value, (int, float)):
        return f"{value:,.6g}"
    return str(value)
