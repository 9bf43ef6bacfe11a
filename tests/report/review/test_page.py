"""The page of a review: everything escaped, nothing fetched, the same words as in the terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spikekit.forecast.forecast import forecast
from spikekit.report.review.page import review_page
from spikekit.report.review.reading import sentence
from spikekit.report.review.terminal import review_lines
from spikekit.review.hits import hits
from spikekit.review.review import Review, review
from spikekit.traffic.observed import Observed
from tests.forecast.campaigns import LAUNCH, SEED, campaign, channel


def reviewed(name: str = "A test", *, clipped: bool = False, factor: float = 1.0) -> Review:
    own = replace(campaign(channel("celebrity_post", 1e6), channel("email", 1e5)), name=name)
    counts = tuple(factor * 4000 / (5 + i) for i in range(1440))
    flags = tuple(i < 9 for i in range(1440)) if clipped else ()
    observed = Observed(began=LAUNCH, step_seconds=60.0, visitors=counts, saturated=flags)
    return review(forecast(own, seed=SEED, draws=300), observed, parts={"<b>tv</b>": observed})


def test_the_page_says_what_the_terminal_says() -> None:
    done = reviewed()
    page = review_page(done, hits([done.record]), recorded="here.json")
    words = " ".join(review_lines(done, hits([done.record]), recorded="here.json"))
    for text in ("did not hold the one time it was judged", "here.json"):
        assert text in page
        assert text in words
    assert page.replace("\u00a0", " ").count(sentence(done)) >= 2


def test_what_people_wrote_is_escaped() -> None:
    page = review_page(reviewed("<script>alert(1)</script>"), hits([]), recorded=None)
    assert "<script>" not in page
    assert "<b>tv</b>" not in page
    assert "&lt;b&gt;tv&lt;/b&gt;" in page


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = review_page(reviewed(), hits([]), recorded=None)
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    assert "<script" not in page


def test_clipped_minutes_are_hatched() -> None:
    assert 'class="gap" d="M' in review_page(reviewed(clipped=True), hits([]), recorded=None).split("</ul>")[1]
    assert 'class="gap"' not in review_page(reviewed(), hits([]), recorded=None)


@pytest.mark.parametrize("factor", [0.01, 1.0, 1000.0])
def test_the_words_fit_eighty_columns(factor: float) -> None:
    done = reviewed("A campaign with quite a long name, as they often have", factor=factor)
    lines = review_lines(done, hits([done.record]), recorded="here.json")
    assert max(map(len, lines)) <= 80
    assert not any("\x1b" in line for line in lines)


def test_a_lower_bound_says_so() -> None:
    assert " brought at least " in sentence(reviewed(clipped=True))
    assert "saturated" in sentence(reviewed(clipped=True, factor=0.2))
