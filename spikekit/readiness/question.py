"""What is asked, and the situation it describes: everything that comes in those hours, and what production takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from spikekit.forecast.combined import Traffic, beside
from spikekit.forecast.wave import Role, Wave
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.normal import Normal, normal_of
from spikekit.readiness.situation import Situation, Stream
from spikekit.readiness.supply import Supply, supply_of
from spikekit.readiness.unit import Unit, unit_of
from spikekit.site.model import Site
from spikekit.vocabulary import Range

GOAL = 0.95
"""The survival that is asked for where ``clearance`` in site.yaml says nothing."""

NEGLIGIBLE = 0.001
"""A wave of another campaign that brings less than this share of the capacity in these hours is left out."""

_STREAM = 0x5EAD
"""Keeps readiness's random stream apart from the forecast's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a forecast, the other campaigns' in the same hours (same seed and draws), and what is known.

    ``evidence`` comes in the order of ``evidence.chosen``; ``ratio`` is the target's share of production; ``now`` tells
    how old the evidence is.
    """

    forecast: Traffic
    others: tuple[Traffic, ...] = ()
    site: Site | None = None
    evidence: tuple[Evidence, ...] = ()
    ratio: Range | None = None
    goal: float = GOAL
    now: datetime | None = None


def situation_of(question: Question, ratio: Range) -> tuple[Situation, Unit]:
    """Everything that comes in the campaign's hours, and what production takes, in draws."""
    forecast, site = question.forecast, question.site
    draws = forecast.draws
    rngs = [np.random.default_rng([forecast.seed, _STREAM, n]) for n in range(3)]
    decisive, *rest = question.evidence
    unit = unit_of(decisive, site, draws=draws, rng=rngs[0])
    normal = normal_of(site.normal_traffic if site else None, forecast.campaign.launch, draws=draws, rng=rngs[1])
    held = site.production.busiest_minute if site and site.production else None
    floor = (held or 0.0) / unit.requests
    supply = supply_of(decisive, _bounds(decisive, rest), ratio, floor=floor, draws=draws, rng=rngs[2])
    return situation_with(question, unit, normal, supply), unit


def situation_with(question: Question, unit: Unit, normal: Normal, supply: Supply) -> Situation:
    """The same from a unit, normal traffic and a supply that are already there."""
    own = [_stream(question.forecast, wave, unit, is_own=True) for wave in question.forecast.waves]
    beyond = [
        _stream(other, wave, unit, is_own=False)
        for other in question.others
        for wave in beside(question.forecast, (other,))
    ]
    alone = Situation(streams=tuple(own), normal=normal, unit_requests=unit.requests, supply=supply)
    hours = alone.hours()
    least = NEGLIGIBLE * float(np.quantile(supply.warm, 0.05))
    return replace(alone, streams=(*own, *(s for s in beyond if s.is_felt(*hours, least=least))))


def _bounds(decisive: Evidence, rest: Sequence[Evidence]) -> list[Evidence]:
    """Rehearsals of the same journey on the same target since the decisive measurement."""
    return [
        e
        for e in rest
        if e.knowledge is not Knowledge.MEASURED
        and (e.target, e.journey) == (decisive.target, decisive.journey)
        and e.created > decisive.created
    ]


def _stream(forecast: Traffic, wave: Wave, unit: Unit, *, is_own: bool) -> Stream:
    """Machines and reloads ask for one page each; people do what their channel's journey says."""
    if wave.role is Role.PEOPLE:
        weight = unit.of_mix(forecast.campaign.channels[wave.channel].journey)
    else:
        weight = unit.of_requests(wave.requests_per_visitor)
    return Stream(wave=wave, weight=weight, campaign=forecast.campaign.name, is_own=is_own)
