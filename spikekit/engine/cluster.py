"""What a master and its workers say to each other over Locust's own connection.

``hello``   worker → master   ready for a plan (Locust's own greeting comes before a worker can listen to ours)
``plan``    master → worker   the plan, its tables, the worker's number
``armed``   worker → master   ready for lanes
``clock``   master → worker   seconds since the start (negative before it): the start barrier, and the lease
``stop``    master → worker   send no more, and why
``second``  worker → master   one line
``done``    worker → master   everybody is out

Locust's connection is neither encrypted nor authenticated: between hosts it belongs into a network you trust. No secret
travels: a plan names environment variables, and each worker reads its own.
"""

from __future__ import annotations

from typing import Any

import locust.runners

HELLO, PLAN, ARMED, CLOCK, STOP, SECOND, DONE = (
    "spikekit_hello",
    "spikekit_plan",
    "spikekit_armed",
    "spikekit_clock",
    "spikekit_stop",
    "spikekit_second",
    "spikekit_done",
)

HEARTBEAT_SECONDS = 0.5
"""Locust misses a worker after about four of these; its own second would leave a gap of four seconds and more."""


def quicken() -> None:
    """Make Locust notice a dead worker within two seconds or so, and report within one."""
    locust.runners.HEARTBEAT_INTERVAL = HEARTBEAT_SECONDS
    locust.runners.WORKER_REPORT_INTERVAL = 1.0


def data_of(message: Any) -> dict[str, Any]:
    """A message's data; empty for one without."""
    data: dict[str, Any] = message.data or {}
    return data
