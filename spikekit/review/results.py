"""A reviewed campaign → what each of its channels brought, for the next forecast to learn from.

Where the data tell a channel apart, its visitors are its own. What is left is shared out among the other channels as
the forecast would: each gets the part that its median is of theirs, and the record says how large that part was, so
that a small share of a total counts for little. What came in the observed hours is completed to all clicks by the part
of each channel's response that the forecast puts into those hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spikekit.campaign.model import Channel, PastCurve
from spikekit.forecast.calibration import PastResult
from spikekit.forecast.drawing import uses_audience
from spikekit.forecast.forecast import Forecast, overlap_factor
from spikekit.forecast.normal import Floats
from spikekit.forecast.wave import Wave
from spikekit.review import comparison
from spikekit.review.comparison import Buckets, came, is_clipped
from spikekit.review.record import Judged, Outcome

LEAST_COVERED = 0.05
"""Hours that hold less of a channel's response than this say nothing about the whole of it."""

LEAST_VISITORS = 30
"""Fewer than this have no shape."""

_CURVE_BINS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReview:
    """One channel: what came against what was forecast for the observed hours.

    ``is_told_apart`` is False where its visitors are a share of the total; ``share`` is how large that share was.
    ``result`` is ``None`` where too little of its response was seen.
    """

    label: str
    channel: Channel
    judged: Judged
    is_told_apart: bool
    share: float
    result: PastResult | None

    @property
    def outcome(self) -> Outcome | None:
        """Where reality fell; ``None`` where its visitors were only given to it, so that nobody can tell."""
        return self.judged.outcome if self.is_told_apart else None


def channel_reviews(forecast: Forecast, total: Buckets, parts: Mapping[int, Buckets]) -> tuple[ChannelReview, ...]:
    """A review of each channel, in order; ``parts`` are those that the data tell apart, by the channel's place."""
    channels = range(len(forecast.campaign.channels))
    drawn = {i: came(_waves(forecast, i), total) for i in channels}
    left = max(0.0, total.total - sum(part.total for part in parts.values()))
    sharing = [i for i in channels if i not in parts]
    medians = {i: float(np.median(drawn[i])) for i in sharing}
    whole = sum(medians.values())
    reviews = []
    for i in channels:
        if i in parts:
            reviews.append(_review(forecast, i, parts[i], drawn[i], count=parts[i].total, share=1.0))
        else:
            share = medians[i] / whole if whole > 0 else 1 / len(sharing)
            reviews.append(_review(forecast, i, total, drawn[i], count=left * share, share=share))
    return tuple(reviews)


def _review(
    forecast: Forecast, place: int, over: Buckets, drawn: Floats, *, count: float, share: float
) -> ChannelReview:
    channel = forecast.campaign.channels[place]
    waves = _waves(forecast, place)
    clipped = is_clipped(over, _likely(waves, over))
    covered = float(np.median(drawn / np.maximum(np.sum([w.volume for w in waves], axis=0), 1e-300)))
    told = share == 1.0
    # A channel that nothing names, and for which nothing is left, may have come under another's mark.
    is_known = covered >= LEAST_COVERED and (told or count > 0)
    return ChannelReview(
        label=channel.label,
        channel=channel,
        judged=comparison.judged(count, drawn, is_lower_bound=clipped),
        is_told_apart=told,
        share=share,
        result=None
        if not is_known
        else PastResult(
            campaign=forecast.campaign.id,
            kind=channel.kind,
            account=channel.account,
            audience=_audience(forecast, channel),
            clicks=count / covered,
            is_lower_bound=clipped,
            share=share,
            curve=_curve(over, channel) if told and not clipped else None,
            window_seconds=channel.deliver_over_seconds or channel.send_over_seconds,
        ),
    )


def _waves(forecast: Forecast, place: int) -> tuple[Wave, ...]:
    return tuple(w for w in forecast.waves if w.channel == place and w.brings_visitors)


def _likely(waves: tuple[Wave, ...], over: Buckets) -> Floats:
    some = tuple(w.take(slice(0, 200)) for w in waves)
    counts = np.sum([w.cumulative(over.edges[:, np.newaxis]) for w in some], axis=0)
    return np.asarray(np.median(np.diff(counts, axis=0), axis=1))


def _audience(forecast: Forecast, channel: Channel) -> float | None:
    """Whom the clicks are counted against: those whom another channel reaches too count half, as in the forecast."""
    if channel.audience is None:
        return None
    return channel.audience.likely * (overlap_factor(forecast.campaign) if uses_audience(channel) else 1.0)


def _curve(over: Buckets, channel: Channel) -> PastCurve | None:
    """What came since the channel's start, in bins that grow; ``None`` where that start is not known."""
    inside = over.edges >= channel.at_seconds - over.seconds / 2
    edges = over.edges[inside] - channel.at_seconds
    counts = over.visitors[inside[:-1]][: len(edges) - 1]
    if channel.within_seconds > 0 or counts.sum() < LEAST_VISITORS or len(edges) < 3:
        return None
    places = np.unique(np.round(np.geomspace(1, len(counts), min(_CURVE_BINS, len(counts)))).astype(int))
    places = np.concatenate(([0], places))
    merged = np.add.reduceat(counts, places[:-1])
    offsets = edges[places] - edges[0]
    return PastCurve(
        offset_seconds=tuple(round(float(o), 3) for o in offsets), visitors=tuple(round(float(v), 3) for v in merged)
    )
