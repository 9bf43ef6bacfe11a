"""A drill → its log, second by second, and the truth of what is in it."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from spikekit.live.drill import Drill, arrivals
from spikekit.live.drilled_visit import Line, Visits

HOST = "https://www.example.com"
SERVED_SECONDS = 0.08
SCHEMA = "spikekit.drill/1"


@dataclass(slots=True)
class Truth:
    """What is in the log by construction. ``tagged`` and ``untagged`` are the campaign's entries by their links."""

    drill: Drill
    lines: int = 0
    failures: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    tagged: int = 0
    untagged: int = 0
    minutes: Counter[int] = field(default_factory=Counter)

    def document(self) -> dict[str, Any]:
        """The truth as plain JSON values, to be written beside the log."""
        drill, campaign = self.drill, self.drill.forecast.campaign
        return {
            "schema": SCHEMA,
            "campaign": campaign.id,
            "launch": campaign.launch.isoformat(),
            "seed": drill.seed,
            "draw": drill.draw,
            "lines": self.lines,
            "failures": self.failures,
            "origins": {
                name: {"requests": count, "entries": self.entries[name]} for name, count in self.requests.items()
            },
            "campaign_entries": {"tagged": self.tagged, "untagged": self.untagged},
            "campaign_minutes": {str(minute): count for minute, count in sorted(self.minutes.items())},
            "spikes": [
                {
                    "kind": surprise.kind.value,
                    "referrer": surprise.referrer,
                    "page": surprise.page,
                    "per_second": surprise.per_second,
                    "started": (campaign.launch.astimezone(UTC) + timedelta(seconds=surprise.at)).isoformat(),
                    "ended": (
                        campaign.launch.astimezone(UTC) + timedelta(seconds=surprise.at + surprise.lasts)
                    ).isoformat(),
                }
                for surprise in drill.surprises
            ],
        }


class DrilledLog:
    """Iterating gives each second (since 1970) with its lines as bytes; ``truth`` is whole when all were given."""

    def __init__(self, drill: Drill, *, host: str = HOST) -> None:
        self.truth = Truth(drill)
        self._drill = drill
        self._chance = random.Random(f"{drill.seed}/{drill.draw}")
        self._visits = Visits(drill.forecast.campaign, host, self._chance, pages=drill.pages)
        self._launch = drill.forecast.campaign.launch.timestamp()
        self.origins: list[tuple[str, str]] = []
        """Of each line of the second given last: its origin, and the page where a visit begins with it."""

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        waiting: defaultdict[int, list[Line]] = defaultdict(list)
        begins, last = -self._drill.before, self._drill.after
        for minute in arrivals(self._drill):
            for group in minute:
                self._note(group.origin, group.campaign, group.at)
                for at in group.at.tolist():
                    for line in self._visits.lines(group, at):
                        # Times in a log are when requests end; what ends after the drill is not in it.
                        if line.at < last:
                            waiting[int(self._launch + line.at)].append(line)
            begins = min(begins + 60.0, last)
            for second in sorted(s for s in waiting if s < int(self._launch + begins)):
                yield second, self._written(second, waiting.pop(second))
        for second in sorted(waiting):
            yield second, self._written(second, waiting.pop(second))

    def _note(self, origin: str, mark: str | None, at: Any) -> None:
        if origin == self._drill.forecast.campaign.id:
            if mark:
                self.truth.tagged += len(at)
            else:
                self.truth.untagged += len(at)
            self.truth.minutes.update((at // 60).astype(int).tolist())

    def _written(self, second: int, lines: list[Line]) -> bytes:
        stamp = f"{datetime.fromtimestamp(second, UTC):%d/%b/%Y:%H:%M:%S +0000}"
        capacity = self._drill.capacity_requests_per_second
        lines.sort(key=lambda line: line.at)
        written, truth = [], self.truth
        self.origins = []
        for place, line in enumerate(lines):
            full = capacity is not None and place >= capacity
            status, took = (503, 1.0) if full else (line.status, SERVED_SECONDS)
            truth.failures += full
            truth.requests[line.origin] += 1
            truth.entries[line.origin] += line.is_entry
            self.origins.append((line.origin, line.page if line.is_entry else ""))
            written.append(
                f'{line.address} - - [{stamp}] "{line.request}" {status} {4021 if status == 200 else 312} '
                f'"{line.referrer}" "{line.agent}" {took:.3f}\n'
            )
        truth.lines += len(lines)
        return "".join(written).encode()
