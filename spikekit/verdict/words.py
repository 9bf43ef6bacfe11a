"""The verdict in words: one sentence that a marketer can repeat, and each reason in one line."""

from __future__ import annotations

import math

from spikekit.engine.plan import Plan
from spikekit.site.model import LANDING_STEP
from spikekit.verdict.run import ObjectiveResult
from spikekit.vocabulary import RunKind, Verdict
from spikekit.wording import clock, duration, percent, told_apart


def per_second(rate: float) -> str:
    """A rate with as many digits as it deserves."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


_MOSTLY_FAILED = 0.2
"""From this share of failures on they are what people felt, before any slowness."""


def misses(missed: list[ObjectiveResult]) -> list[str]:
    """Each missed objective in a line: the earliest first, and of those what most visitors felt."""
    return [_miss(o) for o in sorted(missed, key=_rank)]


def _rank(o: ObjectiveResult) -> tuple[float, int]:
    kind = 2 if o.name == "visitors" else 1
    if o.name == "errors":
        kind = 0 if (o.observed or 0) >= _MOSTLY_FAILED else 3
    return (o.missed_at_seconds if o.missed_at_seconds is not None else math.inf), kind


def sentence(verdict: Verdict, plan: Plan, objectives: list[ObjectiveResult], reasons: list[str]) -> str:
    """The run in one sentence."""
    target = plan.hosts[0].name
    is_spike = plan.kind is RunKind.REHEARSAL
    # A spike's peak is that of its busiest ten seconds, here as everywhere; a load is what was asked for.
    rate = per_second(plan.profile.busiest() if is_spike else plan.profile.peak)
    spike = "spike of" if is_spike else "load of"
    if verdict is Verdict.READY:
        slowest = [o for o in objectives if o.name.startswith("p") and o.observed is not None]
        worst = max(slowest, key=lambda o: (o.observed or 0) / o.limit, default=None)
        pages = f"; {worst.name[1:]} % of pages came within {duration(worst.observed or 0)}" if worst else ""
        length = duration(plan.profile.duration_seconds)
        return f"Ready: {target} held the {spike} {rate} visitors/s for {length}{pages}."
    if verdict is Verdict.NOT_READY:
        return f"Not ready: {target} did not hold the {spike} {rate} visitors/s; {reasons[0]}."
    return f"Inconclusive: this says nothing about {target}; {reasons[0]}."


def _page(o: ObjectiveResult) -> str:
    return f"the {o.step}" if o.step == LANDING_STEP else str(o.step)


def _miss(o: ObjectiveResult) -> str:
    """The whole run's figure where that misses; else the worst window's, and since when any missed."""
    observed = o.observed if o.observed is not None else 0.0
    over = observed < o.limit if o.name == "visitors" else o.unanswered or observed > o.limit
    if over or o.worst_window is None or o.missed_at_seconds is None:
        return _said(o, observed)
    return f"in its worst ten seconds {_said(o, o.worst_window)}, missed first from {clock(o.missed_at_seconds)} on"


def _said(o: ObjectiveResult, figure: float) -> str:
    if o.name == "errors":
        return f"{told_apart(figure, o.limit, percent)} of requests for {_page(o)} failed ({percent(o.limit)} allowed)"
    if o.name == "visitors":
        got = f"only {told_apart(figure, o.limit, percent)} of visitors" if figure else "no visitor"
        return f"{got} got all they came for in time ({percent(o.limit)} needed)"
    share = 100 - float(o.name[1:])
    if figure <= o.limit:
        # They failed before the limit: nobody waited so long, and nobody got it.
        return f"more than {share:g} % got no right answer to {_page(o)} within {duration(o.limit)}"
    waited = told_apart(figure, o.limit, duration)
    return f"{share:g} % waited {waited} or longer for {_page(o)} ({duration(o.limit)} allowed)"
