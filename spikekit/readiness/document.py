"""The document of an answer, ``spikekit.readiness/1``: seconds, per second, ratios 0-1; ``null``: nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikekit.forecast.document import quantiles, rounded
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.normal import Floats
from spikekit.forecast.peak import busiest
from spikekit.readiness.advice import Advice
from spikekit.readiness.advice_words import advice_words
from spikekit.readiness.answer import Readiness
from spikekit.readiness.lever import Action
from spikekit.readiness.loss import value_of
from spikekit.readiness.situation import Boost
from spikekit.readiness.words import notes, sentence
from spikekit.vocabulary import PEAK_SECONDS, Range

SCHEMA = "spikekit.readiness/1"


def readiness_document(answer: Readiness, heading: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as plain JSON values after its ``heading``.

    ``production_capacity_visitors_per_second`` counts visitors of ``capacity_journey``; one of the campaign's counts
    for ``visitor_weight`` of them, and ``production_capacity_own_visitors_per_second`` counts those.
    ``survivable_audience_on_target`` is of the target itself, where its share of production is unknown.
    """
    campaign, low_high = answer.question.forecast.campaign, answer.survival_range
    return {
        **heading,
        "campaign": campaign.id,
        "name": campaign.name,
        "launch": campaign.launch.isoformat(),
        "status": answer.status.value,
        "sentence": sentence(answer),
        "goal": answer.question.goal,
        "missing": answer.gap.value if answer.gap else None,
        "survival_probability": _ratio(answer.survival),
        "survival_range": None if low_high is None else [_ratio(v) for v in low_high],
        "dominant_unknown": answer.doubt.name.value if answer.doubt else None,
        "unknowns": [{"name": d.name.value, "survival": [_ratio(d.low), _ratio(d.high)]} for d in answer.doubts],
        "survival_by_size": [{"factor": f, "survival": _ratio(chance)} for f, chance in answer.by_size],
        "cleared": answer.is_cleared,
        "calibrated": bool(answer.question.forecast.past),
        "peak_visitors_per_second": quantiles(own_peak(answer)),
        **_capacity(answer),
        "survivable_audience": {k.value: n for k, n in answer.survivable.items()},
        "survivable_audience_on_target": {k.value: n for k, n in answer.on_target.items()},
        **_losses(answer),
        "other_campaigns": [f.campaign.id for f in answer.question.others],
        "advice": [advice_document(answer, a) for a in answer.advice],
        "evidence": [e.document() for e in answer.question.evidence],
        "notes": notes(answer),
    }


def own_peak(answer: Readiness) -> Floats:
    """The campaign's own busiest ten seconds in each draw, visitors/s."""
    forecast = answer.question.forecast
    if isinstance(forecast, Forecast):
        return forecast.peak_visitors_per_second
    visitors = tuple(np.full_like(w.volume, w.brings_visitors) for w in forecast.waves)
    return busiest(forecast.waves, PEAK_SECONDS, visitors).count / PEAK_SECONDS


def advice_document(answer: Readiness, advice: Advice) -> dict[str, Any]:
    """One piece of advice; ``schedule`` says when how much more is needed, where that is the change."""
    boost = boost_of(answer, advice)
    production = answer.question.site.production if answer.question.site else None
    replicas = production.replicas if production else None
    schedule = None
    if boost is not None:
        schedule = {
            "start_seconds": boost.start,
            "end_seconds": boost.end,
            "factor": rounded(boost.factor),
            "replicas": None if replicas is None else round(replicas * boost.factor),
        }
    return {
        "action": advice.action.value,
        "actions": [c.lever.action.value for c in advice.changes],
        "detail": advice_words(answer, advice),
        "survival_probability": _ratio(advice.survival),
        "reaches_goal": advice.reaches_goal,
        "schedule": schedule,
    }


def boost_of(answer: Readiness, advice: Advice) -> Boost | None:
    """When and how much more capacity the advice asks for."""
    change = next((c for c in advice.changes if c.lever.action is Action.REPLICAS), None)
    if change is None or answer.situation is None:
        return None
    return change.lever.apply(answer.situation, change.strength).boost


def _capacity(answer: Readiness) -> dict[str, Any]:
    unit = answer.unit
    return {
        "production_capacity_visitors_per_second": _range(answer.capacity),
        "production_capacity_own_visitors_per_second": _range(
            answer.capacity.times(1 / answer.own_weight) if answer.capacity else None
        ),
        "production_capacity_requests_per_second": _range(
            answer.capacity.times(unit.requests) if answer.capacity and unit else None
        ),
        "capacity_journey": unit.journey if unit else None,
        "visitor_weight": rounded(answer.weight) if unit else None,
    }


def _losses(answer: Readiness) -> dict[str, Any]:
    lost = answer.losses
    value = value_of(lost, answer.question.forecast.campaign.value) if lost else None
    return {
        "minutes_over_capacity": _two(lost.minutes) if lost else None,
        "expected_lost_visitors": _two(lost.visitors) if lost else None,
        "expected_lost_value": value,
    }


def _two(values: Floats) -> dict[str, float]:
    p50, p90 = np.quantile(values, (0.5, 0.9))
    return {"p50": rounded(p50), "p90": rounded(p90)}


def _range(figures: Range | None) -> dict[str, float] | None:
    if figures is None:
        return None
    return {"low": rounded(figures.low), "likely": rounded(figures.likely), "high": rounded(figures.high)}


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
