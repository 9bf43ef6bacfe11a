"""Where a channel's visitors say they come from when its links bear no marks: shares by source, each a judgement.

Apps and mail programs mostly send no referrer; television sends people to search engines; links are passed on.
"""

from __future__ import annotations

from spikekit.campaign.model import Campaign, Channel
from spikekit.traffic import source
from spikekit.traffic.referrer_table import HOSTS, SAID
from spikekit.vocabulary import ChannelKind

REST = 0.01
"""The share of each source that is not named."""

_NETWORK = "(network)"
_POST = {_NETWORK: 0.70, source.DIRECT: 0.15, source.OTHER: 0.04, source.SEARCH: 0.03}
_AD = {_NETWORK: 0.75, source.DIRECT: 0.18}
_PHONE = {source.DIRECT: 0.93}
_TELEVISION = {source.SEARCH: 0.60, source.DIRECT: 0.33}
_ANYHOW = {source.DIRECT: 0.50, source.SEARCH: 0.15, source.OTHER: 0.10}

_SHARES = {
    ChannelKind.CELEBRITY_POST: _POST,
    ChannelKind.BRAND_POST: _POST,
    ChannelKind.PAID_SOCIAL: _AD,
    ChannelKind.STORY_LINK: _AD,
    ChannelKind.INFLUENCER_VIDEO: {_NETWORK: 0.50, source.DIRECT: 0.40},
    ChannelKind.EMAIL: {source.DIRECT: 0.70, source.MAIL: 0.22},
    ChannelKind.PUSH: _PHONE,
    ChannelKind.SMS: _PHONE,
    ChannelKind.TV_SPOT: _TELEVISION,
    ChannelKind.TV_FEATURE: _TELEVISION,
    ChannelKind.SEARCH_ADS: {source.SEARCH_ADS: 0.75, source.SEARCH: 0.20},
    ChannelKind.PRESS: {"news": 0.35, source.DIRECT: 0.25, source.SEARCH: 0.20, source.OTHER: 0.12},
    ChannelKind.DROP: {source.DIRECT: 0.80, source.SEARCH: 0.08},
}
_NETWORKS = {
    ChannelKind.PAID_SOCIAL: "facebook",
    ChannelKind.STORY_LINK: "instagram",
    ChannelKind.INFLUENCER_VIDEO: "youtube",
}


def arrival_shares(campaign: Campaign, channel: Channel) -> dict[str, float]:
    """Shares of a channel's entries by source; of sources that are not named each has ``REST``."""
    said = dict(campaign.utm).get("source", "").strip().lower()
    known = SAID.get(said) or HOSTS.get(said) or (said if said in HOSTS.values() else None)
    network = known if known and known != source.MAIL else _NETWORKS.get(channel.kind, "x")
    shares = _SHARES.get(channel.kind, _ANYHOW)
    return {network if name == _NETWORK else name: share for name, share in shares.items()}
