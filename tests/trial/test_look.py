"""Whether anybody is there to receive the load, and how large a page is."""

from __future__ import annotations

import gzip

import pytest

from spikekit.errors import Unmeasured
from spikekit.site.model import Journey, Objectives, Site, Step, Target
from spikekit.trial.asked import Asked
from spikekit.trial.look import knock, look
from spikekit.trial.plain import PlainLoad, asked_load
from tests.engine.servers import Peer, answering, serving
from tests.ports import free_port


def _asked(port: int, path: str = "/books") -> Asked:
    target = Target(name="staging", url=f"http://staging.test:{port}/shop", consent="private")
    site = Site(name="bookshop", production=None, targets=(target,), objectives=Objectives(), journeys=())
    load = PlainLoad(rate=1.0, duration_seconds=1.0, path=path)
    return asked_load(load, site, command="spikekit load", inputs={})


def _page(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]) + b"\r\n\r\n" + body


def test_the_landing_page_is_asked_for_once_at_the_permitted_address() -> None:
    with serving(answering(_page(b"x" * 5000))) as server:
        assert look(_asked(server.port, "/b\xfccher?a=b c"), "127.0.0.1", {}).page_bytes == 5000
    assert server.requests[0].startswith(b"GET /shop/b%C3%BCcher?a=b%20c HTTP/1.1\r\n")
    assert b"\r\nHost: staging.test:%d\r\n" % server.port in server.requests[0]


def test_a_packed_page_counts_as_it_is_read() -> None:
    with serving(answering(_page(gzip.compress(b"x" * 5000), b"Content-Encoding: gzip"))) as server:
        assert look(_asked(server.port), "127.0.0.1", {}).page_bytes == 5000


def test_a_page_without_end_is_not_read_to_it() -> None:
    def handle(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.ended.is_set():
            peer.say(b"x" * 1_000_000)

    with serving(handle) as server:
        assert look(_asked(server.port), "127.0.0.1", {}).page_bytes > 64_000_000


@pytest.mark.parametrize("answer", [None, b"SSH-2.0-OpenSSH_9.6\r\n", b""])
def test_a_load_against_nobody_would_measure_nothing(answer: bytes | None) -> None:
    if answer is None:
        with pytest.raises(Unmeasured, match="does not answer"):
            look(_asked(free_port()), "127.0.0.1", {})
        return
    with serving(answering(answer)) as server, pytest.raises(Unmeasured, match="does not answer"):
        look(_asked(server.port), "127.0.0.1", {})


def _two_pages(port: int, landing: str = "/a") -> Asked:
    """Everybody lands on ``landing`` and goes on to /b; /c is each visitor's own, /d an order, /e another host's."""
    target = Target(name="staging", url=f"http://staging.test:{port}", consent="private")
    pages = ("GET {landing}", "GET /b", "GET /c/{id}", "POST /d", "GET /e", "GET /plain")
    steps = [
        Step(
            name=page,
            method=page.split()[0],
            path=page.split()[1],
            assets="none" if page == "GET /plain" else "auto",
            host="other" if page == "GET /e" else None,
        )
        for page in pages
    ]
    journey = Journey(name="buy", steps=tuple(steps))
    site = Site(name="shop", production=None, targets=(target,), objectives=Objectives(), journeys=(journey,))
    load = PlainLoad(rate=1.0, duration_seconds=1.0, path=landing, journey="buy")
    return asked_load(load, site, command="spikekit load", inputs={})


def _naming(files: int) -> bytes:
    return _page(b"".join(b'<img src="/%d.png">' % n for n in range(files)))


def test_every_page_that_is_the_same_for_all_is_looked_at_once_as_a_browser() -> None:
    with serving(answering(_naming(2), _naming(30))) as server:
        looked = look(_two_pages(server.port), "127.0.0.1", {})
    assert looked.pages.seen == {"/a": 3, "/b": 31}
    assert [request.split()[1] for request in server.requests] == [b"/a", b"/b"]
    assert all(b"User-Agent: Mozilla/5.0" in request and b" spikekit/" in request for request in server.requests)


def test_a_later_page_that_fails_is_one_that_nobody_saw() -> None:
    broken = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(_naming(2), broken)) as server:
        assert look(_two_pages(server.port), "127.0.0.1", {}).pages.seen == {"/a": 3}


def test_a_knock_is_one_request() -> None:
    with serving(answering(_naming(2))) as server:
        knock(_two_pages(server.port), "127.0.0.1", {})
    assert len(server.requests) == 1
