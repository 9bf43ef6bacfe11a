"""One visitor's way through a journey, against real servers: what is counted, and as what."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from spikekit.engine.failure import RequestFailed
from spikekit.engine.plan import Plan
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.engine.visitor.visit import Visit
from spikekit.measurement.second import ASSETS, Second
from spikekit.site.model import Expect, Secret, Step
from spikekit.vocabulary import FailureKind
from tests.engine.plans import headers_of, host, plan, step
from tests.engine.servers import OK, Peer, always, answering, serving
from tests.engine.worlds import world


def _walked(asked: Plan, environ: dict[str, str] | None = None) -> tuple[Second, Visit, RequestFailed | None]:
    """The line of one visitor who goes all the way, or as far as the target lets them."""
    library = Library(asked, environ or {}, read_tables(asked))
    script = library.streams[0][0][1]
    with world(library.names) as made:
        visit, failed = Visit(made), None
        try:
            visit.walk(script, len(script.pages), made.now())
        except RequestFailed as failure:
            failed = failure
        line = made.recorder.take(0, worker=0, now=made.now(), in_flight=0, last=True)
    return line, visit, failed


def _to(port: int, *steps: Step, **more: Any) -> Plan:
    return plan(*steps, at=host(port=port, **more))


def _page(content: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(content), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def test_pages_are_opened_in_turn_and_what_was_captured_goes_into_the_next() -> None:
    journey = (
        step("GET", "/", capture=(("csrf", 'name="csrf" value="([^"]+)"'),)),
        step("POST", "/basket", form=(("csrf", "{csrf}"),)),
    )
    with serving(answering(_page(b'<input name="csrf" value="a&b=c\r\nX: 1">'), OK)) as server:
        line, _, failed = _walked(_to(server.port, *journey))
    assert failed is None
    assert line.sent == {"GET /": 1, "POST /basket": 1}
    assert sum(line.started.values()) == 1
    assert server.requests[1].endswith(b"\r\n\r\ncsrf=a%26b%3Dc%0D%0AX%3A+1")


def test_a_captured_value_goes_into_a_header_and_cannot_begin_another() -> None:
    journey = (
        step("GET", "/", capture=(("csrf", "content='([^']+)'"),)),
        step("POST", "/basket", json="{}", headers=(("X-CSRF-Token", "t={csrf}"), ("accept", "{csrf}"))),
    )
    with serving(answering(_page(b"<meta content='a b\r\nX: 1'>"), OK)) as server:
        _, _, failed = _walked(_to(server.port, *journey))
    assert failed is None
    headers = headers_of(server.requests[1])
    assert (headers["x-csrf-token"], headers["accept"]) == ("t=a bX: 1", "a bX: 1")
    assert "x" not in headers
    assert b"{csrf}" not in server.requests[1]


def test_rows_of_data_fill_the_pages_after_them(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id\n4/2\n")
    journey = (step("GET", "/a/{id}", data=tmp_path / "ids.csv"), step("GET", "/b/{id}"))
    with serving(always(OK)) as server:
        _walked(_to(server.port, *journey))
    assert [request.split(b" ")[1] for request in server.requests] == [b"/a/4%2F2", b"/b/4%2F2"]


@pytest.mark.parametrize(
    ("answer", "expect", "kind"),
    [
        (_page(b"no", status=b"500 Oops"), Expect(), FailureKind.STATUS),
        (_page(b"no", status=b"404 Not Found"), Expect(), FailureKind.STATUS),
        (_page(b"no", status=b"403 Forbidden"), Expect(), FailureKind.BLOCKED),
        (_page(b"no", status=b"429 Too Many Requests"), Expect(), FailureKind.BLOCKED),
        (_page(b"no", b"CF-Mitigated: challenge", status=b"503 Wait"), Expect(), FailureKind.BLOCKED),
        (OK, Expect(status=(201,)), FailureKind.STATUS),
        (OK, Expect(text="Add to basket"), FailureKind.TEXT),
        (_page(b"x" * 100, b"Content-Encoding: gzip"), Expect(text="Add to basket"), FailureKind.TEXT),
        (b"nonsense\r\n\r\n", Expect(), FailureKind.INVALID),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", Expect(), FailureKind.CLOSED),
    ],
)
def test_a_wrong_answer_fails_the_request_in_its_own_way(answer: bytes, expect: Expect, kind: FailureKind) -> None:
    with serving(answering(answer)) as server:
        line, _, failed = _walked(_to(server.port, step(expect=expect)))
    assert failed is not None
    assert failed.kind is kind
    (page,) = line.answers
    assert (page.failures, page.latency.total, page.lost.total) == ({kind.value: 1}, 0, 1)
    assert [example.kind for example in line.examples] == [kind.value]


@pytest.mark.parametrize(
    ("answer", "expect"),
    [
        (_page(b"", status=b"404 Not Found"), Expect(status=(200, 404))),
        (_page(b"", b"Location: http://elsewhere.test/", status=b"302 Found"), Expect(status=(302,))),
        (_page(b"", status=b"304 Not Modified"), Expect()),
        (_page("Zum Warenkorb hinzufügen".encode()), Expect(text="hinzufügen")),
        (_page(gzip.compress(b"Add to basket"), b"Content-Encoding: gzip"), Expect(text="basket")),
    ],
)
def test_an_answer_as_expected_is_right(answer: bytes, expect: Expect) -> None:
    with serving(answering(answer)) as server:
        line, _, failed = _walked(_to(server.port, step(expect=expect)))
    assert failed is None
    assert line.answers[0].latency.total == 1


def test_text_beyond_what_anybody_reads_is_not_found_and_not_waited_for() -> None:
    bomb = gzip.compress(b"\x00" * 20_000_000 + b"Add to basket")
    with serving(answering(_page(bomb, b"Content-Encoding: gzip"))) as server:
        _, _, failed = _walked(_to(server.port, step(expect=Expect(text="Add to basket"))))
    assert failed is not None
    assert failed.kind is FailureKind.TEXT


def test_a_capture_that_finds_nothing_fails_there_and_ends_the_visit() -> None:
    for pattern in ('value="([^"]+)"', "value|(never)"):
        journey = (step("GET", "/", capture=(("csrf", pattern),)), step("POST", "/basket"))
        with serving(always(_page(b"a value without quotes"))) as server:
            line, _, failed = _walked(_to(server.port, *journey))
        assert failed is not None
        assert failed.kind is FailureKind.CAPTURE
        assert len(server.requests) == 1
        assert "POST /basket" not in line.sent


def test_a_defect_of_the_journey_is_told_as_that_and_every_request_still_adds_up() -> None:
    with serving(always(OK)) as server:
        line, _, failed = _walked(_to(server.port, step("GET", "/{unheard}")))
    assert failed is not None
    assert failed.kind is FailureKind.SCRIPT
    assert "unheard" in failed.detail
    assert line.sent == {"GET /{unheard}": 1}
    assert line.answers[0].failures == {"journey_error": 1}
    assert server.requests == []


def test_a_secret_that_the_server_repeats_is_in_no_example() -> None:
    at = {"headers": (("Authorization", Secret(name="TOKEN")),)}
    answer = _page(b"x" * 280 + b" denied for Bearer s3cr3t-and-long", status=b"500 Oops")
    with serving(answering(answer)) as server:
        line, _, _ = _walked(_to(server.port, **at), {"TOKEN": "Bearer s3cr3t-and-long"})
    assert b"s3cr3t" in server.requests[0]
    assert line.examples
    assert "s3cr3t" not in line.line()


def test_same_host_assets_are_loaded_measured_apart_and_never_fail_the_page() -> None:
    content = b'<link rel=stylesheet href=/a.css><img src="/b.png"><script src="https://cdn.test/c.js"></script>'

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            missing = b"/b.png" in request
            peer.say(
                _page(b"", status=b"404 Not Found") if missing else _page(content if b"GET / " in request else b"")
            )

    with serving(handle) as server:
        line, visit, failed = _walked(_to(server.port, step(assets="auto")))
    assert failed is None
    assert line.sent == {"GET /": 1, ASSETS: 2}
    assert {request.split(b" ")[1] for request in server.requests} == {b"/", b"/a.css", b"/b.png"}
    (assets,) = [a for a in line.answers if a.step == ASSETS]
    assert (assets.latency.total, assets.failures) == (1, {"unexpected_status": 1})
    assert not visit.late


def test_a_page_that_asks_for_much_has_six_connections_and_no_more() -> None:
    pictures = b"".join(b'<img src="/%d.png">' % i for i in range(40))

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.say(_page(pictures if b"GET / " in request else b""))

    with serving(handle) as server:
        line, _, failed = _walked(_to(server.port, step(assets="auto")))
    assert failed is None
    assert line.sent[ASSETS] == 40
    assert len(server.connections) <= 6


def test_lag_is_that_of_pages_alone() -> None:
    with serving(always(_page(b'<img src="/a.png"><img src="/b.png">'))) as server:
        line, _, _ = _walked(_to(server.port, step(assets="auto")))
    assert sum(lag.total for lag in line.lag.values()) == 1
