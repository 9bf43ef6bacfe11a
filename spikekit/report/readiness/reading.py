"""What the terminal and the page both show of an answer, ready to be laid out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from spikekit.readiness.advice_words import advice_words
from spikekit.readiness.answer import Readiness, Status, judged
from spikekit.readiness.evidence import Evidence, Knowledge
from spikekit.readiness.loss import value_of
from spikekit.readiness.unit import REQUESTS
from spikekit.readiness.words import chance_words, narrowed_by, safe
from spikekit.report.palette import Light, Role, Symbol
from spikekit.vocabulary import ChannelKind, Range
from spikekit.wording import about, instant, people, span

STATUS_LIGHTS = {
    Status.READY: Light(symbol=Symbol.READY, word="Ready", role=Role.READY),
    Status.AT_RISK: Light(symbol=Symbol.AT_RISK, word="At risk", role=Role.AT_RISK),
    Status.NOT_READY: Light(symbol=Symbol.NOT_READY, word="Not ready", role=Role.NOT_READY),
    Status.UNTESTED: Light(symbol=Symbol.UNKNOWN, word="Untested", role=Role.UNKNOWN),
}

_SIZES = {
    0.25: "a quarter as large",
    0.5: "half as large",
    1.0: "as forecast",
    2.0: "twice as large",
    4.0: "four times as large",
}

LEAST_TOLD = 0.01
"""An unknown that moves the chance by less is not listed."""

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of words with a chance, and the ``goal`` it is held against."""

    words: str
    survival: float
    goal: float

    @property
    def light(self) -> Light:
        """Whether that is enough."""
        return STATUS_LIGHTS[judged(self.survival, self.goal, Knowledge.MEASURED)[0]]

    @property
    def chance(self) -> str:
        return chance_words(self.survival, self.goal)


def light_of(answer: Readiness) -> Light:
    """The light of the whole answer."""
    return STATUS_LIGHTS[answer.status]


def lead(answer: Readiness) -> str:
    """``Not ready: as you are, a post to 1.1 million followers is safe.``; empty where nothing is known to be safe."""
    first = safe(answer)
    return f"{light_of(answer).word}: {first[:1].lower()}{first[1:]}" if first else ""


def advice_rows(answer: Readiness) -> list[Row]:
    """Each change in words, with the chance it gives."""
    goal = answer.question.goal
    return [Row(words=advice_words(answer, a), survival=a.survival, goal=goal) for a in answer.advice]


