"""Will it hold? Forecast draws × capacity posterior, with everything else that comes in those hours, added once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Role
from spikekit.readiness.advice import Advice, advise, judge_from
from spikekit.readiness.audience import audiences
from spikekit.readiness.course import first_draws
from spikekit.readiness.evidence import Knowledge
from spikekit.readiness.lever import levers
from spikekit.readiness.loss import Losses, losses
from spikekit.readiness.question import Question, situation_of
from spikekit.readiness.situation import Need, Situation, need, scaled
from spikekit.readiness.survival import Chances, chances
from spikekit.readiness.unit import Unit, first_of_unit
from spikekit.readiness.unknown import Doubt, Unknown, dominant, doubts_of_demand, in_quarters
from spikekit.site.model import Site
from spikekit.vocabulary import ChannelKind, ExitCode, Range

DRAWS = 20_000
"""A chance of one half is then known to 0.0035 (one standard error), other chances better."""

RISK_FACTOR = 4.0
"""At risk, and no more than that, while the chance of failing is at most so many times what is accepted."""

CHANGE_DRAWS = 5_000
"""So many draws are enough to know what a change changes: both sides of it share them."""

SIZES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""How much smaller and larger the campaign might turn out, for a picture of how survival falls."""


LIGHT_DIFFERENCE = 0.05
"""Weights this close to 1 are not worth a sentence."""


class Status(StrEnum):
    """Where a campaign stands."""

    READY = "ready"
    AT_RISK = "at_risk"
    NOT_READY = "not_ready"
    UNTESTED = "untested"

    @property
    def exit_code(self) -> ExitCode:
        if self is Status.UNTESTED:
            return ExitCode.INCONCLUSIVE
        return ExitCode.DONE if self is Status.READY else ExitCode.NOT_READY


