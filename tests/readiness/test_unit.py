"""Visitors of different journeys are weighed by their requests; of the measured journey they count one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spikekit.readiness.advice_words import advice_words
from spikekit.readiness.answer import assess
from spikekit.readiness.document import readiness_document
from spikekit.readiness.lever import Action
from spikekit.readiness.unit import REQUESTS, Unit, unit_of
from spikekit.readiness.words import notes
from spikekit.report.readiness.reading import figures
from spikekit.site.model import Journey, Step
from spikekit.wording import about
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import measured, question, site

LANDING = Step(name="landing page", method="GET", path="{landing}", assets="auto")
BOOK = Step(name="book", method="GET", path="/books/1", continue_ratio=0.5)
PLACE = site(
    journeys=(
        Journey(name="look", steps=(LANDING,)),
        Journey(name="browse", steps=(LANDING, BOOK)),
        Journey(name="api", steps=(replace(BOOK, continue_ratio=1.0),)),
    )
)


def unit(journey: str = "look", requests: float | None = 8.0) -> Unit:
    evidence = measured(10, journey=journey, requests_per_visitor=requests)
    return unit_of(evidence, PLACE, draws=1_000, rng=np.random.default_rng(1))


def test_a_visitor_of_the_measured_journey_counts_one() -> None:
    for requests in (8.0, None):
        assert set(unit(requests=requests).of_mix((("look", 1.0),))) == {1.0}


def test_another_journey_counts_by_its_requests_and_pages_cost_what_was_measured() -> None:
    found = unit()
    assert found.deviates is None
    assert found.of_journey("browse") == pytest.approx(8.5 / 8)
    assert found.of_mix((("look", 0.5), ("browse", 0.5))) == pytest.approx((8 + 8.5) / 16)
    assert found.of_requests(4.0) == pytest.approx(0.5)


def test_pages_cost_is_solved_from_a_journey_of_several_pages() -> None:
    assert unit("browse", 10.5).per_landing == pytest.approx(10.0)


def test_where_requests_were_not_counted_the_prior_serves_with_its_doubt() -> None:
    found = unit("api", None)
    assert found.deviates is not None
    assert np.median(found.of_journey("look")) == pytest.approx(25, rel=0.1)


def test_a_capacity_in_requests_counts_requests() -> None:
    found = unit(REQUESTS, 1.0)
    assert np.median(found.of_journey("landing")) == pytest.approx(25, rel=0.1)


def test_what_a_visitor_weighs_is_told_in_words() -> None:
    asked = campaign(channel("email", 1e4, journey=(("browse", 1.0),)))
    evidence = measured(1e4, requests_per_visitor=2.0)
    told = notes(assess(question(asked, evidence, site=PLACE, draws=500)))
    assert any(n.startswith("By its requests, a visitor weighs 1.2 of “look”") for n in told)


def test_rates_are_told_in_the_campaigns_own_visitors_beside_those_that_were_measured() -> None:
    """Whoever sets a waiting room to the rate of one-page visitors lets in twenty times too much."""
    asked = campaign(channel("celebrity_post", 2e7, journey=(("look", 1.0),)))
    evidence = measured(1600, 0.1, journey="api", requests_per_visitor=1.0)
    answer = assess(question(asked, evidence, site=PLACE, draws=2_000))
    room = next(a for a in answer.advice if a.action is Action.ROOM)
    rate = room.changes[0].strength / answer.weight
    assert answer.weight > 20
    assert advice_words(answer, room).startswith(f"a waiting room that lets {about(rate)} visitors a second in")
    told = dict(figures(answer))
    assert told["production takes"].startswith(f"{about(1600 / answer.weight)} visitors/s")
    assert told["as measured"].startswith("1,600 visitors/s")
    document = readiness_document(answer, {})
    assert document["production_capacity_visitors_per_second"]["likely"] == pytest.approx(1600, rel=0.02)
    own = document["production_capacity_own_visitors_per_second"]["likely"]
    assert own == pytest.approx(1600 / answer.weight, rel=0.02)


def test_where_the_campaigns_own_journey_was_measured_one_figure_says_it() -> None:
    asked = campaign(channel("celebrity_post", 2e7, journey=(("look", 1.0),)))
    answer = assess(question(asked, measured(1600, requests_per_visitor=8.0), site=PLACE, draws=500))
    assert figures(answer) == [("production takes", "1,600 visitors/s")]
