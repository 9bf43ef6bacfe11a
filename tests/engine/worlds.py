"""What visitors of a test share: the loop, a lease that holds, a turning wheel of deadlines."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from spikekit.engine.http.connection import Network
from spikekit.engine.lease import Lease
from spikekit.engine.recorder import Recorder
from spikekit.engine.visitor.session import World
from spikekit.site.model import Habits
from spikekit.vocabulary import Range


@contextmanager
def world(
    names: list[str] | None = None,
    *,
    patience: float = 0.3,
    habits: Habits | None = None,
    reuse: bool = False,
    slowest_seconds: float = 2.0,
    lease_seconds: float = 3600,
) -> Iterator[World]:
    """A world that begins now, whose visitors have that patience, or those habits."""
    lease = Lease(time.perf_counter, lease_seconds)
    lease.renew()
    made = World(
        network=Network(gevent.get_hub(), time.perf_counter),
        recorder=Recorder(names or ["GET /"]),
        lease=lease,
        clock=time.perf_counter,
        habits=habits or Habits(patience=Range.exact(patience)),
        slowest_seconds=slowest_seconds,
        luck=random.Random(1),
        reuse=reuse,
    )
    made.start = made.clock()
    turning = gevent.spawn(_turn, made)
    try:
        yield made
    finally:
        turning.kill()
        for left in (made.pool or {}).values():
            for wire in left:
                wire.connection.close()


def _turn(made: World) -> None:
    while True:
        made.network.wheel.turn(made.clock())
        gevent.sleep(0.02)
