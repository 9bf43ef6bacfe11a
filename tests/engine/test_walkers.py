"""Greenlets that take one visitor after another: each call is made once, in a greenlet that nobody else is using."""

from __future__ import annotations

import gc

import gevent
import gevent.event
import greenlet
import pytest

from spikekit.engine.crowd import Crowd
from spikekit.engine.visitor.script import Library, read_tables
from spikekit.engine.walkers import Walkers
from tests.engine.plans import host, plan
from tests.engine.servers import OK, always, serving
from tests.engine.worlds import world


def test_every_call_is_made_once_and_greenlets_serve_again() -> None:
    made: list[tuple[int, int]] = []
    greenlets = set()

    def work(call: tuple[int, int]) -> None:
        greenlets.add(id(greenlet.getcurrent()))
        gevent.sleep(0)
        made.append(call)

    walkers = Walkers(work)
    for start in range(0, 500, 10):
        for number in range(start, start + 10):
            walkers.start((number, 2 * number))
        while len(made) < start + 10:
            gevent.sleep(0)
    assert sorted(made) == [(n, 2 * n) for n in range(500)]
    assert len(greenlets) == 10


def test_calls_that_last_do_not_share_a_greenlet() -> None:
    inside: list[object] = []
    leave = gevent.event.Event()

    def work(_: int) -> None:
        inside.append(greenlet.getcurrent())
        leave.wait()

    walkers = Walkers(work)
    for number in range(50):
        walkers.start(number)
    gevent.sleep(0)
    assert len(set(inside)) == 50
    leave.set()


@pytest.mark.parametrize("reuse", [False, True])
def test_visits_leave_nothing_behind_for_a_collector_that_does_not_run(reuse: bool) -> None:
    with serving(always(OK)) as server:
        asked = plan(at=host(port=server.port), rate=300.0, seconds=0.5)
        library = Library(asked, {}, read_tables(asked))
        with world(library.names, patience=5.0, reuse=reuse) as made:
            crowd = Crowd(asked, library, made, most=1000)
            for lane in range(asked.lanes):
                crowd.adopt(lane)
            # A whole suite's heap takes the collector a second: the crowd would be late before it began.
            gc.collect()
            gc.disable()
            made.start = made.clock()
            try:
                crowd.send_all()
                while crowd.inside:
                    gevent.sleep(0.01)
                left = gc.collect()
            finally:
                gc.enable()
        assert made.recorder.completed > 50
        # Not one object for each visitor.
        assert left < made.recorder.completed
