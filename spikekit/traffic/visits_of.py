"""Finished logs → the visits that a campaign brought, minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from spikekit.campaign.model import Campaign
from spikekit.errors import Unmeasured
from spikekit.traffic.archive import format_of, replayed
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.format import LineFormat
from spikekit.traffic.judgement import Judge
from spikekit.traffic.observed import Observed
from spikekit.traffic.referrers import Referrers
from spikekit.traffic.saturation import Load, saturated
from spikekit.traffic.second import Second
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
) -> Observed:
    """The visits of a campaign in finished logs, also compressed ones, in buckets of ``step_seconds``.

    ``others`` are campaigns in the same logs. The buckets cover what the logs do, from an hour before the campaign may
    begin to a week after its launch. Raises ``UsageError`` for logs that cannot be read, ``Unmeasured`` when they say
    nothing of that time.
    """
    attribution = Attribution((campaign, *others), referrers=referrers, own_hosts=own_hosts, inference=inference)
    line_format = line_format or format_of(paths)
    tally = Tally(line_format, attribution)
    counted = _Buckets(campaign, step_seconds)
    for block in replayed(paths, line_format):
        tally.feed(block.lines, too_long=block.too_long)
        counted.add(tally.take(tally.latest))
    counted.add(tally.take())
    return counted.observed(tally)


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
        self._visits: dict[int, int] = {}
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
        own = second.sources.get(self._campaign.id)
        self._visits[bucket] = self._visits.get(bucket, 0) + (own.entries if own else 0)

    def observed(self, tally: Tally) -> Observed:
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
        return Observed(
            began=datetime.fromtimestamp(first * self._step, UTC),
            step_seconds=float(self._step),
            visitors=tuple(float(self._visits.get(bucket, 0)) for bucket in buckets),
            saturated=flags if any(flags) else (),
        )
