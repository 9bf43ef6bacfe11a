"""An answer as one HTML file that opens offline, in the look of the reports."""

from __future__ import annotations

from spikekit.errors import UsageError
from spikekit.readiness.answer import Readiness
from spikekit.readiness.words import notes, survival_words
from spikekit.report.paper import written
from spikekit.report.readiness import reading
from spikekit.report.readiness.scaling import TOOLS, scaling_of


def page(answer: Readiness) -> str:
    """The page; it needs no script."""
    return written(
        "readiness.html",
        campaign=answer.question.forecast.campaign,
        seed=answer.question.forecast.seed,
        draws=answer.question.forecast.draws,
        light=reading.light_of(answer),
        lead=reading.lead(answer),
        survival=survival_words(answer),
        goal=answer.question.goal,
        tiles=reading.tiles(answer),
        sizes=reading.size_rows(answer),
        advice=reading.advice_rows(answer),
        lost=reading.losses_sentence(answer),
        figures=reading.figures(answer),
        doubts=reading.doubt_rows(answer),
        narrowing=reading.narrowing(answer),
        notes=notes(answer),
        based_on=reading.based_on(answer) if answer.question.evidence else "",
        scaling=_scaling(answer),
    )


def _scaling(answer: Readiness) -> list[tuple[str, str]]:
    try:
        return [(tool, scaling_of(answer, tool)) for tool in TOOLS]
    except UsageError:
        return []
