"""Visitors who wait, give up, and ask again: against real servers that are slow."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from spikekit.engine.failure import RequestFailed
from spikekit.engine.plan import Plan
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.engine.visitor.visit import Visit
from spikekit.measurement.second import ASSETS, Second
from spikekit.site.model import Habits, Reload, Step
from spikekit.vocabulary import FailureKind, Range
from tests.engine.plans import host, plan, step
from tests.engine.servers import OK, Peer, serving
from tests.engine.worlds import world


def _walked(asked: Plan) -> tuple[Second, Visit, RequestFailed | None, float]:
    """One visitor of the plan: the line, the visitor, how it failed, and how long it took."""
    library = Library(asked, {}, read_tables(asked))
    script = library.streams[0][0][1]
    with world(library.names, habits=asked.habits) as made:
        visit, failed, began = Visit(made), None, time.perf_counter()
        try:
            visit.walk(script, len(script.pages), made.now())
        except RequestFailed as failure:
            failed = failure
        took = time.perf_counter() - began
        line = made.recorder.take(0, worker=0, now=made.now(), in_flight=0, last=True)
    return line, visit, failed, took


def _to(port: int, *steps: Step, **habits: Any) -> Plan:
    known = Habits(patience=Range.exact(0.4))
    return replace(plan(*steps, at=host(port=port)), habits=replace(known, **habits))


def _silent(peer: Peer) -> None:
    peer.hear()
    peer.ended.wait(5)


def _page(content: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(content), *headers]) + b"\r\n\r\n" + content


def test_who_waits_in_vain_leaves_when_patience_ends_and_hangs_up() -> None:
    hung_up = threading.Event()

    def handle(peer: Peer) -> None:
        peer.hear()
        if peer.hear() is None:
            hung_up.set()

    with serving(handle) as server:
        line, visit, failed, took = _walked(_to(server.port))
        assert hung_up.wait(3)
    assert failed is not None
    assert failed.kind is FailureKind.TIMEOUT
    assert 0.4 <= took < 1.0
    (page,) = line.answers
    assert page.failures == {"timeout": 1}
    assert page.lost.quantile(0.5) == pytest.approx(0.4, abs=0.2)
    assert visit.waiting is None


def test_patience_is_for_the_page_as_a_whole() -> None:
    """A page that came at once is abandoned for its pictures; they are reported, and the page was answered."""

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            if b"GET / " not in request:
                peer.ended.wait(5)
                return
            peer.say(_page(b"".join(b'<img src="/%d.png">' % i for i in range(20))))

    with serving(handle) as server:
        line, _, failed, took = _walked(_to(server.port, step(assets="auto"), step(path="/next")))
    assert failed is not None
    assert failed.kind is FailureKind.TIMEOUT
    assert 0.4 <= took < 1.0
    of_step = {a.step: a for a in line.answers}
    assert (of_step["GET /"].latency.total, of_step["GET /"].failures) == (1, {})
    # Six were asked for; nobody asks for the rest once the visitor has left.
    assert of_step[ASSETS].failures == {"timeout": 6}
    assert "GET /next" not in line.sent


def test_a_slow_page_and_its_slow_pictures_share_one_patience() -> None:
    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.ended.wait(0.25)
            peer.say(_page(b'<img src="/a.png">' if b"GET / " in request else b""))

    with serving(handle) as server:
        _, _, failed, took = _walked(_to(server.port, step(assets="auto")))
    assert failed is not None
    assert took < 0.48


def test_redirects_share_it_too() -> None:
    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            peer.ended.wait(0.15)
            peer.say(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /on\r\n\r\n")

    with serving(handle) as server:
        _, _, failed, took = _walked(_to(server.port))
    assert failed is not None
    assert failed.kind is FailureKind.TIMEOUT
    assert took < 1.0


def test_the_impatient_hang_up_and_ask_again_and_each_request_counts() -> None:
    def handle(peer: Peer) -> None:
        if len(server.connections) < 3:
            return _silent(peer)
        peer.hear()
        return peer.say(OK)

    with serving(handle) as server:
        line, visit, failed, _ = _walked(
            _to(server.port, patience=Range.exact(5.0), reload=Reload(after_seconds=0.2, times=3))
        )
    assert failed is None
    assert len(server.connections) == len(server.requests) == 3
    assert line.sent == {"GET /": 3}
    assert sum(line.started.values()) == 1
    (page,) = line.answers
    assert (page.failures, page.latency.total) == ({"timeout": 2}, 1)
    assert page.lost.quantile(0.5) == pytest.approx(0.2, abs=0.15)
    # From its own beginning: nobody's reload waited half a second.
    assert (page.latency.quantile(0.5) or 0.0) < 0.2
    assert not visit.late


def test_reloads_end_with_their_number_and_with_patience() -> None:
    for times, patience, asked in ((2, 1.0, 3), (9, 0.5, 3)):
        with serving(_silent) as server:
            habits = {"patience": Range.exact(patience), "reload": Reload(after_seconds=0.2, times=times)}
            line, _, failed, took = _walked(_to(server.port, **habits))
        assert failed is not None
        assert line.sent == {"GET /": asked}
        assert patience <= took < patience + 0.4


def test_who_was_kept_waiting_before_a_reload_was_served_late() -> None:
    def handle(peer: Peer) -> None:
        if len(server.connections) < 2:
            return _silent(peer)
        peer.hear()
        return peer.say(OK)

    with serving(handle) as server:
        asked = _to(server.port, patience=Range.exact(5.0), reload=Reload(after_seconds=0.3, times=1))
        library = Library(asked, {}, {})
        with world(library.names, habits=asked.habits, slowest_seconds=0.25) as made:
            visit = Visit(made)
            visit.walk(library.streams[0][0][1], 1, made.now())
    assert visit.late


def test_a_form_is_not_sent_twice() -> None:
    with serving(_silent) as server:
        line, _, failed, _ = _walked(_to(server.port, step("POST", "/"), reload=Reload(after_seconds=0.1, times=3)))
    assert failed is not None
    assert line.sent == {"POST /": 1}


def test_an_error_page_is_an_answer_and_no_reason_to_ask_again() -> None:
    def handle(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    with serving(handle) as server:
        line, _, _, _ = _walked(_to(server.port, reload=Reload(after_seconds=0.1, times=3)))
    assert line.sent == {"GET /": 1}


def test_each_visitor_has_a_patience_of_its_own_the_same_in_every_run() -> None:
    asked = _to(9, patience=Range(low=0.5, likely=1.0, high=4.0))
    script = Library(asked, {}, {}).streams[0][0][1]

    def drawn() -> list[float]:
        with world(habits=asked.habits) as made:
            visits = [Visit(made) for _ in range(200)]
            for number, visit in enumerate(visits):
                visit.come(script, number / 100)
            return [visit.patience_seconds for visit in visits]

    assert drawn() == drawn()
    assert len(set(drawn())) == 200
    assert 0.2 < min(drawn()) < 0.6
    assert 3.0 < max(drawn()) < 20.0
