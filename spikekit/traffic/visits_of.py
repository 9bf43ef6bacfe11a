"""Finished logs → the visits that a campaign brought, minute by minute."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from spikekit.campaign.model import Campaign
from spikekit.errors import Unmeasured
from spikekit.traffic.archive import format_of, replayed
from spikekit.traffic.attribution import APART, Attribution
from spikekit.traffic.format import LineFormat
from spikekit.traffic.judgement import Judge
from spikekit.traffic.observed import Observed
from spikekit.traffic.referrers import Referrers
from spikekit.traffic.saturation import Load, saturated
from spikekit.traffic.second import Counts, Second
from spikekit.traffic.series import Series
from spikekit.traffic.tally import Tally

BEFORE_SECONDS = 3_600
AFTER_SECONDS = 7 * 86_400
"""From an hour before the earliest a campaign may begin to a week after its launch: as far as forecasts reach."""


def read_observed(
    paths: Sequence[Path],
    campaign: Campaign,
    *,
    others: Sequence[Campaign] = (),
    line_format: LineFormat | None = None,
    referrers: Referrers | None = None,
    own_hosts: Iterable[str] = (),
    inference: Judge | None = None,
    step_seconds: int = 60,
) -> Series:
    """The visits of a campaign in finished logs, also compressed ones, in buckets of ``step_seconds``.

    Its parts are those of each UTM source and medium in its links, as far as links have them. Clicks of machines on its
    links count, as in a forecast. ``others`` are campaigns in the same logs. The buckets cover what the logs do, from
    an hour before the campaign may begin to a week after its launch. Raises ``UsageError`` for logs that cannot be
    read, ``Unmeasured`` when they say nothing of that time.
    """
    attribution = Attribution(
        (campaign, *others), referrers=referrers, own_hosts=own_hosts, inference=inference, marks=True
    )
    line_format = line_format or format_of(paths)
    tally = Tally(line_format, attribution)
    counted = _Buckets(campaign, step_seconds)
    for block in replayed(paths, line_format):
        tally.feed(block.lines, too_long=block.too_long)
        counted.add(tally.take(tally.latest))
    counted.add(tally.take())
    return counted.series(tally)


class _Buckets:
    """Visits and load by bucket since 1970."""

    def __init__(self, campaign: Campaign, step: int) -> None:
        launch = campaign.launch.timestamp()
        early = min((c.at_seconds - c.within_seconds for c in campaign.channels), default=0.0)
        gather = max((c.arrive_before_seconds or 0.0 for c in campaign.channels), default=0.0)
        self._first = int(launch + min(early, 0.0) - gather - BEFORE_SECONDS) // step
        self._launched = int(launch + min(early, 0.0)) // step
        self._last = int(launch + AFTER_SECONDS) // step
        self._step, self._campaign = step, campaign
        self._visits: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._people = Counts()
        self._loads: dict[int, Load] = {}

    def add(self, seconds: Iterable[Second]) -> None:
        for second in seconds:
            bucket = second.at // self._step
            if self._first <= bucket < self._last:
                self._add(bucket, second)

    def _add(self, bucket: int, second: Second) -> None:
        load, total = self._loads.setdefault(bucket, Load()), second.total
        load.requests += total.requests
        load.failures += total.failures
        load.timed += second.timed
        load.took_seconds += second.took_seconds
        for name, own in second.sources.items():
            campaign, _, mark = name.partition(APART)
            if campaign == self._campaign.id:
                self._people = self._people.plus(own)
                for part in {"", mark}:
                    self._visits[part][bucket] += own.entries + own.machine_clicks

    def series(self, tally: Tally) -> Series:
        if not self._loads:
            raise Unmeasured(
                f"the logs have no request around the launch of {self._campaign.id}"
                f" ({self._campaign.launch.isoformat()}); {tally.lines:,} lines were read",
                hint="give the logs of that day; several, and compressed ones, may be given",
            )
        first, last = min(self._loads), max(self._loads)
        buckets = range(first, last + 1)
        loads = [self._loads.get(bucket, Load()) for bucket in buckets]
        usual = [load for bucket, load in self._loads.items() if bucket < self._launched]
        flags = saturated(loads, usual)

        def observed(mark: str) -> Observed:
            return Observed(
                began=datetime.fromtimestamp(first * self._step, UTC),
                step_seconds=float(self._step),
                visitors=tuple(float(self._visits[mark][bucket]) for bucket in buckets),
                saturated=flags if any(flags) else (),
            )

        people = self._people
        return Series(
            total=observed(""),
            parts={mark: observed(mark) for mark in sorted(self._visits) if mark},
            requests_per_visitor=people.requests / people.entries if people.entries else None,
        )
