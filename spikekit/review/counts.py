"""Files of what came, a table or access logs → counts over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from spikekit.forecast.forecast import Forecast
from spikekit.site.model import Site
from spikekit.traffic.series import Series, is_series, read_series


def read_counts(
    paths: Sequence[Path], forecast: Forecast, *, site: Site | None = None, log_format: str | None = None
) -> Series:
    """The campaign's visits in a CSV of times and counts, or in access logs, also compressed ones.

    In logs the campaign's UTM values tell which visits are its own, and source and medium in its links tell channels
    apart; machines' clicks on its links count, as they do in a forecast. Only where it declares none, landing page,
    referrer and hour tell so far as they can: that leans on the forecast, which is to be judged, and leaves machines
    out. Minutes of errors or of long waiting times are lower bounds. Raises ``FileProblems``, ``UsageError`` or
    ``Unmeasured`` for what cannot be read or says nothing. ``log_format`` is a format's name, or nginx's own text of
    one, where it cannot be told by itself.
    """
    if log_format is None and len(paths) == 1 and (not paths[0].exists() or _is_table(paths[0])):
        return read_series(paths[0], launch=forecast.campaign.launch)
    # Logs need a good part of the program that tables do not.
    from spikekit.traffic.expected import expected
    from spikekit.traffic.format import line_format
    from spikekit.traffic.inference import Inference
    from spikekit.traffic.visits_of import read_observed

    host = urlsplit(site.production.url).hostname if site and site.production else None
    campaign = forecast.campaign
    inference = None if campaign.utm else Inference([expected(forecast)])
    return read_observed(
        paths,
        campaign,
        line_format=line_format(log_format) if log_format else None,
        own_hosts=[host] if host else [],
        inference=inference,
    )


def _is_table(path: Path) -> bool:
    """A CSV by its name is one, however broken: its rows are to be told."""
    return path.suffix.lower() in (".csv", ".tsv") or is_series(path)
