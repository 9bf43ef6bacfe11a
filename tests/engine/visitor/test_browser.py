"""Who visitors say they are: a wide mix, by where they come from, and always known for a load test."""

from __future__ import annotations

from collections import Counter

import pytest

from spikekit import __version__
from spikekit.engine.visitor.browser import SHARES, SUFFIX, TICKETS, tickets_of
from spikekit.engine.visitor.source import Source
from spikekit.engine.visitor.visit import Visit
from spikekit.site.model import Secret
from spikekit.vocabulary import ChannelKind as Kind
from tests.engine.plans import headers_of, host, page_of, plan, script_of, step
from tests.engine.worlds import world


@pytest.mark.parametrize("source", Source)
def test_every_source_has_browsers_whose_shares_are_percent(source: Source) -> None:
    assert sum(share for share, _ in SHARES[source]) == 100


@pytest.mark.parametrize("source", Source)
def test_tickets_are_dealt_in_proportion_to_the_shares(source: Source) -> None:
    dealt = Counter(tickets_of(SHARES[source]))
    for number, (share, _) in enumerate(SHARES[source]):
        assert dealt[number] / TICKETS == pytest.approx(share / 100, abs=1 / TICKETS)


@pytest.mark.parametrize("step_seconds", [0.0003137, 0.001, 1 / 64, 0.25])
def test_visitors_are_spread_over_the_guises_whether_they_come_by_chance_or_evenly(step_seconds: float) -> None:
    script = script_of(plan(step(path="{landing}"), stream={"kind": Kind.CELEBRITY_POST}))
    seen: Counter[str] = Counter()
    with world() as made:
        for number in range(4000):
            visit = Visit(made)
            visit.come(script, number * step_seconds)
            seen[headers_of(visit.request_for(script.pages[0]))["user-agent"]] += 1
    for share, guise in SHARES[Source.X]:
        assert seen[guise.user_agent + SUFFIX] / 4000 == pytest.approx(share / 100, abs=0.05)


def test_every_request_says_that_it_is_a_load_test() -> None:
    for kind in (None, *Kind):
        page = script_of(plan(step(path="{landing}"), stream={"kind": kind})).pages[0]
        for head in (*page.heads, *page.asset_heads):
            assert f" spikekit/{__version__}\r\n".encode() in head


def test_people_come_from_where_their_channel_is() -> None:
    def referrers(kind: Kind | None) -> set[str | None]:
        page = script_of(plan(step(path="{landing}"), stream={"kind": kind})).pages[0]
        return {headers_of(page.render({}, mark=b"X", guise=g)).get("referer") for g in range(len(page.heads))}

    x = referrers(Kind.CELEBRITY_POST)
    (post,) = (r for r in x if r and r.startswith("https://t.co/"))
    assert len(post) == len("https://t.co/") + 10
    assert x == {post, "android-app://com.twitter.android/"}
    assert referrers(Kind.SEARCH_ADS) == {
        "https://www.google.com/",
        "android-app://com.google.android.googlequicksearchbox/",
    }
    assert referrers(Kind.STORY_LINK) == {"https://l.instagram.com/"}
    assert None in referrers(Kind.EMAIL)
    assert referrers(Kind.PUSH) == referrers(Kind.SMS) == referrers(Kind.DROP) == referrers(None) == {None}


def test_a_referrer_that_is_known_is_everybody_s() -> None:
    stream = {"kind": Kind.CELEBRITY_POST, "referrer": "https://news.example.com/"}
    page = script_of(plan(step(path="{landing}"), stream=stream)).pages[0]
    assert {headers_of(page.render({}, guise=g))["referer"] for g in range(len(page.heads))} == {
        "https://news.example.com/"
    }


def test_later_pages_say_which_page_they_were_linked_from_and_posts_say_whose_form_it_was() -> None:
    page = page_of(plan(step(), step("POST", "/basket")), number=1)
    headers = headers_of(page.render({}, here=(page.host, "/books?twclid=2x")))
    assert (headers["referer"], headers["origin"]) == ("http://shop.test/books?twclid=2x", "http://shop.test")


def test_other_hosts_are_told_the_origin_only_and_plain_ones_nothing_of_what_was_sealed() -> None:
    page = page_of(plan(step("POST", "/order")))
    other = host(name="other", hostname="other.test")
    assert headers_of(page.render({}, here=(other, "/secret")))["referer"] == "http://other.test/"
    sealed = host(name="other", scheme="https", port=443)
    assert "referer" not in headers_of(page.render({}, here=(sealed, "/secret")))


def test_what_the_site_file_declares_is_never_said_twice() -> None:
    declared = (("Referer", "https://ours.test/"), ("cookie", "staging=1"), ("origin", "null"), ("User-Agent", "ours"))
    page = page_of(plan(step("POST", "/"), at=host(headers=declared)))
    headers = headers_of(page.render({}, b"sid=2", here=(page.host, "/books")))
    assert headers["referer"] == "https://ours.test/"
    assert headers["cookie"] == "staging=1; sid=2"
    assert (headers["origin"], headers["user-agent"]) == ("null", "ours")
    assert headers_of(page.render({}))["cookie"] == "staging=1"


def test_a_secret_cookie_is_sent_beside_the_visitor_s_own() -> None:
    at = host(headers=(("Cookie", Secret(name="STAGING")),))
    assert headers_of(page_of(plan(at=at), {"STAGING": "pass=1"}).render({}, b"sid=2"))["cookie"] == "pass=1; sid=2"
