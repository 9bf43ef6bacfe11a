"""The marks on clicks: of the shape that networks give them, and no two alike."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from spikekit.engine.visitor.click_id import CLICK_IDS, MARK_BYTES
from spikekit.engine.visitor.source import Source, source_of
from spikekit.engine.visitor.visit import Visit
from spikekit.profile.curve import RateCurve
from spikekit.profile.model import Stream
from spikekit.site.model import Habits
from spikekit.vocabulary import ChannelKind as Kind
from tests.engine.plans import headers_of, plan, script_of, step
from tests.engine.worlds import world

VISITORS = 100_000
SHAPES = {
    # As in addresses that people have published.
    Source.X: ("twclid", r"2[0-9a-z]{25}"),
    Source.FACEBOOK: ("fbclid", r"IwY2xjaw[\w-]{5}leHRuA2FlbQIxMAABH[\w-]{57}_aem_[\w-]{22}"),
    Source.INSTAGRAM: ("fbclid", r"IwY2xjaw[\w-]{5}leHRuA2FlbQIxMAABH[\w-]{57}_aem_[\w-]{22}"),
    Source.GOOGLE_ADS: ("gclid", r"EAIaIQobChMI[\w-]{10}IV[\w-]{12}EAAYASAAEgL[\w-]{3}D_BwE"),
    Source.BING_ADS: ("msclkid", r"[0-9a-f]{32}"),
}


def _stream(kind: Kind | None, source: str = "", origin: str = "post") -> Stream:
    utm = (("source", source),) if source else ()
    return Stream(
        origin=origin, curve=RateCurve.constant(1, 1), landing="/", journey=(("look", 1.0),), utm=utm, kind=kind
    )


@pytest.mark.parametrize("source", CLICK_IDS)
def test_marks_look_like_real_ones(source: Source) -> None:
    parameter, shape = SHAPES[source]
    luck = random.Random(3)
    assert CLICK_IDS[source].parameter == parameter
    for _ in range(500):
        assert re.fullmatch(shape, CLICK_IDS[source].value(luck.randbytes(MARK_BYTES)).decode("ascii"))


@pytest.mark.parametrize(
    ("kind", "said", "source"),
    [
        (Kind.CELEBRITY_POST, "", Source.X),
        (Kind.CELEBRITY_POST, "X", Source.X),
        (Kind.CELEBRITY_POST, "instagram", Source.INSTAGRAM),
        (Kind.BRAND_POST, "facebook", Source.FACEBOOK),
        (Kind.BRAND_POST, "our-blog", Source.X),
        (Kind.PAID_SOCIAL, "", Source.FACEBOOK),
        (Kind.PAID_SOCIAL, "twitter", Source.X),
        (Kind.STORY_LINK, "", Source.INSTAGRAM),
        (Kind.SEARCH_ADS, "", Source.GOOGLE_ADS),
        (Kind.SEARCH_ADS, "bing", Source.BING_ADS),
        # A campaign has one utm source for all its channels: a mail is a mail whatever it says.
        (Kind.SEARCH_ADS, "x", Source.GOOGLE_ADS),
        (Kind.EMAIL, "x", Source.MAIL),
        (Kind.PUSH, "facebook", Source.PHONE),
        (Kind.TV_SPOT, "", Source.TELEVISION),
        (Kind.PRESS, "", Source.PRESS),
        (Kind.PAST, "", Source.WEB),
        (Kind.PAST, "fb", Source.FACEBOOK),
        (Kind.CUSTOM, "tiktok", Source.TIKTOK),
        (Kind.DROP, "x", Source.WEB),
        (None, "x", Source.WEB),
    ],
)
def test_a_stream_s_source_follows_from_its_channel_and_where_networks_differ_from_its_utm(
    kind: Kind | None, said: str, source: Source
) -> None:
    assert source_of(_stream(kind, said)) is source


def test_machines_are_told_from_people() -> None:
    assert source_of(_stream(None, origin="bots")) is Source.BOTS
    assert source_of(_stream(Kind.EMAIL, origin="bots")) is Source.MAIL


def _targets(visitors: int, seed: int = 7, **more: Any) -> list[bytes]:
    """What that many visitors of a post ask for first."""
    stream = {"kind": Kind.CELEBRITY_POST, "utm": (("source", "x"), ("campaign", "fry"))}
    script = script_of(replace(plan(step(path="{landing}"), landing="/books", stream=stream, **more), seed=seed))
    targets = []
    with world() as made:
        for number in range(visitors):
            visit = Visit(made)
            visit.come(script, number * 0.00137)
            targets.append(visit.request_for(script.pages[0]).split(b" ", 2)[1])
    return targets


def test_no_two_of_a_hundred_thousand_visitors_ask_for_the_same_address() -> None:
    targets = _targets(VISITORS)
    assert len(set(targets)) == VISITORS
    assert all(t.startswith(b"/books?utm_source=x&utm_campaign=fry&twclid=2") for t in targets)


def test_the_same_seed_marks_the_same_visitors_alike_and_another_seed_differently() -> None:
    assert _targets(50) == _targets(50)
    assert not set(_targets(50)) & set(_targets(50, seed=8))


def test_marks_can_be_switched_off() -> None:
    assert set(_targets(50, habits=Habits(click_ids=False))) == {b"/books?utm_source=x&utm_campaign=fry"}


def test_later_pages_and_channels_without_marks_have_none() -> None:
    script = script_of(plan(step(path="{landing}"), stream={"kind": Kind.EMAIL, "utm": (("source", "x"),)}))
    assert script.manner.click_id is None
    page = script_of(plan(step(path="{landing}"), step(path="/b"), stream={"kind": Kind.STORY_LINK})).pages[1]
    assert b"fbclid" not in page.render({"landing": "/"})


def test_a_landing_page_with_a_query_or_a_fragment_is_marked_in_its_query() -> None:
    for landing, before in (("/books?page=2", b"/books?page=2&fbclid="), ("/books#top", b"/books?fbclid=")):
        script = script_of(plan(step(path="{landing}"), landing=landing, stream={"kind": Kind.STORY_LINK}))
        request = script.pages[0].render({}, mark=b"X")
        assert request.split(b" ")[1] == before + b"X"


def test_every_way_to_render_a_marked_page_gives_the_same_headers() -> None:
    script = script_of(plan(step(path="{landing}"), stream={"kind": Kind.STORY_LINK}))
    page = script.pages[0]
    quick = headers_of(page.render({}, mark=b"X"))
    slow = page.render({"landing": "/"}, b"a=1", mark=b"X")
    assert headers_of(slow) == {**quick, "cookie": "a=1"}
    assert slow.startswith(b"GET /?fbclid=X HTTP/1.1\r\n")


def test_a_landing_page_asked_for_in_another_way_is_marked_all_the_same() -> None:
    for first in (step("POST", "{landing}", form=(("a", "1"),)), step("GET", "/en{landing}")):
        script = script_of(plan(first, stream={"kind": Kind.STORY_LINK}))
        with world() as made:
            visit = Visit(made)
            visit.come(script, 1.0)
            assert b"?fbclid=IwY2xjaw" in visit.request_for(script.pages[0])
