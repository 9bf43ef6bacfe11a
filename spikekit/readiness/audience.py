"""The survivable audience of each kind of channel: told first, for it needs no guess of how many will be reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from spikekit.campaign.model import LANDING_JOURNEY, Campaign, Channel
from spikekit.forecast.bare import campaign_of
from spikekit.forecast.forecast import drawn
from spikekit.forecast.priors import PRIORS
from spikekit.readiness.evidence import Evidence
from spikekit.readiness.normal import Normal
from spikekit.readiness.question import Question, situation_of
from spikekit.readiness.survivable import HEADS, rounded_down, survivable
from spikekit.readiness.unit import unit_of
from spikekit.site.model import Site
from spikekit.vocabulary import DEFAULT_SEED, ChannelKind, Range

TONIGHT_DRAWS = 5_000
_SPIKE_SECONDS = 3 * 3600.0
"""Normal traffic counts as it is at its highest in the first hours, in which a spike is over."""


def audiences(question: Question, ratio: Range | None) -> dict[ChannelKind, int]:
    """For each kind of the campaign's channels, the largest audience that holds with the goal's chance.

    Each channel alone, at the launch, with normal traffic; of two of a kind the more dangerous counts. ``ratio`` of
    ``None`` asks what the *target itself* would hold, without production's normal traffic.
    """
    if ratio is None and question.site is not None:
        question = replace(question, site=replace(question.site, normal_traffic=None, production=None))
    found: dict[ChannelKind, int] = {}
    for kind, campaign in _alone(question.forecast.campaign):
        traffic = drawn(
            campaign,
            site=question.site,
            seed=question.forecast.seed,
            draws=question.forecast.draws,
            past=question.forecast.past,
        )
        one, _ = situation_of(replace(question, forecast=traffic, others=()), ratio or Range.exact(1.0))
        steady = replace(one, normal=_at_its_highest(one.normal))
        safe = rounded_down(survivable(steady, heads=HEADS, chance=question.goal))
        found[kind] = min(safe, found.get(kind, safe))
    return found


def any_channel(launch: datetime, journey: str) -> Campaign:
    """A campaign that has one channel of every kind that needs no file, all leading to ``journey``."""
    kinds = [k for k in ChannelKind if k not in (ChannelKind.PAST, ChannelKind.CUSTOM)]
    lone = [campaign_of(kind, HEADS, launch=launch) for kind in kinds]
    mix = ((journey, 1.0),)
    channels = tuple(replace(c.channels[0], journey=mix) for c in lone)
    return replace(lone[0], id="tonight", name="tonight", journey=mix, channels=channels)


def heaviest_journey(site: Site, evidence: Evidence | None) -> str:
    """Of the site's journeys the one whose visitors ask most of it, by their requests.

    Nobody said which of them tonight's visitors take, and what is called safe must hold for any. The measured journey
    counts with them: a campaign that names none opens the one page that was measured.
    """
    if evidence is None:
        return LANDING_JOURNEY
    unit = unit_of(evidence, site, draws=TONIGHT_DRAWS, rng=np.random.default_rng(DEFAULT_SEED))
    names = [*(j.name for j in site.journeys), *(name for name, _ in evidence.journeys)]
    return max(dict.fromkeys(names), key=lambda name: float(np.median(unit.of_journey(name))))


def _alone(campaign: Campaign) -> Iterator[tuple[ChannelKind, Campaign]]:
    for channel in campaign.channels:
        if _has_audience(channel):
            lone = replace(
                channel, audience=Range.exact(HEADS), clicks=None, at_seconds=0.0, within_seconds=0.0, curve=None
            )
            yield channel.kind, replace(campaign, channels=(lone,), overlap=0.0)


def _has_audience(channel: Channel) -> bool:
    """Whether the channel's traffic is its audience times a rate that is known."""
    return channel.kind is not ChannelKind.PAST and (
        channel.click_rate is not None or PRIORS[channel.kind].click_rate is not None
    )


def _at_its_highest(normal: Normal) -> Normal:
    if normal.is_constant:
        return normal
    instants = np.array([0.0, *normal.steps(0.0, _SPIKE_SECONDS)])
    highest = np.max(normal.at(instants[:, np.newaxis]), axis=0)
    return Normal(level=np.broadcast_to(highest, normal.level.shape).copy())
