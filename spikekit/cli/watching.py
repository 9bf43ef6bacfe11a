"""How ``spikekit watch`` and ``spikekit drill`` get from files to what is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spikekit.campaign.file import load_campaign
from spikekit.cli.known import known_past
from spikekit.errors import UsageError
from spikekit.forecast.forecast import Forecast, forecast
from spikekit.history.known import Known, asked_of_tonight
from spikekit.history.pages import measured_landing
from spikekit.history.state import state_folder
from spikekit.live.capacity import capacity_requests_per_second
from spikekit.live.watched import Watched
from spikekit.site.file import find_site, load_site
from spikekit.site.model import Site

DRAWS = 2_000
"""As many as the nowcast compares with what it sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is watched, the files that say so, and where state is kept."""

    watched: Watched
    files: tuple[Path, ...]
    state: Path


def asked(
    campaigns: tuple[Path, ...],
    *,
    site_file: Path | None,
    state_dir: Path | None,
    seed: int,
    referrers: Path | None = None,
) -> Asked:
    """The campaigns of one site with their forecasts. Raises ``FileProblems`` and ``UsageError``."""
    start = campaigns[0]
    found = find_site(start, site_file)
    site = load_site(found) if found else None
    state = state_folder(start.parent, explicit=state_dir, site_file=found)
    past = known_past(start.parent, state_dir=state_dir, site_file=found)
    landing = measured_landing(state, site)
    forecasts: dict[str, Forecast] = {}
    for file in campaigns:
        campaign = load_campaign(file, site)
        if campaign.id in forecasts:
            raise UsageError(f'two campaigns are called "{campaign.id}"', hint=f"give {file} another id")
        forecasts[campaign.id] = forecast(campaign, site=site, seed=seed, draws=DRAWS, past=past, landing=landing)
    return Asked(
        watched=Watched(
            forecasts=tuple(forecasts.values()),
            site=site,
            capacity_requests_per_second=_capacity(found, site, state, seed),
            referrers=referrers,
        ),
        files=(*campaigns, *([found] if found else []), *([referrers] if referrers else [])),
        state=state,
    )


def _capacity(site_file: Path | None, site: Site | None, state: Path, seed: int) -> float | None:
    if site_file is None or site is None:
        return None
    known = Known(site_file=site_file, state=state, now=datetime.now(UTC), seed=seed)
    return capacity_requests_per_second(asked_of_tonight(known).question)