def size_rows(answer: Readiness) -> list[Row]:
    """The chance if the campaign turns out smaller or larger than forecast."""
    return [
        Row(words=_SIZES.get(factor, f"{factor:g} times"), survival=chance, goal=answer.question.goal)
        for factor, chance in answer.by_size
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure with what it is."""

    figure: str
    words: str
    more: str = ""


_AUDIENCES = 2
"""Tiles that fit beside those of the chance and of what production takes."""


def tiles(answer: Readiness) -> list[Tile]:
    """The figures that are looked for first; of the safe audiences those that are smallest beside what is declared."""
    declared = _declared(answer)
    safe_ones = (answer.survivable or answer.on_target).items()
    tightest = sorted(safe_ones, key=lambda one: one[1] / declared.get(one[0], math.inf))
    audience = [
        Tile(
            figure=people(n),
            words=f"safe for {kind.value.replace('_', ' ')}",
            more="the channel alone" + (f"; declared {people(declared[kind])}" if kind in declared else ""),
        )
        for kind, n in tightest[:_AUDIENCES]
    ]
    if answer.survival is None or answer.survival_range is None:
        return audience
    low, high = (chance_words(v) for v in answer.survival_range)
    held = chance_words(answer.survival, answer.question.goal)
    chance = Tile(figure=held, words="chance of holding", more=f"{low} to {high}")
    takes = [Tile(figure=re.split(r" \(| of ", text)[0], words=name, more=text) for name, text in figures(answer)[:1]]
    return [*audience, chance, *takes]


def _declared(answer: Readiness) -> dict[ChannelKind, float]:
    """The largest audience that the campaign declares for each kind of channel."""
    found: dict[ChannelKind, float] = {}
    for channel in answer.question.forecast.campaign.channels:
        if channel.audience is not None and channel.audience.likely > 0:
            found[channel.kind] = max(found.get(channel.kind, 0.0), channel.audience.likely)
    return found


def doubt_rows(answer: Readiness) -> list[tuple[str, str, str]]:
    """Each unknown that moves the answer, with the chance in its worst and in its best quarter."""
    return [
        (d.name.value, chance_words(d.low), chance_words(d.high)) for d in answer.doubts if d.difference >= LEAST_TOLD
    ]


def losses_sentence(answer: Readiness) -> str | None:
    """What it costs if nothing changes; ``None`` where nothing is lost nine times in ten, or nothing is known."""
    lost = answer.losses
    if lost is None:
        return None
    minutes, visitors = (np.quantile(v, (0.5, 0.9)) for v in (lost.minutes, lost.visitors))
    if visitors[1] < 1:
        return None
    if visitors[0] < 1:
        text = (
            "If nothing changes, most likely nothing is lost; one time in ten "
            f"{_minutes(minutes[1])} over capacity and {about(visitors[1])} visitors lost"
        )
    else:
        text = (
            f"If nothing changes: {_minutes(minutes[0])} over capacity, {about(visitors[0])} visitors lost "
            f"(one time in ten {about(visitors[1])})"
        )
    value = value_of(lost, answer.question.forecast.campaign.value)
    if value is None:
        return f"{text}."
    amount = value["amount"] if visitors[0] >= 1 else value["p90"]
    return f"{text}, about {money(float(amount), str(value['currency']))}."


def _minutes(minutes: float) -> str:
    return span(minutes * 60)


def money(amount: float, currency: str) -> str:
    """``£1,000``; a currency without a sign of its own follows the amount."""
    sign = _SIGNS.get(currency)
    return f"{sign}{about(amount)}" if sign else f"{about(amount)} {currency}"


def narrowing(answer: Readiness) -> str | None:
    """What would make the answer surer."""
    by = narrowed_by(answer)
    return f"Surer by {by}." if by else None


def figures(answer: Readiness) -> list[tuple[str, str]]:
    """Names and figures: what production takes, in the campaign's own visitors and in those that were measured."""
    found: list[tuple[str, str]] = []
    situation, capacity = answer.situation, answer.capacity
    if situation is None or capacity is None or answer.unit is None:
        return found
    weight, journey = answer.own_weight, answer.unit.journey
    is_bound = answer.question.evidence[0].knowledge is Knowledge.AT_LEAST
    takes = _rate(capacity.times(1 / weight), "visitors/s") + (" of the campaign's own" if weight != 1 else "")
    found.append(("production takes at least" if is_bound else "production takes", takes))
    normal = float(np.quantile(situation.normal_at(np.zeros_like(situation.normal.level)), 0.5))
    if normal > 0:
        found.append(("of which normal traffic", f"about {about(normal / weight)} visitors/s"))
    if weight != 1:
        by_requests = journey == REQUESTS
        measured = _rate(capacity, "requests/s") if by_requests else f"{_rate(capacity, 'visitors/s')} of “{journey}”"
        found.append(("as measured", measured))
    return found


def _rate(rate: Range, unit: str) -> str:
    low, likely, high = (about(v) for v in (rate.low, rate.likely, rate.high))
    return f"{likely} {unit}" + (f" ({low}–{high})" if low != high else "")


def based_on(answer: Readiness) -> str:
    """What the answer rests on."""
    question = answer.question
    parts = [_evidence(e) for e in question.evidence[:1]]
    past = len(question.forecast.past)
    parts.append(f"{past} own past {'result' if past == 1 else 'results'}" if past else "published click rates")
    return f"Based on: {', '.join(parts)}."


def _evidence(evidence: Evidence) -> str:
    label = f" (version {evidence.label})" if evidence.label else ""
    if evidence.target == "":
        return "the capacity you gave"
    inconclusive = ", inconclusive" if evidence.is_doubtful else ""
    return f"capacity of {evidence.target} of {instant(evidence.created.isoformat())}{label}{inconclusive}"
