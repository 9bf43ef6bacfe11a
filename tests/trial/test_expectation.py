"""What is announced before a run is what the run sends."""

from __future__ import annotations

import pytest

from spikekit.profile.requests import PageRequests
from spikekit.site.model import Journey, Objectives, Site, Step, Target
from spikekit.trial.asked import Asked
from spikekit.trial.expectation import expectation
from spikekit.trial.look import look
from spikekit.trial.plain import PlainLoad, asked_load
from tests.engine.servers import answering, serving

PAGE = (
    b'<link rel="stylesheet" href="/style.css"><script src="/a.js"></script><img src="/1.png"><img src="/1.png">'
    b'<img src="https://elsewhere.test/2.png">'
)


def _asked(*steps: Step, seconds: float = 60.0, port: int = 80) -> Asked:
    target = Target(name="staging", url=f"http://127.0.0.1:{port}", consent="private")
    journey = Journey(name="buy", steps=steps)
    site = Site(name="shop", production=None, targets=(target,), objectives=Objectives(), journeys=(journey,))
    load = PlainLoad(rate=10.0, duration_seconds=seconds, journey="buy")
    return asked_load(load, site, command="spikekit load", inputs={})


def _step(method: str = "GET", **more: object) -> Step:
    return Step(**{"name": f"{method} /", "method": method, "path": "/", **more})


def test_a_page_with_its_files_is_announced_as_the_page_was_just_given() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE))) as server:
        looked = look(_asked(_step(assets="auto"), port=server.port), "127.0.0.1", {})
    told = expectation(_asked(_step(assets="auto")).seen(looked.pages), looked.page_bytes)
    assert (told.visitors, told.pages, told.requests) == pytest.approx((600, 600, 2400))
    assert told.requests_per_second == pytest.approx(40)
    assert told.page_bytes == pytest.approx(600 * len(PAGE))


def test_a_page_alone_is_one_request_whatever_files_it_names() -> None:
    told = expectation(_asked(_step()).seen(PageRequests(seen={"/": 31.0})), 1000)
    assert told.requests == told.pages == pytest.approx(600)


def test_a_page_is_looked_at_where_its_redirects_lead_and_they_are_requests_too() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: there?a=b c\r\nContent-Length: 0\r\n\r\n"
    given = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
    with serving(answering(moved, given)) as server:
        looked = look(_asked(_step(), port=server.port), "127.0.0.1", {})
    assert (looked.page_bytes, looked.pages.seen) == (len(PAGE), {"/": 5})
    assert [request.split()[1] for request in server.requests] == [b"/", b"/there?a=b%20c"]


def test_where_no_page_was_given_the_prior_says_how_many_files_it_has() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(answer)) as server:
        looked = look(_asked(_step(), port=server.port), "127.0.0.1", {})
    assert looked.pages.seen == {}
    told = expectation(_asked(_step(assets="auto")).seen(looked.pages), 0)
    assert told.requests == pytest.approx(600 * 25)
    assert told.unseen == ("/",)


def test_a_step_that_the_run_s_end_cuts_off_is_announced_as_often_as_it_will_happen() -> None:
    steps = (_step(), _step("POST", think_seconds=30.0, continue_ratio=0.5))
    short = expectation(_asked(*steps, seconds=30.0), 1)
    long = expectation(_asked(*steps, seconds=3000.0), 1)
    assert dict(long.side_effects)["POST /"] == pytest.approx(15_000 * 0.99, rel=0.01)
    # Of 150 who go on at all, some four in ten have read soon enough to be seen to.
    assert 0.2 * 150 < dict(short.side_effects)["POST /"] < 0.5 * 150
    assert short.pages == pytest.approx(300 + dict(short.side_effects)["POST /"])
