"""Changes in words that someone can act on, with the instants on the campaign's own clock."""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from spikekit.campaign.model import Campaign
from spikekit.readiness.advice import Advice, Change
from spikekit.readiness.answer import Readiness
from spikekit.readiness.course import course_of
from spikekit.readiness.lever import Action
from spikekit.readiness.loss import longest_wait
from spikekit.vocabulary import ChannelKind
from spikekit.wording import about, span

_NAMES = {ChannelKind.EMAIL: "the e-mail", ChannelKind.PUSH: "the push message", ChannelKind.SMS: "the text message"}


def advice_words(answer: Readiness, advice: Advice) -> str:
    """One or two changes in words that someone can act on."""
    return ", and ".join(_change(answer, c) for c in advice.changes)


def _change(answer: Readiness, change: Change) -> str:
    campaign = answer.question.forecast.campaign
    strength, lever = change.strength, change.lever
    match lever.action:
        case Action.SPREAD if lever.channel is not None:
            before = campaign.channels[lever.channel].send_over_seconds
            instead = span(before) if before else "at once"
            return f"send {_channel(campaign, lever.channel)} over {span(strength)} instead of {instead}"
        case Action.MOVE_CHANNEL if lever.channel is not None:
            at = clock(campaign, campaign.channels[lever.channel].at_seconds + strength)
            return f"send {_channel(campaign, lever.channel)} {span(strength)} later, at {at}"
        case Action.MOVE_LAUNCH:
            return (
                f"launch {span(abs(strength))} {'later' if strength > 0 else 'earlier'}, at {clock(campaign, strength)}"
            )
        case Action.CACHE:
            return f"cache {_landings(campaign)} and its assets, also under click ids"
        case Action.LIGHTER:
            return _lighter(answer, strength)
        case Action.REPLICAS:
            return _replicas(answer, change)
        case _:
            return _room(answer, strength)


def _channel(campaign: Campaign, index: int) -> str:
    """The channel as people call it: by its kind where that says enough, else by its name."""
    channel = campaign.channels[index]
    alone = sum(c.kind is channel.kind for c in campaign.channels) == 1
    return _NAMES[channel.kind] if alone and channel.kind in _NAMES else f"“{channel.label}”"


def _landings(campaign: Campaign) -> str:
    found = list(dict.fromkeys(c.landing for c in campaign.channels))
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _lighter(answer: Readiness, cut: float) -> str:
    assert answer.unit is not None
    mix = answer.question.forecast.campaign.channels[0].journey
    before = float(np.median(answer.unit.landing_requests(mix)))
    after = 1 + (before - 1) * (1 - cut)
    return f"a lighter landing page: {about(after)} requests instead of {about(before)}"


def _replicas(answer: Readiness, change: Change) -> str:
    assert answer.situation is not None
    boost = change.lever.apply(answer.situation, change.strength).boost
    assert boost is not None
    campaign, site = answer.question.forecast.campaign, answer.question.site
    hours = f"from {clock(campaign, boost.start, zone=False)} to {clock(campaign, boost.end)}"
    replicas = site.production.replicas if site and site.production else None
    if replicas is None:
        return f"{boost.factor:g} times the servers {hours}"
    return f"{replicas} → {round(replicas * boost.factor)} replicas {hours}"


def _room(answer: Readiness, rate: float) -> str:
    """In the campaign's own visitors, whom the room lets in, not in those that capacity was measured with."""
    assert answer.situation is not None
    often = float(np.quantile(longest_wait(course_of(answer.situation), rate), 0.9))
    wait = f"one time in ten someone waits {span(math.ceil(often / 10) * 10)}" if often >= 1 else "hardly anybody waits"
    return f"a waiting room that lets {about(rate / answer.own_weight)} visitors a second in ({wait})"


def clock(campaign: Campaign, seconds: float, *, zone: bool = True) -> str:
    """An instant ``seconds`` after the launch on the campaign's clock: ``20:30 London time``; another day is named."""
    place = ZoneInfo(campaign.timezone)
    launch = campaign.launch.astimezone(place)
    at = (campaign.launch.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(place)
    day = "" if at.date() == launch.date() else f" on {at.day} {at:%B}"
    city = campaign.timezone.split("/")[-1].replace("_", " ")
    name = f" {city}" if city == "UTC" else f" {city} time"
    return f"{at:%H:%M}{day}{name if zone else ''}"
