"""Evidence is read from the documents of capacity searches; the most telling one decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spikekit.readiness.answer import assess
from spikekit.readiness.evidence import Evidence, Knowledge, bound, chosen, from_capacity
from spikekit.readiness.words import notes
from spikekit.report.readiness.reading import based_on
from tests.readiness.cases import LOOK, NOW, again, capacity_document, measured, question, site

DOCUMENT = {
    **capacity_document(rate=525.0, requests_per_visitor=8.0, journey="browse"),
    "bottleneck": "POST /basket",
    "cold": {
        "requests_per_second": 2480.0,
        "visitors_per_second": 310.0,
        "interval": {"requests_per_second": [2400.0, 2560.0], "visitors_per_second": [300.0, 320.0]},
        "confidence": 0.9,
        "warm_up_seconds": 40.0,
    },
}


def test_a_capacity_document_says_what_was_measured() -> None:
    found = from_capacity(DOCUMENT)
    assert (found.target, found.journey, found.label, found.bottleneck) == (
        "staging",
        "browse",
        "4f2c9e1",
        "POST /basket",
    )
    assert found.requests_per_visitor == 8.0
    assert (found.capacity.warm.low, found.capacity.warm.likely, found.capacity.warm.high) == (514.5, 525, 535.5)
    assert found.capacity.cold is not None
    assert (found.capacity.cold.likely, found.capacity.warm_up_seconds) == (310, 40)
    assert found.knowledge is Knowledge.MEASURED


def test_a_search_without_an_upper_end_is_a_lower_bound() -> None:
    open_end = {**DOCUMENT, "interval": {k: [v[0], None] for k, v in DOCUMENT["interval"].items()}, "cold": None}
    assert from_capacity(open_end).knowledge is Knowledge.AT_LEAST


@pytest.mark.parametrize("broken", [{"schema": "spikekit.run/1"}, {"interval": None}, {"capacity": None}])
def test_what_is_no_capacity_document_is_said_to_be_none(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected schema|not a whole|found no capacity"):
        from_capacity({**DOCUMENT, **broken})


@pytest.mark.parametrize(
    "broken",
    [
        {"requests_per_visitor": -1},
        {"confidence": 0},
        {"capacity": {"requests_per_second": 1, "visitors_per_second": float("nan")}},
        {"interval": {"requests_per_second": [1, 2], "visitors_per_second": [600, 500]}},
        {"interval": {"requests_per_second": [1, 2], "visitors_per_second": [0, 600]}},
    ],
)
def test_figures_that_cannot_be_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="figures cannot be"):
        from_capacity({**DOCUMENT, **broken})


def test_measured_counts_before_bounds_the_own_journey_before_others_and_the_newest_first() -> None:
    old = measured(1, id="old", created=NOW - timedelta(days=3))
    new = measured(1, id="new")
    elsewhere = measured(1, id="elsewhere", target="other", created=NOW + timedelta(days=1))
    other = replace(new, id="other-journey", journey="buy", created=NOW + timedelta(hours=1))
    held = bound(name="held", target="staging", created=NOW, label=None, mix=LOOK, rate=1, held=True, requests=1)
    found = chosen([old, held, other, elsewhere, new], target="staging", journeys=["look"])
    assert [e.id for e in found] == ["new", "old", "other-journey", "held"]


def test_a_conclusive_search_that_is_not_stale_counts_before_a_newer_one_that_came_to_no_conclusion() -> None:
    told = from_capacity({**DOCUMENT, "conclusive": False, "reasons": ["the target changed meanwhile"]})
    unsure = measured(9, id="unsure", is_conclusive=told.is_conclusive, doubts=told.doubts)
    sure = measured(1, id="sure", created=NOW - timedelta(days=29))
    stale = replace(sure, id="stale", created=NOW - timedelta(days=31))

    def first(*evidence: Evidence) -> str:
        return chosen(evidence, target="staging", journeys=["look"], now=NOW)[0].id

    assert first(unsure, sure) == "sure"
    assert first(unsure, stale) == "unsure"
    assert first(unsure, replace(sure, journey="buy")) == "unsure"


def test_where_only_an_inconclusive_search_exists_the_answer_says_so_and_spares_no_rehearsal() -> None:
    place = site(clearance=0.95)
    sure = assess(question(again(), measured(1e4), site=place, draws=500))
    unsure = measured(1e4, is_conclusive=False, doubts=("the target changed meanwhile",))
    answer = assess(question(again(), unsure, site=place, draws=500))
    assert sure.is_cleared
    assert not answer.is_cleared
    said = "The search that found that capacity was inconclusive (the target changed meanwhile): measure again"
    assert any(n.startswith(said) for n in notes(answer))
    assert based_on(answer).startswith("Based on: capacity of staging of 22 November 2026, 12:00 UTC, inconclusive,")
