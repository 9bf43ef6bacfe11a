"""The document of a review, ``spikekit.review/1``: seconds after the launch, per second, ratios 0-1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from spikekit.forecast.document import rounded
from spikekit.forecast.normal import Floats
from spikekit.review.hits import Hits
from spikekit.review.record import Judged
from spikekit.review.results import ChannelReview
from spikekit.review.review import Review

SCHEMA = "spikekit.review/1"


def review_document(
    review: Review, heading: Mapping[str, Any], *, sentence: str, hits: Hits, recorded: str | None
) -> dict[str, Any]:
    """The review as plain JSON values, after the ``heading`` with which every document begins.

    ``held`` is null where the site was saturated and more may have come; ``recorded`` is the file that the next
    forecast learns from.
    """
    campaign, over, says = review.forecast.campaign, review.over, review.expected
    length = over.edges[1:] - over.edges[:-1]
    return {
        **heading,
        "campaign": campaign.id,
        "name": campaign.name,
        "launch": campaign.launch.isoformat(),
        "sentence": sentence,
        "observed": {
            "began": review.observed.began.isoformat(),
            "ended": review.observed.ended.isoformat(),
            "step_seconds": rounded(review.observed.step_seconds),
            "visitors": rounded(review.over.total),
            "is_lower_bound": review.total.is_lower_bound,
            "saturated_seconds": rounded(sum(review.observed.flags()) * review.observed.step_seconds),
        },
        "visitors": judged_document(review.total),
        "peak_bucket_visitors": judged_document(review.peak) if review.peak else None,
        "peak_bucket_seconds": rounded(over.seconds),
        "channels": [_channel(c) for c in review.channels],
        "unknown_marks": list(review.strange),
        "curve": {
            "offset_seconds": [rounded(t) for t in over.edges[:-1]],
            "end_seconds": rounded(over.edges[-1]),
            "observed_visitors_per_second": _rates(over.visitors, length),
            "visitors_per_second": {
                "p10": _rates(says.p10, length),
                "p50": _rates(says.p50, length),
                "p90": _rates(says.p90, length),
            },
            "saturated": [bool(s) for s in over.saturated],
        },
        "requests_per_landing": rounded(landing) if (landing := review.record.requests_per_landing) else None,
        "calibrated": review.forecast.calibrated,
        "hits": {"judged": hits.judged, "held": hits.held, "unknown": hits.unknown, "sentence": hits.sentence},
        "recorded": recorded,
    }


def judged_document(judged: Judged) -> dict[str, Any]:
    """One figure that was forecast and what came."""
    return {
        "observed": rounded(judged.observed),
        "p10": rounded(judged.p10),
        "p50": rounded(judged.p50),
        "p90": rounded(judged.p90),
        "ratio": rounded(judged.ratio) if math.isfinite(judged.ratio) else None,
        "outcome": judged.outcome.value,
        "held": judged.held,
    }


def _channel(review: ChannelReview) -> dict[str, Any]:
    result = review.result
    return {
        "channel": review.label,
        "kind": review.channel.kind.value,
        "account": review.channel.account,
        "told_apart": review.is_told_apart,
        "share": rounded(review.share),
        **judged_document(review.judged),
        **({} if review.is_told_apart else {"ratio": None, "outcome": None, "held": None}),
        "clicks": rounded(result.clicks) if result else None,
        "audience": rounded(result.audience) if result and result.audience is not None else None,
    }


def _rates(counts: Floats, length: Floats) -> list[float]:
    return [rounded(rate) for rate in counts / length]
