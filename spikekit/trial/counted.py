"""What a visitor sent, as it was counted in the trials of a search."""

from __future__ import annotations

from collections.abc import Iterable

from spikekit.profile.requests import sent_requests_per_visitor
from spikekit.trial.asked import Asked, journeys_of
from spikekit.verdict.run import Run
from spikekit.vocabulary import Verdict


def requests_per_visitor(asked: Asked, runs: Iterable[Run]) -> float:
    """Requests of one visitor who takes the whole journey, by the runs that held: overload gives nobody his files.

    The files of each page were counted; how many pages a visitor opens is the journey's own, for a trial is shorter
    than a visit may be. Of a journey in code of its own, all that its visitors sent. Where nothing held, a page costs
    what the look before the load saw.
    """
    held = [run for run in runs if run.verdict is Verdict.READY]
    (journey,) = journeys_of(asked.profile, asked.site)
    if journey.locust is not None:
        started = sum(run.visitors.started for run in held)
        sent = sum(run.requests.sent + run.assets.requests for run in held)
        return max(sent / started, 1.0) if started else 1.0
    whole = {step.name for step in journey.steps if step.assets == "auto"}
    pages = sum(step.requests - step.failed for run in held for step in run.steps if step.name in whole)
    files = sum(run.assets.requests for run in held)
    per_landing = 1.0 + files / pages if pages else asked.per_landing
    return sent_requests_per_visitor(asked.profile.streams[0].journey, asked.site, per_landing)
