"""What a visitor sent, as it was counted in the trials of a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from spikekit.trial.asked import Asked, journeys_of
from spikekit.verdict.run import Run
from spikekit.vocabulary import Verdict


def requests_per_visitor(asked: Asked, runs: Iterable[Run]) -> float:
    """Requests of one visitor who takes the whole journey, by the runs that held: overload gives nobody his files.

    How many pages a visitor opens is the journey's own, for a trial is shorter than a visit may be. What its pages
    were seen to cost, or are taken to, is corrected by the files that were counted: browsers keep some of them. Of a
    journey in code of its own, all that its visitors sent.
    """
    held = [run for run in runs if run.verdict is Verdict.READY]
    stream, (journey,) = asked.profile.streams[0], journeys_of(asked.profile, asked.site)
    files = sum(run.assets.requests for run in held)
    if journey.locust is not None:
        started = sum(run.visitors.started for run in held)
        return max((sum(run.requests.sent for run in held) + files) / started, 1.0) if started else 1.0
    opened: Counter[str] = Counter()
    for step in (step for run in held for step in run.steps):
        opened[step.name] += step.requests - step.failed
    each = {step.name: asked.pages.of_step(step, stream.landing) - 1.0 for step in journey.steps}
    expected = sum(opened[name] * count for name, count in each.items())
    kept = files / expected if expected else 1.0
    return sum(reach * (1.0 + kept * each[step.name]) for step, reach in journey.reached())
