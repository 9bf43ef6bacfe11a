"""The document of a calendar, ``spikekit.calendar/1``: instants in UTC, seconds, per second, ratios 0-1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from spikekit.forecast.calendar import Calendar, Collision, Entry, Peaks, Week
from spikekit.forecast.document import quantiles, rounded
from spikekit.forecast.normal import Floats
from spikekit.forecast.stretch import Stretch

SCHEMA = "spikekit.calendar/1"
_CURVE = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def calendar_document(
    calendar: Calendar, heading: Mapping[str, Any], *, site: str | None, normal_requests_per_second: float | None
) -> dict[str, Any]:
    """The calendar as plain JSON values, after the ``heading`` with which every document begins.

    ``curve`` holds, for each stretch from one of ``starts`` to the next (the last ends at ``end``), the quantiles of
    the confirmed campaigns' combined peak in it. Normal traffic (that of a busy hour) is beside it, never in it.
    """
    return {
        **heading,
        "site": site,
        "timezone": calendar.zone.key,
        "draws": calendar.draws,
        "campaigns": [_entry(e) for e in calendar.entries],
        "cancelled": [c.id for c in calendar.cancelled],
        "curve": {
            "starts": [_instant(begin) for begin, _ in calendar.stretches],
            "end": _instant(calendar.stretches[-1][1]),
            "peak_minute_visitors": _rows(calendar.peaks.minute_visitors),
            "peak_requests_per_second": _rows(calendar.peaks.requests_per_second),
        },
        "weeks": [_week(w) for w in calendar.weeks],
        "collisions": [_collision(c) for c in calendar.collisions],
        "more_collisions": calendar.more_collisions,
        "normal_requests_per_second": normal_requests_per_second,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    campaign = entry.campaign
    return {
        "campaign": campaign.id,
        "name": campaign.name,
        "status": campaign.status.value,
        "counted": entry.counts,
        "launch": campaign.launch.isoformat(),
        "timezone": campaign.timezone,
        "busy": _stretch(entry.busy),
        **_peaks(entry.peaks),
    }


def _week(week: Week) -> dict[str, Any]:
    return {
        **_stretch(week.stretch),
        "campaigns": [e.campaign.id for e in week.entries],
        **_peaks(week.peaks),
    }


def _collision(collision: Collision) -> dict[str, Any]:
    return {
        "campaigns": [collision.first.campaign.id, collision.second.campaign.id],
        "overlap": _stretch(collision.overlap),
        **_peaks(collision.peaks),
    }


def _peaks(peaks: Peaks) -> dict[str, Any]:
    return {
        "peak_minute_visitors": quantiles(peaks.minute_visitors),
        "peak_requests_per_second": quantiles(peaks.requests_per_second),
    }


def _rows(values: Floats) -> dict[str, list[float]]:
    found = np.quantile(values, list(_CURVE.values()), axis=1)
    return {name: [rounded(v) for v in row] for name, row in zip(_CURVE, found, strict=True)}


def _stretch(stretch: Stretch) -> dict[str, str]:
    return {"start": _instant(stretch[0]), "end": _instant(stretch[1])}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
