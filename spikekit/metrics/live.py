"""The live campaign as numbers. Whoever follows it gives a frozen snapshot; nothing here reads a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import Metric

from spikekit.metrics import names
from spikekit.metrics.family import quantiles, simple
from spikekit.metrics.label import Room, clean

MOST_SOURCES = 250
"""More than attribution ever tells apart; a last bound, whoever feeds us."""

MOST_REASONS = 20
"""Why lines are skipped is a short list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSource:
    """One source so far: counts since the watch began, and requests/s over the newest ten whole seconds.

    ``campaign`` is the id of the campaign that the source belongs to; empty when none.
    """

    requests: int
    failures: int
    entries: int
    requests_per_second: float
    campaign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSnapshot:
    """What a watch knows at one instant.

    ``sources`` by name, disjoint: their sum is the site. ``still_to_come`` is, of each watched campaign, the busiest
    ten seconds ahead in requests/s by quantile (0-1). ``spikes`` are sources that had an undeclared spike, and whether
    it goes on. ``lines`` counts all lines read, ``skipped`` those that were no requests, by reason.
    """

    site: str
    sources: Mapping[str, LiveSource]
    still_to_come: Mapping[str, Mapping[float, float]] = field(default_factory=dict)
    spikes: Mapping[str, bool] = field(default_factory=dict)
    lines: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


class LiveMetrics:
    """The newest snapshot; counters of sources that lost their own series go on under ``other``."""

    def __init__(self) -> None:
        self._snapshot: LiveSnapshot | None = None
        self._sources = Room(MOST_SOURCES)
        self._reasons = Room(MOST_REASONS)

    def show(self, snapshot: LiveSnapshot) -> None:
        """From now on these; called by one thread."""
        for name in snapshot.sources:
            self._sources.label(name)
        self._snapshot = snapshot

    def families(self) -> Iterator[Metric]:
        """Nothing before the first snapshot."""
        live = self._snapshot
        if live is None:
            return
        site = clean(live.site)
        counts = (
            (names.LIVE_REQUESTS, "requests"),
            (names.LIVE_FAILURES, "failures"),
            (names.LIVE_ENTRIES, "entries"),
            (names.LIVE_RATE, "requests_per_second"),
        )
        for name, key in counts:
            values: dict[tuple[str, ...], float] = {}
            for source, of in live.sources.items():
                labels = (site, clean(of.campaign), self._sources.label(source))
                values[labels] = values.get(labels, 0.0) + getattr(of, key)
            yield simple(name, values)
        yield quantiles(names.LIVE_PEAK, {(site, clean(c)): peak for c, peak in live.still_to_come.items()})
        spikes: dict[tuple[str, ...], float] = {}
        for source, active in live.spikes.items():
            at = (site, self._sources.label(source))
            spikes[at] = max(spikes.get(at, 0.0), float(active))
        yield simple(names.SPIKE, spikes)
        yield simple(names.LINES, {(): live.lines})
        skipped: dict[tuple[str, ...], float] = {}
        for reason, count in live.skipped.items():
            of_reason = (self._reasons.label(reason),)
            skipped[of_reason] = skipped.get(of_reason, 0) + count
        yield simple(names.SKIPPED, skipped)
