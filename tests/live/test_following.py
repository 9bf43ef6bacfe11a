"""A watch that follows a log says what is the matter, to those who keep the site up and to those who know why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from spikekit.live.alarm import Alarm, Phase
from spikekit.live.drill import Surprise
from spikekit.live.drilled_log import DrilledLog
from spikekit.live.following import Following
from spikekit.live.spike import SpikeKind
from spikekit.live.watch import Watch
from spikekit.live.watched import Watched
from spikekit.report.chart.terminal import plain
from spikekit.report.live.terminal import status_line, view
from spikekit.traffic.block import Block
from spikekit.traffic.format import line_format
from tests.live.drills import drill

CAPACITY = 60.0
POST = Surprise(kind=SpikeKind.CROWD, per_second=20, at=200, lasts=120)


class _Paced:
    """A log that grows by a second at each look; its clock goes with it."""

    nothing_yet = "nothing yet"

    def __init__(self, log: DrilledLog) -> None:
        self._seconds = iter(log)
        self.clock = 0.0
        self.ended = False

    def poll(self) -> Iterator[Block]:
        self.clock += 1.0
        found = None if self.ended else next(self._seconds, None)
        if found is None:
            self.ended = True
        else:
            yield Block(log=0, lines=found[1])

    def state(self) -> dict[str, Any]:
        return {}


@cache
def _followed() -> tuple[Following, tuple[Alarm, ...]]:
    """A drill in which a post nobody declared brings more than the site takes, then silence."""
    drilled = drill(POST, before=300, after=1_000)
    source = _Paced(DrilledLog(drilled))
    watch = Watch(
        Watched(forecasts=(drilled.forecast,), capacity_requests_per_second=CAPACITY), line_format("combined")
    )
    watch.attribution.own(["example.com"])
    told: list[Alarm] = []
    following = Following(watch, source, journal=None, tell=told.append, clock=lambda: source.clock)
    while not source.ended:
        following.step()
    for _ in range(90):
        following.step()
    return following, tuple(told)


def test_a_post_that_nobody_declared_is_told_once_in_both_wordings_and_cleared() -> None:
    _, told = _followed()
    raised, *updates, cleared = [alarm for alarm in told if alarm.id.startswith("spike ")]
    assert (raised.phase, cleared.phase) == (Phase.RAISED, Phase.CLEARED)
    assert {update.phase for update in updates} <= {Phase.UPDATED}
    assert "from https://t.co/Qx1a on /books/42" in raised.title
    assert "First: " in raised.on_call
    assert "If it is yours, declare it" in raised.marketing
    assert cleared.title.startswith("the spike is over")


def test_a_site_near_its_capacity_is_told_what_to_do_about_it() -> None:
    _, told = _followed()
    raised = next(alarm for alarm in told if alarm.id == "capacity" and alarm.phase is Phase.RAISED)
    assert "of what the site is known to take (60/s)" in raised.title
    assert "Waiting room: let in" in raised.on_call
    assert "times the servers" in raised.on_call
    assert "Call +44 1." in raised.marketing


def test_a_log_that_stops_is_told() -> None:
    _, told = _followed()
    assert "silence" in [alarm.id for alarm in told]


def test_the_picture_fits_a_terminal_and_tells_what_is_to_come() -> None:
    following, _ = _followed()
    lines = view(following, plain)
    assert all(len(line) <= 80 for line in lines)
    text = "\n".join(lines)
    assert "capacity" in text
    assert "visitors in 24 h" in text
    assert "fry-reads" in status_line(following)
