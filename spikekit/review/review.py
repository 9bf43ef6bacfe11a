"""Forecast and observed → the review: in one sentence, over time, by channel, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spikekit.errors import Unmeasured, UsageError
from spikekit.forecast.forecast import Forecast
from spikekit.review.channels import together, told_apart
from spikekit.review.comparison import Buckets, Expected, buckets, expected, is_clipped, judged
from spikekit.review.landing import per_landing
from spikekit.review.record import Judged, PastRecord, Source
from spikekit.review.results import ChannelReview, channel_reviews
from spikekit.site.model import Site
from spikekit.traffic.observed import Observed

_PEAK_BUCKET = 90.0
"""Buckets longer than this say nothing of the busiest minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was forecast and what came. ``peak`` is ``None`` where the data are too coarse for minutes.

    ``strange`` are marks in the data that name no channel of the campaign; they are part of the total.
    """

    forecast: Forecast
    observed: Observed
    over: Buckets
    expected: Expected
    total: Judged
    peak: Judged | None
    channels: tuple[ChannelReview, ...]
    strange: tuple[str, ...]
    record: PastRecord


def review(
    forecast: Forecast,
    observed: Observed,
    *,
    parts: Mapping[str, Observed] | None = None,
    site: Site | None = None,
    requests_per_visitor: float | None = None,
) -> Review:
    """Hold ``observed`` against ``forecast``, which must not have learned from it.

    ``parts`` are the same visits by mark, where something tells them apart. ``requests_per_visitor`` is how many
    requests of each person reached the origin, where that was counted; ``site`` is the one it was drawn for. Raises
    ``UsageError`` where the observed hours are not those of the campaign, and ``Unmeasured`` where nobody came.
    """
    campaign = forecast.campaign
    over = buckets(observed, campaign.launch)
    says = expected(forecast, over)
    _must_be_comparable(forecast, observed, says)
    clipped = is_clipped(over, says.p50)
    total = judged(over.total, says.total, is_lower_bound=clipped)
    peak = judged(float(over.visitors.max()), says.peak, is_lower_bound=clipped)
    marks = told_apart(campaign.channels, parts or {})
    known = {i: buckets(together((parts or {})[m] for m in names), campaign.launch) for i, names in marks.items()}
    channels = channel_reviews(forecast, over, known)
    told = {mark for names in marks.values() for mark in names}
    has_minutes = over.seconds <= _PEAK_BUCKET
    record = PastRecord(
        campaign=campaign.id,
        name=campaign.name,
        source=Source.REVIEW,
        launch=campaign.launch,
        site=site.name if site else None,
        results=tuple(c.result for c in channels if c.result is not None),
        total=total,
        peak=peak if has_minutes else None,
        requests_per_landing=per_landing(forecast, site, requests_per_visitor),
    )
    return Review(
        forecast=forecast,
        observed=observed,
        over=over,
        expected=says,
        total=total,
        peak=record.peak,
        channels=channels,
        strange=tuple(sorted(set(parts or {}) - told)),
        record=record,
    )


def _must_be_comparable(forecast: Forecast, observed: Observed, says: Expected) -> None:
    if float(says.total.mean()) < 1e-9 or float((says.total >= 0.5).mean()) < 0.5:
        launch = forecast.campaign.launch
        raise UsageError(
            f"the observed hours, {observed.began.astimezone(launch.tzinfo):%d %B %Y %H:%M} to "
            f"{observed.ended.astimezone(launch.tzinfo):%d %B %Y %H:%M}, are not those of the campaign, "
            f"which launched on {launch:%d %B %Y at %H:%M}",
            hint="check the launch in the campaign's file, the time zone of the data, and which file it is",
        )
    if observed.total <= 0:
        raise Unmeasured("nobody came in the observed hours: either nothing was counted, or something else was")