class Gap(StrEnum):
    """What is missing before survival can be known."""

    EVIDENCE = "evidence"
    RATIO = "capacity_ratio"
    BEYOND = "beyond what was shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The answer. What is ``None`` is not known.

    ``capacity`` is P5, P50, P95 in visitors/s of ``unit.journey``, on production; ``weight`` how many of those one of
    the campaign's visitors counts for at the median. ``by_size`` pairs multiples of the campaign's visitors with their
    survival. ``survivable`` is for production, ``on_target`` for the target
    itself where the ratio is missing.
    """

    question: Question
    status: Status
    gap: Gap | None
    survival: float | None = None
    doubt: Doubt | None = None
    doubts: tuple[Doubt, ...] = ()
    capacity: Range | None = None
    unit: Unit | None = None
    weight: float = 1.0
    is_floored: bool = False
    losses: Losses | None = None
    by_size: tuple[tuple[float, float], ...] = ()
    advice: tuple[Advice, ...] = ()
    situation: Situation | None = None
    survivable: Mapping[ChannelKind, int] = field(default_factory=dict)
    on_target: Mapping[ChannelKind, int] = field(default_factory=dict)

    @property
    def own_weight(self) -> float:
        """``weight`` where it is worth telling from 1; whatever is told in visitors is divided by it."""
        return self.weight if abs(self.weight - 1) > LIGHT_DIFFERENCE else 1.0

    @property
    def survival_range(self) -> tuple[float, float] | None:
        """Survival in the worst and in the best quarter of the greatest unknown."""
        if self.survival is None:
            return None
        if self.doubt is None:
            return self.survival, self.survival
        return min(self.doubt.low, self.survival), max(self.doubt.high, self.survival)

    @property
    def is_cleared(self) -> bool:
        """Whether the site's ``clearance`` says that no rehearsal is needed: it holds, and from measured capacity.

        A search that was inconclusive measured nothing that a rehearsal could be spared for.
        """
        site, evidence = self.question.site, self.question.evidence
        measured = bool(evidence) and evidence[0].knowledge is Knowledge.MEASURED and not evidence[0].is_doubtful
        return (
            site is not None
            and site.clearance is not None
            and measured
            and self.survival is not None
            and self.survival >= site.clearance
        )


def assess(question: Question, *, with_advice: bool = True) -> Readiness:
    """The readiness of the campaign; equal questions have equal answers."""
    if not question.evidence:
        return Readiness(question=question, status=Status.UNTESTED, gap=Gap.EVIDENCE)
    if question.ratio is None:
        on_target = audiences(question, None)
        return Readiness(question=question, status=Status.UNTESTED, gap=Gap.RATIO, on_target=on_target)
    situation, unit = situation_of(question, question.ratio)
    asked = need(situation)
    met = chances(asked, situation.supply)
    doubts = tuple(sorted(_doubts(question, situation, unit, asked, met), key=lambda d: -d.difference))
    status, gap = judged(met.survival, question.goal, question.evidence[0].knowledge)
    advice = _advice(question, situation, unit, met.survival) if with_advice else []
    patience = question.site.habits.patience.likely if question.site else 30.0
    return Readiness(
        question=question,
        status=status,
        gap=gap,
        survival=met.survival,
        doubt=dominant(doubts),
        doubts=doubts,
        capacity=quantile_range(situation.supply.warm),
        unit=unit,
        weight=_weight(situation),
        is_floored=situation.supply.is_floored,
        losses=losses(situation, behaviour=question.evidence[0].behaviour, patience_seconds=patience),
        by_size=_by_size(situation, met.survival) if with_advice else (),
        advice=tuple(advice),
        situation=situation,
        survivable=audiences(question, question.ratio),
    )


def _advice(question: Question, situation: Situation, unit: Unit, survival: float) -> list[Advice]:
    if survival >= question.goal:
        return []
    some = first_draws(situation, CHANGE_DRAWS)
    campaign, decisive = question.forecast.campaign, question.evidence[0]
    part = first_of_unit(unit, len(some.normal.level))
    possible = levers(some, campaign, part, decisive, _replicas(question.site))
    return advise(some, possible, survival=survival, goal=question.goal)


def _by_size(situation: Situation, survival: float) -> tuple[tuple[float, float], ...]:
    some = first_draws(situation, CHANGE_DRAWS)
    judge = judge_from(some, survival)
    return tuple((factor, survival if factor == 1 else judge(scaled(some, factor))) for factor in SIZES)


def judged(survival: float, goal: float, knowledge: Knowledge) -> tuple[Status, Gap | None]:
    """Ready from the goal on; at risk while failing is at most ``RISK_FACTOR`` times as likely as accepted.

    A lower bound can show that a campaign holds, never that it does not; an upper bound the other way round.
    """
    if survival >= goal:
        return (Status.UNTESTED, Gap.BEYOND) if knowledge is Knowledge.AT_MOST else (Status.READY, None)
    if knowledge is Knowledge.AT_LEAST:
        return Status.UNTESTED, Gap.BEYOND
    at_risk = 1 - survival <= RISK_FACTOR * (1 - goal) + 1e-12
    return (Status.AT_RISK if at_risk else Status.NOT_READY), None


def _doubts(question: Question, situation: Situation, unit: Unit, asked: Need, met: Chances) -> list[Doubt]:
    extra: dict[Unknown, Floats] = {}
    if unit.deviates is not None:
        extra[Unknown.REQUESTS] = unit.deviates
    if situation.normal.deviates is not None:
        extra[Unknown.NORMAL] = situation.normal.deviates
    others = [s.wave.volume * s.weight for s in situation.streams if not s.is_own]
    if others:
        extra[Unknown.OTHERS] = np.sum(others, axis=0)
    log_need = np.log(np.maximum(np.maximum(asked.warm, asked.cold), 1e-12))
    found = doubts_of_demand(question.forecast.inputs, log_need, met, extra)
    for name, figure in ((Unknown.CAPACITY, situation.supply.on_target), (Unknown.RATIO, situation.supply.ratio)):
        if np.ptp(figure) > 0:
            found.append(in_quarters(name, figure, met.by_supply))
    return found


def _weight(situation: Situation) -> float:
    """What one of the campaign's visitors counts for, over all its people."""
    people = [s for s in situation.own if s.wave.role is Role.PEOPLE]
    visitors = sum(float(np.median(s.wave.volume)) for s in people)
    counted = sum(float(np.median(s.wave.volume * s.weight)) for s in people)
    return counted / visitors if visitors else 1.0


def _replicas(site: Site | None) -> int | None:
    return site.production.replicas if site and site.production else None


def quantile_range(values: Floats) -> Range:
    """P5, P50 and P95 of draws."""
    low, likely, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    return Range(low=low, likely=likely, high=high)
