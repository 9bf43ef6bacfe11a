"""Status by stated thresholds; what is not known is never filled in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from spikekit.capacity.estimate import Capacity, Estimate
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.forecast import drawn
from spikekit.readiness.answer import Gap, Status, assess, judged
from spikekit.readiness.document import readiness_document
from spikekit.readiness.evidence import STALE_AFTER, Knowledge, bound
from spikekit.readiness.question import Question
from spikekit.readiness.unknown import Unknown
from spikekit.readiness.words import chance_words, notes, sentence, survival_words
from spikekit.report.readiness.reading import narrowing
from spikekit.vocabulary import ChannelKind, ExitCode, Range
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import LOOK, NOW, PEAK, again, measured, question, site


@pytest.mark.parametrize(
    ("survival", "goal", "status"),
    [
        (0.95, 0.95, Status.READY),
        (0.94, 0.95, Status.AT_RISK),
        (0.80, 0.95, Status.AT_RISK),
        (0.79, 0.95, Status.NOT_READY),
        (0.97, 0.99, Status.AT_RISK),
        (0.95, 0.99, Status.NOT_READY),
    ],
)
def test_the_status_follows_from_survival_and_the_goal_alone(survival: float, goal: float, status: Status) -> None:
    assert judged(survival, goal, Knowledge.MEASURED) == (status, None)


def test_each_status_has_its_exit_code() -> None:
    codes = [s.exit_code for s in (Status.READY, Status.AT_RISK, Status.NOT_READY, Status.UNTESTED)]
    assert codes == [ExitCode.DONE, ExitCode.NOT_READY, ExitCode.NOT_READY, ExitCode.INCONCLUSIVE]


def test_an_unknown_ratio_is_never_taken_as_one() -> None:
    answer = assess(question(again(), measured(PEAK * 100), ratio=None))
    document = readiness_document(answer, {})
    assert (answer.status, answer.gap, answer.survival) == (Status.UNTESTED, Gap.RATIO, None)
    assert document["survival_probability"] is None
    assert document["production_capacity_visitors_per_second"] is None
    assert document["survivable_audience"] == {}
    assert "capacity_ratio" in " ".join(notes(answer))


def test_without_a_ratio_the_target_itself_may_still_be_told() -> None:
    post = campaign(channel("celebrity_post", 1e6, journey=LOOK))
    answer = assess(question(post, measured(50), ratio=None, draws=2_000))
    assert next(iter(answer.on_target.values())) > 0
    assert sentence(answer).startswith("On staging itself, a post to ")
    assert "of production nothing is known" in sentence(answer)


def test_without_any_evidence_nothing_is_promised() -> None:
    answer = assess(question(again(), None))
    assert (answer.status, answer.gap) == (Status.UNTESTED, Gap.EVIDENCE)
    assert "spikekit capacity" in " ".join(notes(answer))
    json.dumps(readiness_document(answer, {}), allow_nan=False)


def rehearsed(rate: float, *, held: bool) -> Question:
    shown = bound(name="r", target="staging", created=NOW, label=None, mix=LOOK, rate=rate, held=held, requests=1.0)
    return question(again(), shown)


def test_a_rehearsal_that_held_shows_that_less_holds_and_nothing_of_more() -> None:
    assert assess(rehearsed(PEAK * 1.2, held=True)).status is Status.READY
    assert assess(rehearsed(PEAK * 0.8, held=True)).status is Status.UNTESTED


def test_a_rehearsal_that_failed_shows_that_more_fails_and_nothing_of_less() -> None:
    assert assess(rehearsed(PEAK * 0.8, held=False)).status is Status.NOT_READY
    assert assess(rehearsed(PEAK * 1.2, held=False)).status is Status.UNTESTED


def test_rehearsals_since_the_measurement_narrow_it_and_older_ones_do_not() -> None:
    asked = question(again(), measured(PEAK * 1.5))
    for age, expected in ((timedelta(days=-1), 1.0), (timedelta(days=1), 0.0)):
        failed = bound(
            name="r",
            target="staging",
            created=NOW + age,
            label=None,
            mix=LOOK,
            rate=PEAK * 0.9,
            held=False,
            requests=1.0,
        )
        answer = assess(replace(asked, evidence=(*asked.evidence, failed)), with_advice=False)
        assert answer.survival == expected


def test_a_capacity_search_that_found_no_end_is_a_lower_bound() -> None:
    open_end = Capacity(warm=Estimate(low=PEAK * 0.9, likely=PEAK * 0.9, high=None, confidence=0.95))
    asked = question(again(), measured(1.0, capacity=open_end, knowledge=Knowledge.AT_LEAST))
    assert assess(asked).status is Status.UNTESTED


def test_a_campaign_that_meets_the_clearance_from_measured_capacity_needs_no_rehearsal() -> None:
    place = site(clearance=0.95)
    cleared = assess(question(again(), measured(PEAK * 2), site=place))
    assert cleared.is_cleared
    assert readiness_document(cleared, {})["cleared"] is True
    assert "no rehearsal is needed" in notes(cleared)[0]
    assert not assess(question(again(), measured(PEAK / 2), site=place)).is_cleared
    assert not assess(question(again(), measured(PEAK * 2))).is_cleared
    assert not assess(replace(rehearsed(PEAK * 2, held=True), site=place)).is_cleared


def test_old_evidence_is_told_as_old() -> None:
    asked = question(again(), measured(PEAK * 2))
    fresh, old = (assess(replace(asked, now=NOW + STALE_AFTER + timedelta(days=d))) for d in (-1, 1))
    assert not any("days ago" in n for n in notes(fresh))
    assert any("31 days ago" in n for n in notes(old))


def test_the_document_has_every_key_of_its_contract_and_is_json() -> None:
    answer = assess(question(again(0.5), measured(PEAK, 0.1), ratio=Range(low=0.9, likely=1.0, high=1.1)))
    document = readiness_document(answer, {"schema": "spikekit.readiness/1"})
    assert {
        "campaign", "status", "survival_probability", "survival_range", "dominant_unknown",
        "peak_visitors_per_second", "production_capacity_visitors_per_second", "survivable_audience",
        "minutes_over_capacity", "expected_lost_visitors", "expected_lost_value", "advice", "evidence",
    } <= document.keys()  # fmt: skip
    low, high = document["survival_range"]
    assert low <= document["survival_probability"] <= high
    assert document["evidence"][0]["id"] == "capacity-1"
    assert all({"action", "detail", "survival_probability"} <= a.keys() for a in document["advice"])
    json.dumps(document, allow_nan=False)


def test_the_sentence_says_the_chance_its_range_and_the_great_unknown() -> None:
    answer = assess(question(again(0.5), measured(PEAK, 0.2)), with_advice=False)
    assert re.fullmatch(
        r"A test has about a (49|50|51) % chance of holding \([12]–9[89] %; the click rate is the great unknown\)\.",
        survival_words(answer),
    )


@pytest.mark.parametrize(
    ("past", "said"), [((), "Surer by one past post of yours"), (("celebrity_post",), "Surer by one more past post")]
)
def test_what_would_make_it_surer_is_of_the_kind_that_decides(past: tuple[str, ...], said: str) -> None:
    """The e-mail comes first in the file, but the doubt is the post's."""
    asked = campaign(channel("email", 1e4, journey=LOOK), channel("celebrity_post", 4e6, journey=LOOK))
    evidence = question(asked, measured(50), draws=2_000)
    kept = tuple(
        PastResult(campaign="before", kind=ChannelKind(kind), audience=1e6, clicks=2e3, date=NOW - timedelta(days=30))
        for kind in past
    )
    own = replace(evidence, forecast=drawn(asked, site=evidence.site, seed=1, draws=2_000, past=kept))
    answer = assess(own, with_advice=False)
    assert answer.doubt is not None
    assert answer.doubt.name is Unknown.CLICK_RATE
    assert str(narrowing(answer)).startswith(said)


@pytest.mark.parametrize(
    ("ratio", "goal", "said"),
    [
        (0.946, 0.95, "94.6 %"),
        (0.94999, 0.95, "94.9 %"),
        (0.95, 0.95, "95 %"),
        (0.944, 0.95, "94 %"),
        (0.9985, 0.999, "99.8 %"),
        (0.9985, 0.95, "over 99 %"),
        (0.7149, 0.0, "71 %"),
    ],
)
def test_a_chance_below_the_goal_is_not_rounded_up_to_it(ratio: float, goal: float, said: str) -> None:
    assert chance_words(ratio, goal) == said
