"""Every campaign on one time line: what comes together in each stretch of time, and which campaigns collide.

Peaks are those of joint draws: in each draw the campaigns' curves are added, the busiest minute of the sum is found,
and quantiles are taken last. Only confirmed campaigns are added; drafts are shown beside them, cancelled ones are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.forecast.band import DAY, band, punctual
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.combined import extent, on_clock
from spikekit.forecast.forecast import DRAWS, MINUTE, drawn
from spikekit.forecast.normal import Floats
from spikekit.forecast.peak import Weights, busiest
from spikekit.forecast.priors import REQUESTS_PER_LANDING, Figure
from spikekit.forecast.stretch import Stretch, stretches, weeks_of
from spikekit.forecast.wave import Wave
from spikekit.site.model import Site
from spikekit.vocabulary import PEAK_SECONDS, Status

BUSY = 0.1
"""A campaign is busy while its P90 curve (in requests) is at least this share of its highest."""

MOST_PAIRS = 60
"""Pairs whose joint peak is worked out; a calendar with more collisions is told by its weeks."""

_HOUR = 3600.0
_BUSY_DRAWS = 100
_LIFE = 14 * DAY
"""After two weeks of no news a wave has run out."""

_MANY, _VERY_MANY = 8, 20


def draws_for(campaigns: int) -> int:
    """As many draws as a forecast has for a few campaigns, fewer for many, so that a year takes seconds."""
    return DRAWS if campaigns <= _MANY else 4_000 if campaigns <= _VERY_MANY else 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """The highest minute (visitors) and ten seconds (requests/s), one entry per draw in the last axis."""

    minute_visitors: Floats
    requests_per_second: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One campaign alone: its peaks and the ``busy`` stretch of time, in UTC."""

    campaign: Campaign
    busy: Stretch
    peaks: Peaks

    @property
    def counts(self) -> bool:
        """Whether it is added to the others."""
        return self.campaign.status is Status.CONFIRMED

    @property
    def begins(self) -> Stretch:
        """From the launch, or a channel before it, to the start of the last channel, in UTC."""
        launch = self.campaign.launch.astimezone(UTC)
        offsets = [0.0, *(c.at_seconds for c in self.campaign.channels)]
        return launch + timedelta(seconds=min(offsets)), launch + timedelta(seconds=max(offsets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two confirmed campaigns that are busy in the same ``overlap``, and what the two bring together."""

    first: Entry
    second: Entry
    overlap: Stretch
    peaks: Peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week from Monday to Monday: who is busy in it, and its combined peaks."""

    stretch: Stretch
    entries: tuple[Entry, ...]
    peaks: Peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Campaigns by launch. ``peaks`` has a row for each of the ``stretches``, which follow on each other in ``zone``.

    ``more_collisions`` is how many further pairs overlap that were not worked out.
    """

    zone: ZoneInfo
    seed: int
    draws: int
    entries: tuple[Entry, ...]
    cancelled: tuple[Campaign, ...]
    stretches: tuple[Stretch, ...]
    peaks: Peaks
    weeks: tuple[Week, ...]
    collisions: tuple[Collision, ...]
    more_collisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """Seconds after one instant, in which all waves are told."""

    origin: datetime

    def seconds(self, at: datetime) -> float:
        return (at - self.origin).total_seconds()

    def instant(self, seconds: float) -> datetime:
        return self.origin + timedelta(seconds=seconds)


def calendar(
    campaigns: Sequence[Campaign],
    *,
    site: Site | None,
    zone: ZoneInfo,
    seed: int,
    draws: int | None = None,
    past: Sequence[PastResult] = (),
    landing: Figure = REQUESTS_PER_LANDING,
) -> Calendar:
    """The campaigns on one time line, in days and weeks of ``zone``, all of one site.

    ``past`` and ``landing`` are as for a forecast.

    Raises ``UsageError`` as ``forecast`` does, and ``ValueError`` where no campaign is left that is not cancelled.
    """
    left = sorted((c for c in campaigns if c.status is not Status.CANCELLED), key=lambda c: c.launch)
    if not left:
        raise ValueError("a calendar needs a campaign that is not cancelled")
    draws = draws or draws_for(len(left))
    clock = _Clock(origin=min(extent(c)[0] for c in left))
    each = {c.id: drawn(c, site=site, seed=seed, draws=draws, past=past, landing=landing) for c in left}
    waves = {name: on_clock(traffic, clock.origin) for name, traffic in each.items()}
    entries = tuple(_entry(c, waves[c.id], clock) for c in left)
    added = tuple(e for e in entries if e.counts)
    # A small channel on the day after may be no part of what is busy, but whoever planned it looks for it here.
    spans = [span for e in entries for span in (e.busy, e.begins)]
    parts = stretches(min(begin for begin, _ in spans), max(end for _, end in spans), zone)
    peaks = _in_each(parts, tuple(w for e in added for w in waves[e.campaign.id]), clock, draws)
    pairs = [(a, b) for a, b in combinations(added, 2) if _overlap(a.busy, b.busy)]
    pairs.sort(key=lambda pair: -min(float(np.median(e.peaks.minute_visitors)) for e in pair))
    collisions = [_collision(a, b, (*waves[a.campaign.id], *waves[b.campaign.id])) for a, b in pairs[:MOST_PAIRS]]
    return Calendar(
        zone=zone,
        seed=seed,
        draws=draws,
        entries=entries,
        cancelled=tuple(c for c in campaigns if c.status is Status.CANCELLED),
        stretches=parts,
        peaks=peaks,
        weeks=tuple(_week(week, rows, added, peaks) for week, rows in weeks_of(parts, zone)),
        collisions=tuple(sorted(collisions, key=lambda c: c.overlap)),
        more_collisions=max(0, len(pairs) - MOST_PAIRS),
    )


def _entry(campaign: Campaign, waves: tuple[Wave, ...], clock: _Clock) -> Entry:
    return Entry(campaign=campaign, busy=_busy(campaign, waves, clock), peaks=_peaks(waves, None))


def _busy(campaign: Campaign, waves: tuple[Wave, ...], clock: _Clock) -> Stretch:
    """The busy stretch of a campaign that is on time, and as much before and after it as it may come early or late."""
    # In requests: the machines that follow a link at once would hide the people who come for hours.
    loads = (replace(w, volume=w.volume * w.requests_per_visitor) for w in punctual(waves))
    found = band(tuple(loads), _BUSY_DRAWS)
    high = np.nonzero(found.p90 >= BUSY * found.p90.max())[0]
    begin, end = (clock.instant(float(found.offset_seconds[i])) for i in (high[0], high[-1] + 1))
    slack = timedelta(seconds=max(c.within_seconds for c in campaign.channels))
    first, last = extent(campaign)
    return max(first, begin - slack), min(last, end + slack)


def _peaks(waves: tuple[Wave, ...], within: tuple[float, float] | None) -> Peaks:
    visitors, requests = _weights(waves)
    minute = busiest(waves, MINUTE, visitors, within=within and (within[0], within[1] + MINUTE))
    ten = busiest(
        waves,
        PEAK_SECONDS,
        requests,
        near=minute.start + (MINUTE - PEAK_SECONDS) / 2,
        within=within and (within[0], within[1] + PEAK_SECONDS),
    )
    return Peaks(minute_visitors=minute.count, requests_per_second=ten.count / PEAK_SECONDS)


def _weights(waves: tuple[Wave, ...]) -> tuple[Weights, Weights]:
    """What each visitor counts for in visitors, and in requests."""
    return tuple(np.full_like(w.volume, w.brings_visitors) for w in waves), tuple(w.requests_per_visitor for w in waves)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """A wave with the time in which it matters; from ``falls`` on it only falls, in every draw."""

    wave: Wave
    first: float
    falls: float
    last: float


def _lives(waves: Iterable[Wave]) -> list[_Life]:
    lives = []
    for wave in waves:
        latest = max(wave.shape.kinks())
        falls = float(wave.crest(PEAK_SECONDS).max()) + PEAK_SECONDS if len(wave.shape.kinks()) <= 2 else np.inf
        last = float(wave.start.max()) + latest + _LIFE
        lives.append(_Life(wave=wave, first=float(wave.start.min()), falls=falls, last=_faded(wave, falls, last)))
    return lives


def _faded(wave: Wave, falls: float, last: float) -> float:
    """The day from which fewer than six come in an hour in all but five in a hundred draws: a tenth of one a minute."""
    days = np.arange(falls, last, DAY) if np.isfinite(falls) else np.array([])
    for day in days:
        if float(np.quantile(wave.between(np.array([day]), _HOUR), 0.95)) < 6:
            return float(day)
    return last


def _in_each(parts: Sequence[Stretch], waves: tuple[Wave, ...], clock: _Clock, draws: int) -> Peaks:
    """The combined peaks of every stretch: windows that begin in it."""
    rows, lives = [], _lives(waves)
    for begin, end in ((clock.seconds(a), clock.seconds(b)) for a, b in parts):
        alive = [life for life in lives if life.first < end and begin < life.last]
        there = tuple(life.wave for life in alive)
        if not alive:
            rows.append(Peaks(minute_visitors=np.zeros(draws), requests_per_second=np.zeros(draws)))
        elif all(life.falls <= begin for life in alive):
            # What only falls is highest where the stretch begins.
            rows.append(_at(there, np.full(draws, begin)))
        else:
            rows.append(_peaks(there, (begin, end)))
    return Peaks(
        minute_visitors=np.stack([r.minute_visitors for r in rows]),
        requests_per_second=np.stack([r.requests_per_second for r in rows]),
    )


def _at(waves: tuple[Wave, ...], start: Floats) -> Peaks:
    """What comes from ``start`` on."""
    visitors, requests = _weights(waves)
    minute = np.sum([w.between(start, MINUTE) * f for w, f in zip(waves, visitors, strict=True)], axis=0)
    ten = np.sum([w.between(start, PEAK_SECONDS) * f for w, f in zip(waves, requests, strict=True)], axis=0)
    return Peaks(minute_visitors=minute, requests_per_second=ten / PEAK_SECONDS)


def _week(week: Stretch, rows: slice, entries: Iterable[Entry], peaks: Peaks) -> Week:
    return Week(
        stretch=week,
        entries=tuple(e for e in entries if _overlap(e.busy, week)),
        peaks=Peaks(
            minute_visitors=peaks.minute_visitors[rows].max(axis=0),
            requests_per_second=peaks.requests_per_second[rows].max(axis=0),
        ),
    )


def _collision(first: Entry, second: Entry, waves: tuple[Wave, ...]) -> Collision:
    overlap = max(first.busy[0], second.busy[0]), min(first.busy[1], second.busy[1])
    return Collision(first=first, second=second, overlap=overlap, peaks=_peaks(waves, None))


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]
