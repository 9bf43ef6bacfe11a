"""What capacity is counted in: visitors of the journey it was measured on. Everything else is weighed by its requests.

A visitor of that very journey counts 1. A visitor of another counts as many as its requests over the measured
visitor's requests. A page with ``assets: auto`` makes as many requests as were
measured; without that, as the prior says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spikekit.campaign.model import JourneyMix
from spikekit.forecast.normal import Floats, spread
from spikekit.forecast.priors import REQUESTS_PER_LANDING
from spikekit.forecast.requests import requests_per_visitor
from spikekit.readiness.evidence import Evidence
from spikekit.site.model import Journey, Site

REQUESTS = "requests"
"""The journey of a capacity that was given in requests/s: each "visitor" is one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """``requests`` of one measured visitor; ``per_landing``: requests of a page with all it needs, one entry a draw.

    ``deviates`` are those ``per_landing`` was drawn from; ``None`` where it follows from the measurement.
    """

    journey: str
    mix: JourneyMix
    requests: float
    per_landing: Floats
    deviates: Floats | None
    site: Site | None

    def of_journey(self, name: str) -> Floats:
        """Measured visitors that one visitor of the journey ``name`` counts for, in each draw."""
        if self.mix == ((name, 1.0),):
            return np.ones_like(self.per_landing)
        return self.of_requests(requests_per_visitor(((name, 1.0),), self.site, self.per_landing))

    def of_mix(self, mix: JourneyMix) -> Floats:
        """The mean over a mix of journeys; of the very mix that was measured, 1."""
        if mix == self.mix:
            return np.ones_like(self.per_landing)
        return np.sum([share * self.of_journey(name) for name, share in mix], axis=0)  # type: ignore[no-any-return]

    def of_requests(self, requests: Floats | float) -> Floats:
        """Measured visitors that so many requests count for."""
        return requests / self.requests + 0.0 * self.per_landing

    def landing_requests(self, mix: JourneyMix) -> Floats:
        """Requests of the first page of each journey, with all it needs."""
        return np.sum([share * self._first_page(name) for name, share in mix], axis=0)  # type: ignore[no-any-return]

    def _first_page(self, name: str) -> Floats:
        journey = self.site.journey(name) if self.site else None
        if journey is not None and journey.steps and journey.steps[0].assets != "auto":
            return np.ones_like(self.per_landing)
        if self.mix == ((name, 1.0),) and (journey is None or not journey.steps):
            return np.full_like(self.per_landing, self.requests)
        return self.per_landing


def unit_of(evidence: Evidence, site: Site | None, *, draws: int, rng: np.random.Generator) -> Unit:
    """The unit of what was measured. Where requests were not counted, the prior's likely figure serves."""
    z = rng.standard_normal(draws)
    solved = landing_requests(evidence, site)
    per_landing = spread(REQUESTS_PER_LANDING.range, z) if solved is None else np.full(draws, solved)
    likely = np.array([REQUESTS_PER_LANDING.range.likely])
    modelled = float(requests_per_visitor(evidence.journeys, site, likely)[0])
    return Unit(
        journey=evidence.journey,
        mix=evidence.journeys,
        requests=1.0 if evidence.journey == REQUESTS else evidence.requests_per_visitor or modelled,
        per_landing=per_landing,
        deviates=z if solved is None else None,
        site=site,
    )


def first_of_unit(unit: Unit, draws: int) -> Unit:
    """The same unit in the first draws only."""
    return replace(unit, per_landing=unit.per_landing[:draws])


def landing_requests(evidence: Evidence, site: Site | None) -> float | None:
    """Requests of one page with its assets, from the requests that visitors of known journeys made."""
    if site is None or evidence.requests_per_visitor is None:
        return None
    whole = plain = 0.0
    for name, share in evidence.journeys:
        journey = site.journey(name)
        if journey is None:
            return None
        pages = _pages(journey)
        whole, plain = whole + share * pages[0], plain + share * pages[1]
    return max(1.0, (evidence.requests_per_visitor - plain) / whole) if whole else None


def _pages(journey: Journey) -> tuple[float, float]:
    """Pages a visitor opens on average: those with all they need, and those alone."""
    whole = plain = 0.0
    for step, reach in journey.reached():
        whole, plain = (whole + reach, plain) if step.assets == "auto" else (whole, plain + reach)
    return whole, plain
