"""Cookies as RFC 6265 has them: who is told what, where, and until when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikekit.engine.http.cookie import MAX_COOKIES, Jar
from spikekit.engine.plan import Host
from tests.engine.plans import host

SHOP = host(scheme="https", hostname="www.shop.test")
PLAIN = host(hostname="www.shop.test")
API = host(name="api", scheme="https", hostname="api.shop.test")
TODAY = 1_800_000_000.0


def _jar(*said: bytes, at: Host = SHOP, target: str = "/", now: float = 0.0) -> Jar:
    jar = Jar()
    for header in said:
        jar.hear(header, at, target, now=now, today=TODAY)
    return jar


def test_a_cookie_goes_back_to_the_host_that_set_it_and_to_no_other() -> None:
    jar = _jar(b"sid=1; HttpOnly")
    assert jar.pairs(SHOP, "/any?page=1", 0.0) == b"sid=1"
    assert jar.pairs(API, "/", 0.0) == b""
    assert jar.pairs(host(hostname="evil-www.shop.test"), "/", 0.0) == b""


def test_a_cookie_of_the_domain_goes_to_every_host_in_it() -> None:
    for said in (b"sid=1; Domain=shop.test", b"sid=1; domain=.Shop.Test"):
        jar = _jar(said)
        assert jar.pairs(API, "/", 0.0) == jar.pairs(SHOP, "/", 0.0) == b"sid=1"
        assert jar.pairs(host(scheme="https", hostname="shop.test.evil"), "/", 0.0) == b""


@pytest.mark.parametrize(
    ("domain", "hostname"),
    [
        (b"other.test", "www.shop.test"),
        (b"api.shop.test", "www.shop.test"),
        (b"test", "www.shop.test"),
        (b"hop.test", "www.shop.test"),
        (b"0.0.1", "127.0.0.1"),
    ],
)
def test_nobody_sets_a_cookie_for_somebody_else(domain: bytes, hostname: str) -> None:
    at = host(scheme="https", hostname=hostname)
    assert _jar(b"sid=1; Domain=" + domain, at=at).pairs(at, "/", 0.0) == b""


@pytest.mark.parametrize(
    ("path", "target", "told"),
    [
        (b"/books", "/books", True),
        (b"/books", "/books/1", True),
        (b"/books", "/books?page=2", True),
        (b"/books", "/bookshop", False),
        (b"/books", "/", False),
        (b"/books/", "/books/1", True),
        (b"books", "/anything", True),  # no path at all: that of the page, which was /
        (b"", "/anything", True),
    ],
)
def test_a_path_covers_itself_and_what_lies_below(path: bytes, target: str, told: bool) -> None:
    assert _jar(b"a=1; Path=" + path).pairs(SHOP, target, 0.0) == (b"a=1" if told else b"")


def test_without_a_path_it_is_the_folder_of_the_page_that_set_it() -> None:
    jar = _jar(b"a=1", target="/books/42?page=1")
    assert jar.pairs(SHOP, "/books/43", 0.0) == b"a=1"
    assert jar.pairs(SHOP, "/basket", 0.0) == b""


def test_secure_cookies_need_tls_or_this_machine_itself() -> None:
    assert _jar(b"a=1; Secure").pairs(SHOP, "/", 0.0) == b"a=1"
    assert _jar(b"a=1; Secure").pairs(PLAIN, "/", 0.0) == b""
    assert _jar(b"a=1; Secure", at=PLAIN).pairs(SHOP, "/", 0.0) == b""
    for name in ("127.0.0.1", "::1", "localhost"):
        near = host(hostname=name)
        assert _jar(b"a=1; Secure", at=near).pairs(near, "/", 0.0) == b"a=1"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"__Host-a=1; Secure; Path=/", True),
        (b"__Host-a=1; Secure; Path=/books", False),
        (b"__Host-a=1; Secure; Path=/; Domain=shop.test", False),
        (b"__Host-a=1; Path=/", False),
        (b"__Secure-a=1; Secure", True),
        (b"__Secure-a=1", False),
    ],
)
def test_names_that_promise_something_are_held_to_it(said: bytes, kept: bool) -> None:
    assert bool(_jar(said).pairs(SHOP, "/", 0.0)) is kept


def test_a_cookie_ends_when_its_age_or_its_date_says() -> None:
    jar = _jar(b"a=1; Max-Age=60", b"b=1; Expires=Fri, 15 Jan 2027 08:01:00 GMT", b"c=1", now=1000.0)
    # 08:00:00 on that day is TODAY.
    assert jar.pairs(SHOP, "/", 1059.0) == b"a=1; b=1; c=1"
    assert jar.pairs(SHOP, "/", 1061.0) == b"c=1"


def test_an_age_is_worth_more_than_a_date_and_nonsense_is_worth_nothing() -> None:
    jar = _jar(
        b"a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", b"b=1; Max-Age=soon", b"c=1; Expires=tomorrow"
    )
    assert jar.pairs(SHOP, "/", 1.0) == b"a=1; b=1; c=1"


@pytest.mark.parametrize(
    "end",
    [b"Max-Age=0", b"Max-Age=-5", b"Expires=Thu, 01 Jan 1970 00:00:00 GMT", b"expires=Thu, 01-Jan-70 00:00:01 GMT"],
)
def test_a_cookie_is_forgotten_when_the_server_says_so(end: bytes) -> None:
    jar = _jar(b"sid=1; Path=/", b"sid=; Path=/; " + end)
    assert jar.pairs(SHOP, "/", 1.0) == b""


def test_a_changed_cookie_keeps_its_place_and_longer_paths_come_first() -> None:
    jar = _jar(b"old=1; Path=/", b"new=1; Path=/", b"deep=1; Path=/books", b"old=2; Path=/")
    assert jar.pairs(SHOP, "/books", 0.0) == b"deep=1; old=2; new=1"


def test_the_same_name_lives_once_for_each_path_and_domain() -> None:
    jar = _jar(b"a=1; Path=/", b"a=2; Path=/books", b"a=3; Path=/; Domain=shop.test")
    assert jar.pairs(SHOP, "/books", 0.0) == b"a=2; a=1; a=3"


def test_no_site_fills_a_visitor_s_memory() -> None:
    jar = _jar(*[b"c%d=1" % i for i in range(MAX_COOKIES + 50)], b"big=" + b"x" * 5000)
    assert len(jar.pairs(SHOP, "/", 0.0).split(b"; ")) == MAX_COOKIES
    assert b"big" not in jar.pairs(SHOP, "/", 0.0)


@given(st.binary(max_size=200), st.sampled_from(["/", "/books/42?x=1"]))
def test_nothing_a_server_says_can_add_a_header(said: bytes, target: str) -> None:
    for header in (said, b"a=" + said, b"a=b; Path=/; " + said):
        pairs = _jar(header.replace(b"\r", b"").replace(b"\n", b""), target=target).pairs(SHOP, target, 0.0)
        assert not set(pairs) & {0, 10, 13}
