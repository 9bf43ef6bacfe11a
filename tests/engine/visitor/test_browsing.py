"""A visit as a browser makes it: what is kept is not asked for again, connections live as long as servers let them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from spikekit.engine.failure import RequestFailed
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.engine.visitor.visit import Visit
from spikekit.measurement.second import ASSETS, Second
from spikekit.site.model import Step
from spikekit.vocabulary import FailureKind
from tests.engine.plans import headers_of, host, plan, step
from tests.engine.servers import OK, Peer, Server, serving
from tests.engine.worlds import world

TWO_PAGES = (step(path="/a", assets="auto"), step(path="/b", assets="auto"))


def _walked(port: int, *steps: Step, comfortable: int | None = None, **plan_: Any) -> Second:
    asked = plan(*steps, at=host(port=port), **plan_)
    library = Library(asked, {}, read_tables(asked))
    script = library.streams[0][0][1]
    with world(library.names, patience=3.0) as made:
        if comfortable is not None:
            made.network.comfortable = comfortable
        Visit(made).walk(script, len(script.pages), made.now())
        line = made.recorder.take(0, worker=0, now=made.now(), in_flight=0, last=True)
        assert made.network.opened == 0, "a connection was left behind"
    return line


def _answer(content: bytes = b"", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(content), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def _shop(asset: bytes, page: bytes = b'<link rel=stylesheet href="/s.css">') -> Any:
    """Pages with one style sheet, which is answered as given."""

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.say(asset if b".css" in request.split(b" ")[1] else _answer(page))

    return handle


def _asked(server: Server, path: bytes) -> list[bytes]:
    return [r for r in server.requests if r.split(b" ")[1] == path]


@pytest.mark.parametrize(
    ("headers", "times"),
    [
        ([b"Cache-Control: max-age=600"], 1),
        ([b"Cache-Control: no-store"], 2),
        ([], 2),
        ([b"Cache-Control: max-age=0", b'ETag: "v1"'], 2),
    ],
)
def test_what_may_be_kept_is_loaded_once_in_a_visit(headers: list[bytes], times: int) -> None:
    with serving(_shop(_answer(b"p{}", *headers))) as server:
        line = _walked(server.port, *TWO_PAGES)
    assert len(_asked(server, b"/s.css")) == line.sent[ASSETS] == times


def test_what_is_stale_is_asked_about_and_a_confirmation_is_right() -> None:
    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            if b".css" not in request.split(b" ")[1]:
                peer.say(_answer(b'<link rel=stylesheet href="/s.css">'))
            elif b'If-None-Match: "v1"' in request:
                peer.say(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nCache-Control: max-age=60\r\n\r\n')
            else:
                peer.say(_answer(b"p{}", b'ETag: "v1"', b"Cache-Control: no-cache"))

    with serving(handle) as server:
        line = _walked(server.port, *TWO_PAGES, step(path="/c", assets="auto"))
    assert ["if-none-match" in headers_of(r) for r in _asked(server, b"/s.css")] == [False, True]
    (assets,) = [a for a in line.answers if a.step == ASSETS]
    assert (assets.latency.total, assets.failures) == (2, {})


def test_the_next_visitor_has_kept_nothing() -> None:
    with serving(_shop(_answer(b"", b"Cache-Control: max-age=600"))) as server:
        for _ in range(2):
            _walked(server.port, *TWO_PAGES)
    assert len(_asked(server, b"/s.css")) == 2


def test_all_six_connections_share_the_visitor_s_cookies_and_serve_the_next_page_too() -> None:
    pictures = b"".join(b'<img src="/%d.png">' % i for i in range(30))

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            is_page = b".png" not in request.split(b" ")[1]
            peer.say(_answer(pictures, b"Set-Cookie: sid=1; Path=/") if is_page else _answer())

    with serving(handle) as server:
        _walked(server.port, *TWO_PAGES)
    assert len(server.connections) <= 6
    told = [headers_of(r).get("cookie") for r in server.requests]
    assert told == [None, *["sid=1"] * (len(told) - 1)] or told.count(None) == 1


def test_what_a_page_needs_is_asked_for_from_that_page() -> None:
    with serving(_shop(_answer())) as server:
        _walked(server.port, step(path="/a?x=1", assets="auto"), step(path="/b"))
    origin = f"http://shop.test:{server.port}"
    (style,), (second,) = _asked(server, b"/s.css"), _asked(server, b"/b")
    assert headers_of(style)["referer"] == headers_of(second)["referer"] == f"{origin}/a?x=1"
    assert headers_of(style)["accept"] == "*/*"


def test_assets_follow_redirects_within_the_host() -> None:
    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            match request.split(b" ")[1]:
                case b"/a":
                    peer.say(_answer(b'<img src="/old.png"><img src="/away.png">'))
                case b"/old.png":
                    peer.say(_answer(b"", b"Location: /new.png", status=b"301 Moved"))
                case b"/away.png":
                    peer.say(_answer(b"", b"Location: https://cdn.test/x.png", status=b"301 Moved"))
                case _:
                    peer.say(_answer())

    with serving(handle) as server:
        line = _walked(server.port, TWO_PAGES[0])
    assert len(_asked(server, b"/new.png")) == 1
    (assets,) = [a for a in line.answers if a.step == ASSETS]
    assert (assets.latency.total, assets.failures) == (2, {})


@pytest.mark.parametrize("silently", [True, False])
def test_a_server_that_closes_after_every_few_requests_is_asked_on_a_new_connection_unnoticed(silently: bool) -> None:
    def handle(peer: Peer) -> None:
        for left in (2, 1, 0):
            if peer.hear() is None:
                return
            last = not left and not silently
            peer.say(_answer(b"", b"Connection: close") if last else OK)

    with serving(handle) as server:
        line = _walked(server.port, *[step(path=f"/{i}") for i in range(8)])
    assert [len(requests) for requests in server.connections] == [3, 3, 2]
    assert not any(a.failures for a in line.answers)


def test_a_server_that_closes_idle_connections_loses_nobody() -> None:
    def handle(peer: Peer) -> None:
        peer.sock.settimeout(0.05)
        while peer.hear() is not None:
            peer.say(OK)

    with serving(handle) as server:
        line = _walked(server.port, step(), *[step(path=f"/{i}", think_seconds=0.2) for i in range(3)])
    assert len(server.requests) == 4
    assert not any(a.failures for a in line.answers)


@pytest.mark.parametrize("keep", [True, False])
def test_an_old_server_is_served_as_it_wants(keep: bool) -> None:
    answer = OK.replace(b"HTTP/1.1", b"HTTP/1.0")
    if keep:
        answer = answer.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")

    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            peer.say(answer)
            if not keep:
                return

    with serving(handle) as server:
        _walked(server.port, step(), step(path="/b"))
    assert len(server.connections) == (1 if keep else 2)


def test_head_leaves_the_connection_as_it_was() -> None:
    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" if request.startswith(b"HEAD") else OK)

    with serving(handle) as server:
        line = _walked(server.port, step("HEAD", "/"), step(), step("HEAD", "/b"), step(path="/c"))
    assert [len(requests) for requests in server.connections] == [4]
    assert not any(a.failures for a in line.answers)


def test_where_sockets_are_scarce_readers_give_back_all_but_one() -> None:
    pictures = b"".join(b'<img src="/%d.png">' % i for i in range(30))
    gone = threading.Semaphore(0)
    left: list[bool] = []

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            if b"GET /next " in request:
                left.extend(gone.acquire(timeout=2) for _ in server.connections[1:])
            peer.say(_answer(b"" if b".png" in request.split(b" ")[1] else pictures))
        gone.release()

    with serving(handle) as server:
        _walked(server.port, step(assets="auto"), step(path="/next", think_seconds=0.01), comfortable=0)
    assert len(left) in range(1, 6)
    assert all(left)


def test_visitors_get_rows_as_the_step_says(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id\n1\n2\n3\n")
    with serving(_shop(OK)) as server, world(patience=3.0) as made:
        asked = plan(step(path="/{id}", data=tmp_path / "ids.csv", pick="sequence"), at=host(port=server.port))
        script = Library(asked, {}, read_tables(asked)).streams[0][0][1]
        for number in range(4):
            Visit(made).walk(script, 1, number / 10)
    assert [r.split(b" ")[1] for r in server.requests] == [b"/1", b"/2", b"/3", b"/1"]


def test_a_data_file_without_rows_is_the_journey_s_fault(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id\n")
    asked = plan(step(path="/{id}", data=tmp_path / "ids.csv"))
    library = Library(asked, {}, read_tables(asked))
    with world(library.names) as made, pytest.raises(RequestFailed) as failed:
        Visit(made).walk(library.streams[0][0][1], 1, 0.0)
    assert failed.value.kind is FailureKind.SCRIPT
