"""The document of a forecast, ``spikekit.forecast/1``: seconds after the launch, per second, ratios 0-1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikekit.forecast.drivers import DriverShare
from spikekit.forecast.explained import Explained, Used, explained
from spikekit.forecast.forecast import Forecast
from spikekit.forecast.normal import Floats
from spikekit.site.model import Site

SCHEMA = "spikekit.forecast/1"
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9, "p99": 0.99}


def quantiles(values: Floats) -> dict[str, float]:
    """p10, p50, p90 and p99 of one figure over all draws."""
    found = np.quantile(values, list(QUANTILES.values()))
    return {name: rounded(value) for name, value in zip(QUANTILES, found, strict=True)}


def rounded(value: float) -> float:
    """Six significant digits: finer than any forecast is known, short enough to read."""
    return float(f"{float(value):.6g}")


def forecast_document(forecast: Forecast, heading: Mapping[str, Any], *, site: Site | None = None) -> dict[str, Any]:
    """The forecast as plain JSON values, after the ``heading`` with which every document begins.

    ``curve.offset_seconds`` are the starts of the cells whose mean rates follow; the last ends at ``end_seconds``.
    ``figures`` are what the channels (``null``: all of them) were drawn from; ``site`` is the one it was drawn for.
    ``visitors_24h_by_origin`` holds medians; ``reloads`` there are page loads of people who are counted once.
    """
    campaign, band = forecast.campaign, forecast.band
    return {
        **heading,
        "campaign": campaign.id,
        "name": campaign.name,
        "status": campaign.status.value,
        "launch": campaign.launch.isoformat(),
        "draws": forecast.draws,
        "calibrated": forecast.calibrated,
        "peak_visitors_per_second": quantiles(forecast.peak_visitors_per_second),
        "peak_requests_per_second": quantiles(forecast.peak_requests_per_second),
        "peak_minute_visitors": quantiles(forecast.peak_minute_visitors),
        "visitors_24h": quantiles(forecast.visitors_24h),
        "requests_24h": quantiles(forecast.requests_24h),
        "time_to_peak_seconds": quantiles(forecast.peak_at_seconds),
        "half_of_visitors_24h_seconds": rounded(band.half_of_day_seconds),
        "visitors_24h_by_origin": {
            origin: rounded(np.median(count)) for origin, count in forecast.visitors_24h_by_origin().items()
        },
        "curve": {
            "offset_seconds": [rounded(t) for t in band.offset_seconds[:-1]],
            "end_seconds": rounded(band.offset_seconds[-1]),
            "visitors_per_second": {
                "p50": [rounded(v) for v in band.p50],
                "p90": [rounded(v) for v in band.p90],
                "p99": [rounded(v) for v in band.p99],
            },
        },
        "drivers": _shares(forecast.drivers),
        "drivers_of_requests": _shares(forecast.drivers_of_requests),
        "figures": [_used(channel, used) for channel in explained(forecast, site) for used in channel.figures],
    }


def _used(channel: Explained, used: Used) -> dict[str, Any]:
    """One figure: P5, P50 and P95 in its unit (seconds, share, count, number); null where it is drawn as a whole."""
    range_ = used.range
    return {
        "channel": channel.label if channel.kind else None,
        "name": used.name,
        "unit": used.unit.value,
        **{side: None if range_ is None else rounded(getattr(range_, side)) for side in ("low", "likely", "high")},
        "origin": used.origin.value,
        "source": used.source,
        "tag": used.tag,
    }


def _shares(drivers: tuple[DriverShare, ...]) -> list[dict[str, Any]]:
    return [{"name": d.name.value, "share_of_variance": rounded(d.share_of_variance)} for d in drivers]
