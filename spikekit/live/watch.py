"""Blocks of log lines → totals, spikes and the courses of the watched campaigns. It knows no clock but the log's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.live.cause import cause
from spikekit.live.course import Course
from spikekit.live.detector import LEAST_DEVIATES, Detector
from spikekit.live.judging import LEAST_ROWS, judge
from spikekit.live.pace import Pace
from spikekit.live.spike import Spike, SpikeKind
from spikekit.live.standing import standing
from spikekit.live.watched import Watched
from spikekit.live.witness import Witness
from spikekit.traffic.block import Block
from spikekit.traffic.format import LineFormat
from spikekit.traffic.page import landing
from spikekit.traffic.second import Second
from spikekit.traffic.tally import Tally
from spikekit.traffic.totals import Totals

LOOKS_AGAIN_SECONDS = (0, 30, 60, 120)
"""A spike is looked at when it is found, and again when there is more of it to see; then every five minutes."""
LOOKS_EVERY_SECONDS = 300

MOST_SPIKES = 1_000
"""Spikes remembered; of more, the latest."""


class Watch:
    """``read`` blocks, ``count`` what is whole, ``settle`` what can be judged. ``spikes``: all, in order."""

    def __init__(
        self, watched: Watched, line_format: LineFormat | None = None, *, least_deviates: float = LEAST_DEVIATES
    ) -> None:
        self.watched = watched
        self.attribution = watched.attribution()
        self.tally = Tally(line_format, self.attribution)
        self.totals = Totals()
        self.courses = {campaign.id: Course(campaign) for campaign in watched.campaigns}
        self.pace = Pace()
        self.spikes: list[Spike] = []
        self._detector = Detector(_pages(watched), least_deviates=least_deviates)
        self._witness = Witness(self.attribution)
        self._looked: dict[str, int] = {}

    def read(self, block: Block) -> None:
        """Count a block of lines, and keep it for a closer look."""
        before = self.tally.latest
        self.tally.feed(block.lines, too_long=block.too_long)
        self._witness.keep(block, before or 0, self.tally.latest or 0)

    def count(self, before: int | None = None) -> list[Second]:
        """Add up the seconds that lie ``before`` one; all of them without it. Returns them."""
        seconds = list(self.tally.take(before))
        for second in seconds:
            self.add(second)
        return seconds

    def add(self, second: Second) -> None:
        """Add up one second."""
        self.totals.add(second)
        self.pace.add(second)
        self._detector.add(second)
        for course in self.courses.values():
            course.add(second)

    @property
    def is_queried(self) -> bool:
        """Whether what is known comes from a query, and from no line of a log."""
        return self.tally.lines == 0 and self.pace.newest >= 0

    @property
    def latest(self) -> int | None:
        """The last second of which anything is known."""
        return self.pace.newest if self.tally.latest is None and self.pace.newest >= 0 else self.tally.latest

    def settle(self, until: int) -> list[Spike]:
        """Everything before ``until`` (seconds since 1970) has been counted: the spikes that began, grew or ended."""
        changed: list[Spike] = []
        for spike in self._detector.settle(until):
            self._look(spike)
            if all(spike is not known for known in self.spikes):
                self.spikes = [*self.spikes, spike][-MOST_SPIKES:]
            if all(spike is not known for known in changed):
                changed.append(spike)
        return changed

    @property
    def active(self) -> list[Spike]:
        """The spikes that go on, the earliest first."""
        return sorted(self._detector.active, key=lambda spike: spike.started)

    def cause(self, spike: Spike) -> str:
        """What caused a spike, in a sentence."""
        forecast = self.watched.forecast_of(spike.source)
        if forecast is None:
            return cause(spike)
        now = spike.ended or self.latest or spike.started
        said = standing(forecast, self.courses[spike.source], now)
        return cause(spike, campaign=forecast.campaign.name, standing=said.words)

    def _look(self, spike: Spike) -> None:
        """Who they are, and by which link. A spike that is over was looked at while it went on."""
        line_format, now = self.tally.line_format, spike.latest
        if not spike.is_active:
            self._looked.pop(spike.id, None)
        elif line_format is not None and _looks_due(now - spike.found) > self._looked.get(spike.id, 0):
            self._looked[spike.id] = _looks_due(now - spike.found)
            seen = self._witness.look(spike, line_format, now)
            kind, reasons = judge(spike, seen)
            # After a restart few lines are there to look at: what was known stays.
            if kind is not SpikeKind.UNKNOWN or spike.kind is SpikeKind.UNKNOWN or seen.rows >= LEAST_ROWS:
                spike.kind, spike.reasons = kind, reasons
            spike.referrer = seen.referrer or spike.referrer

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "tally": self.tally.state(),
            "totals": self.totals.state(),
            "courses": {name: course.state() for name, course in self.courses.items()},
            "detector": self._detector.state(),
            "spikes": [spike.state() for spike in self.spikes if not spike.is_active],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.tally.restore(state["tally"])
        self.totals.restore(state["totals"])
        for name, course in state["courses"].items():
            if name in self.courses:
                self.courses[name].restore(course)
        self._detector.restore(state["detector"])
        over = [Spike.of(spike) for spike in state["spikes"]]
        self.spikes = sorted([*over, *self.active], key=lambda spike: spike.started)


def _pages(watched: Watched) -> dict[str, list[str]]:
    """The landing pages of each campaign, as the tally writes them."""
    return {
        campaign.id: [landing(channel.landing).decode("utf-8", "replace") for channel in campaign.channels]
        for campaign in watched.campaigns
    }


def _looks_due(age: int) -> int:
    """How often a spike has been looked at by so many seconds after it was found."""
    return sum(age >= due for due in LOOKS_AGAIN_SECONDS) + age // LOOKS_EVERY_SECONDS
