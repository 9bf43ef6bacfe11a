"""The survivable audience holds with the stated chance: no more, and no less."""

from __future__ import annotations

import pytest

from spikekit.forecast.forecast import drawn
from spikekit.readiness.answer import assess
from spikekit.readiness.audience import any_channel, audiences
from spikekit.readiness.question import Question
from spikekit.readiness.survivable import rounded_down
from spikekit.readiness.words import audiences_words, safe
from spikekit.site.model import NormalTraffic
from spikekit.vocabulary import ChannelKind, Range
from tests.forecast.campaigns import campaign, channel
from tests.readiness.cases import LOOK, NOW, again, measured, question, site, spread_range


@pytest.mark.parametrize("kind", ["celebrity_post", "email"])
def test_a_campaign_of_exactly_that_audience_has_exactly_that_chance(kind: str) -> None:
    place = site(normal_traffic=NormalTraffic(typical=3.0, busy=9.0))
    ratio = spread_range(0.5, 0.2)

    def asked(people: float) -> Question:
        return question(campaign(channel(kind, people, journey=LOOK)), measured(30, 0.1), site=place, ratio=ratio)

    found = audiences(asked(1.0), ratio)[ChannelKind(kind)]
    answer = assess(asked(found), with_advice=False)
    # It was rounded down to two digits, which is worth at most half a per cent of chance here.
    assert answer.survival == pytest.approx(0.95, abs=0.012)
    assert answer.survival is not None
    assert answer.survival >= 0.945


def test_it_needs_no_audience_estimate() -> None:
    few, many = (
        audiences(question(campaign(channel("push", n, journey=LOOK)), measured(30), draws=2_000), Range.exact(1.0))
        for n in (10.0, 1e7)
    )
    assert few == many


def test_of_two_channels_of_a_kind_the_more_dangerous_is_told() -> None:
    slow = channel("email", 1e5, label="slow", journey=LOOK, send_over_seconds=7200.0)
    fast = channel("email", 1e5, label="fast", journey=LOOK)
    alone, both = (
        audiences(question(campaign(*channels), measured(30), draws=2_000), Range.exact(1.0))
        for channels in ((slow,), (slow, fast))
    )
    assert both[ChannelKind.EMAIL] < alone[ChannelKind.EMAIL]


def test_where_normal_traffic_is_already_too_much_no_audience_is_safe() -> None:
    place = site(normal_traffic=NormalTraffic(typical=50.0, busy=50.0))
    answer = assess(question(campaign(channel("sms", 1e4, journey=LOOK)), measured(30), site=place, draws=1_000))
    assert answer.survivable == {ChannelKind.SMS: 0}
    assert safe(answer) == "As you are, no audience is safe, however small."


def test_a_curve_of_last_time_has_no_audience() -> None:
    assert audiences(question(again(), measured(30), draws=500), Range.exact(1.0)) == {}


def test_tonight_every_kind_that_needs_no_file_has_an_answer() -> None:
    asked = any_channel(NOW, "look")
    traffic = drawn(asked, site=site(), seed=1, draws=1_000)
    found = audiences(Question(forecast=traffic, site=site(), evidence=(measured(30),)), Range.exact(1.0))
    assert set(found) == set(ChannelKind) - {ChannelKind.PAST, ChannelKind.CUSTOM}
    assert all(n > 0 for n in found.values())


def test_what_is_called_safe_is_rounded_down() -> None:
    assert [rounded_down(n) for n in (0.4, 7.9, 99.9, 1_199_999.0)] == [0, 7, 99, 1_100_000]


def test_audiences_are_said_as_people_say_them() -> None:
    said = audiences_words({ChannelKind.CELEBRITY_POST: 1_100_000, ChannelKind.EMAIL: 300_000})
    assert said == "a post to 1.1 million followers or an e-mail to 300,000 people, each alone, is safe"
