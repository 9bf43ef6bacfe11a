"""Where a stream's visitors click: what their browsers are, where they say they come from, what marks their links."""

from __future__ import annotations

from enum import StrEnum

from spikekit.profile.model import Stream
from spikekit.vocabulary import ChannelKind


class Source(StrEnum):
    """A place on which a link is clicked, as far as the visitors of each differ from those of the others."""

    X = "x"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    LINKEDIN = "linkedin"
    GOOGLE_ADS = "google_ads"
    BING_ADS = "bing_ads"
    MAIL = "mail"
    PHONE = "phone"
    TELEVISION = "television"
    PRESS = "press"
    BOTS = "bots"
    WEB = "web"


BOTS = "bots"
"""The origin of a stream of machines, as the profile names it."""

_USUAL = {
    ChannelKind.CELEBRITY_POST: Source.X,
    ChannelKind.BRAND_POST: Source.X,
    ChannelKind.STORY_LINK: Source.INSTAGRAM,
    ChannelKind.INFLUENCER_VIDEO: Source.YOUTUBE,
    ChannelKind.PAID_SOCIAL: Source.FACEBOOK,
    ChannelKind.SEARCH_ADS: Source.GOOGLE_ADS,
    ChannelKind.EMAIL: Source.MAIL,
    ChannelKind.PUSH: Source.PHONE,
    ChannelKind.SMS: Source.PHONE,
    ChannelKind.TV_SPOT: Source.TELEVISION,
    ChannelKind.TV_FEATURE: Source.TELEVISION,
    ChannelKind.PRESS: Source.PRESS,
}
"""Where each kind of channel happens when nothing says otherwise (judgement)."""

_SOCIAL = {
    Source.X: ("x", "x.com", "twitter", "twitter.com", "t.co"),
    Source.FACEBOOK: ("facebook", "facebook.com", "fb", "meta"),
    Source.INSTAGRAM: ("instagram", "instagram.com", "ig", "insta", "threads"),
    Source.TIKTOK: ("tiktok", "tiktok.com"),
    Source.YOUTUBE: ("youtube", "youtube.com", "yt"),
    Source.LINKEDIN: ("linkedin", "linkedin.com"),
}
_SEARCH = {Source.GOOGLE_ADS: ("google", "google.com", "adwords"), Source.BING_ADS: ("bing", "bing.com", "microsoft")}
_BY_SOCIAL = {word: source for source, words in _SOCIAL.items() for word in words}
_BY_SEARCH = {word: source for source, words in _SEARCH.items() for word in words}

_ANYWHERE = frozenset(
    {
        ChannelKind.CELEBRITY_POST,
        ChannelKind.BRAND_POST,
        ChannelKind.STORY_LINK,
        ChannelKind.INFLUENCER_VIDEO,
        ChannelKind.PAID_SOCIAL,
        ChannelKind.PAST,
        ChannelKind.CUSTOM,
    }
)
"""Kinds of which ``utm_source`` may say the network. A campaign has one, so a mail with ``source: x`` stays a mail."""


def source_of(stream: Stream) -> Source:
    """By the kind of its channel and, where networks differ, by its ``utm`` source."""
    if stream.origin == BOTS and stream.kind is None:
        return Source.BOTS
    if stream.kind is None:
        return Source.WEB
    said = dict(stream.utm).get("source", "").strip().lower()
    usual = _USUAL.get(stream.kind, Source.WEB)
    if stream.kind in _ANYWHERE:
        return _BY_SOCIAL.get(said, usual)
    if stream.kind is ChannelKind.SEARCH_ADS:
        return _BY_SEARCH.get(said, usual)
    return usual
