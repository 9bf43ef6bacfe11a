"""The verdict in words: one sentence that a marketer can repeat, and each reason in one line."""

from __future__ import annotations

from spikekit.engine.plan import Plan
from spikekit.verdict.run import ObjectiveResult
from spikekit.vocabulary import RunKind, Verdict


def seconds(value: float) -> str:
    """A duration as people say it: 62 ms, 1.4 s, 12 s."""
    if value < 0.0995:
        return f"{value * 1000:.2g} ms"
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2g} s" if value < 9.95 else f"{value:,.0f} s"


def per_second(rate: float) -> str:
    """A rate with as many digits as it deserves."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


def clock(offset: float) -> str:
    """A moment of the run, as minutes and seconds from its start."""
    return f"{int(offset) // 60}:{int(offset) % 60:02d}"


def misses(missed: list[ObjectiveResult]) -> list[str]:
    """Each missed objective in a line, the earliest first."""
    return [_miss(o) for o in sorted(missed, key=lambda o: (o.missed_at_seconds is None, o.missed_at_seconds or 0))]


def sentence(verdict: Verdict, plan: Plan, objectives: list[ObjectiveResult], reasons: list[str]) -> str:
    """The run in one sentence."""
    target = plan.hosts[0].name
    rate = per_second(plan.profile.peak)
    spike = "spike of" if plan.kind is RunKind.REHEARSAL else "load of"
    if verdict is Verdict.READY:
        slowest = [o for o in objectives if o.name.startswith("p") and o.observed is not None]
        worst = max(slowest, key=lambda o: (o.observed or 0) / o.limit, default=None)
        pages = f"; {worst.name[1:]} % of pages came within {seconds(worst.observed or 0)}" if worst else ""
        length = _length(plan.profile.duration_seconds)
        return f"Ready: {target} held the {spike} {rate} visitors/s for {length}{pages}."
    if verdict is Verdict.NOT_READY:
        return f"Not ready: {target} did not hold the {spike} {rate} visitors/s; {reasons[0]}."
    return f"Inconclusive: this says nothing about {target}; {reasons[0]}."


def _miss(o: ObjectiveResult) -> str:
    when = f"from {clock(o.missed_at_seconds)} on, " if o.missed_at_seconds else ""
    observed = o.worst_window if o.missed_at_seconds is not None and o.worst_window is not None else o.observed
    figure = observed if observed is not None else 0.0
    if o.name == "errors":
        return f"{when}{_percent(figure)} of requests for {o.step} failed ({_percent(o.limit)} allowed)"
    if o.name == "visitors":
        return f"{when}only {_percent(figure)} of visitors got all they came for ({_percent(o.limit)} needed)"
    share = 100 - float(o.name[1:])
    return f"{when}{share:g} % waited {seconds(figure)} or longer for {o.step} ({seconds(o.limit)} allowed)"


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.3g} %"


def _length(value: float) -> str:
    return f"{value:.0f} s" if value < 90 else f"{value / 60:.2g} min"
