"""What a watched campaign brings, minute by minute since its launch, held against its forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikekit.campaign.model import Campaign
from spikekit.traffic.saturation import Load, saturated
from spikekit.traffic.second import Second

MINUTE = 60
MOST_MINUTES = 7 * 24 * 60
"""A week after the launch forecasts end."""


class Course:
    """Clicks of one campaign by minute; those before its launch, which may come early, are counted apart.

    Clicks are the visitors' entries and those of machines that follow the campaign's links, such as mail scanners:
    forecasts have both. ``entries`` are the visitors alone. ``seen_from`` is the log's first second (since 1970): of
    what came before it nothing is known.
    """

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.launch = int(campaign.launch.timestamp())
        self.minutes: list[int] = []
        self.loads: list[Load] = []
        self.before: Load = Load()
        self.early = 0
        self.entries = 0
        self.machine_clicks = 0
        self.requests = 0
        self.inferred = 0
        self.expected = 0.0
        self.seen_from: int | None = None

    @property
    def earliest(self) -> float:
        """When it may begin at the earliest, seconds since 1970: times are uncertain, and crowds gather."""
        return self.launch + min(
            (c.at_seconds - c.within_seconds - (c.arrive_before_seconds or 0.0) for c in self.campaign.channels),
            default=0.0,
        )

    def add(self, second: Second) -> None:
        """Count what was taken from the tally."""
        self.seen_from = second.at if self.seen_from is None else min(self.seen_from, second.at)
        own = second.sources.get(self.campaign.id)
        judged = second.inferred.get(self.campaign.id)
        if judged is not None:
            self.inferred += judged.entries
            self.expected += judged.expected
        if own is not None:
            self.entries += own.entries
            self.machine_clicks += own.machine_clicks
            self.requests += own.requests
        clicks = own.entries + own.machine_clicks if own else 0
        minute = (second.at - self.launch) // MINUTE
        if minute < 0:
            self.early += clicks if second.at < self.earliest else 0
            _count(self.before, second)
        elif minute < MOST_MINUTES:
            while len(self.minutes) <= minute:
                self.minutes.append(0)
                self.loads.append(Load())
            self.minutes[minute] += clicks
            _count(self.loads[minute], second)

    def whole_minutes(self, until: int) -> list[int]:
        """Clicks in each minute since the launch that is over by ``until`` (seconds since 1970)."""
        count = max(0, min((until - self.launch) // MINUTE, MOST_MINUTES))
        return [*self.minutes[:count], *([0] * (count - len(self.minutes)))]

    def saturated(self, minutes: int) -> tuple[bool, ...]:
        """Which of the first minutes are lower bounds: the log had not begun, or the site failed or was slow."""
        unseen = 0 if self.seen_from is None else -(-(self.seen_from - self.launch) // MINUTE)
        loads = [*self.loads[:minutes], *(Load() for _ in range(minutes - len(self.loads)))]
        slow = saturated(loads, [self.before] if self.before.requests else [])
        return tuple(is_slow or minute < unseen for minute, is_slow in enumerate(slow))

    @property
    def requests_per_click(self) -> float | None:
        """Requests that a click brings, a machine's its own alone; ``None`` before enough visitors came."""
        clicks = self.entries + self.machine_clicks
        return (self.requests + self.machine_clicks) / clicks if self.entries >= 100 else None

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs, as plain JSON values."""
        return {
            "minutes": self.minutes,
            "loads": [_plain(load) for load in self.loads],
            "before": _plain(self.before),
            "counts": [self.early, self.entries, self.requests, self.inferred, self.machine_clicks],
            "expected": self.expected,
            "seen_from": self.seen_from,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.minutes = list(state["minutes"])
        self.loads = [Load(*load) for load in state["loads"]]
        self.before = Load(*state["before"])
        self.early, self.entries, self.requests, self.inferred, *more = state["counts"]
        # States that were saved before machines' clicks were kept have none.
        self.machine_clicks = more[0] if more else 0
        self.expected, self.seen_from = state["expected"], state.get("seen_from")


def _count(load: Load, second: Second) -> None:
    total = second.total
    load.requests += total.requests
    load.failures += total.failures
    load.timed += second.timed
    load.took_seconds += second.took_seconds


def _plain(load: Load) -> list[float]:
    return [load.requests, load.failures, load.timed, load.took_seconds]
