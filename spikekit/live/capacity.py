"""What production is known to take, in requests/s: a line to hold the live rate against."""

from __future__ import annotations

import numpy as np

from spikekit.readiness.question import Question, situation_of


def capacity_requests_per_second(question: Question) -> float | None:
    """The likely capacity by the question's evidence; what held in real life where nothing was measured, or nothing."""
    if question.evidence and question.ratio is not None:
        situation, unit = situation_of(question, question.ratio)
        return float(np.median(situation.supply.warm)) * unit.requests
    site = question.site
    return site.production.busiest_minute if site and site.production else None
