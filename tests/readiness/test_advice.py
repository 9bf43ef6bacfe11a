"""Advice is recomputed, reaches what it says with the least change, and never lowers survival."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikekit.campaign.model import Campaign, PastCurve
from spikekit.forecast.forecast import drawn
from spikekit.readiness.advice import advise, survival_of
from spikekit.readiness.advice_words import advice_words
from spikekit.readiness.answer import assess
from spikekit.readiness.document import readiness_document
from spikekit.readiness.lever import Action, Lever, channel_later, levers, sent_over
from spikekit.readiness.question import Question, situation_of
from spikekit.readiness.situation import Situation
from spikekit.readiness.words import chance_words
from spikekit.report.readiness.reading import advice_rows
from spikekit.site.model import Journey, NormalTraffic, Production, Site, Step
from spikekit.vocabulary import Range
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import again, measured, question, site

QUICK = settings(deadline=None, max_examples=12)
RATIO = Range(low=0.8, likely=1.0, high=1.25)

STEPS = (
    Step(name="landing page", method="GET", path="{landing}", assets="auto"),
    Step(name="order", method="POST", path="/order", continue_ratio=0.3),
)
BUY = (("buy", 1.0),)


def shop(**more: Any) -> Site:
    return site(journeys=(Journey(name="buy", steps=STEPS),), **more)


def mail(people: float, **more: Any) -> Campaign:
    return campaign(channel("email", people, journey=BUY, **more))


def asked_of(asked: Campaign, takes: float, *, place: Site | None = None, draws: int = 2_000, **more: Any) -> Question:
    evidence = replace(measured(takes, 0.1), journey="buy", requests_per_visitor=10.3)
    if isinstance(more.get("bottleneck"), str):
        evidence = replace(evidence, bottleneck=str(more["bottleneck"]))
    return question(asked, evidence, site=place or shop(), ratio=RATIO, draws=draws)


@QUICK
@given(people=st.floats(1e5, 3e7), takes=st.floats(2.0, 60.0), send=st.sampled_from([0.0, 1200.0, 7200.0]))
def test_no_lever_at_any_strength_that_is_advised_lowers_survival(people: float, takes: float, send: float) -> None:
    place = shop(normal_traffic=NormalTraffic(typical=5.0, busy=20.0), production=Production(url="u", replicas=3))
    post = channel("celebrity_post", people, journey=BUY)
    both = campaign(post, channel("email", people / 10, journey=BUY, send_over_seconds=send))
    answer = assess(asked_of(both, takes, place=place, draws=400))
    assert answer.survival is not None
    assert all(a.survival > answer.survival for a in answer.advice)


@QUICK
@given(people=st.floats(1e5, 3e7), takes=st.floats(2.0, 60.0))
def test_more_of_a_lever_that_grows_never_helps_less(people: float, takes: float) -> None:
    asked = asked_of(mail(people), takes, draws=300)
    situation, unit = situation_of(asked, RATIO)
    base = survival_of(situation)
    for lever in levers(situation, asked.forecast.campaign, unit, asked.evidence[0], None):
        chances = [base, *(survival_of(lever.apply(situation, s)) for s in lever.strengths)]
        if lever.grows:
            assert chances == sorted(chances), lever.action


def test_spreading_and_moving_are_what_a_forecast_of_the_changed_campaign_says() -> None:
    def of(**more: Any) -> Question:
        post = channel("celebrity_post", 2e6, journey=BUY)
        return asked_of(campaign(post, channel("email", 2e6, journey=BUY, **more)), 20)

    def survival(asked: Question) -> float:
        return survival_of(situation_of(asked, RATIO)[0])

    now, _ = situation_of(of(), RATIO)
    assert survival_of(sent_over(now, 1, 3600.0)) == pytest.approx(survival(of(send_over_seconds=3600.0)), abs=1e-9)
    assert survival_of(channel_later(now, 1, 7200.0)) == pytest.approx(survival(of(at_seconds=7200.0)), abs=1e-9)


def test_the_least_change_that_reaches_the_goal_is_advised() -> None:
    asked = asked_of(mail(4e6), 20)
    answer = assess(asked)
    assert answer.situation is not None
    spread = next(a for a in answer.advice if a.action is Action.SPREAD)
    change = spread.changes[0]
    weaker = change.lever.strengths[change.lever.strengths.index(change.strength) - 1]
    assert spread.reaches_goal
    assert survival_of(change.lever.apply(answer.situation, weaker)) < asked.goal


def test_two_changes_together_are_advised_where_neither_is_enough() -> None:
    answer = assess(asked_of(mail(8e7), 20))
    pairs = [a for a in answer.advice if a.action is Action.TOGETHER]
    assert pairs
    for pair in pairs:
        alone = [a.survival for a in answer.advice for c in pair.changes if a.changes == (c,)]
        assert all(pair.survival > one for one in alone)
        assert ", and " in advice_words(answer, pair)


def test_nothing_is_advised_to_a_campaign_that_holds() -> None:
    assert assess(asked_of(mail(1e3), 100)).advice == ()


def test_caching_the_landing_page_is_no_advice_where_another_step_gives_way() -> None:
    for bottleneck, expected in (("landing page", True), ("order", False)):
        answer = assess(asked_of(mail(4e7), 20, bottleneck=bottleneck))
        assert any(a.action is Action.CACHE for a in answer.advice) is expected


def test_more_replicas_are_told_in_numbers_where_the_site_says_how_many_there_are() -> None:
    answer = assess(asked_of(mail(4e6), 20, place=shop(production=Production(url="u", replicas=4))))
    replicas = next(a for a in answer.advice if a.action is Action.REPLICAS)
    assert advice_words(answer, replicas).startswith("4 → ")
    without = assess(asked_of(mail(4e6), 20))
    replicas = next(a for a in without.advice if a.action is Action.REPLICAS)
    assert " times the servers from " in advice_words(without, replicas)


def test_a_busy_hour_is_left_by_moving_the_launch() -> None:
    hours = tuple(3600.0 * h for h in range(25))
    busy = PastCurve(
        offset_seconds=hours,
        visitors=tuple(25.0 if 17 <= h < 20 else 1.0 for h in range(24)),
        begins=datetime(2026, 12, 1),  # noqa: DTZ001 - on the campaign's own clock, as in a file
    )
    place = site(normal_traffic=NormalTraffic(curve=busy))
    answer = assess(question(again(), measured(30), site=place))
    moved = next(a for a in answer.advice if a.action is Action.MOVE_LAUNCH)
    assert moved.survival == 1.0
    # The launch is at 18:00: two hours later the busy ones are over, one hour earlier they have begun.
    assert advice_words(answer, moved) == "launch 2 hours earlier, at 16:00 UTC"


def test_another_campaign_is_left_by_moving_the_launch() -> None:
    other = replace(again(), id="other", launch=again().launch + timedelta(seconds=30))
    beside = drawn(other, site=site(), seed=1, draws=2_000)
    answer = assess(replace(question(again(), measured(15), draws=2_000), others=(beside,)))
    assert answer.survival == 0.0
    assert any(a.action is Action.MOVE_LAUNCH and a.survival == 1.0 for a in answer.advice)


def test_a_waiting_room_holds_whatever_comes_and_says_how_long_people_wait() -> None:
    answer = assess(question(again(0.3, 10.0), measured(10, 0.1), ratio=RATIO, draws=2_000))
    room = next(a for a in answer.advice if a.action is Action.ROOM)
    assert room.reaches_goal
    assert "visitors a second in (one time in ten someone waits " in advice_words(answer, room)


@QUICK
@given(
    people=st.floats(1e5, 3e7),
    takes=st.floats(2.0, 60.0),
    beyond=st.sampled_from([0.002, 0.004, 0.006, 0.02, 0.3]),
)
def test_people_and_programs_are_told_the_same_changes_and_each_is_seen_in_the_printed_chance(
    people: float, takes: float, beyond: float
) -> None:
    asked = asked_of(mail(people), takes, draws=300)
    now = assess(asked, with_advice=False).survival
    assert now is not None
    # A goal that is just not reached, where a small gain is the whole way.
    answer = assess(replace(asked, goal=min(0.99, round(now + beyond, 3))))
    assert answer.survival == now
    document, rows = readiness_document(answer, {})["advice"], advice_rows(answer)
    assert [a["detail"] for a in document] == [r.words for r in rows]
    for told, row in zip(answer.advice, rows, strict=True):
        assert told.reaches_goal or told.survival > now + 0.01
        assert told.reaches_goal or row.chance != chance_words(now, answer.question.goal)


@pytest.mark.parametrize(
    ("gain", "goal", "is_told"), [(0.008, 0.9, False), (0.012, 0.9, True), (0.003, 0.502, True), (0.003, 0.504, False)]
)
def test_a_change_is_told_from_one_per_cent_on_and_a_smaller_one_where_it_is_enough(
    gain: float, goal: float, is_told: bool
) -> None:
    asked = question(again(), measured(1.0), draws=1_000)
    some, _ = situation_of(asked, Range.exact(1.0))
    assert survival_of(some) == 0.0

    def spared(situation: Situation, strength: float) -> Situation:
        (stream,) = situation.streams
        volume = stream.wave.volume.copy()
        volume[: round(strength * len(volume))] = 0.0
        return replace(situation, streams=(replace(stream, wave=replace(stream.wave, volume=volume)),))

    lever = Lever(action=Action.CACHE, strengths=(gain,), apply=spared)
    found = advise(some, [lever], survival=0.5, goal=goal)
    assert [round(a.survival, 3) for a in found] == ([0.5 + gain] if is_told else [])
