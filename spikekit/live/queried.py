"""A site that Prometheus watches already, followed by a query: visitors per second become seconds of a log."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import Any

import httpx

from spikekit.errors import SpikekitError, Unmeasured
from spikekit.live.course import Course
from spikekit.traffic.observed import Observed
from spikekit.traffic.prometheus import MOST_POINTS, query_range
from spikekit.traffic.second import Counts, Second
from spikekit.traffic.series import Series

STEP_SECONDS = 15.0
ASKS_SECONDS = 15.0
LEARNS_SECONDS = 1_800.0
"""What was usual before a campaign is asked for, too."""
SITE = "other"
EARLY_DEVIATIONS = 8.0
"""Times the median deviation: so far above the usual is a campaign that comes early, and not how visits scatter."""


class Above:
    """Who of a whole site's visitors are the campaign's: those above the usual of the half hour before it may begin.

    Where nothing was seen before that, all are.
    """

    def __init__(self, earliest: float) -> None:
        self._earliest = earliest
        self._before: deque[float] = deque(maxlen=int(LEARNS_SECONDS / STEP_SECONDS))
        self._usual = 0.0

    def of(self, at: float, came: float) -> float:
        """The campaign's of those that came in the step at ``at`` (seconds since 1970). Ask in order."""
        if at >= self._earliest:
            return max(came - self._usual, 0.0)
        self._before.append(came)
        self._usual = median(self._before)
        reach = EARLY_DEVIATIONS * median(abs(each - self._usual) for each in self._before)
        is_early = len(self._before) == self._before.maxlen and came > self._usual + reach
        return came - self._usual if is_early else 0.0


class Queried:
    """Asks every quarter of a minute. The first answer goes back to before the campaigns, so nothing need be kept.

    Series are told apart by a label ``channel``, ``source`` or ``medium``; one that is called like a campaign is its
    own. Where nothing is told apart and one campaign alone is watched, what is ``Above`` the usual is its own. A query
    tells no requests, which capacities are in: ``requests_per_visitor`` are reckoned with.
    """

    nothing_yet = "the query has no data yet: look at it in Prometheus"

    def __init__(
        self,
        url: str,
        query: str,
        courses: Sequence[Course],
        tell: Callable[[str], None],
        *,
        requests_per_visitor: float = 1.0,
        now: Callable[[], float] = time.time,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url, self._query, self._tell, self._now, self._transport = url, query, tell, now, transport
        self._each = requests_per_visitor
        self._alone = courses[0].campaign.id if len(courses) == 1 else None
        self._above = Above(courses[0].earliest)
        began = min(course.earliest for course in courses) - LEARNS_SECONDS
        newest = self._whole(now())
        self._next = max(self._whole(min(began, newest - LEARNS_SECONDS)), newest - (MOST_POINTS - 1) * STEP_SECONDS)
        self._asked_at = float("-inf")
        self._answered = False

    def _whole(self, at: float) -> float:
        return at // STEP_SECONDS * STEP_SECONDS

    def poll(self) -> Iterator[Second]:
        """The seconds that are known since the last ones. Raises ``UsageError`` if the very first question fails."""
        now, until = self._now(), self._whole(self._now())
        if now - self._asked_at < ASKS_SECONDS or until <= self._next:
            return
        self._asked_at = now
        try:
            series = query_range(
                self._url,
                self._query,
                start=datetime.fromtimestamp(self._next, UTC),
                end=datetime.fromtimestamp(until, UTC),
                step_seconds=STEP_SECONDS,
                transport=self._transport,
            )
        except Unmeasured:
            return
        except SpikekitError as error:
            if not self._answered:
                raise
            self._tell(error.message)
            return
        self._answered = True
        self._next = series.total.ended.timestamp()
        yield from self._seconds(series)

    def _seconds(self, series: Series) -> Iterator[Second]:
        parts = dict(series.parts) or self._divided(series.total)
        counts = {name: _by_second(observed) for name, observed in parts.items()}
        requests = {name: _by_second(observed, self._each) for name, observed in parts.items()}
        began = int(series.total.began.timestamp())
        for offset in range(int(len(series.total.visitors) * STEP_SECONDS)):
            here = {
                name: each[offset] for name, each in counts.items() if offset < len(each) and requests[name][offset]
            }
            yield Second(
                at=began + offset,
                sources={name: Counts(requests=requests[name][offset], entries=n) for name, n in here.items()},
            )

    def _divided(self, total: Observed) -> dict[str, Observed]:
        """The one campaign's and the site's, where nothing tells them apart."""
        if self._alone is None:
            return {SITE: total}
        began = total.began.timestamp()
        own = [self._above.of(began + step * total.step_seconds, came) for step, came in enumerate(total.visitors)]
        rest = [came - mine for came, mine in zip(total.visitors, own, strict=True)]
        return {self._alone: replace(total, visitors=tuple(own)), SITE: replace(total, visitors=tuple(rest))}

    def state(self) -> dict[str, Any]:
        """Prometheus remembers."""
        return {}


def _by_second(observed: Observed, times: float = 1.0) -> list[int]:
    """Whole visitors, so many ``times``, in each second; their sum is the rounded total."""
    counts, total, given = [], 0.0, 0
    length = int(observed.step_seconds)
    for visitors in observed.visitors:
        for _ in range(length):
            total += times * visitors / length
            whole = round(total) - given
            given += whole
            counts.append(whole)
    return counts
