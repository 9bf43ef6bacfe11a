"""Which channel's doubt the peak's doubt is: past results of that kind would narrow it most."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spikekit.campaign.model import Channel
from spikekit.forecast.combined import Traffic
from spikekit.forecast.peak import busiest
from spikekit.vocabulary import PEAK_SECONDS, ChannelKind

ONE = {
    ChannelKind.CELEBRITY_POST: "post",
    ChannelKind.BRAND_POST: "post",
    ChannelKind.EMAIL: "e-mail",
    ChannelKind.PUSH: "push message",
    ChannelKind.SMS: "text message",
    ChannelKind.TV_SPOT: "spot",
    ChannelKind.TV_FEATURE: "feature",
    ChannelKind.PAID_SOCIAL: "paid campaign",
    ChannelKind.SEARCH_ADS: "paid campaign",
    ChannelKind.STORY_LINK: "story",
    ChannelKind.INFLUENCER_VIDEO: "video",
    ChannelKind.PRESS: "article",
}
"""One past campaign by the kind that learns its click rate from it, for "one past …"."""

_DRAWS = 2_000
"""Enough to tell which of a few channels counts most."""


def decisive_channel(traffic: Traffic, among: Callable[[Channel], bool]) -> Channel | None:
    """The channel ``among`` those asked for that moves the peak of requests most; ``None`` where there is none.

    A channel's part is the covariance of its load, in each draw's busiest ten seconds, with the logarithm of the whole:
    what brings much and always the same moves nothing, nor does what is in doubt but comes when the peak is over.
    """
    channels = traffic.campaign.channels
    asked = [i for i, channel in enumerate(channels) if among(channel)]
    if len(asked) < 2:
        return channels[asked[0]] if asked else None
    waves = tuple(w.take(slice(0, _DRAWS)) for w in traffic.waves)
    start = busiest(waves, PEAK_SECONDS, tuple(w.requests_per_visitor for w in waves)).start
    loads = np.zeros((len(channels), len(start)))
    for wave in waves:
        loads[wave.channel] += wave.between(start, PEAK_SECONDS) * wave.requests_per_visitor
    whole = np.log(np.maximum(loads.sum(axis=0), 1e-12))
    parts = loads @ (whole - whole.mean())
    return channels[max(asked, key=lambda i: float(parts[i]))]
