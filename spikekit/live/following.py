"""A watch that follows growing logs: polls, adds up, judges, looks ahead each minute, and keeps its state on disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from spikekit.errors import UsageError
from spikekit.live.alarm import Alarm, Alarms
from spikekit.live.journal import Journal
from spikekit.live.outlook import Outlook, outlook
from spikekit.live.reaction import events
from spikekit.live.watch import Watch
from spikekit.traffic.block import Block
from spikekit.traffic.second import Second

POLL_SECONDS = 0.25
QUIET_SECONDS = 1.0
"""Without a line for so long the second that is open counts, too."""
SETTLES_SECONDS = 2
"""Lines of a second may come so much later."""
SAVES_SECONDS = 5.0
SAVING_SHARE = 0.05
"""Of a hundred thousand visits the state is some megabytes: no more of the time than this goes into keeping it."""
OUTLOOK_SECONDS = 60
DOUBTFUL_LINES = 20
DOUBTFUL_SECONDS = 10.0
"""After so many lines, or so long, without one that could be read, something is likely wrong."""


class Source(Protocol):
    """A follower of files, a stream, or a query. ``nothing_yet`` says what may be the matter while nothing comes."""

    nothing_yet: str

    def poll(self) -> Iterator[Block] | Iterator[Second]: ...

    def state(self) -> dict[str, Any]: ...


class Following:
    """``step`` once every quarter of a second. ``outlooks`` are the latest by campaign; ``tell`` hears each alarm."""

    def __init__(
        self,
        watch: Watch,
        source: Source,
        *,
        journal: Journal | None,
        tell: Callable[[Alarm], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.watch, self.alarms = watch, Alarms()
        self.outlooks: dict[str, Outlook] = {}
        self.recent: list[Alarm] = []
        self.alarms_told = 0
        self._source, self._journal, self._tell, self._clock = source, journal, tell, clock
        self._line_at = self._saved_at = clock()
        self._saved_lines = -1
        self._save_took = 0.0
        self._looked_ahead: int | None = None
        self._judged: int | None = None

    @property
    def now(self) -> int | None:
        """The second that is reached by the log's clock (since 1970); it goes on while no line comes."""
        latest = self.watch.latest
        if latest is None:
            return None
        return latest + (int(self.silent_seconds) if self.silent_seconds > QUIET_SECONDS else 0)

    @property
    def silent_seconds(self) -> float:
        """How long no line has come."""
        return self._clock() - self._line_at

    @property
    def doubt(self) -> str | None:
        """What is likely the matter while nothing could be read; ``None`` as soon as anything was."""
        tally, is_long = self.watch.tally, self.silent_seconds > DOUBTFUL_SECONDS
        if self.watch.latest is None and (is_long or tally.lines >= DOUBTFUL_LINES):
            unread = tally.unread
            return f"{unread.message}; {unread.hint}" if unread is not None else self._source.nothing_yet
        return None

    def finish(self) -> None:
        """The source has ended. Raises ``UsageError`` where it gave nothing that could be read."""
        self.watch.count()
        if self.watch.latest is None:
            raise self.watch.tally.unread or UsageError(self._source.nothing_yet)

    def step(self) -> None:
        """Read what is there, and do what is due."""
        for part in self._source.poll():
            self._line_at = self._clock()
            if isinstance(part, Second):
                self.watch.add(part)
            else:
                self.watch.read(part)
                self.watch.count(self.watch.tally.latest)
            self._settle()
        if self.silent_seconds > QUIET_SECONDS:
            self.watch.count()
        self._settle()
        now = self.now
        if now is not None and now != self._judged:
            self._judged = now
            self._look_ahead(now)
            self._alarm(now)
        if self._clock() - self._saved_at > max(SAVES_SECONDS, self._save_took / SAVING_SHARE):
            self.save()

    def _settle(self) -> None:
        if self.now is not None:
            self.watch.settle(self.now - SETTLES_SECONDS)

    def _look_ahead(self, now: int) -> None:
        """The forecast weighed anew, once a minute of the log."""
        if self._looked_ahead is not None and 0 <= now - self._looked_ahead < OUTLOOK_SECONDS:
            return
        self._looked_ahead = now
        capacity = self.watch.watched.capacity_requests_per_second
        rates = self.watch.pace.rates(now)
        for forecast in self.watch.watched.forecasts:
            name = forecast.campaign.id
            others = sum(rate for source, rate in rates.items() if source != name)
            self.outlooks[name] = outlook(
                forecast, self.watch.courses[name], now, capacity=capacity, others_per_second=others
            )

    def _alarm(self, now: int) -> None:
        found = events(self.watch, self.outlooks, now, silent_seconds=self.silent_seconds)
        alarms = self.alarms.update(found, now)
        for alarm in alarms:
            self.recent = [*self.recent, alarm][-50:]
            self.alarms_told += 1
            self._tell(alarm)
        if alarms:
            self.save()

    def save(self) -> None:
        """Put everything on disk, if there is anything new."""
        self._saved_at = self._clock()
        tally = self.watch.tally
        # Lines none of which could be read are read again when the watch is begun anew, with another format.
        if self._journal is None or tally.lines == self._saved_lines or (tally.lines and tally.latest is None):
            return
        self._saved_lines = self.watch.tally.lines
        state = {"source": self._source.state(), "watch": self.watch.state(), "alarms": self.alarms.state()}
        self._journal.save(state)
        self._save_took = self._clock() - self._saved_at

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; the source has been restored."""
        self.watch.restore(state["watch"])
        self.alarms.restore(state["alarms"])
