"""What a search found, in words that somebody can repeat."""

from __future__ import annotations

from spikekit.capacity.behaviour import Behaviour
from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.capacity.finding import Finding
from spikekit.capacity.trial import LimitedBy
from spikekit.wording import count, duration, percent

FAILS = {
    Behaviour.QUEUES: "past that requests queue: nothing is refused, everyone waits",
    Behaviour.SHEDS: "past that it turns some away and serves the others as before",
    Behaviour.COLLAPSES: "past that it collapses: the more come, the fewer are served, until the crowd is gone",
    Behaviour.RATE_LIMITS: "past that it answers 429 by its own rule: a limit somebody set, not its strength",
    Behaviour.SCALES_OUT: "it grows under load, but not at once: the first of a crowd meet the small site",
    Behaviour.DEGRADES: "it takes less the longer it is used: look for something that fills up or leaks",
    Behaviour.UNKNOWN: "how it fails past that was not seen",
}
"""One clear sentence's half on each way to fail; the first half is the rate."""

_REFUSES = 0.05
"""From here on nobody may say that nothing is refused."""


def sentence(finding: Finding, target: str) -> str:
    """The answer in one sentence."""
    capacity = finding.capacity
    if capacity is None:
        why = finding.doubts[0] if finding.doubts else "nothing was measured"
        return f"Inconclusive: what {target} holds is not known; {why}."
    warm = capacity.warm
    if warm.high is None:
        why = finding.reason or "the search ended before it gave way"
        return f"{target} holds at least {rate(warm.likely)} visitors/s; how much more is not known: {why}."
    if not finding.conclusive:
        return (
            f"Inconclusive: {target} held about {rate(warm.likely)} visitors/s ({span(warm)}), but {finding.doubts[0]}."
        )
    sure = f"{warm.confidence * 100:.0f} % sure: {span(warm)}"
    return f"{target} holds {rate(warm.likely)} visitors/s ({sure}); {fails(finding)}."


def fails(finding: Finding) -> str:
    """What happens past the capacity."""
    if finding.behaviour is Behaviour.QUEUES and finding.refused_ratio >= _REFUSES:
        return (
            f"past that requests queue, and further on it refuses some: up to {percent(finding.refused_ratio)} of them"
        )
    return FAILS[finding.behaviour]


def more(finding: Finding) -> list[str]:
    """What else there is to say: the slow step, the cold site, all the doubts but the first."""
    said = []
    if finding.bottleneck is not None and finding.limited_by in (LimitedBy.LATENCY, LimitedBy.ERRORS):
        said.append(f"The step that gives way is {finding.bottleneck}.")
    if finding.capacity is not None:
        said += _cold(finding.capacity)
    if finding.capacity is not None and not finding.conclusive and finding.behaviour is not Behaviour.UNKNOWN:
        said.append(f"As far as was seen, {fails(finding)}.")
    return [*said, *(f"{doubt[0].upper()}{doubt[1:]}." for doubt in finding.doubts[1:])]


def _cold(capacity: Capacity) -> list[str]:
    cold = capacity.cold
    if cold is None or capacity.warm_up_seconds <= 0:
        return []
    seconds = duration(capacity.warm_up_seconds)
    return [f"From idle it takes {rate(cold.likely)} visitors/s ({span(cold)}), for the first {seconds} at most."]


def span(estimate: Estimate) -> str:
    """``512–540``; ``512 or more``."""
    if estimate.high is None:
        return f"{rate(estimate.low)} or more"
    return f"{rate(estimate.low)}–{rate(estimate.high)}"


def rate(value: float) -> str:
    """Visitors/s with as many digits as they deserve."""
    return count(value) if value >= 10 else f"{value:.2g}"
