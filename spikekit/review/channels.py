"""Whose visitors are these? Marks in the data (UTM source or medium, a channel's name) → channels of the campaign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spikekit.campaign.model import Channel
from spikekit.traffic.observed import Observed
from spikekit.traffic.series import plainly
from spikekit.vocabulary import ChannelKind

MEDIUM: dict[str, frozenset[ChannelKind]] = {
    "email": frozenset({ChannelKind.EMAIL}),
    "e mail": frozenset({ChannelKind.EMAIL}),
    "newsletter": frozenset({ChannelKind.EMAIL}),
    "push": frozenset({ChannelKind.PUSH}),
    "mobile push": frozenset({ChannelKind.PUSH}),
    "sms": frozenset({ChannelKind.SMS}),
    "text": frozenset({ChannelKind.SMS}),
    "tv": frozenset({ChannelKind.TV_SPOT, ChannelKind.TV_FEATURE}),
    "social": frozenset({ChannelKind.CELEBRITY_POST, ChannelKind.BRAND_POST, ChannelKind.STORY_LINK}),
    "organic social": frozenset({ChannelKind.CELEBRITY_POST, ChannelKind.BRAND_POST, ChannelKind.STORY_LINK}),
    "paid social": frozenset({ChannelKind.PAID_SOCIAL}),
    "paidsocial": frozenset({ChannelKind.PAID_SOCIAL}),
    "cpc": frozenset({ChannelKind.SEARCH_ADS, ChannelKind.PAID_SOCIAL}),
    "ppc": frozenset({ChannelKind.SEARCH_ADS, ChannelKind.PAID_SOCIAL}),
    "paid search": frozenset({ChannelKind.SEARCH_ADS}),
    "video": frozenset({ChannelKind.INFLUENCER_VIDEO}),
    "influencer": frozenset({ChannelKind.INFLUENCER_VIDEO}),
    "press": frozenset({ChannelKind.PRESS}),
    "news": frozenset({ChannelKind.PRESS}),
    "story": frozenset({ChannelKind.STORY_LINK}),
}
"""What UTM media are usually called."""


def told_apart(channels: Sequence[Channel], parts: Mapping[str, Observed]) -> dict[int, tuple[str, ...]]:
    """For each channel (by its place) the marks that can only mean it. A mark that fits several fits none."""
    found: dict[int, list[str]] = {}
    for mark in parts:
        fitting = _fitting(mark, channels)
        if len(fitting) == 1:
            found.setdefault(fitting[0], []).append(mark)
    return {place: tuple(marks) for place, marks in found.items()}


def together(parts: Iterable[Observed]) -> Observed:
    """Several parts of one series as one. They have the same buckets."""
    several = list(parts)
    first = several[0]
    flags = tuple(any(column) for column in zip(*(p.flags() for p in several), strict=True))
    return Observed(
        began=first.began,
        step_seconds=first.step_seconds,
        visitors=tuple(sum(column) for column in zip(*(p.visitors for p in several), strict=True)),
        saturated=flags if any(flags) else (),
    )


def _fitting(mark: str, channels: Sequence[Channel]) -> list[int]:
    """The channels that a mark names: by label or account, else by kind, else by what media are called.

    A mark of source and medium, such as ``stephenfry / social``, may say it in either.
    """
    said = [plainly(part) for part in (mark, *mark.split("/"))]
    names = [{plainly(c.label), plainly(c.account or "")} - {""} for c in channels]
    kinds_of = [{plainly(c.kind.value)} for c in channels]
    for known in (names, kinds_of):
        for part in said:
            found = [i for i, words in enumerate(known) if part in words]
            if found:
                return found
    words = (*said, *said[0].split())
    kinds = next((MEDIUM[word] for word in words if word in MEDIUM), frozenset[ChannelKind]())
    return [i for i, c in enumerate(channels) if c.kind in kinds]
