"""What to measure next: capacity with the journey that most of the campaign's load comes from, on its own page."""

from __future__ import annotations

from collections import defaultdict
from shlex import quote

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.forecast.requests import requests_per_visitor
from spikekit.forecast.wave import Role
from spikekit.readiness.answer import Readiness
from spikekit.readiness.question import Question
from spikekit.readiness.unit import REQUESTS

FAR_WEIGHT = 1.5
"""A visitor who weighs more, or less than one such part, was not measured but reckoned (judgement).

Requests are a poor measure of cost: an asset may cost a server next to nothing, a search a hundred pages.
"""

_LANDING_PAGE = "/"
"""Where ``spikekit capacity`` lands unless told otherwise."""


def unmeasured_journey(answer: Readiness) -> str | None:
    """The campaign's own journey where capacity was measured on one that asks for far more or less."""
    if answer.unit is None or answer.unit.journey == REQUESTS:
        return None
    if 1 / FAR_WEIGHT <= answer.weight <= FAR_WEIGHT:
        return None
    name, _ = _main(answer.question)
    return name if answer.unit.mix != ((name, 1.0),) else None


def capacity_command(question: Question, target: str) -> str:
    """The search that would tell most of this campaign, as a shell takes it."""
    name, landing = _main(question)
    journey = "" if name == LANDING_JOURNEY else f" --journey {quote(name)}"
    path = "" if landing == _LANDING_PAGE else f" --path {quote(landing)}"
    return f"spikekit capacity --target {quote(target)}{journey}{path}"


def _main(question: Question) -> tuple[str, str]:
    """The journey that brings most of the campaign's requests, and the page on which most of those visitors land."""
    brought: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    per_landing = np.array([REQUESTS_PER_LANDING.range.likely])
    for wave in (w for w in question.forecast.waves if w.role is Role.PEOPLE):
        channel, visitors = question.forecast.campaign.channels[wave.channel], float(np.median(wave.volume))
        for name, share in channel.journey:
            requests = float(requests_per_visitor(((name, 1.0),), question.site, per_landing)[0])
            brought[name][channel.landing] += visitors * share * requests
    name = max(brought, key=lambda n: sum(brought[n].values()))
    return name, max(brought[name], key=brought[name].__getitem__)
