"""A crowd on real sockets: everybody who was planned is accounted for, whatever the target or the user does."""

from __future__ import annotations

import itertools
from typing import Any

import gevent
import pytest

from spikekit.engine.crowd import Crowd
from spikekit.engine.plan import Plan, Sending
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.measurement.second import Second
from spikekit.vocabulary import VisitorCounts
from tests.engine.plans import host, plan, step
from tests.engine.servers import OK, Peer, always, serving
from tests.engine.worlds import world

SECONDS = 0.6
RATE = 300.0


def _asked(port: int, *steps: Any, **more: Any) -> Plan:
    return plan(*steps, at=host(port=port), rate=RATE, seconds=SECONDS, **more)


def _sent(asked: Plan, *, stop_after: float | None = None, most: int = 10_000) -> tuple[VisitorCounts, Second]:
    """The counts of a crowd that sends the whole plan, or is stopped on the way."""
    library = Library(asked, {}, read_tables(asked))
    with world(library.names, patience=0.3) as made:
        crowd = Crowd(asked, library, made, most=most)
        for lane in range(asked.lanes):
            crowd.adopt(lane)
        made.start = made.clock()
        if stop_after is not None:
            gevent.spawn_later(stop_after, crowd.stop)
        crowd.send_all()
        while crowd.inside and not crowd.stopped:
            gevent.sleep(0.01)
        crowd.stop()
        while crowd.inside:
            gevent.sleep(0.01)
        line = made.recorder.take(0, worker=0, now=made.now(), in_flight=crowd.in_flight, last=True)
    planned, started = sum(line.planned.values()), sum(line.started.values())
    counts = VisitorCounts(
        planned=planned,
        started=started,
        completed=line.completed,
        failed=line.failed,
        abandoned=line.abandoned,
        dropped=line.dropped,
        in_flight=line.in_flight,
    )
    return counts, line


def _moody() -> Any:
    """Answers, fails, hangs up, or says nothing, in turn."""
    moods = itertools.cycle(range(5))

    def handle(peer: Peer) -> None:
        while peer.hear() is not None:
            match next(moods):
                case 0 | 1:
                    peer.say(OK)
                case 2:
                    peer.say(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
                case 3:
                    return
                case _:
                    peer.ended.wait(1)

    return handle


def test_everybody_planned_is_started_and_served() -> None:
    with serving(always(OK)) as server:
        counts, line = _sent(_asked(server.port))
    assert counts.broken_laws() == []
    assert counts.planned == counts.started == counts.completed == len(server.requests)
    assert abs(counts.planned - RATE * SECONDS) < 5 * (RATE * SECONDS) ** 0.5
    assert sum(line.sent.values()) == counts.planned


def test_whatever_the_target_does_the_counts_add_up() -> None:
    with serving(_moody()) as server:
        counts, line = _sent(_asked(server.port, step(), step(path="/b", continue_ratio=0.5)))
    assert counts.broken_laws() == []
    assert counts.started == counts.planned
    assert min(counts.completed, counts.failed, counts.abandoned) > 0
    answered = sum(a.latency.total + sum(a.failures.values()) for a in line.answers)
    assert answered == sum(line.sent.values())


@pytest.mark.parametrize("after", [0.01, 0.13, 0.3, 0.55])
def test_stopped_at_any_moment_the_counts_add_up_and_nobody_stays(after: float) -> None:
    with serving(_moody()) as server:
        counts, _ = _sent(_asked(server.port), stop_after=after)
    assert counts.broken_laws() == []
    assert 0 < counts.planned < 2 * RATE * after + 30


def test_a_machine_at_its_limit_drops_visitors_and_says_so() -> None:
    with serving(lambda peer: peer.ended.wait(5)) as server:
        counts, line = _sent(_asked(server.port), stop_after=0.25, most=10)
    assert counts.broken_laws() == []
    assert (counts.started, counts.in_flight) == (10, 10)
    assert counts.dropped > 20
    assert line.notes == ("visitors were dropped at this machine's limit of 10 visitors at once",)


def test_the_target_s_limit_is_kept_whatever_the_arrivals_do() -> None:
    with serving(always(OK)) as server:
        counts, line = _sent(_asked(server.port, max_requests_per_second=50.0))
    assert counts.broken_laws() == []
    # A second's worth at once, then as many as the limit lets in.
    assert len(server.requests) <= 50 + 50 * SECONDS + 2
    assert counts.dropped > 0
    assert "limit of 50 requests/s" in line.notes[0]


def test_several_workers_share_the_target_s_limit() -> None:
    with serving(always(OK)) as server:
        counts, _ = _sent(_asked(server.port, max_requests_per_second=50.0, sending=Sending(workers=2)))
    assert counts.broken_laws() == []
    assert len(server.requests) <= 25 + 25 * SECONDS + 2


def test_redirects_are_charged_to_the_target_s_limit() -> None:
    moved = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /there\r\n\r\n"

    def handle(peer: Peer) -> None:
        while (request := peer.hear()) is not None:
            peer.say(moved if b"GET / " in request else OK)

    with serving(handle) as server:
        counts, _ = _sent(_asked(server.port, max_requests_per_second=50.0))
    assert counts.broken_laws() == []
    assert len(server.requests) <= 50 + 50 * SECONDS + 10


def test_a_lost_lease_ends_the_sending() -> None:
    asked = plan(rate=RATE, seconds=SECONDS, at=host(port=9))
    library = Library(asked, {}, read_tables(asked))
    with world(library.names, lease_seconds=-1.0) as made:
        crowd = Crowd(asked, library, made, most=100)
        crowd.adopt(0)
        made.start = made.clock()
        crowd.send_all()
        assert crowd.stopped
        line = made.recorder.take(0, worker=0, now=made.now(), in_flight=crowd.in_flight)
    assert sum(line.started.values()) == 0
    assert sum(line.planned.values()) == line.dropped


def test_a_lane_taken_over_leaves_to_others_what_came_before() -> None:
    with serving(always(OK)) as server:
        asked = _asked(server.port)
        library = Library(asked, {}, read_tables(asked))
        with world(library.names) as made:
            crowd = Crowd(asked, library, made, most=100)
            made.start = made.clock() - SECONDS / 2
            for lane in range(asked.lanes):
                crowd.adopt(lane)
            crowd.send_all()
            line = made.recorder.take(0, worker=0, now=made.now(), in_flight=crowd.in_flight)
    half = RATE * SECONDS / 2
    assert abs(sum(line.planned.values()) - half) < 5 * half**0.5
