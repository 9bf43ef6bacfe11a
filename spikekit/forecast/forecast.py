"""Campaign → forecast: many draws of what may come, each a whole campaign that could happen.

    λ(t) = Σ channels  audience · (less those reached twice) · click rate · kernel(t − start) ⊛ send window

Quantiles are those of each draw's own peak and totals. Normal traffic and other campaigns are not part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.errors import UsageError
from spikekit.forecast.band import DAY, Band, band
from spikekit.forecast.bank import FITTED, Bank
from spikekit.forecast.calibration import PUBLISHED_ONLY, PastResult, believed, learns, useful
from spikekit.forecast.drawing import Drawing, uses_audience, waves_of
from spikekit.forecast.drivers import DriverShare, drivers
from spikekit.forecast.inputs import Driver, Input, lucks
from spikekit.forecast.normal import Floats
from spikekit.forecast.peak import Busiest, busiest
from spikekit.forecast.priors import REQUESTS_PER_LANDING, Figure
from spikekit.forecast.reaction import own_curves
from spikekit.forecast.requests import believed_per_landing, requests_per_visitor
from spikekit.forecast.wave import Role, Wave
from spikekit.site.model import Site
from spikekit.vocabulary import PEAK_SECONDS

DRAWS = 10_000
"""Enough that the peak's 99 % quantile moves by a few per cent only from seed to seed."""

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a campaign may bring: one entry per draw in every array; visitors, requests, seconds after the launch.

    ``waves`` rebuild any single draw, ``inputs`` are what they were drawn from; ``peak_at_seconds`` is the middle of
    the busiest ten seconds.
    ``drivers`` explain the peak in visitors, ``drivers_of_requests`` the peak in requests. ``past`` are the own results
    that it learned from, ``landing`` what a page costs unless they tell.
    """

    campaign: Campaign
    seed: int
    draws: int
    past: tuple[PastResult, ...]
    landing: Figure
    waves: tuple[Wave, ...]
    inputs: tuple[Input, ...]
    peak_visitors_per_second: Floats
    peak_requests_per_second: Floats
    peak_minute_visitors: Floats
    visitors_24h: Floats
    requests_24h: Floats
    peak_at_seconds: Floats
    band: Band
    drivers: tuple[DriverShare, ...]
    drivers_of_requests: tuple[DriverShare, ...]

    @property
    def calibrated(self) -> bool:
        """Whether own past results were used."""
        return bool(self.past)

    def draw_at(self, quantile: float) -> int:
        """The draw whose peak (visitors/s) stands at ``quantile`` (0-1) among all draws' peaks."""
        order = np.argsort(self.peak_visitors_per_second, kind="stable")
        return int(order[min(int(quantile * self.draws), self.draws - 1)])

    def waves_in(self, draw: int) -> tuple[Wave, ...]:
        """The waves of one draw, each with arrays of one entry."""
        return tuple(w.one(draw) for w in self.waves)

    def visitors_24h_by_origin(self) -> dict[str, Floats]:
        """Visitors up to 24 hours after the launch: people by channel's label, then ``bots`` and ``reloads``."""
        result: dict[str, Floats] = {}
        for wave in self.waves:
            label = self.campaign.channels[wave.channel].label if wave.role is Role.PEOPLE else wave.role.value
            result[label] = result.get(label, 0.0) + wave.cumulative(np.array([DAY]))
        return dict(sorted(result.items(), key=lambda item: item[0] in (Role.BOTS, Role.RELOADS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A campaign's draws alone, before anything is worked out of them: ``past`` are the results they learned from."""

    campaign: Campaign
    seed: int
    draws: int
    past: tuple[PastResult, ...]
    landing: Figure
    waves: tuple[Wave, ...]
    inputs: tuple[Input, ...]


def forecast(
    campaign: Campaign,
    *,
    site: Site | None = None,
    seed: int,
    draws: int = DRAWS,
    bank: Bank = FITTED,
    past: Sequence[PastResult] = (),
    landing: Figure = REQUESTS_PER_LANDING,
) -> Forecast:
    """Draw the campaign ``draws`` times. Equal arguments give equal forecasts.

    ``site`` gives its journeys' requests per visitor; without it the prior counts. ``past`` are own results, of which
    those from before the launch move the channels that declare neither a click rate nor clicks. ``landing`` says how
    many requests a page makes with all it needs, unless access logs among the ``past`` know better. Raises
    ``UsageError`` for a campaign without channels, or with a channel that lacks a figure its kind needs.
    """
    drawing = drawn(campaign, site=site, seed=seed, draws=draws, bank=bank, past=past, landing=landing)
    waves = drawing.waves
    visitors = tuple(np.full_like(w.volume, w.brings_visitors) for w in waves)
    peak = busiest(waves, PEAK_SECONDS, visitors)
    peak_requests = _requests_peak(waves, peak)
    minute = busiest(waves, MINUTE, visitors, near=peak.start - (MINUTE - PEAK_SECONDS) / 2)
    day = [(w, w.cumulative(np.array([DAY]))) for w in waves]
    moved_by = drivers((peak.count, peak_requests), drawing.inputs)
    return Forecast(
        campaign=campaign,
        seed=seed,
        draws=draws,
        past=drawing.past,
        landing=drawing.landing,
        waves=waves,
        inputs=drawing.inputs,
        peak_visitors_per_second=peak.count / PEAK_SECONDS,
        peak_requests_per_second=peak_requests / PEAK_SECONDS,
        peak_minute_visitors=minute.count,
        visitors_24h=np.sum([count for wave, count in day if wave.brings_visitors], axis=0),
        requests_24h=np.sum([count * wave.requests_per_visitor for wave, count in day], axis=0),
        peak_at_seconds=peak.start + PEAK_SECONDS / 2,
        band=band(tuple(w for w in waves if w.brings_visitors)),
        drivers=moved_by[0],
        drivers_of_requests=moved_by[1],
    )


def _useful(campaign: Campaign, site: Site | None, past: Sequence[PastResult]) -> tuple[PastResult, ...]:
    """The results that move something in this campaign."""
    known = useful(campaign, past, site=site.name if site else None)
    moves = any(learns(c) or own_curves(c, known) for c in campaign.channels)
    return known if moves or believed_per_landing(known) != PUBLISHED_ONLY else ()


def drawn(
    campaign: Campaign,
    *,
    site: Site | None = None,
    seed: int,
    draws: int = DRAWS,
    bank: Bank = FITTED,
    past: Sequence[PastResult] = (),
    landing: Figure = REQUESTS_PER_LANDING,
) -> Drawn:
    """The draws of ``forecast`` without its figures: all that is needed of a campaign that is added to others."""
    if not campaign.channels:
        raise UsageError(f'campaign "{campaign.id}" has no channels', hint="declare at least one under channels:")
    learned = _useful(campaign, site, past)
    streams = lucks(campaign, seed, draws)
    quality = streams.campaign.deviates(Driver.CLICK_RATE, noted=False)
    requests = believed_per_landing(learned)
    if requests != PUBLISHED_ONLY:
        landing = REQUESTS_PER_LANDING  # what the logs say begins from it
    per_landing = streams.site.spread(landing.range, Driver.REQUESTS, mean=requests.mean, sd=requests.sd)
    factor = overlap_factor(campaign)
    waves: list[Wave] = []
    inputs = list(streams.site.drawn)
    for index, (channel, luck) in enumerate(zip(campaign.channels, streams.channels, strict=True)):
        drawing = Drawing(
            index=index,
            luck=luck,
            quality=quality,
            bank=bank,
            audience_factor=factor if uses_audience(channel) else 1.0,
            requests_per_visitor=requests_per_visitor(channel.journey, site, per_landing),
            belief=believed(channel, learned),
            curves=own_curves(channel, learned),
        )
        waves += waves_of(channel, drawing)
        inputs += luck.drawn
    return Drawn(
        campaign=campaign,
        seed=seed,
        draws=draws,
        past=learned,
        landing=landing,
        waves=tuple(waves),
        inputs=tuple(inputs),
    )


def overlap_factor(campaign: Campaign) -> float:
    """The share of each audience that is counted. People reached by two channels come once.

    With ``n`` the sum of the audiences and a share ``o`` of it reached twice, n·o counts are n·o/2 people.
    """
    several = sum(uses_audience(c) for c in campaign.channels) > 1
    return 1 - campaign.overlap / 2 if several else 1.0


def _requests_peak(waves: tuple[Wave, ...], peak: Busiest) -> Floats:
    """The requests of the busiest ten seconds in requests; where all visitors ask for as many, the visitors' ten."""
    requests = tuple(w.requests_per_visitor for w in waves)
    if all(w.brings_visitors and np.array_equal(w.requests_per_visitor, requests[0]) for w in waves):
        return peak.count * requests[0]
    return busiest(waves, PEAK_SECONDS, requests, near=peak.start).count
